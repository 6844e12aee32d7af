"""What somebody wants put where: words made into paths, and checked."""

import os
import stat
import time
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.directory import State, look, reached, unreachable
from sesync_cli.errors import Conflict, NotFound, Refused, WrongWords
from sesync_cli.files.datasets import companions, whole_of
from sesync_cli.names import checked
from sesync_cli.plan import Watch, by_hand
from sesync_cli.put.sums import NAME, read
from sesync_cli.put.work import told
from sesync_cli.site.settings import Site
from sesync_cli.workers import Guard, Tell

_ODD = {stat.S_IFIFO: "a FIFO", stat.S_IFSOCK: "a socket", stat.S_IFBLK: "a device", stat.S_IFCHR: "a device"}


@dataclass(frozen=True)
class PutRequest:
    """What was asked for; `sources` are absolute, `name` is another name for the only one of them."""

    sources: tuple[Path, ...]
    project: str
    folder: str
    home: Path
    name: str = ""
    move: bool = False
    link: bool = True
    replace: bool = False
    manifest: bool = False
    checksum: bool = False

    @property
    def finals(self) -> tuple[str, ...]:
        """The names that they get."""
        return (self.name,) if self.name else tuple(one.name for one in self.sources)

    def by_hand(self, *more: str) -> str:
        """The command line that asks for this, and for more."""
        options = {"--move": self.move, "--no-link": not self.link, "--manifest": self.manifest}
        words = [option for option, is_wanted in options.items() if is_wanted]
        words += ["--as", self.name] if self.name else []
        place = f"{self.project}:{self.folder}" if self.folder else self.project
        return by_hand("sesync", "put", *words, *more, *self.sources, place)


def place(words: str, site: Site) -> tuple[str, str]:
    """A project and a folder in its data directory: 'cooltrees:raw/2021'; the folder is '' for the whole."""
    project, _, folder = words.partition(":")
    parts = [part for part in folder.split("/") if part not in ("", ".")]
    if folder.startswith("/") or ".." in parts or "\0" in folder:
        raise WrongWords(
            f"{folder!r} is no folder of a data directory", hint="A folder is named as in 'cooltrees:raw/2021'."
        )
    try:
        return site.project(checked(project, "project")), "/".join(parts)
    except WrongWords as error:
        hint = f"{error.hint} A folder of it is named as in 'cooltrees:raw/2021'."
        raise WrongWords(str(error), hint=hint) from None


def folder_of(request: PutRequest, site: Site, watch: Watch) -> Path:
    """The folder that things are put into, in a data directory that has answered."""
    return reached(request.project, site, watch) / request.folder


def guard(places: list[Path], site: Site) -> Guard:
    """Asks these folders whether they answer, when a worker has been silent for the site's patience."""

    def ask() -> None:
        until = time.monotonic() + site.data_patience_seconds
        for path, seen in look(places, Path("/"), until, lambda words: nullcontext(lambda part, word: None)).items():
            if seen.state in (State.NO_ANSWER, State.NOT_MOUNTED):
                raise unreachable(path, seen, site)

    return Guard(site.data_patience_seconds, ask)


def check_names(request: PutRequest) -> None:
    """Refuse names that cannot be meant."""
    if len(set(request.finals)) < len(request.finals):
        twice = next(name for name in request.finals if request.finals.count(name) > 1)
        raise WrongWords(
            f"two of these would be called {twice}", hint="Put them one after the other, with '--as NAME'."
        )
    if request.name and len(request.sources) > 1:
        raise WrongWords("'--as' gives one thing a name, and there are several", hint="Put them one after the other.")
    for name in request.finals:
        if name in ("", ".", "..") or "/" in name or "\0" in name:
            raise WrongWords(f"{name!r} cannot be the name of a file", hint="'--as NAME' gives it another one.")


def with_companions(request: PutRequest, guarded: Guard) -> tuple[list[tuple[Path, str]], set[Path]]:
    """What is to be put and its name: the sources, and before each database what it is not whole without; the latter.

    The database itself goes last in, and first out, so that it is whole in one of the two places at each moment.
    """

    def look(tell: Tell) -> None:
        tell([[str(one) for one in companions(source)] for source in request.sources])

    [found] = told([look], guarded)
    companions_ = {Path(one) for beside in found for one in beside}
    pairs: list[tuple[Path, str]] = []
    for source, final, beside in zip(request.sources, request.finals, found, strict=True):
        pairs += [(Path(one), final + Path(one).name.removeprefix(source.name)) for one in beside]
        pairs += [(source, final)] if source not in companions_ else []
    return pairs, companions_


def _check_manifest(at: Path) -> None:
    """Refuse to begin what could not be written down in the end."""
    if os.path.lexists(at) and (at.is_symlink() or not at.is_file()):
        hint = "Move it out of the way, or put what you have into a folder of its own."
        raise Conflict(f"{at} is no file, and checksums are kept in one of this name", hint=hint)
    for _ in read(str(at)) if at.is_file() else ():
        continue


def check_places(request: PutRequest, directory: Path, guarded: Guard) -> list[Path]:
    """The sources that are where they shall be already, moved by an earlier run.

    Refuses what would leave the data directory, put a thing into itself, or cannot be written or removed. A child
    looks, since to look may hang.
    """

    def check(tell: Tell) -> None:
        folder = directory / request.folder
        if request.manifest:
            _check_manifest(folder / NAME)
        top, inner = os.path.realpath(directory), os.path.realpath(folder)
        if not _below(inner, top):
            raise Refused(f"{folder} leads out of the data directory, to {inner}", hint="Choose another folder.")
        if os.path.lexists(folder) and not folder.is_dir():
            raise Conflict(f"{folder} is not a folder", hint="Choose another folder.")
        reals = [os.path.realpath(source) for source in request.sources]
        for source, real, name in zip(request.sources, reals, request.finals, strict=True):
            final = os.path.join(inner, name)
            if _is_moved(source, final, request):
                tell(str(source))
                continue
            _check_source(source, request)
            _check_nesting(source, real, final, [one for one in reals if one != real])
            if not os.path.lexists(final) and not os.access(_nearest(folder), os.W_OK | os.X_OK):
                place = _nearest(folder)
                raise Refused(f"you can read {place}, but not write to it", hint="'ls -ld' on it shows whose it is.")

    return [Path(one) for one in told([check], guarded)]


def _is_moved(source: Path, final: str, request: PutRequest) -> bool:
    if not os.path.lexists(final):
        return False
    # a run that was killed may have removed the source and not yet made its link
    return os.path.realpath(source) == final if source.is_symlink() else request.move and not os.path.lexists(source)


def _check_source(source: Path, request: PutRequest) -> None:
    try:
        found = os.lstat(source)
    except FileNotFoundError:
        raise NotFound(f"there is no {source}", hint="'ls' shows what there is.") from None
    kind = stat.S_IFMT(found.st_mode)
    if kind in _ODD:
        raise Refused(f"{source} is {_ODD[kind]}, which has no contents to put", hint="Put files and folders.")
    if kind == stat.S_IFLNK:
        hint = "Put what it leads to; a link in a folder is put as a link."
        raise Refused(f"{source} is a link to {os.readlink(source)}", hint=hint)
    if request.move:
        _check_removable(source, request.home)
        if (whole := whole_of(source)) and whole not in request.sources:
            hint = f"Put {whole}: what belongs to it goes along."
            raise Refused(f"{source} belongs to {whole}, which would be broken without it", hint=hint)


def _check_removable(source: Path, home: Path) -> None:
    if _below(os.path.realpath(home), os.path.realpath(source)):
        raise Refused(f"{source} holds your home, which stays", hint="Name the folders in it that shall be moved.")
    if not os.access(source.parent, os.W_OK | os.X_OK):
        raise Refused(f"you may not remove {source}", hint="Leave out '--move' to copy it.")


def _check_nesting(source: Path, real: str, final: str, others: list[str]) -> None:
    if os.path.lexists(final) and os.path.samefile(source, final):
        raise Conflict(f"{source} is in the data directory already", hint="There is nothing to do.")
    if _below(final, real):
        raise Conflict(f"{source} holds the place that it shall be put into", hint="Choose another folder.")
    if _below(real, final):
        raise Conflict(f"{source} is in {final} itself", hint="Give it another name with '--as NAME'.")
    if around := [one for one in others if _below(real, one)]:
        raise WrongWords(f"{source} is in {around[0]}, which is put as a whole", hint="Leave out one of the two.")


def _below(path: str, top: str) -> bool:
    """Whether this is that folder, or in it."""
    return path == top or path.startswith(top.rstrip("/") + "/")


def _nearest(folder: Path) -> Path:
    return folder if folder.exists() else _nearest(folder.parent)

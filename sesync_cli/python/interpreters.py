"""Pythons on this machine: found by version or path, and proven by starting them. The door to python-discovery."""

import glob
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sesync_cli.errors import NotFound, NotReady, WrongWords
from sesync_cli.names import listed
from sesync_cli.python.specifier import fits

if TYPE_CHECKING:
    from python_discovery import PythonInfo

_VERSION = re.compile(r"(?:python)?(?P<version>\d+(?:\.\d+){0,2})?")
_OLDEST = (3, 6)
_PATCHES = 30  # as many as a minor version has at the most


class BrokenPython(NotFound):
    """What would fit is there, and does not start."""


@dataclass(frozen=True)
class Interpreter:
    """A Python that starts: its own path, and the installation behind it.

    They differ where it is `virtual`, an environment's. `version` is as in "3.8.18"; `externally_managed` says that
    the system's packager owns it (PEP 668).
    """

    executable: Path
    base: Path
    version: str
    virtual: bool
    externally_managed: bool

    @property
    def minor(self) -> str:
        """The version that people say: 3.8."""
        return ".".join(self.version.split(".")[:2])


@dataclass(frozen=True)
class Places:
    """Where to look: the caller's environment (PATH, pyenv's and uv's folders), and the site's own folders.

    `modules` are those folders on PATH that modules have put there.
    """

    env: Mapping[str, str]
    folders: tuple[str, ...]
    modules: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Path]:
        """Every folder that may hold a `pythonX.Y`, in the order in which they count."""
        home = self.env.get("HOME", "")
        pyenv = self.env.get("PYENV_ROOT") or os.path.join(home, ".pyenv")
        globs = [*self.folders, f"{glob.escape(pyenv)}/versions/*/bin"]
        yield from (Path(folder) for folder in self.env.get("PATH", os.defpath).split(os.pathsep) if folder)
        for pattern in globs:
            yield from (Path(folder) for folder in sorted(glob.glob(pattern), key=_natural))


def find_python(wanted: str, places: Places, cache: Path) -> Interpreter:
    """The first Python that is what was asked for: `3.8`, `3.8.18`, `python3.8`, or a path; it has been started.

    What does not start is passed over for what does. Raises `WrongWords` for other words, `NotFound` where nothing
    fits, `BrokenPython` where what would does not start, `NotReady` for a Python older than 3.6.
    """
    if os.sep in wanted:
        return _at(Path(os.path.abspath(os.path.expanduser(wanted))), wanted, places.env, cache)
    match = _VERSION.fullmatch(wanted)
    if not match:
        raise WrongWords(f"{wanted!r} is not a Python", hint="Say it as 3.8, python3.8 or /path/to/python.")
    version = match["version"] or "3"
    broken, minor = [], ".".join(version.split(".")[:2])
    for candidate in _candidates(version, places):
        info = _started(candidate, cache, places.env) if os.access(candidate, os.X_OK) else None
        if info and f"{_version(info)}.".startswith(f"{version}."):
            return _checked(info, wanted)
        broken += [candidate] if info is None and candidate.name in (f"python{minor}", f"python{version}") else []
    here = [one for one in versions(places) if not (broken and one == minor)]
    if broken:
        raise _broken(f"Python {version} does not start: {broken[0]}", broken[0], places.env, here)
    hint = f"Here are: {', '.join(here)}. Say for instance '--python {here[-1]}'." if here else "Ask support for one."
    raise NotFound(f"there is no Python {version} on this machine", hint=hint)


def _at(program: Path, wanted: str, env: Mapping[str, str], cache: Path) -> Interpreter:
    if info := _started(program, cache, env):
        return _checked(info, wanted)
    raise _broken(f"{wanted} is not a Python that starts", program, env, [])


def _broken(message: str, program: Path, env: Mapping[str, str], here: list[str]) -> "BrokenPython":
    from sesync_cli.python.broken import NEEDS_A_LIBRARY, why_not

    why = why_not(program, _clean(env))
    module = "If it needs a module, add '--module MODULE'. " if NEEDS_A_LIBRARY in why else ""
    other = f"Here are: {', '.join(here)}. Say for instance '--python {here[-1]}'." if here else "Ask support for one."
    return BrokenPython(f"{message}: {why}", hint=f"{module}{other}")


def find_first(places: Places, cache: Path) -> Interpreter | None:
    """The `python3` that modules have put on PATH; None where they have put none there."""
    path = os.pathsep.join(places.modules)
    found = shutil.which("python3", path=path) if path else None
    return find_python(found, places, cache) if found else None


def find_default(default: str, places: Places, cache: Path) -> tuple[Interpreter, tuple[str, ...]]:
    """The site's default Python; where it is not on this machine, `python3` and a warning that says so.

    A site that names none has the newest that starts.
    """
    if not default:
        return _newest(places, cache), ()
    try:
        return find_python(default, places, cache), ()
    except NotFound as error:
        instead = find_python("3", places, cache)
        what = str(error) if isinstance(error, BrokenPython) else f"Python {default} is not on this machine"
        return instead, (f"{what}, so this is Python {instead.minor}: '--python' chooses another",)


def find_fitting(asked: str, default: str, places: Places, cache: Path) -> Interpreter:
    """A Python that fits what files say (`3.8`, `>=3.9,<3.13`): the site's default, if any, and else the newest.

    Raises `WrongWords` for what is no version, `NotFound` where none fits.
    """
    fitting = fits(asked)
    here, broken = versions(places), None
    for version in dict.fromkeys([*([default] if default else []), *reversed(here)]):
        try:
            found = find_python(version, places, cache)
            if fitting(found.version):
                return found
        except BrokenPython as error:
            broken = broken or (error if any(fitting(f"{version}.{patch}") for patch in range(_PATCHES)) else None)
        except (NotFound, NotReady):
            continue
    if broken:
        raise broken
    hint = f"Here are: {listed(here)}. " if here else ""
    raise NotFound(f"no Python on this machine is {asked}", hint=f"{hint}'--python' takes another all the same.")


def _newest(places: Places, cache: Path) -> Interpreter:
    for version in reversed(versions(places)):
        with suppress(NotFound, NotReady):
            return find_python(version, places, cache)
    return find_python("3", places, cache)


def versions(places: Places) -> list[str]:
    """The versions that seem to be here (3.8, 3.11), by the names of programs alone; nothing is started."""
    names = {entry.name for folder in places if not _has_shims(folder) for entry in _python_names(folder)}
    return sorted((name.removeprefix("python") for name in names if "." in name), key=_natural)


def programs(places: Places) -> dict[str, Path]:
    """The first program of each version (3.8) that seems to be here; nothing is started."""
    found = {
        version: [one for one in _candidates(version, places) if os.access(one, os.X_OK)]
        for version in versions(places)
    }
    return {version: candidates[0] for version, candidates in found.items() if candidates}


def _candidates(version: str, places: Places) -> Iterator[Path]:
    minor = ".".join(version.split(".")[:2])
    folders = (*places, *_uv_folders(places.env))
    seen = set()
    for name in dict.fromkeys([f"python{minor}", f"python{version.split('.')[0]}"]):
        for candidate in (folder / name for folder in folders if name == "python3" or not _has_shims(folder)):
            real = os.path.realpath(candidate)
            if _is_named_otherwise(real, minor):
                continue
            if real not in seen and os.path.lexists(candidate) and not os.path.isdir(candidate):
                seen.add(real)
                yield candidate


def _is_named_otherwise(real: str, minor: str) -> bool:
    # a python3 that leads to a python3.8 need not be started to know that it is no 3.9
    named = re.fullmatch(r"python(\d+\.\d+)", os.path.basename(real))
    return bool(named and "." in minor and named[1] != minor)


def _has_shims(folder: Path) -> bool:
    # pyenv's shims fail slowly for versions that are not switched on; the versions themselves are found without them
    return folder.name == "shims" and os.path.isdir(folder.parent / "versions")


def _uv_folders(env: Mapping[str, str]) -> list[Path]:
    data = env.get("XDG_DATA_HOME") or os.path.join(env.get("HOME", ""), ".local/share")
    root = env.get("UV_PYTHON_INSTALL_DIR") or os.path.join(data, "uv/python")
    return [Path(folder) for folder in sorted(glob.glob(f"{glob.escape(root)}/*/bin"), key=_natural)]


def _python_names(folder: Path) -> Iterable[Path]:
    try:
        return [entry for entry in folder.iterdir() if re.fullmatch(r"python3(\.\d+)?", entry.name)]
    except OSError:
        return []


def _started(executable: Path, cache: Path, env: Mapping[str, str]) -> "PythonInfo | None":
    import logging

    from python_discovery import DiskCache, PythonInfo

    logging.getLogger("python_discovery").setLevel(logging.CRITICAL)  # what does not start is not worth a word
    return PythonInfo.from_exe(
        str(executable), DiskCache(cache / "python"), raise_on_error=False, resolve_to_host=False, env=_clean(env)
    )


def _clean(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name not in ("PYTHONPATH", "PYTHONHOME")}


def _checked(info: "PythonInfo", wanted: str) -> Interpreter:
    if info.version_info[:2] < _OLDEST:
        raise NotReady(f"{wanted} is Python {_version(info)}, which is too old", hint="Python 3.6 or newer will do.")
    virtual = info.prefix != info.base_prefix
    managed = not virtual and Path(info.system_stdlib or "", "EXTERNALLY-MANAGED").exists()
    base = Path(info.system_executable or info.executable)
    return Interpreter(Path(info.original_executable or info.executable), base, _version(info), virtual, managed)


def _version(info: "PythonInfo") -> str:
    return ".".join(map(str, info.version_info[:3]))


def _natural(text: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", text)]

"""Lists of packages that an install is given: as an installer reads them, whatever they look like."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.diagnosis.dry_run import Wanted
from sesync_cli.errors import NotReady
from sesync_cli.leftovers import throwaway
from sesync_cli.names import few
from sesync_cli.plan import by_hand
from sesync_cli.python.commands import as_words
from sesync_cli.requirements import environment_file
from sesync_cli.requirements.listing import for_uv, read_listing
from sesync_cli.requirements.package_list import PackageList
from sesync_cli.secrets import write_private

_OTHERS: tuple[str, ...] = ("pyproject.toml", "pylock.toml", "Pipfile", "Pipfile.lock", "setup.py", "setup.cfg")
_OTHERS += ("poetry.lock", "pdm.lock", "uv.lock")


@dataclass(frozen=True)
class Lists:
    """Lists, each as it was read."""

    found: tuple[PackageList, ...] = ()

    @property
    def names(self) -> list[str]:
        """The requirements in them that name a package."""
        return [word.partition(" --hash")[0] for one in self.found for word in one.names if not word.startswith("-")]

    @property
    def links(self) -> list[str]:
        """The folders and repositories in them that are to be links, as words of a list: `-e /home/me/tree`."""
        return [word for one in self.found for word in one.names if word.startswith("-e ")]

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was left out or taken otherwise than it is written."""
        return tuple(remark for one in self.found for remark in one.remarks)

    @property
    def question(self) -> str:
        """What is to be agreed to where conda alone has some of it; empty elsewhere."""
        missing = [name for one in self.found for name in one.only_conda or ()]
        return f"Conda alone has {few(missing)}. Install the rest?" if missing else ""

    @property
    def by_hand(self) -> tuple[str, ...]:
        """What one would type: the files that pip reads, and each package and option of the others."""
        lines = [line for one in self.found if one.words for line in (*one.heading, *one.words)]
        return (*self._files, *as_words(lines))

    @property
    def constraints(self) -> tuple[str, ...]:
        """What limits the versions of whatever comes."""
        return tuple(line for one in self.found for line in one.constraints)

    @contextmanager
    def words(self, *, uv: bool = False) -> Iterator[tuple[str, ...]]:
        """The words that give them to pip, or to uv, for as long as the block lasts."""
        heading = tuple(line for one in self.found if one.words for line in one.heading)
        lines, options = for_uv(heading) if uv else (heading, ())
        lines += tuple(word for one in self.found for word in one.words)
        if not lines:
            yield self._files
            return
        with throwaway("list") as folder:
            file, limits = folder / "requirements.txt", folder / "constraints.txt"
            write_private(limits, "\n".join(self.constraints))
            write_private(file, "\n".join([*lines, by_hand("-c", limits)]))
            yield (*options, *self._files, "-r", str(file))

    def with_packages(self, packages: tuple[str, ...]) -> Wanted:
        """All of it with these packages, as a trial takes it."""
        heading, options = for_uv(tuple(line for one in self.found for line in one.heading))
        return Wanted(
            packages,
            tuple(file for one in self.found for file in one.files),
            (*heading, *(word for one in self.found for word in one.words)),
            self.constraints,
            options,
        )

    @property
    def _files(self) -> tuple[str, ...]:
        return tuple(word for one in self.found for file in one.files for word in ("-r", str(file)))


def lists_of(files: Iterable[Path]) -> Lists:
    """What is in these files; `NotReady` for one that is no list of packages."""
    found = Lists(tuple(map(_read, files)))
    if found.found and not found.names and not any(one.files or one.words for one in found.found):
        raise NotReady("there is nothing to install in the lists", hint=". ".join(found.remarks) or "They are empty.")
    return found


def _read(file: Path) -> PackageList:
    if environment_file.is_environment_file(file):
        return environment_file.read_environment_file(file)
    if file.name in _OTHERS:
        hint = f"A kernel can be made of it: '{by_hand('sesync', 'kernel', 'create', 'NAME', '--from', file)}'."
        raise NotReady(f"{file} is no list of packages", hint=hint)
    return read_listing(file)

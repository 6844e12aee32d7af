"""Lists of packages that an install is given: as an installer reads them, whatever they look like."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.errors import NotReady
from sesync_cli.leftovers import throwaway
from sesync_cli.names import few
from sesync_cli.plan import by_hand
from sesync_cli.requirements import environment_file
from sesync_cli.requirements.listing import for_uv, read_listing
from sesync_cli.requirements.package_list import PackageList
from sesync_cli.secrets import write_private

_OTHERS = (".toml", ".lock", ".py", ".cfg", ".ipynb")


@dataclass(frozen=True)
class Lists:
    """Lists, each as it was read."""

    found: tuple[PackageList, ...] = ()

    @property
    def names(self) -> list[str]:
        """The requirements in them."""
        return [word for one in self.found for word in one.words]

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
        """What one would type: the files that an installer reads, and each package of the others."""
        return (*self._files, *(word for one in self.found if not one.files for word in one.words))

    @contextmanager
    def words(self, *, uv: bool = False) -> Iterator[tuple[str, ...]]:
        """The words that give them to pip, or to uv, for as long as the block lasts."""
        heading = tuple(line for one in self.found if not one.files for line in one.heading)
        lines, options = for_uv(heading) if uv else (heading, ())
        lines += tuple(word for one in self.found if not one.files for word in one.words)
        if not lines:
            yield self._files
            return
        with throwaway("list") as folder:
            file, limits = folder / "requirements.txt", folder / "constraints.txt"
            write_private(limits, "\n".join(line for one in self.found for line in one.constraints))
            write_private(file, "\n".join([*lines, by_hand("-c", limits)]))
            yield (*options, *self._files, "-r", str(file))

    @property
    def _files(self) -> tuple[str, ...]:
        return tuple(word for one in self.found for file in one.files for word in ("-r", str(file)))


def lists_of(files: Iterable[Path]) -> Lists:
    """What is in these files; `NotReady` for one that is no list of packages."""
    return Lists(tuple(map(_read, files)))


def _read(file: Path) -> PackageList:
    if environment_file.is_environment_file(file):
        return environment_file.read_environment_file(file)
    if file.suffix in _OTHERS:
        hint = f"A kernel can be made of it: 'sesync kernel create NAME --from {file.name}'."
        raise NotReady(f"{file} is no list of packages", hint=hint)
    return read_listing(file)

"""What a file asks for, in words that installers take, and how it was read where it is written otherwise."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from sesync_cli.names import few, joined
from sesync_cli.secrets import without_logins

_LONGEST = 120  # letters of a line that are shown


@dataclass(frozen=True)
class PackageList:
    """What a file asks for.

    `words` are requirements, one each; `heading` are options of pip's about the index and the like, a line each, which
    a requirements file begins with; `options` are words for uv; `constraints` limit the versions of whatever comes.
    `files` are given to an installer as they are, beside all these. `read` are all files that were looked at, and
    `names` the requirements in all of them, as far as they are known. `python` is a version or a specifier, or empty;
    `hashes` are the SHA-256 that the files of a package may have. `remarks` say what was left out or taken otherwise.
    `only_conda` are the packages that conda alone has, in a list of conda's; None in all others.
    """

    words: tuple[str, ...] = ()
    heading: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    read: tuple[Path, ...] = ()
    names: tuple[str, ...] = ()
    python: str = ""
    hashes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    only_conda: tuple[str, ...] | None = None


@dataclass
class Remarks:
    """Lines that are not taken as they are written, by what was done about them."""

    said: dict[str, list[tuple[int, str]]] = field(default_factory=dict)

    def add(self, what_was_done: str, number: int, what: str) -> None:
        """Note what was done about a line; `{}` in it stands for what."""
        self.said.setdefault(what_was_done, []).append((number, shown(what)))

    def about(self, file: Path) -> tuple[str, ...]:
        """A sentence for each, for a warning."""
        return tuple(
            f"{file.name}, {lines([number for number, _ in found])}: {_filled(done, [what for _, what in found])}"
            for done, found in self.said.items()
        )


def _filled(what_was_done: str, what: list[str]) -> str:
    """What is left out is all named, of the rest some."""
    return what_was_done.replace("{}", joined(what) if what_was_done.startswith("without") else few(what))


def shown(text: str) -> str:
    """What a line says, for a sentence: in one line, not too long, and without names and passwords in addresses."""
    said = " ".join(without_logins(text).split())
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}..."


def merged(lists: Sequence[PackageList]) -> PackageList:
    """What several lists ask for together."""
    hashes: dict[str, frozenset[str]] = {}
    for one in lists:
        hashes |= one.hashes
    return PackageList(
        tuple(word for one in lists for word in one.words),
        tuple(dict.fromkeys(line for one in lists for line in one.heading)),
        tuple(option for one in lists for option in one.options),
        tuple(limit for one in lists for limit in one.constraints),
        tuple(file for one in lists for file in one.files),
        tuple(dict.fromkeys(file for one in lists for file in one.read)),
        tuple(name for one in lists for name in one.names),
        next((one.python for one in lists if one.python), ""),
        hashes,
        tuple(remark for one in lists for remark in one.remarks),
    )


def lines(numbers: Iterable[int]) -> str:
    """'line 3', 'lines 3 and 5', 'lines 3 to 9 and 12'."""
    once = sorted(set(numbers))
    runs = [[one for _, one in run] for _, run in groupby(enumerate(once), lambda pair: pair[1] - pair[0])]
    told = [one for run in runs for one in ([f"{run[0]} to {run[-1]}"] if len(run) > 2 else map(str, run))]
    return f"line{'s' * (len(once) > 1)} {few(told)}"

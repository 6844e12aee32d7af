"""A list of packages, as pip or conda takes it or as people have it otherwise. The door to pip-requirements-parser."""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

from sesync_cli.errors import NotReady
from sesync_cli.python.distributions import canonical
from sesync_cli.requirements.forms import as_lines, is_condas
from sesync_cli.requirements.line import has_old_jupyter, origin_of, read_line
from sesync_cli.requirements.package_list import PackageList, Remarks, lines, shown
from sesync_cli.requirements.reading import NO_LIMIT, Around, NoPackage, Reading
from sesync_cli.requirements.strangers import ONLY_CONDA
from sesync_cli.requirements.text import is_plain, read_text

if TYPE_CHECKING:
    from pip_requirements_parser import RequirementsFile

_HEADING = {"index_url": "--index-url", "extra_index_urls": "--extra-index-url", "find_links": "--find-links"}
_HEADING |= {"no_index": "--no-index", "no_binary": "--no-binary", "only_binary": "--only-binary"}
_OF_PIP = {"pre": "--pre", "trusted_hosts": "--trusted-host"}  # which uv takes as options alone, under other names
_FOR_UV = {"--pre": "--prerelease=allow", "--trusted-host": "--allow-insecure-host"}
_OWN_INDEX = ("--index-url", "--extra-index-url", "--find-links")


def read_listing(file: Path) -> PackageList:
    """What a list asks for, with all that it includes.

    `files` is the list itself where each of its lines is as installers take it.
    """
    reader = _Reader()
    reader.read(file, None, constraints=False)
    found = reader.found()
    return replace(found, words=(), constraints=(), files=(file,)) if reader.as_it_is else found


def read_lines(numbered: Iterable[tuple[int, str]], file: Path) -> PackageList:
    """What these lines of a file ask for, which are as in a list of pip's; paths are as from the file's folder."""
    reader = _Reader()
    reader.read_all(list(numbered), file, constraints=False)
    return reader.found()


def index_in(text: str) -> str:
    """The index that requirements want to be asked instead of the usual one; the last that is named counts."""
    named = [option.options["index_url"] for option in _parsed(text).options if "index_url" in option.options]
    return str(named[-1]) if named else ""


def hashes_in(text: str) -> Mapping[str, frozenset[str]]:
    """The SHA-256 that the files of a package may have, by its name, where requirements demand any."""
    allowed: dict[str, set[str]] = {}
    for requirement in _parsed(text).requirements:
        if requirement.name and requirement.hash_options:
            said = {value.removeprefix("sha256:") for value in requirement.hash_options}
            allowed.setdefault(canonical(requirement.name), set()).update(said)
    return {name: frozenset(said) for name, said in allowed.items()}


@dataclass
class _Reader:
    """What has been read so far, of one list and all that it includes; lines wait until all their options are known."""

    words: list[str] = field(default_factory=list)
    heading: list[str] = field(default_factory=list)
    constraints: list[str] = field(default_factory=list)
    hashes: dict[str, frozenset[str]] = field(default_factory=dict)
    only_conda: list[str] = field(default_factory=list)
    remarks: dict[Path, Remarks] = field(default_factory=dict)
    seen: set[tuple[str, bool]] = field(default_factory=set)
    waiting: list[tuple[Path, int, str, Around, bool]] = field(default_factory=list)
    python: str = ""
    is_condas: bool = False
    as_it_is: bool = True

    def read(self, file: Path, by: Path | None, *, constraints: bool) -> None:
        key = os.path.realpath(file), constraints
        if key in self.seen:
            return
        self.seen.add(key)
        text = read_text(file, by)
        self.is_condas = self.is_condas or is_condas(text)
        numbered = as_lines(text, file)
        plain = [line for _, line in numbered] == text.splitlines()
        self.as_it_is = self.as_it_is and plain and is_plain(file)
        self.read_all(numbered, file, constraints=constraints)

    def read_all(self, numbered: list[tuple[int, str]], file: Path, *, constraints: bool) -> None:
        self.remarks.setdefault(file, Remarks())
        said = [line for _, line in numbered]
        text, numbers = "\n".join(said), [number for number, _ in numbered]
        for name, sums in hashes_in(text).items():
            self.hashes[name] = self.hashes.get(name, frozenset()) | sums
        parsed = _parsed(text)
        around = Around(file.parent, origin=origin_of(said), old_jupyter=has_old_jupyter(said))
        entries = [
            (one.requirement_line, one) for one in (*parsed.requirements, *parsed.options, *parsed.invalid_lines)
        ]
        for line, one in sorted(entries, key=lambda entry: int(entry[0].line_number)):
            if one in parsed.options:
                self._obey(one.options, file)
            else:
                number = numbers[min(line.line_number, len(numbers)) - 1]
                self.waiting.append((file, number, line.line, around, constraints))

    def found(self) -> PackageList:
        """All that was read; `NotReady` where a line is no package."""
        wrong = []
        own_index = any(line.startswith(_OWN_INDEX) for line in self.heading)
        for file, number, line, around, constraints in self.waiting:
            try:
                reading = read_line(line, replace(around, own_index=own_index))
            except NoPackage as advice:
                wrong.append((file, number, line, str(advice)))
                continue
            self._take(reading, number, self.remarks[file], constraints=constraints)
        if wrong:
            raise _no_packages(wrong)
        words = tuple(dict.fromkeys(self.words))
        return PackageList(
            words,
            tuple(dict.fromkeys(self.heading)),
            constraints=tuple(dict.fromkeys(self.constraints)),
            read=tuple(self.remarks),
            names=words,
            python=self.python,
            hashes=self.hashes,
            remarks=tuple(remark for file, found in self.remarks.items() for remark in found.about(file)),
            only_conda=tuple(self.only_conda) if self.is_condas else None,
        )

    def _take(self, reading: Reading, number: int, remarks: Remarks, *, constraints: bool) -> None:
        self.python = reading.python or self.python
        self.as_it_is = self.as_it_is and reading.as_it_is
        for word in reading.words:
            if not constraints:
                self.words.append(word)
            elif word.startswith(("-e ", "/")) or re.match(r"[\w+.-]+://", word):
                remarks.add(NO_LIMIT, number, word)
                self.as_it_is = False
            else:
                self.constraints.append(word.partition(" --hash")[0])
        if reading.remark:
            remarks.add(reading.remark, number, reading.what)
            if reading.remark == ONLY_CONDA:
                self.only_conda.append(reading.what)

    def _obey(self, options: Mapping[str, Any], file: Path) -> None:
        """Follow an option of pip's in a list."""
        for kind in ("requirements", "constraints"):
            for name in options.get(kind, ()):
                if "://" in name:
                    self.words.append(f"{'-r' if kind == 'requirements' else '-c'} {name}")
                else:
                    self.read(file.parent / name, file, constraints=kind == "constraints")
        for key, word in (_HEADING | _OF_PIP).items():
            value = options.get(key, ())
            if isinstance(value, bool):
                self.heading += [word] if value else []
                continue
            for one in [value] if isinstance(value, str) else sorted(value):
                self.heading.append(f"{word} {_place(one, file.parent) if key == 'find_links' else one}")
        self.as_it_is = self.as_it_is and not set(options) - {"requirements", "constraints", *_HEADING}


def for_uv(heading: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The options of a list that uv reads in one, and those that it takes as words."""
    words = [(line, line.partition(" ")) for line in heading]
    options = [f"{_FOR_UV[name]}{'=' * bool(value)}{value}" for _, (name, _, value) in words if name in _FOR_UV]
    return tuple(line for line, (name, *_) in words if name not in _FOR_UV), tuple(options)


def for_pip(options: Iterable[str]) -> tuple[str, ...]:
    """The options of pip's that such words for uv stand for; others are the same for both."""
    pips = {uv: pip for pip, uv in _FOR_UV.items()}
    words = [(option, option.partition("=")) for option in options]
    return tuple(
        word
        for option, (name, _, value) in words
        for word in ((pips[option],) if option in pips else (pips[name], value) if name in pips else (option,))
    )


def _place(value: str, folder: Path) -> str:
    return value if "://" in value or value.startswith("/") else str(folder / value)


def _no_packages(wrong: list[tuple[Path, int, str, str]]) -> NotReady:
    file, number, line, advice = wrong[0]
    more = [one for one in wrong[1:] if one[0] == file]
    also = f" (nor {lines(number for _, number, *_ in more)})" if more else ""
    advice += " What is no package stands behind '#'."
    return NotReady(f"{file}, line {number} is not a package: {shown(line)}{also}", hint=advice)


def _parsed(text: str) -> "RequirementsFile":
    from pip_requirements_parser import RequirementsFile

    with NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:  # its own reader of texts is broken (32.0.1)
        file.write(text)
        file.flush()
        return RequirementsFile.from_file(file.name)

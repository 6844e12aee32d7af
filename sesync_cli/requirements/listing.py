"""A list of packages, as pip or conda takes it or as people have it otherwise. The door to pip-requirements-parser."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

from sesync_cli.errors import NotReady
from sesync_cli.python.distributions import canonical
from sesync_cli.requirements.forms import as_lines, is_condas
from sesync_cli.requirements.line import Around, NoPackage, has_old_jupyter, origin_of, read_line
from sesync_cli.requirements.package_list import PackageList, Remarks, lines
from sesync_cli.requirements.strangers import ONLY_CONDA
from sesync_cli.requirements.text import is_plain, read_text

if TYPE_CHECKING:
    from pip_requirements_parser import RequirementsFile

_HEADING = {"index_url": "--index-url", "extra_index_urls": "--extra-index-url", "find_links": "--find-links"}
_HEADING |= {"no_index": "--no-index", "no_binary": "--no-binary", "only_binary": "--only-binary"}
_OF_PIP = {"pre": "--pre", "trusted_hosts": "--trusted-host"}  # which uv takes as options alone, under other names
_FOR_UV = {"--pre": "--prerelease=allow", "--trusted-host": "--allow-insecure-host"}
_MOST = 3  # lines that are named as no packages


def read_listing(file: Path) -> PackageList:
    """What a list asks for, with all that it includes.

    `files` is the list itself where each of its lines is as installers take it.
    """
    reader = _Reader()
    reader.read(file, None, constraints=False)
    if reader.wrong:
        raise _no_packages(reader.wrong)
    files = tuple(reader.seen)
    return PackageList(
        tuple(dict.fromkeys(reader.words)),
        tuple(dict.fromkeys(reader.heading)),
        constraints=() if reader.as_it_is else tuple(dict.fromkeys(reader.constraints)),
        files=(file,) if reader.as_it_is else (),
        read=files,
        python=reader.python,
        hashes=reader.hashes,
        remarks=tuple(remark for one, remarks in reader.seen.items() for remark in remarks.about(one)),
        only_conda=tuple(reader.only_conda) if reader.condas else None,
    )


def read_lines(numbered: Iterable[tuple[int, str]], file: Path) -> PackageList:
    """What these lines of a file ask for, which are as in a list of pip's; paths are as from the file's folder."""
    reader = _Reader()
    reader.read_all(list(numbered), file, constraints=False)
    if reader.wrong:
        raise _no_packages(reader.wrong)
    remarks = tuple(remark for one, found in reader.seen.items() for remark in found.about(one))
    words, heading = tuple(dict.fromkeys(reader.words)), tuple(reader.heading)
    constraints = tuple(reader.constraints)
    return PackageList(words, heading, constraints=constraints, read=tuple(reader.seen), remarks=remarks)


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
    """What has been read so far, of one list and all that it includes."""

    words: list[str] = field(default_factory=list)
    heading: list[str] = field(default_factory=list)
    constraints: list[str] = field(default_factory=list)
    hashes: dict[str, frozenset[str]] = field(default_factory=dict)
    only_conda: list[str] = field(default_factory=list)
    seen: dict[Path, Remarks] = field(default_factory=dict)
    wrong: list[tuple[Path, int, str, str]] = field(default_factory=list)
    python: str = ""
    condas: bool = False
    as_it_is: bool = True

    def read(self, file: Path, by: Path | None, *, constraints: bool) -> None:
        if file in self.seen:
            return
        text = read_text(file, by)
        self.condas = self.condas or is_condas(text)
        numbered = as_lines(text)
        plain = [line for _, line in numbered] == text.splitlines()
        self.as_it_is = self.as_it_is and plain and is_plain(file)
        for name, said in hashes_in(text).items():
            self.hashes[name] = self.hashes.get(name, frozenset()) | said
        self.read_all(numbered, file, constraints=constraints)

    def read_all(self, numbered: list[tuple[int, str]], file: Path, *, constraints: bool) -> None:
        self.seen.setdefault(file, Remarks())
        parsed = _parsed("\n".join(line for _, line in numbered))
        numbers = [number for number, _ in numbered]
        entries = [
            (one.requirement_line, one) for one in (*parsed.requirements, *parsed.options, *parsed.invalid_lines)
        ]
        own_index = bool(self.heading) or any(set(one.options) & {*_HEADING} for one in parsed.options)
        said = [line for _, line in numbered]
        around = Around(file.parent, own_index, origin_of(said), has_old_jupyter(said))
        for line, one in sorted(entries, key=lambda entry: int(entry[0].line_number)):
            number = numbers[min(line.line_number, len(numbers)) - 1]
            if one in parsed.options:
                self._obey(one.options, file)
            else:
                self._take(number, line.line, file, around, constraints=constraints)

    def _take(self, number: int, line: str, file: Path, around: Around, *, constraints: bool) -> None:
        try:
            reading = read_line(line, around)
        except NoPackage as advice:
            self.wrong.append((file, number, line, str(advice)))
            return
        self.python = reading.python or self.python
        (self.constraints if constraints else self.words).extend(reading.words)
        if reading.remark:
            self.seen[file].add(reading.remark, number, reading.what)
            if reading.remark == ONLY_CONDA:
                self.only_conda.append(reading.what)
        self.as_it_is = self.as_it_is and reading.as_it_is

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


def _place(value: str, folder: Path) -> str:
    return value if "://" in value or value.startswith("/") else str(folder / value)


def _no_packages(wrong: list[tuple[Path, int, str, str]]) -> NotReady:
    file, number, line, advice = wrong[0]
    more = [one for one in wrong[1:] if one[0] == file]
    also = f" (nor {lines(number for _, number, *_ in more)})" if more else ""
    advice += " What is no package stands behind '#'."
    return NotReady(f"{file}, line {number} is not a package: {line}{also}", hint=advice)


def _parsed(text: str) -> "RequirementsFile":
    from pip_requirements_parser import RequirementsFile

    with NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:  # its own reader of texts is broken (32.0.1)
        file.write(text)
        file.flush()
        return RequirementsFile.from_file(file.name)

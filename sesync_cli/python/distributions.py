"""What is installed in folders of packages, whichever installer has left it there, and what it says of itself.

The door to packages' metadata and canonical names. What is damaged raises nothing: it is known by its file's name.
"""

import csv
import json
import os
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit

from sesync_cli.python.environments import site_packages

if TYPE_CHECKING:
    from importlib.metadata import Distribution

_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*?"  # what pip leaves of a package that it takes away begins with ~
_ENTRY = re.compile(
    rf"(?P<name>{_NAME})(?:-(?P<version>\d[^-]*)(?:-py\d[^-]*(?:-.+)?)?)?\.(?:dist-info|egg-info|egg)", re.ASCII
)
_LINK = re.compile(rf"(?P<name>{_NAME})\.egg-link", re.ASCII)


@dataclass(frozen=True)
class Package:
    """An installed package: its canonical name, and its version, which is empty where nothing tells it.

    `entry` is what stands for it in the folder that it is installed in: `NAME-VERSION.dist-info`, `.egg-info`, `.egg`
    or `.egg-link`. `metadata` is the folder or file that says more of it, out of reach in an egg that is zipped.
    `project` is the folder that was installed as a link to itself by `setup.py develop`; None for all others.
    (https://packaging.python.org/en/latest/specifications/recording-installed-packages,
    https://setuptools.pypa.io/en/latest/deprecated/python_eggs.html)
    """

    name: str
    version: str
    entry: Path
    metadata: Path
    project: Path | None = None

    @property
    def place(self) -> Path:
        """The folder that it is installed in."""
        return self.entry.parent

    @property
    def requirement(self) -> str:
        """What asks an installer for this very package: `tree==1.0`, or the folder that it is of, maybe as a link."""
        folder = source_of(self)
        if folder and (self.project or folder.is_dir()):
            linked = self.project is None and _direct_url(self).get("dir_info", {}).get("editable") is True
            return f"-e {folder.as_uri()}" if linked else f"{self.name} @ {folder.as_uri()}"
        return f"{self.name}=={self.version}" if self.version else self.name

    def __str__(self) -> str:
        return f"{self.name} {self.version}".strip()


def canonical(name: str) -> str:
    """A package's name as installers compare it: `scikit-learn` for `Scikit_Learn`.

    (https://packaging.python.org/en/latest/specifications/name-normalization)
    """
    from packaging.utils import canonicalize_name

    return canonicalize_name(name)


def packages_of(folder: Path) -> Iterator[Package]:
    """Every package that is installed in a folder; two of one name, where two versions have left their metadata."""
    for entry in _entries(folder):
        package = _linked(folder / entry) if _LINK.fullmatch(entry) else _package(folder / entry)
        if package:
            yield package


def packages_in(folders: Iterable[Path]) -> dict[str, Package]:
    """What is installed in these folders, by canonical name; the first folder that has a package counts.

    Of two versions in one folder the last by its file's name counts, of those that tell theirs.
    """
    found: dict[str, Package] = {}
    for folder in folders:
        there: dict[str, Package] = {}
        for package in packages_of(folder):
            if package.version or package.name not in there:
                there[package.name] = package
        found = there | found
    return found


def environment_packages(environment: Path) -> dict[str, Package]:
    """The packages in an environment, by canonical name."""
    folder = site_packages(environment)
    return packages_in([folder]) if folder else {}


def installed(environment: Path) -> dict[str, str]:
    """The versions of the packages in an environment, by canonical name."""
    return {name: package.version for name, package in environment_packages(environment).items()}


def known_versions(versions: Mapping[str, str]) -> dict[str, str | None]:
    """The same for programs: None for a package that tells no version."""
    return {name: version or None for name, version in versions.items()}


def name_of_entry(entry: str) -> str:
    """The canonical name of the package that something of this name in a folder stands for; empty if it does not."""
    match = _LINK.fullmatch(entry) or _ENTRY.fullmatch(entry)
    return canonical(match["name"]) if match else ""


def requires(package: Package) -> list[str]:
    """The requirements that a package says it has, with their markers (PEP 508)."""
    with suppress(OSError, ValueError):
        return _distribution(package.metadata).requires or []
    return []


def source_of(package: Package) -> Path | None:
    """The folder that a package was installed from, as a copy or as a link to it; None for one from elsewhere.

    (https://packaging.python.org/en/latest/specifications/direct-url)
    """
    said = _direct_url(package)
    if package.project or not isinstance(said.get("dir_info"), dict):
        return package.project
    url = urlsplit(str(said.get("url", "")))
    return Path(unquote(url.path)) if url.scheme == "file" else None


def files_of(package: Package) -> list[Path]:
    """The files of a package, as far as its installer has left a list."""
    metadata = package.metadata
    files = [metadata.parent / one.path for one in recorded(metadata)]
    return files or [metadata / line for line in _lines(metadata / "installed-files.txt")]  # of pip before 23.1


def bytes_of(package: Package) -> int | None:
    """The bytes of a package's files; None where its installer has left no list, or the files are a project's own."""
    files, total = files_of(package), 0
    if package.project or not files:
        return None
    for file in files:
        with suppress(OSError, ValueError):
            total += os.lstat(file).st_size
    return total


class Recorded(NamedTuple):
    """A line of a RECORD: the file's path from the folder of packages, and its SHA-256 and bytes as the file has them.

    The digest is empty where none is told, as of bytecode.
    (https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-record-file)
    """

    path: str
    sha256: str = ""
    size: str = ""

    def is_true_of(self, digest: bytes) -> bool:
        """Whether a file has the contents of this line; some tools write the digest in hexadecimal digits."""
        return self.sha256.rstrip("=") in (urlsafe_b64encode(digest).decode().rstrip("="), digest.hex())


def recorded(metadata: Path) -> Iterator[Recorded]:
    """What one package's RECORD says, in its order; nothing where there is none."""
    try:
        with open(metadata / "RECORD", encoding="utf-8", errors="replace", newline="") as file:
            for path, digest, size in (row[:3] for row in csv.reader(file) if len(row) >= 3):
                yield Recorded(path, digest.removeprefix("sha256=") if digest.startswith("sha256=") else "", size)
    except (OSError, csv.Error):
        return


def _direct_url(package: Package) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        said = json.loads((package.metadata / "direct_url.json").read_bytes())
        return said if isinstance(said, dict) else {}
    return {}


def _entries(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except (OSError, ValueError):  # a path that no file can have
        return []


def _package(entry: Path) -> Package | None:
    """The package that something in a folder is the metadata of; its name and version are in the file's name mostly."""
    match = _ENTRY.fullmatch(entry.name)
    if match is None:
        return None
    metadata = entry / "EGG-INFO" if entry.suffix == ".egg" else entry
    name, version = (match["name"], match["version"]) if match["version"] else _said(metadata, match["name"])
    return Package(canonical(name), version, entry, metadata)


def _said(metadata: Path, name: str) -> tuple[str, str]:
    """The name and version that metadata tells; this name, and no version, where it tells none."""
    with suppress(OSError, ValueError):
        said = _distribution(metadata).metadata
        names, versions = said.get_all("Name") or [name], said.get_all("Version") or [""]
        return names[0].strip() if re.fullmatch(_NAME, names[0].strip()) else name, versions[0].strip()
    return name, ""


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return []


def _linked(link: Path) -> Package | None:
    """The package that an .egg-link leads to; None where that is gone.

    Its first line is the folder of the code, its second the way from there to the project.
    """
    code, way = (*map(str.strip, _lines(link)), "", "")[:2]
    folder, name = link.parent / code, name_of_entry(link.name)
    for entry in _entries(folder) if code else ():
        package = _package(folder / entry) if entry.endswith(".egg-info") else None
        if package and package.name == name:
            return replace(package, entry=link, project=Path(os.path.abspath(folder / way)))
    return None


def _distribution(metadata: Path) -> "Distribution":
    from importlib.metadata import Distribution

    return Distribution.at(metadata)

"""Poetry's and PDM's locks: which versions go with what their `pyproject.toml` asks for."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sesync_cli.errors import NotReady
from sesync_cli.python.distributions import canonical
from sesync_cli.requirements.listing import read_lines
from sesync_cli.requirements.package_list import PackageList
from sesync_cli.requirements.pyproject import poetry_python, read_pyproject
from sesync_cli.requirements.text import read_text

_MAIN = ("main", "default")
_DEV = "dev"


@dataclass(frozen=True)
class _Pin:
    """A package in a lock; `place` is its address where it is from a repository, `local` where from this machine."""

    name: str
    version: str
    marker: str
    groups: tuple[str, ...]
    optional: bool
    hashes: frozenset[str]
    place: str = ""
    local: bool = False

    @property
    def word(self) -> str:
        marker = f" ; {self.marker}" if self.marker else ""
        return f"{self.name} @ {self.place}{marker}" if self.place else f"{self.name}=={self.version}{marker}"


def read_pins(path: Path, dev: bool) -> PackageList:
    """What the pyproject.toml beside such a lock asks for, in the versions of the lock.

    Without one it is all that the lock has, but for the groups that are not asked for. (python-poetry.org/docs,
    pdm-project.org/en/latest/usage/lockfile)
    """
    tool = path.stem
    try:
        data = tomllib.loads(read_text(path))
        metadata = data.get("metadata", {})
        pins = [_pin(one, metadata) for one in data["package"]]
        said = str(metadata.get("requires_python") or "") or poetry_python(str(metadata.get("python-versions") or ""))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError, ValueError, RecursionError):
        raise NotReady(f"{path} is not a lock of {tool}'s", hint=f"'{tool} lock' writes it anew.") from None
    hashes = {pin.name: pin.hashes for pin in pins if pin.hashes}
    project = path.with_name("pyproject.toml")
    asked = read_pyproject(project, dev) if project.is_file() else None
    if asked:
        limits = tuple(pin.word for pin in _limits(pins))
        return replace(asked, constraints=limits, read=(path, *asked.read), python=asked.python or said, hashes=hashes)
    wanted = [pin for pin in pins if _is_wanted(pin, dev)]
    chosen = {pin.word: pin for pin in wanted}
    names = [pin.name for pin in chosen.values() if not pin.marker]
    if doubtful := [pin.name for pin in chosen.values() if pin.local or names.count(pin.name) > 1]:
        message = f"{path} does not tell which {doubtful[0]} is meant without the pyproject.toml beside it"
        raise NotReady(message, hint="Keep both files in one folder.")
    found = read_lines([(1, word) for word in chosen], path)
    return replace(found, read=(path,), python=said, hashes=hashes, remarks=())


def _pin(package: Mapping[str, Any], metadata: Mapping[str, Any]) -> _Pin:
    marker = package.get("markers") or package.get("marker") or ""
    if isinstance(marker, dict):  # by group
        marker = next((one for group, one in marker.items() if group in _MAIN), "")
    groups = package.get("groups") or package.get("category") or _MAIN[0]
    source = package.get("source", {})
    table = metadata.get("files", metadata.get("hashes", {}))  # where the locks of old have them, for all packages
    name = str(package["name"])
    files = package.get("files") or table.get(name) or table.get(f"{name} {package['version']}") or ()
    kind = source.get("type", "")
    place = f"git+{source['url']}@{source['resolved_reference']}" if kind == "git" else ""
    if "git" in package:
        place = f"git+{package['git']}@{package.get('revision') or package.get('ref')}"
    return _Pin(
        canonical(name),
        str(package["version"]),
        str(marker),
        (groups,) if isinstance(groups, str) else tuple(map(str, groups)),
        bool(package.get("optional")),
        frozenset(_sums(files)),
        place or str(source["url"] if kind == "url" else package.get("url", "")),
        local=kind in ("directory", "file") or "path" in package,
    )


def _sums(files: Iterable[Any]) -> Iterator[str]:
    """The SHA-256 of a package's files."""
    for one in files:
        said = str(one.get("hash", "")) if isinstance(one, dict) else f"sha256:{one}"
        if said.startswith("sha256:"):
            yield said.removeprefix("sha256:")


def _limits(pins: Iterable[_Pin]) -> Iterator[_Pin]:
    """The versions that are bound; what has several, for several Pythons, is where the lock says for which."""
    versions: dict[str, set[str]] = {}
    for pin in pins:
        versions.setdefault(pin.name, set()).add(pin.version)
    for pin in {pin.word: pin for pin in pins}.values():
        if not (pin.place or pin.local) and (pin.marker or len(versions[pin.name]) == 1):
            yield pin


def _is_wanted(pin: _Pin, dev: bool) -> bool:
    return not pin.optional and any(group in _MAIN or (dev and group == _DEV) for group in pin.groups)

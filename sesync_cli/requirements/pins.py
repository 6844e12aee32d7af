"""Poetry's and PDM's locks: which versions go with what their `pyproject.toml` asks for."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sesync_cli.errors import NotReady
from sesync_cli.python.distributions import canonical
from sesync_cli.requirements.package_list import PackageList
from sesync_cli.requirements.pyproject import poetry_python, read_pyproject
from sesync_cli.requirements.text import read_text

_MAIN = ("main", "default")
_DEV = "dev"


def read_pins(path: Path, dev: bool) -> PackageList:
    """What the pyproject.toml beside such a lock asks for, in the versions of the lock.

    Without one it is all that the lock has, but for the groups that are not asked for. (python-poetry.org/docs,
    pdm-project.org/en/latest/usage/lockfile)
    """
    try:
        data = tomllib.loads(read_text(path))
        packages = [{**one, "name": canonical(one["name"]), "version": str(one["version"])} for one in data["package"]]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError, RecursionError):
        tool = path.stem
        raise NotReady(f"{path} is not a lock of {tool}'s", hint=f"'{tool} lock' writes it anew.") from None
    project = path.with_name("pyproject.toml")
    asked = read_pyproject(project, dev) if project.is_file() else None
    metadata = data.get("metadata", {})
    said = str(metadata.get("requires_python") or "") or poetry_python(str(metadata.get("python-versions") or ""))
    python = (asked.python if asked else "") or said
    constraints = tuple(_pins(packages))
    hashes = {canonical(one["name"]): sums for one in packages if (sums := _hashes(one, metadata))}
    read = (path, *(asked.read if asked else ()))
    if asked:
        return replace(asked, constraints=constraints, read=read, python=python, hashes=hashes)
    words = tuple(_named(one) for one in packages if _is_wanted(one, dev))
    return PackageList(words, constraints=constraints, read=read, python=python, hashes=hashes)


def _pins(packages: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The versions as constraints; what has several, for several Pythons, is bound where the lock says for which."""
    times: dict[str, int] = {}
    for one in packages:
        times[canonical(one["name"])] = times.get(canonical(one["name"]), 0) + 1
    for one in packages:
        marker = _marker(one)
        from_index = (
            not {"source", "git", "path", "url", "hg"} & one.keys() or one.get("source", {}).get("type") == "legacy"
        )
        if from_index and (marker or times[canonical(one["name"])] == 1):
            yield f"{one['name']}=={one['version']}{f' ; {marker}' if marker else ''}"


def _marker(package: Mapping[str, Any]) -> str:
    said = package.get("markers") or package.get("marker") or ""
    if isinstance(said, dict):  # by group
        said = next((one for group, one in said.items() if group in _MAIN), "")
    return str(said)


def _named(package: Mapping[str, Any]) -> str:
    extras = f"[{','.join(package['extras'])}]" if isinstance(package.get("extras"), list) else ""
    marker = _marker(package)
    return f"{package['name']}{extras}=={package['version']}{f' ; {marker}' if marker else ''}"


def _is_wanted(package: Mapping[str, Any], dev: bool) -> bool:
    groups = package.get("groups") or [package.get("category", _MAIN[0])]
    return not package.get("optional") and any(group in _MAIN or (dev and group == _DEV) for group in groups)


def _hashes(package: Mapping[str, Any], metadata: Mapping[str, Any]) -> frozenset[str]:
    """The SHA-256 of a package's files; the locks of old have them in one table for all packages."""
    table = metadata.get("files", metadata.get("hashes", {}))
    files = package.get("files") or (table.get(package["name"], ()) if isinstance(table, dict) else ())
    said = [str(one.get("hash", "")) if isinstance(one, dict) else f"sha256:{one}" for one in files]
    return frozenset(one.removeprefix("sha256:") for one in said if one.startswith("sha256:"))

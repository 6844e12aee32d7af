"""Pipenv's files as requirements: `Pipfile` says what is wanted, `Pipfile.lock` says every version."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sesync_cli.errors import NotReady, Refused
from sesync_cli.secrets import without_logins

_MARKERS = (
    "os_name",
    "sys_platform",
    "platform_machine",
    "platform_python_implementation",
    "platform_release",
    "platform_system",
    "platform_version",
    "python_version",
    "python_full_version",
    "implementation_name",
    "implementation_version",
)
_REPOSITORIES = ("git", "hg", "svn", "bzr")
_USUAL = "pypi"  # pipenv's name for the index that every installer asks by itself


def read_pipfile(path: Path, dev: bool) -> tuple[list[str], str]:
    """The requirements of a Pipfile, with options about the index first, and the version of Python that it asks for."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        sections = ["packages", *(["dev-packages"] if dev else [])]
        lines = [*_indexes(data.get("source", []), path), *_sections(data, sections, path)]
        return lines, _python(data.get("requires", {}))
    except (tomllib.TOMLDecodeError, *_UNFIT) as error:
        raise _unfit(path, error) from None


def read_pipfile_lock(path: Path, dev: bool) -> tuple[list[str], str]:
    """The same of a Pipfile.lock: every version, with its hashes."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        meta = data["_meta"]
        sections = ["default", *(["develop"] if dev else [])]
        lines = [*_indexes(meta.get("sources", []), path), *_sections(data, sections, path)]
        return lines, _python(meta.get("requires", {}))
    except _UNFIT as error:
        raise _unfit(path, error) from None


_UNFIT = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError)


def _unfit(path: Path, error: Exception) -> NotReady:
    why = error.strerror if isinstance(error, OSError) else "it is not as pipenv writes it"
    return NotReady(f"{path} cannot be read: {why}", hint="'pipenv lock' writes the lock anew; or use '-r FILE'.")


def _python(requires: Mapping[str, Any]) -> str:
    return str(requires.get("python_full_version") or requires.get("python_version") or "")


def _indexes(sources: list[Mapping[str, Any]], path: Path) -> Iterator[str]:
    addresses = [str(source["url"]) for source in sources]
    for address in addresses:
        if "$" in address or without_logins(address) != address:
            hint = "Leave them out of it, and write them into ~/.netrc, which only you may read (chmod 600)."
            raise Refused(f"{path} has an address with a name or a password in it", hint=hint)
    others = [str(source["url"]) for source in sources if source.get("name", _USUAL) != _USUAL]
    instead = len(others) == len(addresses)  # else they are asked beside the usual one, wherever that is here
    for number, one in enumerate(others):
        yield f"{'--index-url' if instead and not number else '--extra-index-url'} {one}"


def _sections(data: Mapping[str, Any], sections: list[str], path: Path) -> Iterator[str]:
    seen: set[str] = set()
    for section in sections:
        for name, entry in data.get(section, {}).items():
            if name not in seen:
                seen.add(name)
                yield _requirement(name, {"version": entry} if isinstance(entry, str) else entry, path)


def _requirement(name: str, entry: Mapping[str, Any], path: Path) -> str:
    from packaging.requirements import InvalidRequirement, Requirement

    place = _place(entry, path.parent)
    if place and entry.get("editable") and "path" in entry:
        return f"-e {place.removeprefix('file://')}"
    extras = f"[{','.join(entry['extras'])}]" if entry.get("extras") else ""
    version = "" if entry.get("version", "*") == "*" else str(entry.get("version", ""))
    conditions = [str(entry["markers"])] if "markers" in entry else []
    conditions += [f"{marker} {entry[marker]}" for marker in _MARKERS if marker in entry]
    text = f"{name}{extras} @ {place}" if place else f"{name}{extras}{version}"
    if conditions:
        text += " ; " + " and ".join(f"({one})" for one in conditions)
    try:
        text = str(Requirement(text))
    except InvalidRequirement:
        raise NotReady(f"{path} asks for something that is no package: {name!r}") from None
    return " ".join([text, *(f"--hash={one}" for one in entry.get("hashes", ()) if "\n" not in one)])


def _place(entry: Mapping[str, Any], folder: Path) -> str:
    """Where a package comes from if it is not the index."""
    if kind := next((kind for kind in _REPOSITORIES if kind in entry), None):
        at = f"@{entry['ref']}" if "ref" in entry else ""
        within = f"#subdirectory={entry['subdirectory']}" if "subdirectory" in entry else ""
        return f"{kind}+{entry[kind]}{at}{within}"
    place = str(entry.get("path") or entry.get("file") or "")
    return place if not place or "://" in place else (folder / place).resolve().as_uri()

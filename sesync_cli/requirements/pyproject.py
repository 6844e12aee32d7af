"""What a `pyproject.toml` asks for, by the standard or in Poetry's table. The door to poetry-core."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sesync_cli.errors import NotReady
from sesync_cli.requirements.listing import read_lines
from sesync_cli.requirements.package_list import PackageList
from sesync_cli.requirements.text import read_text

_DEV = "dev"


def read_pyproject(path: Path, dev: bool) -> PackageList | None:
    """What a pyproject.toml asks for; None for one that is for other things, such as the settings of a tool."""
    try:
        text = read_text(path)
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        where = f": {error}" if isinstance(error, tomllib.TOMLDecodeError) else ""
        raise NotReady(f"{path} cannot be read: it is not TOML{where}") from None
    project, poetry = _table(data, "project"), _table(_table(data, "tool"), "poetry")
    if "dependencies" in project or "dependencies" in _texts(project.get("dynamic")):
        return _by_standard(path, text, data, dev)
    if "dependencies" in poetry or "group" in poetry:
        return _by_poetry(path, dev)
    return None


def _by_standard(path: Path, text: str, data: Mapping[str, Any], dev: bool) -> PackageList:
    project = _table(data, "project")
    python, groups = str(project.get("requires-python", "")), _table(data, "dependency-groups")
    extras = _table(project, "optional-dependencies")
    is_whole = "name" in project and ("version" in project or "version" in _texts(project.get("dynamic")))
    if is_whole or "dependencies" not in project:
        of_dev = ("--group", f"{path}:{_DEV}") if _DEV in groups else ("--extra", _DEV) if _DEV in extras else ()
        return PackageList(options=of_dev if dev else (), files=(path,), read=(path,), python=python)
    # installers refuse it as a whole, but what it needs is plain
    words = project["dependencies"]
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise NotReady(f"{path} has dependencies that are not a list of texts")
    if dev:
        words = [*words, *(_of_group(groups, _DEV, set()) if _DEV in groups else _texts(extras.get(_DEV)))]
    numbers = {word: number for number, line in enumerate(text.splitlines(), 1) for word in words if word in line}
    found = read_lines([(numbers.get(word, 1), word) for word in words], path)
    return replace(found, python=python)


def _of_group(groups: Mapping[str, Any], name: str, seen: set[str]) -> Iterator[str]:
    """A group's requirements, with those of the groups that it includes (PEP 735)."""
    entries = groups.get(name, ()) if name not in seen else ()
    seen.add(name)
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, str):
            yield entry
        elif isinstance(entry, dict):
            yield from _of_group(groups, str(entry.get("include-group")), seen)


def _by_poetry(path: Path, dev: bool) -> PackageList:
    import logging

    from poetry.core.factory import Factory

    logging.getLogger("poetry").setLevel(logging.CRITICAL)  # a folder that is not a package will be uv's to explain
    try:
        package = Factory().create_poetry(path, with_groups=True).package
        groups = ["main", *([_DEV] if dev and package.has_dependency_group(_DEV) else [])]
        wanted = [one for group in groups for one in package.dependency_group(group).dependencies]
        words = tuple(one.to_pep_508() for one in wanted if not one.is_optional())
        return PackageList(words, read=(path,), python=str(package.python_constraint).replace("*", ""))
    except Exception as error:  # poetry-core raises many kinds for what it does not understand
        why = str(error).strip().splitlines() or [type(error).__name__]
        raise NotReady(f"Poetry cannot read {path}: {why[0]}", hint="'poetry check' says more.") from None


def poetry_python(text: str) -> str:
    """A version of Python as Poetry writes it (`^3.8`), as a specifier; empty for what it does not understand."""
    from poetry.core.constraints.version import parse_constraint

    try:
        return str(parse_constraint(text)).replace("*", "")
    except ValueError:
        return ""


def _table(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = data.get(name, {})
    return table if isinstance(table, dict) else {}


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []

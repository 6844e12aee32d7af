"""What a `pyproject.toml` asks for, by the standard or in Poetry's table. The door to poetry-core."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sesync_cli.errors import NotReady

_DEV = "dev"


@dataclass(frozen=True)
class ProjectNeeds:
    """What is needed: in words, or (`standard`) in a way that uv reads itself, with these words to it."""

    standard: bool
    words: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    python: str = ""


def read_pyproject(path: Path, dev: bool) -> ProjectNeeds | None:
    """What a pyproject.toml asks for; None for one that is for other things, such as the settings of a tool."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not TOML"
        raise NotReady(f"{path} cannot be read: {why}") from None
    project, poetry = _table(data, "project"), _table(_table(data, "tool"), "poetry")
    if "dependencies" in project or "dependencies" in project.get("dynamic", ()):
        return ProjectNeeds(True, options=_developers(data, project, path) if dev else (), python=_python(project))
    if "dependencies" in poetry or "group" in poetry:
        return _by_poetry(path, dev)
    return None


def _developers(data: Mapping[str, Any], project: Mapping[str, Any], path: Path) -> tuple[str, ...]:
    if _DEV in _table(data, "dependency-groups"):
        return ("--group", f"{path}:{_DEV}")
    return ("--extra", _DEV) if _DEV in _table(project, "optional-dependencies") else ()


def _by_poetry(path: Path, dev: bool) -> ProjectNeeds:
    import logging

    from poetry.core.factory import Factory

    logging.getLogger("poetry").setLevel(logging.CRITICAL)  # a folder that is not a package will be uv's to explain
    try:
        package = Factory().create_poetry(path, with_groups=True).package
        groups = ["main", *([_DEV] if dev and package.has_dependency_group(_DEV) else [])]
        wanted = [one for group in groups for one in package.dependency_group(group).dependencies]
        words = tuple(one.to_pep_508() for one in wanted if not one.is_optional())
        return ProjectNeeds(False, words, python=str(package.python_constraint).replace("*", ""))
    except Exception as error:  # poetry-core raises many kinds for what it does not understand
        why = str(error).strip().splitlines() or [type(error).__name__]
        raise NotReady(f"Poetry cannot read {path}: {why[0]}", hint="'poetry check' says more.") from None


def _python(project: Mapping[str, Any]) -> str:
    return str(project.get("requires-python", ""))


def _table(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = data.get(name, {})
    return table if isinstance(table, dict) else {}

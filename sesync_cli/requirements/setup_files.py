"""What a `setup.py` or a `setup.cfg` says that its package needs, as far as that is written down in it."""

import ast
import configparser
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sesync_cli.errors import NotReady
from sesync_cli.requirements.listing import read_lines, read_listing
from sesync_cli.requirements.package_list import PackageList, merged
from sesync_cli.requirements.text import read_text

_DEV = "dev"
_FROM_FILE = "file:"


def read_setup_cfg(path: Path, dev: bool) -> PackageList | None:
    """What a setup.cfg asks for; None for one that has settings of tools alone."""
    text = read_text(path)
    config = configparser.RawConfigParser()
    try:
        config.read_string(text)
    except configparser.Error as error:
        raise NotReady(f"{path} cannot be read: {error.message.splitlines()[0]}") from None
    if not config.has_option("options", "install_requires"):
        return None
    said = config.get("options", "install_requires")
    if dev and config.has_option("options.extras_require", _DEV):
        said += "\n" + config.get("options.extras_require", _DEV)
    python = config.get("options", "python_requires", fallback="")
    if said.strip().startswith(_FROM_FILE):
        names = said.strip().removeprefix(_FROM_FILE).split(",")
        found = merged([read_listing(path.parent / name.strip()) for name in names])
        return replace(found, read=(path, *found.read), python=python or found.python)
    return _of_words(path, said.splitlines(), text, python)


def read_setup_py(path: Path, dev: bool) -> PackageList:
    """What a setup.py asks for: as it is written there, or else as running it says, which is left to the installer."""
    text = read_text(path)
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise NotReady(
            f"{path} is not Python 3", hint="Name its packages: 'sesync kernel create NAME PACKAGE...'."
        ) from None
    said = _arguments(tree)
    wanted, extras, python = (said.get(one) for one in ("install_requires", "extras_require", "python_requires"))
    python = python if isinstance(python, str) else ""
    if "install_requires" in said and not _is_texts(wanted):  # only running it tells
        return PackageList(files=(path,), read=(path,), python=python)
    more = extras.get(_DEV, ()) if dev and isinstance(extras, dict) else ()
    return _of_words(path, [*(wanted or ()), *(more if _is_texts(more) else ())], text, python)


def _of_words(path: Path, words: Sequence[str], text: str, python: str) -> PackageList:
    numbers = {line.strip().strip("\"',"): number for number, line in enumerate(text.splitlines(), 1)}
    found = read_lines([(numbers.get(word.strip(), 1), word.strip()) for word in words if word.strip()], path)
    return replace(found, read=(path,), python=python or found.python)


def _arguments(tree: ast.Module) -> dict[str, Any]:
    """What `setup(...)` is called with: the values that are written there, or under a name that nothing changes later.

    None stands for what only running it tells.
    """
    values, changing = {}, set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            changing |= {name} if name in values else set()
            values[name] = node.value
        elif isinstance(node, ast.AugAssign | ast.Attribute | ast.Subscript):
            changed = node.target if isinstance(node, ast.AugAssign) else node.value
            changing |= {changed.id} if isinstance(changed, ast.Name) else set()
    known = {name: _value(node, {}) for name, node in values.items() if name not in changing}
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _called(node.func) == "setup"]
    found: dict[str, Any] = {}
    for word in (word for call in calls for word in call.keywords):
        name = word.arg or "install_requires"  # what is behind ** may have it
        found[name] = None if name in found or word.arg is None else _value(word.value, known)
    return found


def _value(node: ast.expr, known: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Name):
        return known.get(node.id)
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, MemoryError, RecursionError):
        return None


def _called(function: ast.expr) -> str:
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


def _is_texts(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)

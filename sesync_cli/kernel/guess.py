"""Packages guessed from what notebooks and scripts import, where no file says what is needed."""

import ast
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from sesync_cli.diagnosis.modules import PACKAGES

_MOST_FILES = 2_000
_LARGEST = 20_000_000  # bytes; a notebook beyond that is full of pictures
_ENVIRONMENT = ("pyvenv.cfg", "conda-meta")


def guessed(folder: Path) -> tuple[tuple[str, ...], int]:
    """The packages that the notebooks and scripts below a folder import, and how many files were read.

    What the standard library or the folder itself has is left out. At most 2,000 files are read.
    """
    files = [file for file, _ in zip(_files(folder), range(_MOST_FILES), strict=False)]
    own = {file.stem for file in files} | {file.parent.name for file in files if file.name == "__init__.py"}
    own |= {file.parent.name for file in files if file.suffix == ".py" and file.parent != folder}
    modules = {module for file in files for module in _imports(file)}
    foreign = {module for module in modules if module not in own | sys.stdlib_module_names}
    names = {PACKAGES.get(module, module.replace("_", "-")) for module in foreign}
    return tuple(sorted(names - {"ipykernel"}, key=str.lower)), len(files)


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith((".", "node_modules"))
            and not any(os.path.lexists(os.path.join(place, name, mark)) for mark in _ENVIRONMENT)
        )
        yield from (Path(place, name) for name in sorted(names) if name.endswith((".py", ".ipynb")))


def _imports(file: Path) -> Iterator[str]:
    for code in _code(file):
        try:
            tree = ast.parse(code)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                yield from (alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module.partition(".")[0]


def _code(file: Path) -> Iterator[str]:
    """The Python in a script, or in each cell of a notebook."""
    try:
        if not file.is_file() or file.stat().st_size > _LARGEST:
            return
        text = file.read_text(encoding="utf-8", errors="replace")
        if file.suffix == ".py":
            yield text
        else:
            yield from _cells(json.loads(text))
    except (OSError, ValueError, RecursionError):
        return


def _cells(notebook: object) -> Iterator[str]:
    from IPython.core.inputtransformer2 import TransformerManager

    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    for cell in cells if isinstance(cells, list) else []:
        source = cell.get("source") if isinstance(cell, dict) and cell.get("cell_type") == "code" else None
        code = "".join(source) if isinstance(source, list) and all(isinstance(one, str) for one in source) else source
        if isinstance(code, str):
            try:
                yield str(TransformerManager().transform_cell(code))  # type: ignore[no-untyped-call]
            except (SyntaxError, ValueError):
                continue

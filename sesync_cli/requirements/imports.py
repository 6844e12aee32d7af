"""Packages guessed from what notebooks and scripts import and install, where no file says what is needed."""

import ast
import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sesync_cli.diagnosis.modules import comes_with_any_python, package_behind
from sesync_cli.errors import NotReady
from sesync_cli.files.software import is_software
from sesync_cli.python.distributions import canonical
from sesync_cli.requirements.line import read_line
from sesync_cli.requirements.package_list import PackageList
from sesync_cli.requirements.reading import Around, NoPackage, parsed
from sesync_cli.requirements.repair import installed_by
from sesync_cli.requirements.script import read_script

_MOST_FILES = 2_000
_LARGEST = 20_000_000  # bytes; a notebook beyond that is full of pictures
_AROUND = re.compile(r"\s*%%(?:capture|time|timeit|prun)\b.*\n?")  # what is run as Python all the same
_OTHER_LANGUAGE = re.compile(r"\s*%%\w")  # of a whole cell
_MODULE = r"[A-Za-z_][\w.]*(?:[ \t]+as[ \t]+\w+)?"
_IMPORT = re.compile(
    rf"(?m)^[ \t]*(?:import[ \t]+(?P<names>{_MODULE}(?:[ \t]*,[ \t]*{_MODULE})*)[ \t;]*(?:#.*)?$"
    r"|from[ \t]+(?P<name>[A-Za-z_][\w.]*)[ \t]+import[ \t]+[\w*(])"
)


@dataclass
class _Found:
    """What files need: modules that they import, requirements that they install or declare, a version of Python."""

    modules: set[str] = field(default_factory=set)
    words: dict[str, str] = field(default_factory=dict)
    python: str = ""

    def add(self, word: str, folder: Path) -> None:
        """Note what is installed, by the package's name, or by an address that names none."""
        with suppress(NoPackage):
            for asked in read_line(word, Around(folder)).words:
                one = parsed(asked)
                self.words.setdefault(canonical(one.name) if one else asked, asked)


def guessed(place: Path) -> tuple[PackageList, int]:
    """What the notebooks and scripts below a folder need, or one of them, and how many files were read.

    That is what they import, in the versions that a `%pip install` of theirs or their block (PEP 723) says. What the
    standard library or the folder itself has is left out. At most 2,000 files are read.
    """
    inside = place.is_dir()
    files = [file for file, _ in zip(_files(place) if inside else [place], range(_MOST_FILES), strict=False)]
    beside = files if inside else [one for one in place.parent.iterdir() if one.suffix == ".py" or one.is_dir()]
    own = {file.stem for file in beside} | {file.parent.name for file in files if file.name == "__init__.py"}
    own |= {file.parent.name for file in files if file.suffix == ".py" and file.parent != place and inside}
    found = _Found()
    for file in files:
        _look_into(file, found)
    tops = {module: module.partition(".")[0] for module in found.modules}
    foreign = {module for module, top in tops.items() if top not in own and not comes_with_any_python(top)}
    names = {package_behind(module) for module in foreign}
    words = {canonical(name): name for name in names if name} | found.words
    needed = sorted((word for name, word in words.items() if name not in ("ipykernel", "pip")), key=str.lower)
    return PackageList(tuple(needed), read=tuple(files), python=found.python), len(files)


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and not is_software(os.path.join(place, name))
        )
        yield from (Path(place, name) for name in sorted(names) if name.endswith((".py", ".ipynb")))


def _look_into(file: Path, found: _Found) -> None:
    for code in _code(file):
        block = None
        with suppress(NotReady):  # a block that is broken says nothing, and its imports do
            block = read_script(code, file)
        if block:
            found.python = found.python or block.python
            for word in block.words:
                found.add(word, file.parent)
        if file.suffix == ".py":
            found.modules.update(_imports(code))
            continue
        cell = _AROUND.sub("", code, count=1) if _AROUND.match(code) else code
        if _OTHER_LANGUAGE.match(cell):
            continue
        for line in cell.replace("\\\n", " ").splitlines():
            for word in installed_by(line) or ():
                found.add(word, file.parent)
        found.modules.update(_imports(_python_in(cell)))


def _imports(code: str) -> Iterator[str]:
    """The modules that a program imports, with those inside them that may be packages of their own."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        for found in _IMPORT.finditer(code):  # Python 2, or a cell that was never finished
            yield from (name.split()[0] for name in (found["names"] or found["name"]).split(",") if name.strip())
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _code(file: Path) -> Iterator[str]:
    """The Python in a script, or in each cell of a notebook, as it is written."""
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
    """The code in a notebook's cells; before format 4 they are in worksheets, as input."""
    if not isinstance(notebook, dict):
        return
    sheets = notebook.get("worksheets")
    cells = (
        [cell for sheet in sheets if isinstance(sheet, dict) for cell in _listed(sheet.get("cells"))]
        if isinstance(sheets, list)
        else []
    )
    for cell in [*_listed(notebook.get("cells")), *cells]:
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = cell.get("source", cell.get("input"))
        code = "".join(source) if isinstance(source, list) and all(isinstance(one, str) for one in source) else source
        if isinstance(code, str):
            yield code


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _python_in(cell: str) -> str:
    """A cell without what is IPython's alone."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        return str(TransformerManager().transform_cell(cell))  # type: ignore[no-untyped-call]
    except (SyntaxError, ValueError):
        return cell

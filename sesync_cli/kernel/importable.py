"""What can be imported from folders of packages, by what the installers of the packages have written down."""

import keyword
import os
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from sesync_cli.python.distributions import packages_of, recorded

_CODE = (".py", ".so")
# folders and files that packages leave there by mistake
_STRAY = {
    "test",
    "tests",
    "testing",
    "doc",
    "docs",
    "example",
    "examples",
    "benchmark",
    "benchmarks",
    "sample",
    "samples",
}
_STRAY |= {"demo", "demos", "tutorial", "tutorials", "script", "scripts", "tools", "setup", "conftest", "build", "dist"}
_ONLY_WITH = {"matplotlib_inline": "matplotlib"}  # every IPython brings the first, and few need the second


def importable(folders: Iterable[str]) -> list[str]:
    """The top-level names in these folders (as `sys.path` has them) that a notebook may import, in order."""
    found: set[str] = set()
    for folder in folders:
        if os.path.basename(folder) in ("site-packages", "dist-packages"):
            for package in packages_of(Path(folder)):
                found.update(modules_of(package.metadata))
    idle = {name for name, other in _ONLY_WITH.items() if other not in found}
    return sorted(found - idle, key=str.lower)


def modules_of(info: Path) -> set[str]:
    """The top-level names of one package, by its metadata, that a notebook may import."""
    return set(filter(_is_for_people, _names(info)))


def _names(info: Path) -> set[str]:
    """The top-level names of one package. Its record tells, if it has one that is not only about an editable one."""
    record = [PurePosixPath(one.path) for one in recorded(info)]
    names = {path.parts[0].partition(".")[0] for path in record if _is_code(path, info.name)}
    if names or (record and not any(path.suffix == ".pth" for path in record)):
        return names
    return set(_lines(info / "top_level.txt"))


def _is_code(path: PurePosixPath, info: str) -> bool:
    first = path.parts[0] if path.parts else ""
    if len(path.parts) > 1:
        return path.suffix in _CODE and first.isidentifier()
    return path.suffix in _CODE and first != info


def _is_for_people(name: str) -> bool:
    plain = name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("_")
    return plain and name.lower() not in _STRAY


def _lines(file: Path) -> Iterator[str]:
    try:
        yield from file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return

"""What a kernel is asked to be, and what a folder asks for."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sesync_cli.errors import NotReady, WrongWords

_OTHERS = ("pylock.toml", "uv.lock", "Pipfile.lock", "Pipfile", "pyproject.toml")


@dataclass(frozen=True)
class Recipe:
    """What a kernel was asked to be: the Python's version, the packages, and the requirement files with their hash."""

    python: str
    packages: tuple[str, ...] = ()
    requirements: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(cls, data: Any) -> "Recipe | None":
        try:
            files = tuple((str(path), str(digest)) for path, digest in data["requirements"])
            return cls(str(data["python"]), tuple(map(str, data["packages"])), files)
        except (KeyError, TypeError, ValueError):
            return None

    def same_as(self, other: "Recipe") -> bool:
        """Whether both ask for the same: the same minor version of Python, packages, and contents of files."""
        return self._essence() == other._essence()

    def _essence(self) -> object:
        hashes = sorted(digest for _, digest in self.requirements)
        return self.python.split(".")[:2], sorted(self.packages), hashes


def recipe(python: str, packages: Iterable[str], requirements: Iterable[Path]) -> Recipe:
    """The recipe for these words and files as they are now."""
    for path in requirements:
        if not path.is_file():
            raise WrongWords(f"{path} is not a file", hint="A kernel is made again from its files: keep one.")
    import hashlib

    files = ((str(path), hashlib.sha256(path.read_bytes()).hexdigest()) for path in requirements)
    return Recipe(python, tuple(packages), tuple(files))


def name_of(folder: Path) -> str:
    """The kernel's name that this folder (or the repository it is in) stands for."""
    root = _root(folder)
    import unicodedata

    plain = unicodedata.normalize("NFKD", root.name).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-._")
    if not name:
        raise WrongWords(f"{root} has no name for a kernel", hint="Give one: 'sesync kernel create NAME -r FILE'.")
    return name


def asked_in(folder: Path) -> Path:
    """The requirement file of this folder, or of the repository it is in."""
    root = _root(folder)
    for place in dict.fromkeys((folder, root)):
        if (place / "requirements.txt").is_file():
            return place / "requirements.txt"
    for place in dict.fromkeys((folder, root)):
        _refuse_others(place)
    hint = "Go to a folder that has one, or give the kernel a name: 'sesync kernel create NAME [PACKAGE]...'."
    raise WrongWords(f"{folder} has no requirements.txt that says which packages it needs", hint=hint)


def _refuse_others(folder: Path) -> None:
    if (folder / "environment.yml").is_file():
        hint = "Conda makes it: 'conda env create', then 'python -m ipykernel install --user' in it."
        raise NotReady(f"{folder} asks for a conda environment (environment.yml)", hint=hint)
    if found := next((name for name in _OTHERS if (folder / name).is_file()), None):
        hint = "Name the packages: 'sesync kernel create NAME PACKAGE...', or use '-r FILE'."
        raise NotReady(f"{folder} says what it needs in {found}, which sesync cannot read yet", hint=hint)


def _root(folder: Path) -> Path:
    return next((one for one in (folder, *folder.parents) if (one / ".git").exists()), folder)

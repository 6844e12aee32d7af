"""What a kernel was asked to be, as its spec keeps it."""

import re
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from sesync_cli.errors import WrongWords
from sesync_cli.git.work_tree import project_tree
from sesync_cli.plan import Watch


@dataclass(frozen=True)
class Recipe:
    """What a kernel was asked to be, so that it can be made again.

    `packages` are those that were named, `requirements` the files given with -r, `source` the file or folder that was
    asked what is needed, with its packages for developers if `dev`. `env` are the variables that it sets. `files` are
    all the files that this rests on, each with the SHA-256 of what it said. `added` are packages that came later.
    """

    python: str
    packages: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    source: str = ""
    dev: bool = False
    modules: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    added: tuple[str, ...] = ()

    @classmethod
    def read(cls, data: Any) -> "Recipe | None":
        """The recipe in this JSON; None where there is none."""
        try:
            return cls(
                python=_text(data["python"]),
                packages=_texts(data["packages"]),
                requirements=_texts(data.get("requirements", ())),
                source=_text(data.get("source", "")),
                dev=data.get("dev") is True,
                modules=_texts(data.get("modules", ())),
                env=_pairs(data.get("env", ())),
                files=_pairs(data.get("files", ())),
                added=_texts(data.get("added", ())),
            )
        except (AttributeError, KeyError, TypeError, ValueError):
            return None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def public(self) -> dict[str, Any]:
        """What others may know of it: without the variables, which may be secrets, and without places in a home."""
        packages = (*self.packages, *self.added)
        return {"python": self.python, "packages": packages, "dev": self.dev, "modules": self.modules}

    @property
    def minor(self) -> str:
        """The version of Python that people say: 3.8."""
        return ".".join(self.python.split(".")[:2])

    def same_as(self, other: "Recipe") -> bool:
        """Whether both ask for the same: the same minor version of Python, packages, modules and contents of files."""
        return self._essence() == other._essence()

    def _essence(self) -> object:
        return self.minor, sorted(self.packages), self.modules, sorted(digest for _, digest in self.files)


class FileChanges(NamedTuple):
    """The files of a recipe that say something else by now or are gone; those that are gone; those without answer."""

    changed: list[str]
    gone: list[str]
    silent: list[str]


def changed_files(recipe: Recipe, seconds: float, watch: Watch) -> FileChanges:
    """What has become of the files of a recipe; those are silent that do not answer within seconds."""
    from sesync_cli.workers import ask

    was = {Path(path): digest for path, digest in recipe.files}
    questions = {path: partial(digest_of, path) for path in was}
    now = ask(questions, time.monotonic() + seconds, watch) if was else {}
    silent = [str(path) for path in was if now[path] is None]
    changed = [str(path) for path, digest in was.items() if now[path] not in (digest, None)]
    return FileChanges(changed, [str(path) for path in was if now[path] == ""], silent)


def digests(files: Iterable[Path]) -> tuple[tuple[str, str], ...]:
    """Each file with the SHA-256 of its contents; `WrongWords` for what is no file."""
    found = []
    for path in dict.fromkeys(files):
        if not path.is_file():
            raise WrongWords(f"{path} is not a file", hint="A kernel is made again from its files: keep one.")
        found.append((str(path), digest_of(path)))
    return tuple(found)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file; empty where there is none to read."""
    import hashlib

    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):  # a name that no file can have, in a recipe that somebody has changed
        return ""


def name_of(folder: Path) -> str:
    """The kernel's name that this folder (or the repository it is in) stands for."""
    root = project_tree(folder) or folder
    name = plain_name(root.name)
    if not name:
        raise WrongWords(f"{root} has no name for a kernel", hint="Give one: 'sesync kernel create NAME -r FILE'.")
    return name


def plain_name(text: str) -> str:
    """The text with what no kernel's name can have left out; it may be empty."""
    import unicodedata

    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "-", letters).strip("-._")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _pairs(values: Any) -> tuple[tuple[str, str], ...]:
    return tuple((_text(one), _text(other)) for one, other in values)


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list | tuple):
        raise TypeError
    return tuple(map(_text, values))

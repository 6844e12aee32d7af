"""What somebody wants installed or uninstalled, as it was said, and the words of it, checked and understood."""

import os
import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.errors import NotFound, WrongWords
from sesync_cli.kernel import request
from sesync_cli.python.distributions import canonical

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_JUPYTER = ("ipykernel", "ipython", "jedi", "nbconvert", "notebook", "pyzmq", "tornado", "traitlets")


@dataclass(frozen=True)
class InstallRequest:
    """Packages in words, and in files as for pip; with `upgrade` in their newest versions. `editable` are folders.

    Those are installed as links to themselves, so that what is changed in them counts at once.

    They are for a Python (the site's default, if none is said), or for one kernel alone.
    """

    packages: tuple[str, ...] = ()
    requirements: tuple[Path, ...] = ()
    python: str | None = None
    kernel: str | None = None
    upgrade: bool = False
    editable: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """What an installer is told of packages."""
        return (*self.packages, *(part for folder in self.editable for part in ("-e", as_path(folder))))

    @property
    def folders(self) -> list[Path]:
        """The folders whose packages are wanted."""
        words = map(without_extras, (*filter(_is_path, self.packages), *self.editable))
        return [folder for folder in map(Path, words) if folder.is_dir()]

    @property
    def names(self) -> list[str]:
        """The names of the packages, as far as the words tell."""
        return _names_in(self.packages)

    def command(self, packages: Iterable[str]) -> tuple[str, ...]:
        """The command line of the same with other packages, in words."""
        where = [
            *(("--python", self.python) if self.python else ()),
            *(("--kernel", self.kernel) if self.kernel else ()),
        ]
        files = [word for file in self.requirements for word in ("-r", str(file))]
        return ("sesync", "install", *packages, *files, *where, *(("--upgrade",) if self.upgrade else ()))


@dataclass(frozen=True)
class UninstallRequest:
    """Packages by name: of one's own for a Python, or of a kernel; with `keep` what came along with them stays."""

    packages: tuple[str, ...]
    python: str | None = None
    kernel: str | None = None
    keep: bool = False

    @property
    def names(self) -> list[str]:
        """The names, in the form in which they are compared."""
        return _names_in(self.packages)


def checked_requirement(word: str) -> str:
    """The word itself, if it asks for a package: a name with or without versions, an address, a file or folder here."""
    request.checked_package(word)
    if _is_path(word) and not os.path.exists(without_extras(word)):
        raise NotFound(f"there is no file or folder {word}", hint="'ls' shows what is in this folder.")
    return word


def checked_folder(word: str) -> str:
    """The word itself, if it is a folder with the source of a package: maybe with extras, as in `.[dev]`."""
    if not os.path.isdir(without_extras(word)) or word.startswith("-"):
        hint = "Say the folder that has its setup.py or pyproject.toml, as in 'sesync install -e .'."
        raise NotFound(f"there is no folder {word}", hint=hint)
    return word


def checked_name(word: str) -> str:
    """The word itself, if it is the bare name of a package."""
    if not _NAME.fullmatch(word):
        raise WrongWords(f"{word!r} is not the name of a package", hint="Say it as 'pandas', without a version.")
    return word


def package_name(word: str) -> str:
    """The canonical form of the name in a checked word; empty for addresses and paths that name none."""
    if _is_path(word) or re.match(r"[\w+.-]+://", word):
        return ""
    match = _NAME.match(word)
    return canonical(match[0]) if match else ""


def _names_in(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name for name in map(package_name, words) if name))


def quoted(words: Iterable[str]) -> str:
    """Checked words as one would type them, inside a hint that stands in single quotes itself."""
    return " ".join(word if shlex.quote(word) == word else f'"{word}"' for word in words)


def jupyters_own(names: Iterable[str]) -> list[str]:
    """Those of the names that Jupyter itself runs on."""
    return [name for name in names if name in _JUPYTER or name.startswith("jupyter")]


def _is_path(word: str) -> bool:
    bare = without_extras(word)
    if "://" in word:
        return False
    if "@" in bare and not os.path.exists(bare):
        return False
    return os.sep in bare or bare.startswith(".") or (bare.endswith(request.ARCHIVES) and Path(bare).is_file())


def as_path(folder: str) -> str:
    """A folder in a word that no installer takes for a name."""
    return folder if folder.startswith((".", "/")) else f"./{folder}"


def without_extras(word: str) -> str:
    """The path in a word that may name extras, as in `.[dev]`."""
    return re.sub(r"\[[^\[\]]*\]$", "", word)

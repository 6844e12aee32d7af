"""What somebody wants of kernels, as it was said, and the checks of single words of it."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.diagnosis.modules import check_name
from sesync_cli.errors import WrongWords
from sesync_cli.names import did_you_mean
from sesync_cli.secrets import without_logins

ARCHIVES = (".whl", ".tar.gz", ".tgz", ".tar.bz2", ".zip")


@dataclass(frozen=True)
class CreateRequest:
    """A kernel with packages of its own: with those that are named, in the files, and what `source` asks for.

    Without a name it is called as its source is; without name, files and source, the folder that one is in is the
    source. `dev` has the packages for developers too, `guess` takes what the source's notebooks and scripts import.
    `env` are variables in the form NAME=VALUE.
    """

    name: str | None = None
    packages: tuple[str, ...] = ()
    python: str | None = None
    requirements: tuple[Path, ...] = ()
    source: str = ""
    dev: bool = False
    guess: bool = False
    display_name: str = ""
    modules: tuple[str, ...] = ()
    env: tuple[str, ...] = ()


@dataclass(frozen=True)
class AdoptRequest:
    """A kernel of the environment that `path` names: a folder, its project's folder, or its name in conda."""

    path: str
    name: str = ""
    display_name: str = ""
    modules: tuple[str, ...] = ()
    env: tuple[str, ...] = ()


@dataclass(frozen=True)
class KernelChoice:
    """The kernels that are meant: those of these names, or all."""

    names: tuple[str, ...] = ()

    @classmethod
    def of(cls, names: Sequence[str], every: bool, command: str) -> "KernelChoice":
        """What was typed, each name once; `command` is what is to be done, for the error where nothing can be meant."""
        if every == bool(names):
            message = "--all has them all: leave out the names" if every else "which kernel?"
            one, all_ = f"'sesync kernel {command} NAME'", f"'sesync kernel {command} --all'"
            raise WrongWords(message, hint=f"{one} {command}s one, {all_} every one.")
        return cls(tuple({name.lower(): name for name in names}.values()))


@dataclass(frozen=True)
class RepairRequest:
    """These kernels as they were; with another Python or other modules, if they are said.

    Of those that are `broken` nothing is to do for one that looks whole by now; else the person is asked.
    """

    kernels: KernelChoice
    python: str | None = None
    modules: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()


@dataclass(frozen=True)
class UpdateRequest:
    """These kernels as their files say by now; with `upgrade` in the newest versions that they allow.

    `source` is where the files of the only one are by now, or what it is to follow from now on.
    """

    kernels: KernelChoice
    python: str | None = None
    upgrade: bool = False
    source: str = ""


@dataclass(frozen=True)
class RemoveRequest:
    """These kernels, which are to go."""

    kernels: KernelChoice


@dataclass(frozen=True)
class LockRequest:
    """Every version in these kernels, in `file` (pylock.toml in this folder, if empty); `replace` what is there.

    For several kernels `file` is a folder (this one, if empty), with a file for each.
    """

    kernels: KernelChoice
    file: str = ""
    replace: bool = False


@dataclass(frozen=True)
class ShareRequest:
    """The kernel of this name, for the group of this project; with `undo`, as the project had it before."""

    name: str
    project: str
    undo: bool = False


def variable(text: str) -> tuple[str, str]:
    """The name and the value in `NAME=VALUE`."""
    name, equals, value = text.partition("=")
    if not equals or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise WrongWords(f"{text!r} is not a variable", hint="Say it as '--env NAME=VALUE'.")
    return name, value


def checked_module(name: str) -> str:
    """The name itself, if it can be a module's and not an option or more than one word."""
    if not re.fullmatch(r"[A-Za-z0-9_/][A-Za-z0-9._/+@:=~,-]*", name):
        raise WrongWords(f"{name!r} is not a module", hint="Say it as 'module avail' does: 'gdal/3.2'.")
    return name


def checked_package(word: str) -> str:
    """The word itself, if it can be a package and not an option of the installer or a secret."""
    if word.startswith("-") or not word.isprintable() or not word.strip():
        raise WrongWords(f"{word!r} is not a package", hint="Say it as 'pandas' or 'pandas>=2'.")
    if without_logins(word) != word:
        hint = "Leave out what is before '@', and write it into ~/.netrc, which only you may read (chmod 600)."
        raise WrongWords("a package's address must not carry a name or a password", hint=hint)
    if "/" not in word and not word.startswith(".") and not word.endswith(ARCHIVES):
        _check_requirement(word)
        check_name(re.split(r"[\s\[<>=!~;@]", word, maxsplit=1)[0])
    return word


def from_anywhere(word: str, cwd: Path) -> str:
    """The same word as it can be kept: a path in it as from the root, not as from this folder."""
    linked, path = ("-e ", word[3:]) if word.startswith("-e ") else ("", word)
    bare, bracket, extras = path.partition("[")
    at = Path(os.path.abspath(cwd / bare))
    is_path = linked or os.sep in bare or bare.startswith(".") or bare.endswith(ARCHIVES)
    if "://" in path or not (is_path and at.exists()):
        return word
    return f"{linked}{at.as_uri() if ' ' in str(at) else at}{bracket}{extras}"


def _check_requirement(word: str) -> None:
    meant = re.sub(r"(?<![=<>!~])=(?!=)", "==", word)  # conda's way to say a version
    if not _is_requirement(word):
        hint = did_you_mean([meant]) if _is_requirement(meant) else "Say it as 'pandas' or 'pandas>=2'."
        raise WrongWords(f"{word!r} is not a package", hint=hint)


def _is_requirement(word: str) -> bool:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return bool(Requirement(word))
    except InvalidRequirement:
        return False

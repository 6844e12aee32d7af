"""Folders with the source of a package: whether they are such, and whether an installer can make a link to them."""

import tomllib
from contextlib import suppress
from pathlib import Path

from sesync_cli.errors import NotReady
from sesync_cli.install.request import InstallRequest, as_path, without_extras
from sesync_cli.install.usersite import UserSite
from sesync_cli.kernel.specs import Kernel
from sesync_cli.plan import by_hand

_LINKS_ALL = (21, 3)  # the pip that can link to what has no setup.py (PEP 660)


def check_sources(request: InstallRequest) -> None:
    """`NotReady` for a folder with nothing in it that an installer could make a package of."""
    for folder in request.folders:
        if not _has(folder, "setup.py", "pyproject.toml"):
            hint = "Say the folder that has its setup.py or pyproject.toml."
            raise NotReady(f"{folder} is no folder of a package: it has no setup.py or pyproject.toml", hint=hint)


def check_links(request: InstallRequest, own: UserSite) -> None:
    """`NotReady` for a folder to which this Python's pip cannot link."""
    for word in request.editable:
        if own.pip_version < _LINKS_ALL and not _has(Path(without_extras(word)), "setup.py"):
            message = f"pip {own.pip} of {own.title} cannot link to {word}, which has no setup.py"
            raise NotReady(message, hint=_copy("--python", request.python or own.minor, word=word))


def check_links_in(kernel: Kernel, request: InstallRequest) -> None:
    """`NotReady` for a folder to which uv cannot link for this kernel's Python."""
    for word in request.editable:
        if kernel.python.startswith("3.6.") and _is_setuptools(Path(without_extras(word))):
            message = f"setuptools for Python 3.6 cannot link to {word} from a kernel"
            raise NotReady(message, hint=_copy("--kernel", kernel.name, word=word))


def _copy(*place: str, word: str) -> str:
    command = by_hand("sesync", "install", *place, as_path(word))
    return f"'{command}' installs a copy: type it again after each change. A newer Python can link."


def _is_setuptools(folder: Path) -> bool:
    """Whether setuptools builds the package in a folder, as it does where nothing is said of that."""
    with suppress(OSError, ValueError, AttributeError):
        system = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8")).get("build-system", {})
        return str(system.get("build-backend", "setuptools")).startswith("setuptools")
    return True


def _has(folder: Path, *names: str) -> bool:
    return any((folder / name).is_file() for name in names)

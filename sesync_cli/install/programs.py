"""Programs that packages bring: where they are, and how to start them where the shell does not look there."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.install.usersite import UserSite
from sesync_cli.names import few
from sesync_cli.plan import by_hand
from sesync_cli.python.distributions import Package, files_of


def not_on_path(packages: Iterable[Package], own: UserSite, caller: Caller) -> tuple[str, ...]:
    """A warning that names the programs of these packages which a shell does not find, and how to start them."""
    folder = own.base / "bin"
    places = filter(None, caller.env.get("PATH", "").split(os.pathsep))
    found = sorted({file.name for package in packages for file in files_of(package) if _is_in(file, folder)})
    if not found or os.path.realpath(folder) in map(os.path.realpath, places):
        return ()
    what = f"the program {found[0]} is" if len(found) == 1 else f"the programs {few(found)} are"
    return (
        f"{what} in {folder}, which is not on your PATH: "
        f"type '{by_hand(folder / found[0])}', or once, for all new terminals, "
        f"'{_adding(folder, caller.home)}'",
    )


def _is_in(file: Path, folder: Path) -> bool:
    return os.path.realpath(file.parent) == os.path.realpath(folder) and os.path.exists(file)


def _adding(folder: Path, home: Path) -> str:
    """What to type in bash so that it looks in this folder from now on, also if the home moves."""
    inside = folder.relative_to(home) if folder.is_relative_to(home) else None
    line = f"PATH={f'~/{by_hand(inside)}' if inside else by_hand(folder)}:$PATH"
    escaped = re.sub(r'([\\$`"])', r"\\\1", line)
    return f'echo "{escaped}" >> ~/.bashrc'

"""Which versions an install would bring, as uv finds out in a moment, before anything is done."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from sesync_cli.diagnosis.dry_run import HASTY
from sesync_cli.errors import SesyncError
from sesync_cli.install.lists import Lists
from sesync_cli.install.neighbours import Neighbours, Unmet
from sesync_cli.install.request import InstallRequest
from sesync_cli.install.usersite import UserSite, pip_env
from sesync_cli.kernel.environment import clean_env
from sesync_cli.kernel.packages import asking
from sesync_cli.kernel.uv_cache import with_cache
from sesync_cli.leftovers import throwaway
from sesync_cli.plan import Watch
from sesync_cli.prompter import Prompter
from sesync_cli.python.uv import uv
from sesync_cli.run import run

_PATIENCE = 5.0  # seconds that a person waits for this at most
_WIDE = {"COLUMNS": "10000"}  # uv breaks its sentences at the terminal's width
_COMES = re.compile(r"^ [+~] (?P<name>[\w.-]+)==(?P<version>\S+)", re.MULTILINE)
_PINNED = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>\S+)", re.MULTILINE)

Coming = Callable[[], Mapping[str, str]]
"""Finds out which versions would come, by name."""


def foreseen(
    request: InstallRequest, around: Neighbours, coming: Coming, watch: Watch, prompter: Prompter
) -> list[Unmet]:
    """What an install among these neighbours would break; nothing where that is not known within seconds."""
    if not around.need_anything:
        return []

    def find() -> list[Unmet]:
        with suppress(SesyncError, OSError), watch("Looking at what else needs it"):
            return around.with_coming(coming())
        return []

    return prompter.once(f"what {request} breaks among {sorted(around.versions.items())}", find)


def coming_for_user(
    own: UserSite, request: InstallRequest, lists: Lists, around: Neighbours, env: Mapping[str, str]
) -> Mapping[str, str]:
    """What would come for a Python; like pip, uv keeps to what is there, but for what is to be the newest."""
    names = request.names if request.upgrade else ()
    there = [f"{name}=={version}" for name, version in around.versions.items() if version and name not in names]
    with lists.words(uv=True) as listed, throwaway("foresight") as folder:
        asked, found = folder / "asked.txt", folder / "found.txt"
        asked.write_text("\n".join([*request.packages, ""]), encoding="utf-8")
        found.write_text("\n".join([*there, ""]), encoding="utf-8")  # uv keeps to the versions in what it is to write
        words = ["--quiet", "--no-header", "--no-annotate", "--only-binary", ":all:", "--python", str(own.python)]
        words += [*(one for one in listed if one != "-r"), str(asked), "--output-file", str(found)]
        _ask("compile", words, pip_env(env), own.python)
        return _versions(_PINNED, found.read_text(encoding="utf-8"))


def coming_to_kernel(
    environment: Path, request: InstallRequest, lists: Lists, env: Mapping[str, str]
) -> Mapping[str, str]:
    """What would come to a kernel."""
    python = environment / "bin/python"
    with lists.words(uv=True) as listed:
        words = ["--dry-run", "--only-binary", ":all:", "--python", str(python), *listed, *request.words]
        words += ["--upgrade"] if request.upgrade else []
        asks = asking([line for one in lists.found for line in one.heading], env)
        return _versions(_COMES, _ask("install", words, clean_env(asks), python))


def _ask(command: str, words: list[str], env: Mapping[str, str], python: Path) -> str:
    argv, told = uv("pip", command, *words, env=env, python=python)

    def work(env: Mapping[str, str], umask: int) -> str:
        return run(argv, env=env, umask=umask, seconds=_PATIENCE).err

    return with_cache(work, told | HASTY | _WIDE)


def _versions(form: re.Pattern[str], said: str) -> dict[str, str]:
    return {one["name"]: one["version"] for one in form.finditer(said)}

"""Parts of a repository that are not in it: submodules, and large files that Git LFS keeps at a server of its own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sesync_cli.git import large_files, lfs
from sesync_cli.git.address import Address, allowed, without_secret
from sesync_cli.git.attempt import ServerAttempt
from sesync_cli.git.client import UNHOOKED, Connection, GitFailed, ask_git, talk
from sesync_cli.git.failures import explain
from sesync_cli.names import shortened
from sesync_cli.plan import Report
from sesync_cli.secrets import without_secrets

_RELATIVE = re.compile(r"\.\.?/[\w./-]+")
_SUBMODULE_PROTOCOLS = "ssh:https:http:git"
_MOST = 5  # names in a sentence


@dataclass(frozen=True)
class Submodule:
    """A folder that is a repository of its own; `goes` says whether sesync goes to its address."""

    path: str
    url: str
    goes: bool


def submodules(folder: Path) -> list[Submodule]:
    """The submodules that a repository names."""
    facts = _settings(folder / ".gitmodules")
    found: dict[str, dict[str, str]] = {}
    for key, value in facts.items():
        name, _, field = key.removeprefix("submodule.").rpartition(".")
        found.setdefault(name, {})[field] = value
    return [
        Submodule(one["path"], one.get("url", ""), _goes(one["path"], one.get("url", "")))
        for one in found.values()
        if "path" in one
    ]


def get_submodules(folder: Path, attempt: ServerAttempt, connection: Connection, report: Report) -> None:
    """Get the submodules whose addresses sesync goes to, and theirs; none of their hooks runs."""
    paths = [one.path for one in submodules(folder) if one.goes]
    if not paths:
        return
    free = Connection({**connection.env, "GIT_ALLOW_PROTOCOL": _SUBMODULE_PROTOCOLS}, connection.interactive)
    words = ["submodule", "update", "--init", "--recursive", "--progress", "--", *paths]
    try:
        talk(["-C", str(folder), *UNHOOKED, *words], free, report)
    except GitFailed as failed:
        url = re.search(r"clone of '(.+)' into submodule path", str(failed))
        address = allowed(url[1]) if url else None
        raise explain(str(failed), replace(attempt, address=address or attempt.address)) from None


def get_large_files(folder: Path, connection: Connection, report: Report) -> None:
    """Get the files that Git LFS keeps, if the program is there; without, what stands for them stays."""
    if not lfs.has_program() or _strange_server(folder) or not _pointers(folder):
        return
    report(None, "getting large files (Git LFS)")
    try:
        talk(["-C", str(folder), "lfs", "install", "--local"], connection, report)
        talk(["-C", str(folder), *lfs.PATIENCE, "lfs", "pull"], connection, report)
    except GitFailed:
        return  # the code is there all the same; what is missing is named when the clone is done


def notices(folder: Path, shown: str) -> list[str]:
    """What a person should know of the parts that are not there, with the commands that get them."""
    told = []
    missing = [one for one in submodules(folder) if not any((folder / one.path).glob("*"))]
    if some := shortened([one.path for one in missing if one.goes], _MOST):
        told.append(
            f"parts of it are repositories of their own (submodules) and not here yet: {some};"
            f" 'git -C {shown} submodule update --init' gets them"
        )
    if some := shortened([one.path for one in missing if not one.goes], _MOST):
        told.append(f"the submodules {some} have addresses that sesync does not go to, and stay empty")
    if short := _pointers(folder):
        told.append(_large_files(folder, shown, short))
    return told


def _large_files(folder: Path, shown: str, short: list[str]) -> str:
    if server := _strange_server(folder):
        named = shortened(short, _MOST)
        return (
            f"large files are kept apart by Git LFS, and only stand-ins are here: {named}; its .lfsconfig names an"
            f" address that sesync does not go to: {server}"
        )
    return large_files.notice(shown, short)


def _pointers(folder: Path) -> list[str]:
    has_rules = any((folder / name).is_file() for name in (".gitattributes", ".lfsconfig")) or _has_attributes(folder)
    return large_files.pointers(folder) if has_rules else []


def _has_attributes(folder: Path) -> bool:
    return bool(ask_git(["ls-files", "-z", "--", "*/.gitattributes"], folder, literal=False).out)


def _strange_server(folder: Path) -> str:
    """An address in the repository's own settings for Git LFS that sesync does not go to."""
    urls = (value for key, value in _settings(folder / ".lfsconfig").items() if key.endswith("url"))
    return next((without_secrets(without_secret(url)) for url in urls if not allowed(url)), "")


def _settings(file: Path) -> Mapping[str, str]:
    """What a settings file in a repository says; a link could lead to somebody's real settings, and counts for none."""
    if file.is_symlink() or not file.is_file():
        return {}
    said = ask_git(["config", "--no-includes", "--file", str(file), "--list", "-z"], file.parent)
    pairs = (line.partition("\n") for line in said.out.split("\0") if line)
    return {key: value for key, _, value in pairs}


def _goes(path: str, url: str) -> bool:
    parts = Path(path).parts
    inside = path.isprintable() and not path.startswith(("-", "/")) and not {"..", ".git"} & {p.lower() for p in parts}
    address: Address | None = allowed(url)
    return inside and (address is not None or bool(_RELATIVE.fullmatch(url)))

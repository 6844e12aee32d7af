"""What holds for every document that `--json` prints, as docs/json.md promises; `sesync` checks it in every test."""

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parent.parent / "docs/json.md"
SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
PATHS = {"path", "folder", "file", "link", "target", "environment", "spec", "python", "key", "log", "manifest"}
PATHS |= {"paths", "manifests", "links", "not_entered", "requirements", "secrets", "astray", "access_lists", "bare"}
MOMENTS = {"at": MOMENT, "last_activity": MOMENT, "since": DATE}
COUNTS = {
    "files",
    "rows",
    "count",
    "unsent_commits",
    "other_commits",
    "stashes",
    "imported",
    "failures",
    "logs",
    "successes",
    "other_failures",
    "unknown_failures",
}
NUMBERS = COUNTS | {"exit_code", "value"}
FREE = {"output", "value"}  # texts of others, which may be empty
DATA = {"packages", "failed"}  # objects whose keys are names of packages and modules

DONE = "done steps message warnings result"
ERROR = "kind message hint log remedies diagnosis problems left"
DIAGNOSIS = "cause kind package message missing debian rhel extra alone support lines newest instead beside modules"
FAILURE = ("error", ERROR, "message commands", DIAGNOSIS)
KERNEL = "name display_name python_version environment spec"
ROW = f"{KERNEL} state problem alone_bytes shared_bytes managed server command"
CLONE = "repository address path"
MAIL = "to subject body mailto"
UNREAD = "path problem"
KEY = "key public_key fingerprint"
INSTALLED = "kernel python python_version packages log"
PUT = "project folder paths files bytes there_files there_bytes together skipped secrets unreadable astray access_lists"
SEEN = "state problem at now"
SHAPES: dict[str, tuple[str, ...]] = {  # the keys of each object in the documents of a command
    "version": ("version",),
    "": (
        "path room data clones kernels installed not_seen next",
        "used_bytes quota_bytes free_bytes at low",
        "project target links whole state at",
        "project name path repository address branch changed_files new_files unsent_commits other_commits stashes"
        f" {SEEN}",
        f"project name display_name python_version works command is_mendable {SEEN}",
        "python_version folder count",
        "command message",
    ),
    "start": (
        DONE,
        "project target links whole state at",
        "project url parts",
        "kind state message problem hint result",
        "project link target state",
        f"{KEY} host user greeting",
        CLONE,
        KERNEL,
        "project file repositories",
    ),
    "open": ("place address purpose", "place project ways note", "says url commands"),
    "link": (
        DONE,
        "project link target state",
        "name link target inside state free_bytes total_bytes quota_bytes used_bytes",
    ),
    "unlink": (DONE, "link target"),
    "clone": (
        DONE,
        CLONE,
        "repositories",
        "url user helper file",
        "repository display_name last_activity visibility url path",
    ),
    "sync": (DONE, f"{CLONE} branch received sent committed uncommitted", "id author subject", "name change"),
    "ssh-key": (
        DONE,
        KEY,
        f"{KEY} host user greeting",
        "host user works enters greeting key fingerprint findings warnings",
        "kind message hint",
    ),
    "kernel create": (DONE, KERNEL),
    "kernel adopt": (DONE, KERNEL),
    "kernel list": (ROW,),
    "kernel show": (
        f"{ROW} asked requirements env packages changed missing shared",
        "project file by at newer command",
    ),
    "kernel check": ("name works problem python_version seconds imported failed edited command",),
    "kernel repair": (DONE, f"{KERNEL} moved", "kernels"),
    "kernel update": (DONE, KERNEL, "kernels"),
    "kernel lock": (DONE, "name file packages", "kernels"),
    "kernel share": (DONE, "name project file packages"),
    "kernel remove": (DONE, "name", "kernels"),
    "install": (DONE, INSTALLED, "name version bytes since asked_for needed_by"),
    "uninstall": (DONE, INSTALLED),
    "where": (
        "named kinds advice same",
        "path typed is_folder now files bytes not_entered unreadable complete fetch_command",
        UNREAD,
        "kind files bytes",
        "now should why command items",
        "path kind bytes rows rows_exact git files companions",
        "bytes paths command",
    ),
    "put": (
        DONE,
        f"{PUT} bare links manifest",
        "project folder files bytes there_files unreadable manifest",
        "folder manifests files bytes different missing unreadable without warnings",
        UNREAD,
    ),
    "usage": (
        "path bytes files quota_bytes used_bytes quota_source free_bytes total_bytes quota_files used_files free_files"
        " parts advice largest unreadable not_entered",
        "kind name path bytes shared_bytes files parts",
        "path bytes what command",
        "path bytes kind companions",
        UNREAD,
        DONE,
        "freed_bytes items",
        "kind path frees_bytes gone",
    ),
    "doctor": (
        "works checks findings",
        "check kind message why hint command broken fixable",
        DONE,
        "mends left",
        "check message done",
    ),
    "report": (MAIL, DONE, f"{MAIL} file sent"),
    "site show": ("name value source",),
    "site check": ("file extends changes parts warnings", "name display_name value"),
    "site missing": (
        "family missing command logs successes other_failures unknown_failures unreadable",
        "system failures needed_by users extra",
        UNREAD,
    ),
    "tour": ("scenes file", "command exit_code output"),
}


def asks_json(words: Sequence[str]) -> bool:
    """Whether this command line asks for a document."""
    own = words[: words.index("--")] if "--" in words else words
    return "--json" in own and words[:2] != ["kernel", "run"] and not {"--help", "-h", "--version"} & {*own}


def check_document(words: Sequence[str], text: str) -> None:
    """Fail with a sentence if what was printed is no document, or not as docs/json.md promises."""
    try:
        document = json.loads(text)
    except ValueError:
        raise AssertionError(f"sesync {' '.join(words)} printed no JSON document:\n{text}") from None
    command = next((name for name in (" ".join(words[:2]), words[0]) if name in SHAPES), "")
    for wrong in problems(document, command):
        raise AssertionError(f"sesync {' '.join(words)} printed a document in which {wrong} (tests/documents.py)")


def problems(document: Any, command: str) -> Iterator[str]:
    """What of a document is not as it should be, each in a sentence."""
    shapes = _shapes(command)
    for keys, value in _objects(document):
        if keys not in shapes:
            yield f"an object of '{command}' has the keys {', '.join(value)}"
        for key, one in value.items():
            yield from _key(key, one)
    acted = isinstance(document, dict) and "steps" in document
    failed = any(value.get("state") == "failed" for _, value in _objects(document))
    if acted and not (document["done"] or document["steps"] or failed):
        yield "nothing is done, and there is no step to do it"


def _objects(document: Any) -> Iterator[tuple[frozenset[str], dict[str, Any]]]:
    """The objects in a document with their keys; not those whose keys are data, nor empty ones of a diagnosis."""
    if isinstance(document, list):
        for one in document:
            yield from _objects(one)
    elif isinstance(document, dict):
        yield frozenset(document), document
        for key, value in document.items():
            if key not in DATA:
                yield from _objects(value)


def _key(key: str, value: Any) -> Iterator[str]:
    if not SNAKE.fullmatch(key):
        yield f"the key '{key}' is not in snake_case"
    if key not in known_keys():
        yield f"the key '{key}' is not in docs/json.md"
    values = value if isinstance(value, list) else [*value.values()] if key in DATA else [value]
    if "" in values and key not in FREE:
        yield f"'{key}' is an empty text, and not null"
    if key in PATHS and not isinstance(value, int):
        yield from (f"'{key}' is no absolute path: {one}" for one in values if one and not str(one).startswith("/"))
    if type(value) is int and key not in NUMBERS and not (key == "bytes" or key.endswith(("_bytes", "_files"))):
        yield f"the number '{key}' is no known count, and its name does not say that it is of bytes"
    if key in MOMENTS and value is not None and not MOMENTS[key].fullmatch(value):
        yield f"'{key}' is no moment with a time zone, or no date: {value}"


@cache
def _shapes(command: str) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(keys.split()) for keys in (*SHAPES.get(command, ()), *FAILURE))


@cache
def known_keys() -> frozenset[str]:
    """The words that docs/json.md names as keys, or as values of them."""
    page = PAGE.read_text(encoding="utf-8")
    return frozenset(re.findall(r"`([a-z0-9_]+)`", page)) | frozenset(re.findall(r'"([a-z_]+)":', page))

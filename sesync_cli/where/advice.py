"""The verdicts of the rules as advice: what goes the same way is one piece of advice, a whole folder is one item."""

import os
import shlex
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from sesync_cli.files.inspection import FileFacts
from sesync_cli.files.kinds import Kind, is_data
from sesync_cli.files.sizes import MB, refined
from sesync_cli.git.tracked import Git
from sesync_cli.where.locations import Location, Place, WhereContext
from sesync_cli.where.rules import Deed, Verdict, judged, together

_SPELLED_OUT = 5  # paths that one command names


@dataclass(frozen=True)
class AdviceItem:
    """A file, or a folder whose `files` all go the same way; `rows` is None where nobody counted.

    `companions` are the names of the files beside it that belong to it.
    """

    path: Path
    kind: Kind
    bytes: int
    rows: int | None
    rows_exact: bool
    git: Git | None
    files: int = 1
    companions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Advice:
    """Where items are and where they should be, why, and the command for it; None where all is well."""

    now: Place
    should: Place
    why: str
    command: str | None
    items: tuple[AdviceItem, ...]

    @property
    def bytes(self) -> int:
        return sum(item.bytes for item in self.items)


class JudgedFile(NamedTuple):
    """A file, where it is, and what the rules say of it; a folder stands for so many files."""

    found: FileFacts
    location: Location
    verdict: Verdict
    files: int = 1


def judge(found: FileFacts, location: Location, context: WhereContext) -> JudgedFile:
    """A file as the rules judge it."""
    return JudgedFile(found, location, judged(found, location, context), found.files)


def advice(cases: Iterable[JudgedFile], context: WhereContext) -> tuple[Advice, ...]:
    """One piece of advice for all that goes the same way: secrets first, then the most bytes."""
    groups: dict[tuple[Verdict, Place, str, str], list[JudgedFile]] = defaultdict(list)
    for case in cases:
        groups[case.verdict, case.location.place, case.location.project, case.location.tree].append(case)
    said = [_advice(sorted(group, key=lambda case: -case.found.bytes), context) for group in groups.values()]
    return tuple(sorted(said, key=lambda one: (one.items[0].kind != Kind.SECRET, -one.bytes)))


def gathered(
    cases: list[JudgedFile], top: str, stays: Callable[[str], bool], context: WhereContext
) -> list[JudgedFile]:
    """The cases below a folder that ask for something; a folder whose files all go the same way is one case.

    The folders that may not go as a whole, whatever is in them, are those of which it is said that each `stays`.
    """
    cases = _summed(cases, top, stays, context.site.where_large_folder_mb * MB)
    ways, inside = defaultdict[str, set[tuple[Any, ...]]](set), defaultdict[str, list[JudgedFile]](list)
    for case in cases:
        for folder in above(case.found.path, top):
            inside[folder].append(case)
            if not _goes_along(case):
                ways[folder].add(_way(case))
    whole = {folder for folder, said in ways.items() if len(said) == 1 < len(inside[folder]) and not stays(folder)}
    gathered: dict[str, JudgedFile] = {}
    for case in cases:
        if case.verdict.deeds:
            folders = [folder for folder in above(case.found.path, top) if folder in whole]
            folders = [] if case.found.kind == Kind.SECRET else folders
            path = folders[-1] if folders else case.found.path
            gathered.setdefault(path, _folder(path, case, inside[path]) if folders else case)
    return list(gathered.values())


def _way(case: JudgedFile) -> tuple[Any, ...]:
    """Where a file goes, and how: those that go one way may do so for several reasons."""
    return case.verdict.should, case.verdict.deeds, case.location._replace(git=None)


def _goes_along(case: JudgedFile) -> bool:
    """Whether a file may stay, but goes where the data beside it goes."""
    return not case.verdict.deeds and is_data(Kind(case.found.kind)) and case.location.git != Git.TRACKED


def _summed(cases: list[JudgedFile], top: str, stays: Callable[[str], bool], limit: int) -> list[JudgedFile]:
    """The same, small files judged by their sum: that of a folder with all below, or of the files of one folder.

    All below a folder counts if nothing in it stays: no code, and nothing that git has.
    """
    sums, own, mixed = Counter[str](), Counter[str](), set[str]()
    for case in cases:
        folders = above(case.found.path, top)
        if case.verdict.sums:
            sums.update(dict.fromkeys(folders, case.found.bytes))
            own[folders[0]] += case.found.bytes
        elif case.verdict.should != Place.DATA and case.found.bytes and case.found.kind != Kind.LINK:
            mixed.update(folders)
    large = {folder for folder, size in sums.items() if size >= limit and folder not in mixed and not stays(folder)}
    large_alone = {folder for folder, size in own.items() if size >= limit}

    def is_large(case: JudgedFile) -> bool:
        folders = above(case.found.path, top)
        return case.verdict.sums and (folders[0] in large_alone or not large.isdisjoint(folders))

    return [case._replace(verdict=together(case.location)) if is_large(case) else case for case in cases]


def _folder(path: str, case: JudgedFile, inside: list[JudgedFile]) -> JudgedFile:
    [(kind, _)] = Counter(one.found.kind for one in inside).most_common(1)
    size, files = sum(one.found.bytes for one in inside), sum(one.files for one in inside)
    return case._replace(found=FileFacts(path, kind, size), files=files)


def above(path: str, top: str) -> list[str]:
    """The folders that a path below `top` is in, the innermost first, `top` last."""
    folders = []
    while len(path := os.path.dirname(path)) > len(top):
        folders.append(path)
    return [*folders, top]


def _advice(cases: list[JudgedFile], context: WhereContext) -> Advice:
    location, verdict = cases[0].location, cases[0].verdict
    commands = [_command(deed, cases, location, context) for deed in verdict.deeds]
    items = tuple(_item(case, context) for case in cases)
    return Advice(location.place, verdict.should or location.place, verdict.why, " && ".join(commands) or None, items)


def _item(case: JudgedFile, context: WhereContext) -> AdviceItem:
    found = case.found
    return AdviceItem(
        context.absolute(found.path),
        refined(found, context.site),
        found.bytes,
        None if found.rows < 0 else found.rows,
        found.exact,
        case.location.git,
        case.files,
        found.parts,
    )


def _command(deed: Deed, cases: list[JudgedFile], location: Location, context: WhereContext) -> str:
    before, tree = list(deed.before), ""
    if deed.into or (deed.before[0] == "git" and not context.caller.cwd.is_relative_to(location.tree)):
        tree = location.tree
        before[1:1] = ["-C", tree] if deed.before[0] == "git" else []
    whole = deed.before[0] != "sesync"  # which takes along by itself what belongs to a file
    paths = [_typed(case.found, tree, whole) for case in cases] if len(cases) <= _SPELLED_OUT else ["FILE..."]
    into = [">>", bash_word(os.path.join(tree, deed.into))] if deed.into else []
    return " ".join([*map(bash_word, before), *paths, *map(bash_word, deed.after), *into])


def _typed(found: FileFacts, tree: str, whole: bool) -> str:
    """A path as one types it, with those of its data set if the whole is meant."""
    path = os.path.relpath(os.path.realpath(os.path.dirname(found.path)), tree) if tree else ""
    path = os.path.normpath(os.path.join(path, os.path.basename(found.path))) if tree else found.path
    if not found.parts or not whole:
        return bash_word(path)
    names = (os.path.basename(found.path), *found.parts)
    same, folder = f"{os.path.splitext(names[0])[0]}.", path[: -len(names[0])]
    if not all(name.startswith(same) for name in names):
        return " ".join(bash_word(folder + name) for name in names)
    return f"{bash_word(folder + same)}{{{','.join(bash_word(name.removeprefix(same)) for name in names)}}}"


def bash_word(path: str | Path) -> str:
    """A path as bash takes it, whatever bytes are in it."""
    text = os.fspath(path)
    if text.isprintable():
        return shlex.quote(text)
    plain = text.replace("\\", "\\\\").replace("'", "\\'")
    hidden = (one if one.isprintable() else "".join(f"\\x{byte:02x}" for byte in os.fsencode(one)) for one in plain)
    return f"$'{''.join(hidden)}'"

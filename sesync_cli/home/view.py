"""The home screen: a line on the room, a row for each project, one's own packages, and what to type next."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from sesync_cli.directory import State
from sesync_cli.home.overview import Overview
from sesync_cli.home.room import HomeRoom
from sesync_cli.home.seen import NOT_SEEN, CloneSeen, DataSeen, KernelSeen
from sesync_cli.last_look import is_past
from sesync_cli.names import joined, one_line
from sesync_cli.sync.glance import OK
from sesync_cli.view import Commands, Page, Table, Tone, Toned, View, ago, bad, good, odd, size

_MOST = 12  # rows of projects
_FRESH = timedelta(minutes=1)  # until when a look counts as one of now
_OLD = timedelta(days=1)  # after which one is told how to look again

BEGIN = """\
Begin with 'sesync start PROJECT', which brings your group's data and code here, and makes a kernel for it.
'sesync tour' shows all of it in a sandbox, and 'sesync help' lists every command."""


def home_screen(seen: Overview) -> View:
    """What somebody has, and the next thing to do."""
    return Page([*_parts(seen)])


def _parts(seen: Overview) -> Iterator[View]:
    yield _room(seen.room)
    rows = [_row(project, seen) for project in seen.projects]
    shown = _worth_a_line(rows, len({one.project for one in seen.data}))
    if rows:
        yield ""
        yield Table(("PROJECT", "DATA", "CODE", "KERNEL"), shown)
    if beside := [*_beside(seen, len(rows) - len(shown))]:
        yield ""
        yield from beside
    if seen.next:
        yield ""
        yield seen.next.message
        yield Commands([f"  {seen.next.command}"])
    elif not rows:
        yield ""
        yield BEGIN
    elif all(cell.tone == Tone.GOOD for row in rows for cell in row if isinstance(cell, Toned)) and not seen.not_seen:
        yield ""
        yield "All is well."


def _room(room: HomeRoom) -> str:
    free = f"{size(room.free_bytes)} free"
    if room.quota_bytes is None:
        return f"Your home has {free}."
    if room.used_bytes is None:
        return f"Your home may have {size(room.quota_bytes)}; 'sesync usage' counts what it has."
    when = f", as counted {ago(room.at)}" if room.at and is_past(room.at, _FRESH) else ""
    return f"Your home has {size(room.used_bytes)} of {size(room.quota_bytes)}, {free}{when}."


def _row(project: str, seen: Overview) -> tuple[str, str, str, str]:
    return (
        one_line(project),
        _data([one for one in seen.data if one.project == project]),
        _code([one for one in seen.clones if one.project == project]),
        _kernel([one for one in seen.kernels if one.project == project]),
    )


def _worth_a_line(rows: Sequence[tuple[str, ...]], own: int) -> list[tuple[str, ...]]:
    """All rows, or where that is too much: what is bad, one's `own` projects, which come first, and what is odd."""
    if len(rows) <= _MOST + 1:
        return list(rows)

    def rank(number: int) -> tuple[int, int]:
        tones = {cell.tone for cell in rows[number] if isinstance(cell, Toned)}
        kinds = (Tone.BAD in tones, number < own, Tone.ODD in tones, True)
        return kinds.index(True), number

    return [rows[number] for number in sorted(sorted(range(len(rows)), key=rank)[:_MOST])]


def _beside(seen: Overview, left: int) -> Iterator[str]:
    """What is to be said of the table, that there is more, and how old it is what it says of data; one's packages."""
    if left:
        yield f"And {left} more: 'sesync link' and 'sesync kernel list' tell them all."
    linked = [one for one in seen.data if one.links and one.at]
    oldest = min((one.at for one in linked if one.at and is_past(one.at, _OLD)), default=None)
    if oldest:
        yield f"Data was looked at {ago(oldest)}: 'sesync link' looks again."
    if seen.not_seen:
        yield f"Your {joined(seen.not_seen)} could not be looked at in time."
    if seen.installed:
        counts = [f"{one.count} for Python {one.python_version}" for one in seen.installed]
        yield f"Packages of your own, beside all kernels: {joined(counts)}."


def _data(found: Sequence[DataSeen]) -> str:
    for one in found:
        if not one.links:
            return odd("not linked") if one.state in (State.OK, State.READ_ONLY) else bad(one.state)
        word = "linked" if one.whole else "linked in part"
        names = [link.name for link in one.links]
        if one.whole and not {one.target.name, one.project} & {*names}:
            word = f"linked as {one_line(names[0])}"
        if one.state in (State.OK, State.FILE):
            return good(word)
        if one.state in (State.READ_ONLY, NOT_SEEN):
            return odd(f"{word}, {one.state}")
        return bad(f"{word}, {one.state}")
    return ""


def _code(found: Sequence[CloneSeen]) -> str:
    if len(found) <= 1:
        return next((_aged(_named(one, _clone(one)), found) for one in found), "")
    for one in found:
        if (said := _clone(one)).tone == Tone.BAD:
            return _aged(bad(f"{len(found)} clones, {one_line(one.name)} {said}"), found)
    work = sum(_clone(one).tone == Tone.ODD for one in found)
    return _aged(odd(f"{len(found)} clones, {work} not all sent") if work else good(f"{len(found)} clones"), found)


def _clone(one: CloneSeen) -> Toned:
    """What is in it that is nowhere else; new files are told, and are nobody's worry."""
    if one.state != OK:
        return odd(one.state) if one.state == NOT_SEEN else bad(one.state)
    if not one.address:
        return odd("only here")
    work = (
        _counted(one.changed_files, "file{} changed"),
        _counted(one.unsent_commits, "commit{} to send"),
        _counted(one.other_commits, "commit{} on other branches"),
        _counted(one.stashes, "stash{}", "es"),
    )
    said = [*filter(None, (_counted(one.new_files, "new file{}"), *work))]
    tone = Tone.ODD if any(work) else Tone.GOOD
    return Toned(", ".join(said) or "all sent", tone)


def _kernel(found: Sequence[KernelSeen]) -> str:
    if len(found) <= 1:
        return next((_aged(_named(one, _one_kernel(one)), found) for one in found), "")
    for one in found:
        if one.command:
            return _aged(bad(f"{len(found)} kernels, {one_line(one.name)} {one.state}"), found)
    return _aged(good(f"{len(found)} kernels"), found)


def _one_kernel(one: KernelSeen) -> Toned:
    if not one.works:
        return bad(one.state) if one.command else odd(one.state)
    version = ".".join((one.python_version or "").split(".")[:2])
    return good(f"Python {version}" if version else "ok")


def _named(one: CloneSeen | KernelSeen, said: Toned) -> Toned:
    """What is said of something, with its name where that is another than the project's."""
    return said if one.name.lower() == one.project.lower() else Toned(f"{one_line(one.name)}: {said}", said.tone)


def _aged(said: Toned, found: Sequence[CloneSeen | KernelSeen]) -> Toned:
    """What is said of these, with its age where it is not of this run."""
    old = [one.at for one in found if not one.now and one.state != NOT_SEEN]
    return Toned(f"{said} ({ago(min(old))})", said.tone) if old else said


def _counted(count: int | None, words: str, plural: str = "s") -> str:
    return f"{count} {words.format('' if count == 1 else plural)}" if count else ""

"""The plan that brings things into a data directory, made from what is there."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import localtime, strftime
from typing import Any

from sesync_cli.caller import Caller
from sesync_cli.directory import reached
from sesync_cli.plan import Plan, Question, Step, Watch, asking, by_hand
from sesync_cli.put.checksums import NAME, KeepSums
from sesync_cli.put.children import guard
from sesync_cli.put.entries import Shipment, There, some
from sesync_cli.put.limits import NO_NEED, Links, lacking
from sesync_cli.put.paths import Paths, paths_of
from sesync_cli.put.refusals import check_found, check_paths, has_work
from sesync_cli.put.request import PutRequest
from sesync_cli.put.scan import scan
from sesync_cli.put.steps import Clear, Put, PutTally, unreadable_folders
from sesync_cli.put.together import Together, with_data_sets
from sesync_cli.put.verify import Verification
from sesync_cli.site.settings import Site
from sesync_cli.view import size
from sesync_cli.workers import Guard


def plan_put(request: PutRequest, caller: Caller, site: Site, watch: Watch) -> Plan:
    """How to come to have these sources in a folder of a data directory, whole and proven."""
    paths = paths_of(request, caller, site)
    directory = reached(paths.project, site, watch)
    folder = directory / paths.folder
    guarded = guard([directory, *(one.parent for one in paths.sources)], site)
    with watch("Looking at what is there"):
        together = with_data_sets(paths, guarded)
        moved = check_paths(request, together.paths, directory, guarded)
        pairs = zip(together.paths.sources, together.paths.names, strict=True)
        places = {str(source): f"{folder}/{name}" for source, name in pairs}
        left = {source: final for source, final in places.items() if Path(source) not in moved}
        found = scan(request, left, str(folder), guarded)
    check_found(found, request)
    pointing = {one: places[str(one)] for one in moved if request.link and not one.is_symlink()}
    return _Making(request, paths, together, found, guarded, pointing).plan(list(places.values()))


@dataclass(frozen=True)
class _Making:
    """A plan in the making; `pointing` are links that a killed run did not make, and where they lead."""

    request: PutRequest
    paths: Paths
    together: Together
    found: Shipment
    guard: Guard
    pointing: Mapping[Path, str]

    def plan(self, finals: list[str]) -> Plan:
        found = self.found
        tally = PutTally(len(found.files()))
        questions: list[Question] = []
        steps: list[Step] = [Clear(found, self.guard)] if found.leftovers else []
        hidden, untold = self._hidden()
        steps += [*self._copying(tally, questions), *hidden, *self._afterwards(tally)]
        new = found.files(There.NOTHING, There.ANOTHER)
        plan = Plan(
            tuple(steps),
            _there(found, finals),
            self._result(finals, new),
            warnings=(*_warnings(found), *untold, *(self._staying() if self.request.move else ())),
            locks=(Path(found.owner),),
            questions=(*asking(_told_secrets(found)), *questions),
            note=self.together.note,
        )
        return replace(plan, after=lambda: self._after(plan, tally, finals)) if steps else plan

    def _links(self) -> Links:
        """The links that are to come, there and where things are moved from."""
        if not self.request.move:
            return NO_NEED
        folders = dict.fromkeys(str(one.parent) for one in self.together.linked.values())
        return Links(True, tuple(folders) if self.request.link else ())

    def _hidden(self) -> tuple[Sequence[Step], Sequence[str]]:
        """The steps by which git leaves the links alone that come in a work tree, and what to say where it cannot."""
        if not (self.request.move and self.request.link):
            return (), ()
        from sesync_cli.git.ignore import ignoring

        return ignoring(self.together.linked.values())

    def _staying(self) -> Iterable[str]:
        for part, main in self.together.kept.items():
            yield f"{part} is copied, and stays as well: {main.name} is not whole without it"

    def _copying(self, tally: PutTally, questions: list[Question]) -> list[Step]:
        """What copies; what replaces something is asked about, each by itself."""
        found, request = self.found, self.request
        others = found.files(There.ANOTHER)
        chosen = tuple(number for number, one in enumerate(found.entries) if one.there != There.ANOTHER)
        options = (*request.options, "--checksum", "--replace")
        again = by_hand("sesync", "put", *options, *self.paths.sources, self.paths.target)
        how = Verification(request.move or request.manifest, request.manifest, again)
        steps: list[Step] = []
        if has_work(found, chosen) or (chosen and how.existing):
            steps.append(Put(found, chosen, tally, self.guard, _shown(found), how, links=self._links()))
        for number in others:
            entry = found.entries[number]
            final = found.final(entry)
            by = by_hand("cp", "-a", "--remove-destination", found.source(entry), final)
            one = Put(found, (number,), tally, self.guard, by, how, replace=True)
            when = strftime("%Y-%m-%d %H:%M", localtime(entry.facts.modified / 1e9))
            what = f"{found.source(entry)} ({size(entry.facts.size)}, of {when})"
            steps.append(one)
            questions.append(Question(f"Replace {final}, which is another one, by {what}?", (one,)))
        return steps

    def _afterwards(self, tally: PutTally) -> list[Step]:
        found, request = self.found, self.request
        steps: list[Step] = []
        if request.manifest and found.entries:
            steps.append(KeepSums(found, tally, self.guard))
        if request.move:
            # imported here since most people copy
            from sesync_cli.put.moving import Leave, Point

            steps += [Leave(found, tally, self.guard, self.together, request.link)] if found.entries else []
            steps += [Point(at, final, tally) for at, final in self.pointing.items()]
        return steps

    def _result(self, finals: list[str], new: list[int]) -> dict[str, Any]:
        found = self.found
        there = found.files(There.SAME)
        return {
            "project": self.paths.project,
            "folder": found.folder,
            "paths": finals,
            "files": len(new),
            "bytes": _bytes(found, new),
            "there_files": len(there),
            "there_bytes": _bytes(found, there),
            "together": [one.names for one in self.together.sets],
            "skipped": found.odd,
            "astray": found.astray,
            "secrets": found.secrets,
            "unreadable": [path for path, _ in found.unreadable],
            "links": [],
            "manifest": f"{found.folder}/{NAME}" if self.request.manifest else None,
        }

    def _after(self, plan: Plan, tally: PutTally, finals: list[str]) -> Mapping[str, Any]:
        copied = sorted(tally.copied)
        done = _there(self.found, finals)
        if copied:
            done = f"{_count(self.found, copied)} copied to {_where(self.found, finals)}, and checked."
            if there := len(tally.proven) - len(copied):
                done += f" {there:,} {'was' if there == 1 else 'were'} there already."
        if self.request.move:
            done += _moved(self.request, tally)
        result = {"files": len(copied), "bytes": _bytes(self.found, copied), "links": tally.links}
        warnings = (*plan.warnings, *([_closed(tally)] if tally.closed else []))
        return {"done": done, "result": {**plan.result, **result}, "warnings": warnings}


def _warnings(found: Shipment) -> Iterable[str]:
    if found.odd:
        yield f"left out: {some(found.odd)}"
    if found.secrets:
        yield f"left out, since your whole group could read these secrets: {some(found.secrets)}"
    if found.unreadable:
        yield f"this cannot be looked into: {some(unreadable_folders(found))}"
    if found.told_secrets:
        yield f"all who may read {found.folder} can read these secrets: {some(found.told_secrets)}"
    if found.respelt:
        taken = some(f"{path} is {other}" for path, other in found.respelt)
        yield f"capitals and small letters are one there, and this was there already: {taken}"
    if found.astray:
        yield f"links that lead out of what you put, and may lead nowhere from there: {some(found.astray)}"
    if little := lacking(found):
        yield little


def _told_secrets(found: Shipment) -> str:
    """The question about secrets that were named themselves."""
    if not found.told_secrets:
        return ""
    these, them = ("these secrets", "them") if len(found.told_secrets) > 1 else ("this secret", "it")
    return f"All who may read {found.folder} could read {these}: {some(found.told_secrets)}. Put {them} there?"


def _closed(tally: PutTally) -> str:
    folders = sorted(tally.closed)
    return (
        f"your group may not be able to read what you put: you are not in the group that {some(folders)} belongs to, "
        "so it could not be given to that group"
    )


def _shown(found: Shipment) -> str:
    lines = [by_hand("mkdir", "-p", found.folder)] if found.made else []
    renamed = os.path.basename(found.sources[0]) != os.path.basename(found.finals[0])
    to = found.finals[0] if renamed else f"{found.folder}/"
    new, there = found.files(There.NOTHING), found.files(There.SAME)
    words = f"{_count(found, new)} to copy" + (f", {_count(found, there)} there already" if there else "")
    lines.append(f"{by_hand('cp', '-a', '-n', *found.sources, to)}  # {words}")
    return "\n".join(lines)


def _there(found: Shipment, finals: list[str]) -> str:
    whole = found.files()
    if not whole:
        return f"{_where(found, finals)} is there."
    return f"{_count(found, whole)} {'is' if len(whole) == 1 else 'are'} in {_where(found, finals)} already."


def _where(found: Shipment, finals: list[str]) -> str:
    return finals[0] if len(finals) == 1 else found.folder


def _moved(request: PutRequest, tally: PutTally) -> str:
    if not request.link:
        return " The originals are removed."
    whose = "where it was" if len(request.sources) == 1 else "where each was"
    return f" A link to it is {whose}." if tally.links else ""


def _bytes(found: Shipment, numbers: Iterable[int]) -> int:
    """Bytes of these files, one with several names once."""
    files = ((number, found.entries[number].facts) for number in numbers if found.entries[number].is_file)
    return sum({number if facts.changed else -facts.inode: facts.size for number, facts in files}.values())


def _count(found: Shipment, numbers: list[int]) -> str:
    return f"{len(numbers):,} {'file' if len(numbers) == 1 else 'files'} ({size(_bytes(found, numbers))})"

"""The plan that brings things into a data directory, made from what is there."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import localtime, strftime
from typing import TYPE_CHECKING, Any

from sesync_cli.caller import Caller
from sesync_cli.directory import reached
from sesync_cli.files.unread import Unread
from sesync_cli.plan import Plan, Question, Step, Watch, asking, by_hand
from sesync_cli.put.checksums import NAME, KeepSums
from sesync_cli.put.children import guard
from sesync_cli.put.entries import Shipment, There
from sesync_cli.put.limits import NO_NEED, Links
from sesync_cli.put.paths import Paths, paths_of
from sesync_cli.put.refusals import check_found, check_paths, has_work
from sesync_cli.put.request import PutRequest
from sesync_cli.put.scan import scan
from sesync_cli.put.sentences import (
    bytes_of,
    closed_warning,
    counted,
    moved_words,
    place_named,
    refused_warning,
    secrets_question,
    shown,
    there_already,
    warnings,
)
from sesync_cli.put.steps import Clear, Put, PutTally
from sesync_cli.put.together import WholePaths, with_data_sets
from sesync_cli.put.verify import Verification
from sesync_cli.site.settings import Site
from sesync_cli.view import size
from sesync_cli.workers import Guard

if TYPE_CHECKING:
    from sesync_cli.put.summing import SumUp


def plan_put(request: PutRequest, caller: Caller, site: Site, watch: Watch) -> Plan:
    """How to come to have these sources in a folder of a data directory, whole and proven."""
    if request.is_about_sums:
        from sesync_cli.put.summing import plan_sums

        return plan_sums(request, caller, site, watch)
    paths = paths_of(request, caller, site)
    directory = reached(paths.project, site, watch)
    folder = directory / paths.folder
    guarded = guard([directory, *(one.parent for one in paths.sources)], site)
    with watch("Looking at what is there"):
        together = with_data_sets(paths, folder, guarded)
        moved = check_paths(request, together.paths, directory, guarded)
        pairs = zip(together.paths.sources, together.paths.names, strict=True)
        places = {str(source): f"{folder}/{name}" for source, name in pairs}
        left = {source: final for source, final in places.items() if Path(source) not in moved}
        found = scan(request, left, str(folder), guarded)
        there = [os.path.basename(places[str(one)]) for one in moved] if request.manifest else []
        summed = _summed(directory, paths.folder, there, guarded)
    check_found(found, request)
    pointing = {one: places[str(one)] for one in moved if request.link and not one.is_symlink()}
    return _Making(request, paths, together, found, guarded, pointing, summed).plan(list(places.values()))


def _summed(directory: Path, folder: str, names: Sequence[str], guard: Guard) -> "SumUp | None":
    """The step that keeps checksums of what an earlier run has moved, if it lacks any."""
    if not names:
        return None
    from sesync_cli.put.summing import sum_up_moved

    return sum_up_moved(directory, folder, names, guard)


@dataclass(frozen=True)
class _Making:
    """A plan in the making; `pointing` are links that a killed run did not make, and where they lead.

    `summed` makes the checksums of what earlier runs have moved.
    """

    request: PutRequest
    paths: Paths
    together: WholePaths
    found: Shipment
    guard: Guard
    pointing: Mapping[Path, str]
    summed: "SumUp | None"

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
            there_already(found, finals),
            self._result(finals, new),
            warnings=(*warnings(found), *untold, *(self._staying() if self.request.move else ())),
            locks=(Path(found.owner),),
            questions=(*asking(secrets_question(found)), *questions),
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
        how = Verification(request.move or request.manifest, request.manifest, again, request.move)
        steps: list[Step] = []
        if has_work(found, chosen) or (chosen and how.existing):
            steps.append(Put(found, chosen, tally, self.guard, shown(found), how, links=self._links()))
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
        if self.summed:
            steps.append(self.summed)
        if request.move:
            # imported here since most people copy
            from sesync_cli.put.finishing import Point, Tidy
            from sesync_cli.put.moving import Leave

            steps += [Leave(found, tally, self.guard, self.together, request.link)] if found.entries else []
            steps += [Point(at, final, tally) for at, final in self.pointing.items()]
            steps += [Tidy(Path(one.folder, part)) for one in self.together.sets for part in one.left]
        return steps

    def _result(self, finals: list[str], new: list[int]) -> dict[str, Any]:
        found = self.found
        there = found.files(There.SAME)
        return {
            "project": self.paths.project,
            "folder": found.folder,
            "paths": finals,
            "files": len(new),
            "bytes": bytes_of(found, new),
            "there_files": len(there),
            "there_bytes": bytes_of(found, there),
            "together": [one.names for one in self.together.sets],
            "skipped": found.odd,
            "astray": found.astray,
            "access_lists": found.access_lists,
            "bare": found.bare,
            "secrets": found.secrets,
            "unreadable": [Unread(Path(path), why) for path, why in found.unreadable],
            "links": [],
            "manifest": f"{found.folder}/{NAME}" if self.request.manifest and (found.entries or self.summed) else None,
        }

    def _after(self, plan: Plan, tally: PutTally, finals: list[str]) -> Mapping[str, Any]:
        copied = sorted(tally.copied)
        done = there_already(self.found, finals)
        if copied:
            done = f"{counted(self.found, copied)} copied to {place_named(self.found, finals)}, and checked."
            if there := len(tally.proven) - len(copied):
                done += f" {there:,} {'was' if there == 1 else 'were'} there already."
        if self.summed:
            done += f" {self.summed.done}"
        if self.request.move:
            done += moved_words(self.request, tally)
        result = {"files": len(copied), "bytes": bytes_of(self.found, copied), "links": tally.links}
        later = [closed_warning(tally)] if tally.closed else []
        later += [refused_warning(tally)] if tally.refused else []
        told = {"done": done, "result": {**plan.result, **result}, "warnings": (*plan.warnings, *later)}
        return told | {"steps": tuple(step for step in plan.steps if not self._only_looked(step, tally))}

    def _only_looked(self, step: Step, tally: PutTally) -> bool:
        """Whether a step has found that all was there already, and changed nothing."""
        if isinstance(step, Put):
            return not (step.replace or has_work(self.found, step.chosen))
        return isinstance(step, KeepSums) and not tally.new_sums

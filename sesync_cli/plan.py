"""What a command is about to do, as values: shown by --dry-run, carried out otherwise, undone when it fails."""

import shlex
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from sesync_cli.errors import Remedy, SesyncError, Stopped, leaving, left_by, not_undone, undone
from sesync_cli.interrupts import calm

Report = Callable[[float | None, str], None]
"""Hears how far a step is: a fraction from 0 to 1 or None, and a few words."""

Watch = Callable[[str], AbstractContextManager[Report]]
"""Shows what is being done while its block lasts."""


def unwatched(words: str) -> AbstractContextManager[Report]:
    """A watch where nobody looks on."""
    return nullcontext(lambda fraction, detail: None)


Make = Callable[[], "Plan"]
"""Makes a plan, from what is there now."""

Ready = Callable[[Make], AbstractContextManager["Plan"]]
"""Makes a plan and has all ready for it: what the person agrees to of it, its locks held while the block lasts."""


class Step(Protocol):
    """One thing to do. Its text is the command that one would type by hand; `doing` says it in words.

    `do` may give a further plan, as what makes it: one that can only be made now, and comes before the next step.
    `undo` is called after `do` failed or was interrupted at any point, and after a later step failed; it takes back
    only what this step made, and may find that nothing was made. Where there is no way back, it raises NoWayBack.
    """

    @property
    def doing(self) -> str: ...

    def do(self, report: Report) -> Make | None: ...

    def undo(self) -> None: ...


class NoWayBack(Exception):
    """What was begun has to be finished, and its words say how, for somebody who stopped it in the middle."""


@dataclass(frozen=True)
class Question:
    """What the person has to agree to: for these steps, which are left out otherwise, or for all there is to do.

    `letter` are words for somebody else that they see first.
    """

    text: str
    steps: tuple[Step, ...] = ()
    letter: str = ""


class Need(NamedTuple):
    """The room that steps take, in bytes, and the folder that has to have it."""

    bytes: int
    folder: Path


@dataclass(frozen=True)
class Plan:
    """Steps in order, and the sentence that is true once they are done; no steps means that it is so already.

    `locks` are the paths whose locks the run holds, `sweeps` the folders where killed runs may have left things;
    `after` is asked once all is done for the fields of this plan that only the steps could learn (a version, an
    address). `note` is what a person should know before anything is done. `mends` tries what would mend a failure of
    these steps, once they are undone. `failure` is what could not be done, though all the rest is: it is told last.
    """

    steps: tuple[Step, ...]
    done: str
    result: Mapping[str, Any] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    warnings: tuple[str, ...] = ()
    locks: tuple[Path, ...] = ()
    sweeps: tuple[Path, ...] = ()
    needs: tuple[Need, ...] = ()
    after: Callable[[], Mapping[str, Any]] | None = None
    note: str = ""
    mends: Callable[[SesyncError], tuple[Remedy, ...]] | None = None
    failure: SesyncError | None = None

    def warned(self, told: tuple[str, ...]) -> "Plan":
        """The same with these warnings before its own, those that it learns of when it is done included."""
        learn = self.after

        def after() -> Mapping[str, Any]:
            learnt = learn() if learn else {}
            return {**learnt, "warnings": (*told, *learnt.get("warnings", self.warnings))}

        return replace(self, warnings=(*told, *self.warnings), after=after)

    def declined(self, refused: Iterable[Question]) -> "Plan":
        """What is left of it if the answers to these questions are no."""
        left = self.steps
        for question in refused:
            left = tuple(step for step in left if question.steps and all(step is not one for one in question.steps))
        return replace(self, steps=left)

    def learnt(self) -> "Plan":
        """The same with what only its steps could learn, once they are done."""
        if not self.after:
            return self
        facts = dict(self.after())
        if "steps" in facts:  # what was declined is none of them
            facts["steps"] = tuple(step for step in facts["steps"] if any(step is one for one in self.steps))
        return replace(self, **facts)

    def carry_out(self, watch: Watch, ready: Ready = lambda make: nullcontext(make())) -> None:
        """Do every step and every plan that they bring, or none: a failure or an interrupt undoes all, the last first.

        What cannot be undone is told with the failure (`errors.left_by`), and keeps nothing else from being undone.
        """
        begun: list[Step] = []
        with ExitStack() as held:
            try:
                self._do(begun, watch, lambda make: held.enter_context(ready(make)))
            except BaseException as error:
                no_way_back = _undo(begun, error)
                if isinstance(error, KeyboardInterrupt | Stopped) and no_way_back:
                    raise leaving(Stopped(str(no_way_back[0])), left_by(error)) from None
                if isinstance(error, SesyncError) and self.mends:
                    look_for_remedies(error, self.mends, watch)
                raise

    def _do(self, begun: list[Step], watch: Watch, ready: Callable[[Make], "Plan"]) -> None:
        for step in self.steps:
            begun.append(step)
            with watch(step.doing) as report:
                make = step.do(report)
            if make:
                ready(make)._do(begun, watch, ready)


def look_for_remedies(error: SesyncError, find: Callable[[SesyncError], tuple[Remedy, ...]], watch: Watch) -> None:
    """Give the error what would mend it; an interrupt, and what fails meanwhile, only ends the search."""
    with suppress(KeyboardInterrupt, SesyncError, OSError), watch("Looking for what would work"):
        error.remedies = find(error)


def join(parts: Mapping[str, Plan]) -> Plan:
    """One plan of several, done in their order, whole or not at all; each has its own result under its name."""
    plans = parts.values()

    def after() -> Mapping[str, Any]:
        return _told({name: plan.learnt() if plan.steps else plan for name, plan in parts.items()})

    return Plan(
        tuple(step for plan in plans for step in plan.steps),
        questions=tuple(question for plan in plans for question in plan.questions),
        locks=tuple(sorted({lock for plan in plans for lock in plan.locks})),
        sweeps=tuple(sorted({folder for plan in plans for folder in plan.sweeps})),
        needs=tuple(need for plan in plans for need in plan.needs),
        after=after,
        note=_lines(plan.note for plan in plans),
        **_told(parts),
    )


def by_hand(*words: str | Path) -> str:
    """A command line as one would type it."""
    return shlex.join(map(str, words))


def opening(file: str | Path, line: int) -> str:
    """The command that opens a file at a line in the person's own editor, or in a simple one."""
    return f"${{EDITOR:-nano}} +{line} {by_hand(file)}"


def operand(name: str | Path) -> tuple[str, ...]:
    """A name as the words of a command line that name it, also where it begins with a dash."""
    return ("--", str(name)) if str(name).startswith("-") else (str(name),)


def asking(*texts: str) -> tuple[Question, ...]:
    """The questions of a whole plan; those that are empty are none."""
    return tuple(Question(text) for text in texts if text)


def _told(parts: Mapping[str, Plan]) -> dict[str, Any]:
    """The fields that say what is true once all parts are done."""
    return {
        "done": _lines(plan.done for plan in parts.values()),
        "result": {name: plan.result for name, plan in parts.items()},
        "warnings": tuple(dict.fromkeys(warning for plan in parts.values() for warning in plan.warnings)),
    }


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(filter(None, texts))


def _undo(begun: list[Step], error: BaseException) -> list[NoWayBack]:
    """Undo these steps, the latest first, and tell the error what could not be undone; those without a way back.

    A second interrupt changes nothing: it is being undone already.
    """
    one_way = []
    with suppress(KeyboardInterrupt), calm():
        for step in reversed(begun):
            try:
                step.undo()
            except NoWayBack as end:
                one_way.append(end)
            except (Exception, KeyboardInterrupt) as failed:
                not_undone(error, str(step), failed)
    if begun:
        undone(error)
    return one_way

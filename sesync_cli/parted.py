"""A plan of parts that are there, or are done one after the other, each whole or not at all for itself.

One that fails stops no other, but for those that rest on it.
"""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sesync_cli.disk import system_failure
from sesync_cli.errors import Declined, NoRoom, SesyncError, Stopped, of_each, stopped_after
from sesync_cli.plan import Plan, Ready, Watch


class Untried(SesyncError):
    """It was not even tried, for the sake of something else that failed."""


@dataclass(frozen=True, eq=False)
class PlanPart:
    """One thing of many: of a `kind`, with what is to be done (`says`) or what is there, and its result for programs.

    `plan` has a step where something is to be done, and `failure` says why nothing can be. `folder` is the clone that a
    part is or is for.
    """

    kind: str
    says: str
    plan: Plan = field(default_factory=lambda: Plan((), ""))
    result: Mapping[str, Any] | None = None
    warnings: tuple[str, ...] = ()
    failure: SesyncError | None = None
    folder: Path | None = None
    rests_on: "tuple[PlanPart, ...]" = ()

    def resting_on(self, other: "PlanPart | None") -> "PlanPart":
        """The same, which is not tried without the other, if there is one."""
        return replace(self, rests_on=(other,)) if other else self

    @property
    def is_wanted(self) -> bool:
        return bool(self.plan.steps)

    @property
    def is_there(self) -> bool:
        return not (self.is_wanted or self.failure)


@dataclass(frozen=True)
class PartedPlan(Plan):
    """The parts, as a plan; `outcomes` has the plan of each that was done, and why others were not.

    Where they `needs_room`, none is tried any more once there was none for one of them.
    """

    parts: tuple[PlanPart, ...] = ()
    home: Path = Path("/")
    needs_room: bool = True
    outcomes: dict[PlanPart, Plan | SesyncError] = field(default_factory=dict, compare=False)

    def carry_out(self, watch: Watch, ready: Ready = lambda make: nullcontext(make())) -> None:
        for part in self.parts:
            if not part.is_wanted:
                continue
            if missing := self._missing_for(part):
                self.outcomes[part] = Untried(f"not tried, since {missing}")
                continue
            try:
                part.plan.carry_out(watch, ready)
                self.outcomes[part] = part.plan.learnt()
            except Declined as error:
                self.outcomes[part] = error
            except (KeyboardInterrupt, Stopped) as error:
                done = dict.fromkeys(f"the {one.kind}" for one, came in self.outcomes.items() if isinstance(came, Plan))
                if not done:
                    raise
                raise stopped_after(error, [*done]) from None
            except SesyncError as error:
                self.outcomes[part] = error
            except OSError as error:
                failure = system_failure(error, self.home)
                if failure is None:
                    raise
                self.outcomes[part] = failure

    def _missing_for(self, part: PlanPart) -> str:
        """Why a part cannot even be tried."""
        for one in part.rests_on:
            if one.failure or isinstance(self.outcomes.get(one), SesyncError):
                return f"the {one.kind} comes first"
        if self.needs_room and any(isinstance(came, NoRoom) for came in self.outcomes.values()):
            return "there is no room"
        return ""


def failure_of(parts: Mapping[PlanPart, SesyncError], count: int) -> SesyncError | None:
    """One error for all parts that could not be done, of so many; None if all were."""
    if len(parts) <= 1:
        return next(iter(parts.values()), None)
    others = "; the others are" if len(parts) < count else ""
    kinds = [part.kind for part in parts]
    told = {one.kind if kinds.count(one.kind) == 1 else f"{one.kind} ({one.says})": parts[one] for one in parts}
    failure = of_each(f"{len(parts)} of {count} things could not be done{others}", told)
    causes = [error for error in parts.values() if not isinstance(error, Untried)]
    failure.remedies = tuple(remedy for error in causes for remedy in error.remedies)
    failure.log = next((error.log for error in causes if error.log), None)
    return failure

"""The plan that mends what sesync can mend by itself: without a loss, and each thing whole or not at all for itself."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sesync_cli.caller import Caller
from sesync_cli.check import found_by
from sesync_cli.doctor.examination import Diagnosed, all_checks, examine
from sesync_cli.doctor.request import DoctorRequest
from sesync_cli.errors import NotReady, SesyncError
from sesync_cli.names import one_line
from sesync_cli.parted import PartedPlan, PlanPart, failure_of
from sesync_cli.plan import Plan, Question, Watch
from sesync_cli.site.settings import Site


def plan_mending(request: DoctorRequest, caller: Caller, site: Site, watch: Watch) -> Plan:
    """All mends of what is found, one after the other; what is left to the person is told last."""
    found = examine(request, caller, site, watch).findings
    left = tuple(one for one in found if not one.fixable)
    parts = _parts({one.check for one in found if one.fixable}, caller, site, watch)
    ending = _Mending(parts, left)
    if not parts:
        if failure := ending.failure({}):
            raise failure
        return Plan((), **ending.told({}))
    plan = PartedPlan(
        tuple(step for part in parts for step in part.plan.steps),
        "Mended what can be mended without you.",
        ending.result({}),
        (Question(_proposal(parts)),),
        failure=ending.failure({}),
        parts=parts,
        home=caller.home,
        needs_room=False,
    )
    return replace(plan, after=lambda: ending.told(plan.outcomes))


def _parts(names: set[str], caller: Caller, site: Site, watch: Watch) -> tuple[PlanPart, ...]:
    """What mends each finding of these checks; they have answered just now, and are asked once more for that."""
    checks = [check for check in all_checks(caller, site, watch) if check.name in names]
    with watch("Looking for what mends it"):
        found = [(check.name, one) for check in checks for one in found_by(check)]
    return tuple(PlanPart(name, one.message, one.mend) for name, one in found if one.mend)


def _proposal(parts: Sequence[PlanPart]) -> str:
    lines = []
    for part in parts:
        lines += [f"  {one_line(part.says)}:", *(f"    {step}" for step in part.plan.steps)]
    return "\n".join(["This can be mended:", *lines, "Do it?"])


Outcomes = Mapping[PlanPart, Plan | SesyncError]


@dataclass(frozen=True)
class _Mending:
    """Says how it ended: what is mended, and what is left."""

    parts: tuple[PlanPart, ...]
    left: tuple[Diagnosed, ...]

    def told(self, outcomes: Outcomes) -> dict[str, Any]:
        """The fields of a plan that say what is true now."""
        lines = [came.done for came in outcomes.values() if isinstance(came, Plan) and came.done]
        idle = (
            "There is nothing that sesync mends by itself." if self.left else "All is well: there is nothing to mend."
        )
        said = "\n".join(lines) or idle
        return {"done": said, "result": self.result(outcomes), "failure": self.failure(outcomes)}

    def result(self, outcomes: Outcomes) -> dict[str, Any]:
        """The same for programs."""
        done = {part for part, came in outcomes.items() if isinstance(came, Plan)}
        mends = [{"check": part.kind, "message": part.says, "done": part in done} for part in self.parts]
        return {"mends": mends, "left": [asdict(one) for one in self.left]}

    def failure(self, outcomes: Outcomes) -> SesyncError | None:
        """What went wrong; else that something broken is left which the person has to mend."""
        failed = {part: came for part, came in outcomes.items() if isinstance(came, SesyncError)}
        if failed:
            return failure_of(failed, len(self.parts))
        count = sum(one.broken for one in self.left)
        if not count:
            return None
        what = "one thing is left, which needs" if count == 1 else f"{count} things are left, which need"
        return NotReady(f"{what} you", hint="'sesync doctor' tells what to type.")

"""What is said of a start: the proposal, before it, and how it ended: what is there now, and where one goes on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sesync_cli.errors import SesyncError
from sesync_cli.kernel.context import kernel_folders
from sesync_cli.kernel.discovery import find_kernels
from sesync_cli.kernel.in_jupyterlab import go_on, reload
from sesync_cli.parted import PartedPlan, PlanPart, Untried, failure_of
from sesync_cli.plan import Plan
from sesync_cli.start.context import CODE, KERNEL, StartContext
from sesync_cli.start.notebooks import unmet

_KINDS = 6  # letters of the longest kind of part
_NO_KERNEL = (
    "nothing says which packages this code needs: 'sesync kernel create NAME PACKAGE...' makes a kernel with those that"
    " you name"
)

Outcomes = Mapping[PlanPart, Plan | SesyncError]


def proposal(project: str, parts: Sequence[PlanPart], source: str, warnings: Sequence[str]) -> str:
    """What would be done, what is there, and what cannot be done, for the person to agree to."""
    lines = [f"To begin with {project}:"]
    lines += [f"  {one.kind:<{_KINDS}}  {one.says}" for one in parts if one.is_wanted]
    if source:
        lines.append(f"Its code is known from {source}.")
    if there := _there(parts):
        lines.append(there)
    lines += [f"This cannot be done now: {one.failure}." for one in parts if one.failure]
    lines += [f"{word[:1].upper()}{word[1:]}." for word in warnings]
    return "\n".join([*lines, "Do it?"])


@dataclass(frozen=True)
class Ending:
    """Says how a start ended; `shared` are the group's words for the kernels that it shares."""

    context: StartContext
    parts: tuple[PlanPart, ...]
    shared: Mapping[str, str]
    warnings: tuple[str, ...]

    def after(self, plan: PartedPlan) -> PartedPlan:
        """The same plan, which tells how it ended."""
        return replace(plan, after=lambda: {**self.told(plan.outcomes), "steps": _done_steps(plan)})

    def told(self, outcomes: Outcomes) -> dict[str, Any]:
        """The fields of a plan that say what is true now."""
        failed = {one: error for one in self.parts if (error := _failure(one, outcomes))}
        return {
            "done": self._done(outcomes),
            "result": self.result(outcomes),
            "warnings": tuple(dict.fromkeys(self._warnings(outcomes, failed))),
            "failure": failure_of(failed, len(self.parts)),
        }

    def result(self, outcomes: Outcomes) -> dict[str, Any]:
        """The same for programs."""
        parts = [_facts(one, outcomes) for one in self.parts]
        return {"project": self.context.project, "url": self._url or None, "parts": parts}

    @property
    def _url(self) -> str:
        """Where JupyterLab is; empty where the site does not say."""
        site = self.context.site
        return site.jupyter_url if site.has("jupyter_url") else ""

    def _done(self, outcomes: Outcomes) -> str:
        lines = [came.done for came in outcomes.values() if isinstance(came, Plan) and came.done]
        if there := _there(self.parts):
            lines.append(there)
        new = any(one.kind == KERNEL and isinstance(came, Plan) and came.result for one, came in outcomes.items())
        say = reload if new else go_on
        return "\n".join([*lines, "", say(*self._titles(outcomes), url=self._url)]).lstrip("\n")

    def _titles(self, outcomes: Outcomes) -> list[str]:
        results = (_result(one, outcomes) for one in self.parts if one.kind == KERNEL)
        return list(dict.fromkeys(result["display_name"] for result in results if result))

    def _warnings(self, outcomes: Outcomes, failed: Mapping[PlanPart, SesyncError]) -> list[str]:
        told = [*self.warnings, *(word for one in self.parts for word in one.warnings)]
        told += [word for came in outcomes.values() if isinstance(came, Plan) for word in came.warnings]
        unmade = {one.folder for one in failed}
        folders = [one.folder for one in self.parts if one.kind == CODE and one.folder and one.folder.is_dir()]
        if folders and not self._titles(outcomes) and not failed:
            told.append(_NO_KERNEL)
        kernels = find_kernels(kernel_folders(self.context.caller, self.context.site)) if folders else []
        return [
            *told,
            *(word for one in folders if one not in unmade for word in unmet(one, kernels, self.shared)),
        ]


def _there(parts: Sequence[PlanPart]) -> str:
    names = [one.says for one in parts if one.is_there]
    return f"Already there: {', '.join(names)}." if names else ""


def _done_steps(plan: PartedPlan) -> tuple[Any, ...]:
    done = [one for one, came in plan.outcomes.items() if isinstance(came, Plan)]
    return tuple(step for one in done for step in one.plan.steps)


def _failure(part: PlanPart, outcomes: Outcomes) -> SesyncError | None:
    came = outcomes.get(part)
    return part.failure or (came if isinstance(came, SesyncError) else None)


def _result(part: PlanPart, outcomes: Outcomes) -> Mapping[str, Any] | None:
    came = outcomes.get(part)
    return (came.result or None) if isinstance(came, Plan) else part.result


def _facts(part: PlanPart, outcomes: Outcomes) -> dict[str, Any]:
    failure, came = _failure(part, outcomes), outcomes.get(part)
    state = "there" if part.is_there else "to do"
    if isinstance(came, Plan):
        state = "done" if came.steps else "there" if came.result else "not needed"
    if failure:
        state = "not tried" if isinstance(failure, Untried) else "failed"
    return {
        "kind": part.kind,
        "state": state,
        "message": part.says,
        "problem": str(failure) if failure else None,
        "hint": (failure.hint or None) if failure else None,
        "result": _result(part, outcomes),
    }

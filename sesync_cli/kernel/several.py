"""Plans for several kernels at once: each is carried out for itself, and one that fails stops no other."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

from sesync_cli.errors import NoRoom, SesyncError, Stopped, of_each, stopped_after
from sesync_cli.kernel.discovery import find_kernel, find_kernels
from sesync_cli.kernel.request import KernelChoice
from sesync_cli.kernel.specs import Folders, Kernel
from sesync_cli.plan import Plan, Ready, Watch, join


def plan_each(choice: KernelChoice, folders: Folders, make: Callable[[Kernel], Plan], nothing: str) -> Plan:
    """What `make` plans for the kernels that are meant; with one name, that plan itself.

    Where all are meant, those of which nothing can be made are passed over with a word; what is named has to be one of
    which something can. `nothing` is said where there is nothing to do for any.
    """
    if len(choice.names) == 1:
        return make(find_kernel(choice.names[0], folders))
    parts: dict[str, Plan] = {}
    passed: list[str] = []
    for kernel in meant(choice, folders):
        if any(kernel.name in part.result.get("moved", ()) for part in parts.values()):
            continue  # a plan before is about this one, too
        try:
            parts[kernel.name] = make(kernel)
        except SesyncError as error:
            if choice.names or isinstance(error, Stopped):
                raise
            passed.append(f"{kernel.name} is passed over: {error}")
    if not any(part.steps or part.done for part in parts.values()):
        return Plan((), nothing, _result({name: part.result for name, part in parts.items()}), warnings=tuple(passed))
    return _apart(parts).warned(tuple(passed))


def meant(choice: KernelChoice, folders: Folders) -> list[Kernel]:
    """The kernels that are meant; an error for a name that none has."""
    if choice.names:
        return [find_kernel(name, folders) for name in choice.names]
    return [kernel for kernel in find_kernels(folders) if not kernel.server]


@dataclass(frozen=True)
class Apart(Plan):
    """Several plans, each of them whole or not at all. A disk that is full, and Ctrl-C, end what is left of them."""

    parts: Mapping[str, Plan] = field(default_factory=dict)
    ended: dict[str, SesyncError | None] = field(default_factory=dict, compare=False)
    """Those that were carried out, and why one could not be."""

    def carry_out(self, watch: Watch, ready: Ready = lambda make: nullcontext(make())) -> None:
        for name, part in self.parts.items():
            wanted = tuple(step for step in part.steps if any(step is one for one in self.steps))
            if not wanted:
                continue
            try:
                replace(part, steps=wanted).carry_out(watch, ready)
                self.ended[name] = None
            except (KeyboardInterrupt, Stopped) as error:
                if not self.ended:
                    raise
                raise stopped_after(error, [*self.ended]) from None
            except NoRoom:
                raise
            except SesyncError as error:
                self.ended[name] = error
        if failed := {name: error for name, error in self.ended.items() if error}:
            raise _unfinished(failed, len(self.ended))

    def told(self) -> Mapping[str, Any]:
        """What is true of those that were carried out, and of those for which nothing was to be done."""
        parts = {name: part for name, part in self.parts.items() if name in self.ended or not part.steps}
        plan = join(parts).learnt()
        return {"done": plan.done, "result": _result(plan.result), "warnings": plan.warnings}


def _result(of_each: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """What comes of all of them, for programs."""
    return {"kernels": [*of_each.values()]}


def _apart(parts: Mapping[str, Plan]) -> Apart:
    questions = [replace(one, steps=one.steps or part.steps) for part in parts.values() for one in part.questions]
    joined = join(parts)
    plan = Apart(**{**vars(joined), "result": _result(joined.result), "questions": tuple(questions)}, parts=parts)
    return replace(plan, after=plan.told)


def _unfinished(failed: Mapping[str, SesyncError], count: int) -> SesyncError:
    if count == 1:
        return next(iter(failed.values()))
    others = "; the others are done" if len(failed) < count else ""
    return of_each(f"this failed for {len(failed)} of {count} kernels{others}", failed)

"""The plan that removes what can go from a home without a loss: item by item, and only what is as it was found."""

import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from sesync_cli.caller import Caller
from sesync_cli.disk import PARTIAL
from sesync_cli.errors import Refused, SesyncError
from sesync_cli.kernel.specs import Kernel
from sesync_cli.last_look import HOME, keep_looks, last_looks
from sesync_cli.leftovers import in_the_making
from sesync_cli.names import shortened
from sesync_cli.plan import Plan, Question, Watch, by_hand
from sesync_cli.python.uv import uv_program
from sesync_cli.site.settings import Site
from sesync_cli.usage.categories import KERNELS, PIP, SESYNC, TRASH, UV, UsageContext, is_within, usage_context
from sesync_cli.usage.counting import CACHES, CHECKPOINTS, LEFT, Place
from sesync_cli.usage.measuring import Measured, measure
from sesync_cli.usage.removal import Discard, DropKernel, Outcome, Removable, Sweep, Thing
from sesync_cli.usage.request import UsageRequest
from sesync_cli.view import size

_OF_UV = re.compile(r"[a-z-]+-v\d+|CACHEDIR\.TAG|\.gitignore|\.lock|\.tmp\w+")
_OF_PIP = re.compile(r"http|http-v2|wheels|selfcheck|selfcheck\.json|CACHEDIR\.TAG")
_OF_SESYNC = re.compile(r".*", re.DOTALL)
_BROKEN = ("no Python", "no environment")  # the states of kernels whose interpreter is gone
_NAMED = 3  # notebooks in a question
_CHECKPOINT = re.compile(r"(.*)-checkpoint(\.ipynb)", re.DOTALL)


def plan_clean(request: UsageRequest, caller: Caller, site: Site, watch: Watch) -> Plan:
    """What of this folder may go, each with the question whether it shall; nothing else is ever removed."""
    context = usage_context(caller, site)
    one = measure(request, context, watch)
    lost, mendable = _broken(context)
    if not is_within(str(one.path), context.home):
        raise Refused(f"{one.path} is not in your home, and others may need it", hint="'--clean' is for your home.")
    outcome = Outcome()
    steps = tuple(sorted(_steps(one, context, lost, outcome), key=lambda step: -step.item.frees))
    frees = {kernel.name: _frees((KERNELS, kernel.name), one) for kernel in mendable}
    warnings = tuple(
        f"the kernel {name} cannot start: 'sesync kernel repair {name}' mends it, "
        f"'sesync kernel remove {name}' frees {size(count)}"
        for name, count in frees.items()
    )
    done = f"Freed {size(sum(step.item.frees for step in steps))}." if steps else "There is nothing here that can go."
    return Plan(
        steps,
        done,
        _result([step.item for step in steps], outcome),
        warnings=warnings,
        questions=tuple(Question(step.item.question, (step,)) for step in steps),
        after=lambda: _learnt(steps, outcome, warnings, caller),
    )


def _learnt(
    steps: Iterable[Discard | DropKernel | Sweep], outcome: Outcome, warnings: tuple[str, ...], caller: Caller
) -> dict[str, Any]:
    """What is true once it is done; what was counted in home the last time is less by what is gone."""
    home = str(caller.home)
    counted = last_looks(caller.state, HOME).get(home)
    if counted and counted.found:
        used = max(0, counted.found["used_bytes"] - outcome.freed)
        keep_looks(caller.state, HOME, {home: {**counted.found, "used_bytes": used}})
    return {
        "done": f"Freed {size(outcome.freed)}.",
        "warnings": (*warnings, *outcome.kept),
        "result": _result([step.item for step in steps], outcome),
    }


def _broken(context: UsageContext) -> tuple[list[Kernel], list[Kernel]]:
    """The kernels that cannot start: those that nothing can mend, and those that `sesync kernel repair` can."""
    lost: list[Kernel] = []
    mendable: list[Kernel] = []
    for one in context.kernels:
        if one.state in _BROKEN and not one.server:
            (mendable if _can_be_mended(one, context.caller, context.site) else lost).append(one)
    return lost, mendable


def _can_be_mended(kernel: Kernel, caller: Caller, site: Site) -> bool:
    """Whether `sesync kernel repair` would find what it needs, so far as that can be told without doing it."""
    from sesync_cli.kernel.activation import module_variables
    from sesync_cli.kernel.context import interpreter, shell
    from sesync_cli.kernel.rebuild import recipe_of

    try:
        recipe = recipe_of(kernel)
        interpreter(caller, site, recipe.minor, modules=module_variables(recipe.modules, shell(caller, site)))
    except SesyncError:
        return False
    return True


def _result(items: Iterable[Removable], outcome: Outcome) -> dict[str, Any]:
    lines = [
        {"kind": item.kind, "path": item.path, "frees_bytes": item.frees, "gone": item in outcome.gone}
        for item in items
    ]
    return {"freed_bytes": outcome.freed, "items": lines}


def _steps(
    one: Measured, context: UsageContext, lost: Iterable[Kernel], outcome: Outcome
) -> Iterator[Discard | DropKernel | Sweep]:
    yield from _caches(one, context, outcome)
    yield from _trash(one, context, outcome)
    yield from _checkpoints(one, outcome)
    yield from _leftovers(one, outcome)
    for kernel in lost:
        if is_within(str(kernel.spec), str(one.path)):
            frees = _frees((KERNELS, kernel.name), one) if kernel.managed else 0
            question = f"Remove the kernel {kernel.name}, which nothing can mend? {_freed(frees)}"
            item = Removable(KERNELS, kernel.spec, frees, question)
            yield DropKernel(item, kernel.name, kernel.state, context.folders, outcome)


def _caches(one: Measured, context: UsageContext, outcome: Outcome) -> Iterator[Discard]:
    has_pip = shutil.which("pip", path=context.caller.env.get("PATH"))
    for name, folder, holds, command in (
        (UV, context.uv, _OF_UV, by_hand(uv_program(context.caller.env), "cache", "clean")),
        (PIP, context.pip, _OF_PIP, "pip cache purge" if has_pip else by_hand("rm", "-r", context.pip)),
        (SESYNC, context.caller.cache / "sesync", _OF_SESYNC, by_hand("rm", "-r", context.caller.cache / "sesync")),
    ):
        path = Path(os.path.realpath(folder))
        frees = _frees((CACHES, name), one)
        if frees and path != one.path and is_within(str(path), str(one.path)) and _holds_only(path, holds):
            question = f"Empty the cache of {name}, which is filled again when needed? {_freed(frees)}"
            things = tuple(replace(thing, changed=None, frees=frees) for thing in _things([path], one))
            yield Discard(Removable(CACHES, path, frees, question), things, command, outcome, in_use=path / ".lock")


def _trash(one: Measured, context: UsageContext, outcome: Outcome) -> Iterator[Discard]:
    trash = context.trash
    paths = (path for folder in ("files", "info") for path in _entries(trash / folder))
    paths = (path for path in paths if not path.name.startswith(PARTIAL))
    things = list(_things((path for path in paths if is_within(os.path.realpath(path.parent), str(one.path))), one))
    count = sum(thing.path.parent.name == "files" for thing in things)
    if things:
        frees = sum(thing.frees for thing in things)
        what = "1 thing" if count == 1 else f"{count} things"
        question = f"Empty JupyterLab's trash, {what}? {_freed(frees)}"
        command = by_hand("rm", "-r", *(thing.path for thing in things))
        yield Discard(Removable(TRASH, trash, frees, question), tuple(things), command, outcome)


def _checkpoints(one: Measured, outcome: Outcome) -> Iterator[Discard]:
    found = [
        Thing(path, inode, changed, blocks * 512, without=notebook)
        for text, inode, changed, blocks in one.tally.checkpoints
        if (notebook := _notebook(path := Path(text))) and not os.path.lexists(notebook)
    ]
    if found:
        frees = sum(thing.frees for thing in found)
        names = shortened([str(thing.without) for thing in found], _NAMED)
        question = f"Remove the checkpoints of notebooks that are gone ({names})? {_freed(frees)}"
        item = Removable(CHECKPOINTS, one.path, frees, question)
        yield Discard(item, tuple(found), by_hand("rm", *(thing.path for thing in found)), outcome)


def _leftovers(one: Measured, outcome: Outcome) -> Iterator[Sweep]:
    left = {Path(name) for kind, name in one.tally.blocks if kind == LEFT}
    for folder in sorted({path.parent for path in left}):
        dead = [path for path, _, busy in in_the_making(folder) if path in left and not busy]
        if dead:
            things = tuple(_things(dead, one, LEFT))
            frees = sum(thing.frees for thing in things)
            question = f"Remove what broken-off runs of sesync have left in {folder}? {_freed(frees)}"
            yield Sweep(Removable(LEFT, folder, frees, question), things, outcome)


def _things(paths: Iterable[Path], one: Measured, kind: str = TRASH) -> Iterator[Thing]:
    """Files and folders as they are now; what has gone meanwhile is none."""
    for path in paths:
        with suppress(FileNotFoundError):
            facts = path.lstat()
            frees = facts.st_blocks * 512 if facts.st_nlink == 1 else 0
            yield Thing(path, facts.st_ino, facts.st_mtime_ns, _frees((kind, str(path)), one) or frees)


def _frees(place: Place, one: Measured) -> int:
    """The bytes that go with all that is in a place; what has a name elsewhere stays, and frees nothing."""
    tally = one.tally
    seen = tally.links.get(place, {})
    whole = sum(tally.inodes[inode][0] for inode, names in seen.items() if tally.inodes[inode][1] == names)
    return 512 * (tally.blocks.get(place, 0) + whole)


def _freed(count: int) -> str:
    return f"That frees {size(count)}." if count else "That frees next to nothing."


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir()) if not folder.is_symlink() and not folder.parent.is_symlink() else []
    except OSError:
        return []


def _holds_only(folder: Path, names: re.Pattern[str]) -> bool:
    """Whether a folder has nothing in it but what its program puts there: it may be set to any folder."""
    return folder.is_dir() and all(names.fullmatch(path.name) for path in _entries(folder))


def _notebook(checkpoint: Path) -> Path | None:
    found = _CHECKPOINT.fullmatch(checkpoint.name)
    return checkpoint.parent.parent / f"{found[1]}{found[2]}" if found else None

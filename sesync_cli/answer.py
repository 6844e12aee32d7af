"""How a command speaks: `answers` for those that look, `plans` for those that act."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import asdict, is_dataclass, replace
from functools import wraps
from itertools import compress
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from sesync_cli import screen
from sesync_cli.disk import need_room, room
from sesync_cli.drawing import printable
from sesync_cli.errors import Exit, Stopped, WrongWords
from sesync_cli.plan import Plan
from sesync_cli.session import Session
from sesync_cli.view import View, size

_JSON = "sesync.json"
_GB = 1_000_000_000
_SHARED = 100 * _GB  # a larger disk is many people's: it is not nearly full while there is room for one of them

Command = Callable[..., Any]


def answers(
    view: Callable[[Any], View], *, failed: Callable[[Any], bool] = lambda answer: False
) -> Callable[[Command], Command]:
    """Give a command --json, and show what it returns: as its view, or as JSON with the fields of its dataclass.

    An answer that is bad news is shown all the same; where `failed` says so, the exit code is that of a failure.
    """

    def decorate(command: Command) -> Command:
        @json_option
        @wraps(command)
        def speak(*args: Any, **options: Any) -> Exit:
            answer = command(*args, **options)
            _say(answer, view)
            return Exit.FAILED if failed(answer) else Exit.DONE

        return speak

    return decorate


def plans(command: Callable[..., Plan]) -> Command:
    """Give a command --dry-run, --yes and --json, and carry out the plan that it returns.

    The plan is made again under the lock, since what it wants may have been done while the lock was another's.
    """
    return _acting(command, str, lambda answer: False)


def plans_or_answers(
    view: Callable[[Any], View], *, failed: Callable[[Any], bool] = lambda answer: False
) -> Callable[[Command], Command]:
    """Like `plans`, for a command that looks when it is given nothing to do: what is no plan is an answer."""
    return lambda command: _acting(command, view, failed)


def _acting(command: Command, view: Callable[[Any], View], failed: Callable[[Any], bool]) -> Command:
    @json_option
    @click.option("-y", "--yes", is_flag=True, help="Do not ask before doing it.")
    @click.option("-n", "--dry-run", is_flag=True, help="Show what would be done, and do nothing.")
    @wraps(command)
    def act(*args: Any, dry_run: bool, yes: bool, **options: Any) -> Exit:
        session = click.get_current_context().find_object(Session)
        assert session
        plan = command(*args, **options)
        if not isinstance(plan, Plan):
            _say(plan, view)
            return Exit.FAILED if failed(plan) else Exit.DONE
        if plan.note and plan.steps and not asked_for_json():
            screen.note(plan.note)
        if plan.steps and not dry_run:
            with ExitStack() as held:
                plan = _agreed(plan, yes, session)
                if plan.owner:
                    held.enter_context(_alone(plan.owner, plan.sweeps))
                    plan = plan if plan.each else command(*args, **options)
                if plan.needs and plan.steps:
                    need_room(*plan.needs)
                plan.carry_out(screen.doing)
                if plan.after:
                    plan = replace(plan, **plan.after())
        _say_plan(replace(plan, warnings=(*plan.warnings, *_when_low(session, bool(plan.steps)))), dry_run)
        return Exit.DONE

    return act


def _say(answer: Any, view: Callable[[Any], View]) -> None:
    if asked_for_json():
        say_json(answer)
    else:
        screen.show(view(answer))


def asked_for_json() -> bool:
    context = click.get_current_context(silent=True)
    return bool(context and context.meta.get(_JSON))


def say_json(answer: Any) -> None:
    import json

    screen.raw(json.dumps(answer, default=_as_json, indent=2))


def _alone(owner: Path, sweeps: Iterable[Path]) -> AbstractContextManager[None]:
    from sesync_cli.lock import alone, sweep

    for folder in sweeps:
        sweep(folder)
    return alone(owner, screen.doing("Waiting for another sesync"))


def _agreed(plan: Plan, yes: bool, session: Session) -> Plan:
    """The plan, or what the person wants of it."""
    questions = [one for one in (plan.ask, *plan.each) if one]
    if yes or not questions:
        return plan
    if not session.caller.interactive:
        raise WrongWords(f"this needs an answer: {questions[0]}", hint="Add '--yes' to answer yes beforehand.")
    agreed = not plan.ask or click.confirm(printable(plan.ask), err=True)
    answers = [agreed and (not one or click.confirm(printable(one), err=True)) for one in plan.each or ("",)]
    if not any(answers):
        raise Stopped("as you wish; nothing was done")
    return replace(plan, steps=tuple(compress(plan.steps, answers))) if plan.each else plan


def _say_plan(plan: Plan, dry_run: bool) -> None:
    steps = [str(step) for step in plan.steps]
    if asked_for_json():
        done = not (dry_run and steps)
        warnings = (*([plan.note] if plan.note else []), *plan.warnings)
        document = {"done": done, "steps": steps, "message": plan.done, "warnings": warnings}
        return say_json(document | {"result": plan.result})
    screen.show("\n".join(steps) if dry_run and steps else plan.done)
    for warning in plan.warnings:
        screen.warn(warning)


def _when_low(session: Session, acted: bool) -> tuple[str, ...]:
    """A warning if home is nearly full; its quota is asked for where there was something to do, which takes longer."""
    home = room(session.caller.home)
    limit, free = min(home.total, _SHARED), home.free
    if session.site.has("home_quota_gb"):
        limit = session.site.home_quota_gb * _GB
    if acted:
        from sesync_cli.quota import told

        if quota := told(session.caller.home):
            limit, free = quota.limit, min(free, quota.left)
    if free >= limit * (100 - session.site.home_warn_percent) / 100:
        return ()
    return (f"your home folder has only {size(free)} left, and 'sesync usage' shows what fills it",)


def _as_json(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return str(value) if isinstance(value, Path) else list(value)


def _remember(context: click.Context, _: click.Parameter, value: bool) -> None:
    context.meta[_JSON] = value


def complete_file(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The shell's own completion of files. `click.Path` would offer it too, and hang with a file server."""
    return [CompletionItem(incomplete, type="file")]


json_option = click.option(
    "--json", is_flag=True, is_eager=True, expose_value=False, callback=_remember, help="Print the answer as JSON."
)

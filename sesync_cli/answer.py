"""How a command speaks: `answers` for those that look, `plans` for those that act."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import asdict, is_dataclass, replace
from functools import wraps
from pathlib import Path
from typing import Any

import click

from sesync_cli import screen
from sesync_cli.disk import need_room, room
from sesync_cli.errors import Exit, Stopped, WrongWords
from sesync_cli.plan import Plan
from sesync_cli.session import Session
from sesync_cli.view import View, size

_JSON = "sesync.json"
_GB = 1_000_000_000

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
    return _acting(command, str)


def plans_or_answers(view: Callable[[Any], View]) -> Callable[[Command], Command]:
    """Like `plans`, for a command that looks when it is given nothing to do: what is no plan is shown as its view."""
    return lambda command: _acting(command, view)


def _acting(command: Command, view: Callable[[Any], View]) -> Command:
    @json_option
    @click.option("-y", "--yes", is_flag=True, help="Do not ask before doing it.")
    @click.option("-n", "--dry-run", is_flag=True, help="Show what would be done, and do nothing.")
    @wraps(command)
    def act(*args: Any, dry_run: bool, yes: bool, **options: Any) -> None:
        session = click.get_current_context().find_object(Session)
        assert session
        plan = command(*args, **options)
        if not isinstance(plan, Plan):
            return _say(plan, view)
        if plan.steps and not dry_run:
            with ExitStack() as held:
                _agree(plan.ask, yes, session)
                if plan.owner:
                    held.enter_context(_alone(plan.owner, plan.sweeps))
                    plan = command(*args, **options)
                if plan.needs and plan.steps:
                    need_room(*plan.needs)
                plan.carry_out(screen.doing)
                if plan.after:
                    plan = replace(plan, **plan.after())
        _say_plan(replace(plan, warnings=(*plan.warnings, *_when_low(session))), dry_run)

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


def _agree(question: str, yes: bool, session: Session) -> None:
    if not question or yes:
        return
    if not session.interactive:
        raise WrongWords(f"this needs an answer: {question}", hint="Add '--yes' to answer yes beforehand.")
    if not click.confirm(screen.printable(question), err=True):
        raise Stopped("as you wish; nothing was done")


def _say_plan(plan: Plan, dry_run: bool) -> None:
    steps = [str(step) for step in plan.steps]
    if asked_for_json():
        done = not (dry_run and steps)
        document = {"done": done, "steps": steps, "message": plan.done, "warnings": plan.warnings}
        return say_json(document | {"result": plan.result})
    screen.show("\n".join(steps) if dry_run and steps else plan.done)
    for warning in plan.warnings:
        screen.warn(warning)


def _when_low(session: Session) -> tuple[str, ...]:
    quota = session.site.home_quota_gb * _GB
    free = room(session.home).free
    if free >= quota * (100 - session.site.home_warn_percent) / 100:
        return ()
    return (f"your home folder has only {size(free)} left: make room soon, or Jupyter will lock you out",)


def _as_json(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return str(value) if isinstance(value, Path) else list(value)


def _remember(context: click.Context, _: click.Parameter, value: bool) -> None:
    context.meta[_JSON] = value


json_option = click.option(
    "--json", is_flag=True, is_eager=True, expose_value=False, callback=_remember, help="Print the answer as JSON."
)

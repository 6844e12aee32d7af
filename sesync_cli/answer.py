"""How a command speaks: `answers` for those that look, `plans` for those that act."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, is_dataclass, replace
from functools import wraps
from pathlib import Path
from time import monotonic_ns
from typing import Any

import click
from click.shell_completion import CompletionItem

from sesync_cli import screen
from sesync_cli.errors import Declined, Exit, Stopped, Unanswered
from sesync_cli.plan import Make, Plan, Question
from sesync_cli.session import Session
from sesync_cli.view import Commands, View, size

_JSON = "sesync.json"

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

    The plan is made again under its locks if another run had one meanwhile: what it wants may have been done.
    """
    return _acting(command, str, lambda answer: False)


def plans_or_answers(
    view: Callable[[Any], View], *, failed: Callable[[Any], bool] = lambda answer: False, code: Exit = Exit.FAILED
) -> Callable[[Command], Command]:
    """Like `plans`, for a command that looks when it is given nothing to do: what is no plan is an answer.

    The exit `code` is that of an answer which is bad news, as `failed` says.
    """
    return lambda command: _acting(command, view, failed, code)


def _acting(
    command: Command, view: Callable[[Any], View], failed: Callable[[Any], bool], code: Exit = Exit.FAILED
) -> Command:
    @json_option
    @click.option("-y", "--yes", is_flag=True, help="Do not ask before doing it.")
    @click.option("-n", "--dry-run", is_flag=True, help="Show what would be done, and do nothing.")
    @wraps(command)
    def act(*args: Any, dry_run: bool, yes: bool, **options: Any) -> Exit:
        session = click.get_current_context().find_object(Session)
        assert session
        began = monotonic_ns()
        plan = command(*args, **options)
        if not isinstance(plan, Plan):
            _say(plan, view)
            return code if failed(plan) else Exit.DONE
        acts = bool(plan.steps)
        if plan.note and acts and not asked_for_json():
            screen.note(plan.note)
        is_done = False
        try:
            if acts and not dry_run:
                performance = _Performance(yes, session.caller.interactive)
                with performance.ready(lambda: command(*args, **options), (plan, began)) as plan:
                    plan.carry_out(screen.doing, performance.ready)
                    is_done = True
                    plan = plan.learnt()
            _say_plan(replace(plan, warnings=(*plan.warnings, *_when_low(session, acts))), dry_run)
        except KeyboardInterrupt:
            if is_done:
                raise Stopped("stopped when all was done; it stays") from None
            raise
        if plan.failure and not asked_for_json():
            raise plan.failure
        return plan.failure.exit_code if plan.failure else Exit.DONE

    return act


@dataclass(frozen=True)
class _Performance:
    """What comes before a plan is carried out: the person agrees, locks are taken, and there is room.

    `heard` is what they answered before, since a plan that is made again asks the same.
    """

    yes: bool
    interactive: bool
    heard: dict[str, bool] = field(default_factory=dict)

    @contextmanager
    def ready(self, make: Make, first: tuple[Plan, int] | None = None) -> Iterator[Plan]:
        """The plan as it is to be carried out, while its locks are held; `first` is one that is made, and since when.

        It is made again if another run has had a lock since then, or had left something that is swept now: what it
        wants may have been done, or may look different.
        """
        with ExitStack() as held:
            plan, began = first or _timed(make)
            plan = self._agreed(plan)
            while plan.steps and _may_differ(plan, held, began):
                plan, began = _timed(make)
                plan = self._agreed(plan)
            if plan.steps:
                from sesync_cli.disk import need_room

                need_room(plan.needs)
            yield plan

    def _agreed(self, plan: Plan) -> Plan:
        """The plan, or what the person wants of it."""
        if self.yes or not plan.questions or not plan.steps:
            return plan
        if not self.interactive:
            raise Unanswered(
                f"this needs an answer: {plan.questions[0].text}", hint="Add '--yes' to answer yes beforehand."
            )
        agreed = plan
        for question in plan.questions:
            if not self._answer(question):
                agreed = agreed.declined([question])
            if not agreed.steps:
                raise Declined("as you wish: nothing was done")
        return agreed

    def _answer(self, question: Question) -> bool:
        if question.text not in self.heard:
            screen.letter(question.letter)
            with asking_a_person():
                self.heard[question.text] = click.confirm(screen.question(question.text), err=True)
        return self.heard[question.text]


@contextmanager
def asking_a_person() -> Iterator[None]:
    """Whoever gives no answer, but Ctrl-C or an end, stops the command; what is said then begins a line."""
    try:
        yield
    except click.Abort:
        screen.note("")
        raise Stopped from None


def _timed(make: Make) -> tuple[Plan, int]:
    began = monotonic_ns()
    return make(), began


def _may_differ(plan: Plan, held: ExitStack, began: int) -> bool:
    """Take the locks of a plan; whether what it was made from may have changed since it was begun."""
    if not plan.locks and not plan.sweeps:
        return False
    from sesync_cli.leftovers import sweep
    from sesync_cli.lock import hold

    swept = [sweep(folder) for folder in plan.sweeps]
    had_since = held.enter_context(hold(plan.locks, screen.doing("Waiting for another sesync")))
    return had_since(began) or any(swept)


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


def _say_plan(plan: Plan, dry_run: bool) -> None:
    steps = [str(step) for step in plan.steps]
    if asked_for_json():
        done = not (dry_run and steps) and not plan.failure
        warnings = (*([plan.note] if plan.note else []), *plan.warnings)
        document = {"done": done, "steps": steps, "message": plan.done, "warnings": warnings}
        return say_json(document | {"result": plan.result})
    screen.show(Commands(steps) if dry_run and steps else plan.done)
    for warning in plan.warnings:
        screen.warn(warning)


def _when_low(session: Session, acted: bool) -> tuple[str, ...]:
    """A warning if home is nearly full; its quota is asked for where there was something to do, which takes longer."""
    from sesync_cli.disk import left_if_low

    home, site, quota = session.caller.home, session.site, None
    if acted:
        from sesync_cli.quota import quota_at_once

        quota = quota_at_once(home)
    limit, left = (quota.limit, quota.left) if quota else (site.home_quota, None)
    free = left_if_low(home, site.home_warn_percent, limit, left)
    if free is None:
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

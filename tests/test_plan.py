"""Plans: whole or not at all."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sesync_cli.errors import Conflict, Stopped, left_by
from sesync_cli.plan import Need, NoWayBack, Plan, Question, asking, by_hand, join


def report(fraction, words):
    return None


@contextmanager
def quiet(words):
    yield report


@dataclass(frozen=True)
class Noted:
    """A step that writes down what becomes of it."""

    name: str
    notes: list = field(default_factory=list)
    fails: type[BaseException] | None = None
    doing: str = "Noting"

    def do(self, report):
        self.notes.append(f"do {self.name}")
        if self.fails:
            raise self.fails()

    def undo(self):
        self.notes.append(f"undo {self.name}")


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_step_that_fails_is_undone_with_those_before_it_the_latest_first(failure):
    notes = []
    plan = Plan((Noted("a", notes), Noted("b", notes, failure), Noted("c", notes)), "Done.")
    with pytest.raises(failure):
        plan.carry_out(quiet)
    assert notes == ["do a", "do b", "undo b", "undo a"]


class Stubborn(Noted):
    """A step that cannot be undone."""

    failed: BaseException = OSError(13, "Permission denied")

    def undo(self):
        raise self.failed

    def __str__(self):
        return f"make {self.name}"


@pytest.mark.parametrize(
    ("failed", "why"),
    [
        (OSError(13, "Permission denied"), "Permission denied"),
        (Conflict("it has changed meanwhile"), "it has changed meanwhile"),
        (TypeError("a mistake"), "a mistake"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
    ],
)
def test_an_undo_that_fails_hides_neither_the_first_failure_nor_the_other_undos(failed, why):
    notes = []
    stubborn = Stubborn("b", notes)
    object.__setattr__(stubborn, "failed", failed)
    with pytest.raises(ValueError) as caught:
        Plan((Noted("a", notes), stubborn, Noted("c", notes, ValueError)), "Done.").carry_out(quiet)
    assert notes[-2:] == ["undo c", "undo a"]
    assert left_by(caught.value) == [f"make b: {why}"]


def test_what_has_no_way_back_is_told_to_who_stopped_it_and_to_nobody_else():
    class OneWay(Noted):
        def undo(self):
            raise NoWayBack("stopped in the middle; run it again")

    for failure, told in ((KeyboardInterrupt, Stopped), (ValueError, ValueError)):
        notes = []
        plan = Plan((Noted("a", notes), Stubborn("b", notes), OneWay("c", notes, failure)), "Done.")
        with pytest.raises(told) as caught:
            plan.carry_out(quiet)
        assert notes == ["do a", "do b", "do c", "undo a"]
        assert left_by(caught.value) == ["make b: Permission denied"]
        assert str(caught.value) == ("stopped in the middle; run it again" if told is Stopped else "")


@dataclass(frozen=True)
class Bringing(Noted):
    """A step that brings a further plan, which knows what was there when it was made."""

    further: Plan | None = None

    def do(self, report):
        super().do(report)
        return self._make

    def _make(self):
        self.notes.append(f"make for {self.name}")
        return self.further


def test_a_step_may_bring_a_further_plan_which_comes_before_the_next_step():
    notes = []
    inner = Plan((Noted("b", notes), Noted("c", notes)), "Inner.")
    Plan((Bringing("a", notes, further=inner), Noted("d", notes)), "Done.").carry_out(quiet)
    assert notes == ["do a", "make for a", "do b", "do c", "do d"]


@pytest.mark.parametrize("where", ["inner", "outer"])
def test_a_failure_undoes_the_steps_of_further_plans_too(where):
    notes = []
    inner = Plan((Noted("b", notes), Noted("c", notes, ValueError if where == "inner" else None)), "Inner.")
    outer = Plan((Bringing("a", notes, further=inner), Noted("d", notes, ValueError)), "Done.")
    with pytest.raises(ValueError):
        outer.carry_out(quiet)
    undone = ["undo c", "undo b", "undo a"]
    assert notes[-4:] == (["undo d", *undone] if where == "outer" else ["do c", *undone])


def test_a_further_plan_is_made_ready_and_stays_so_until_all_is_over():
    notes = []

    @contextmanager
    def ready(make):
        notes.append("ready")
        try:
            yield make()
        finally:
            notes.append("let go")

    inner = Plan((Noted("b", notes),), "Inner.")
    outer = Plan((Bringing("a", notes, further=inner), Noted("c", notes, ValueError)), "Done.")
    with pytest.raises(ValueError):
        outer.carry_out(quiet, ready)
    assert notes == ["do a", "ready", "make for a", "do b", "do c", "undo c", "undo b", "undo a", "let go"]


def test_joined_plans_are_one_with_the_locks_sorted_and_all_that_each_needs():
    notes = []
    link = Plan(
        (Noted("link", notes),),
        "Linked.",
        {"link": "x"},
        questions=asking("Replace it?"),
        warnings=("it is read-only", "home is nearly full"),
        locks=(Path("/home/z"), Path("/home/x")),
        sweeps=(Path("/home"),),
        needs=(Need(5, Path("/home")),),
        note="Look out.",
    )
    there = Plan((), "It is cloned already.", {"path": "y"}, warnings=("home is nearly full",))
    kernel = Plan(
        (Noted("kernel", notes),),
        "Made it.",
        locks=(Path("/home/x"), Path("/home/a")),
        sweeps=(Path("/home"), Path("/data")),
        needs=(Need(7, Path("/home")),),
        after=lambda: {"done": "Made it, version 3.", "result": {"version": 3}},
    )
    plan = join({"link": link, "code": there, "kernel": kernel})
    assert [step.name for step in plan.steps] == ["link", "kernel"]
    assert plan.done == "Linked.\nIt is cloned already.\nMade it."
    assert plan.questions == (Question("Replace it?"),)
    assert plan.warnings == ("it is read-only", "home is nearly full")
    assert plan.locks == (Path("/home/a"), Path("/home/x"), Path("/home/z"))
    assert plan.sweeps == (Path("/data"), Path("/home"))
    assert plan.needs == (Need(5, Path("/home")), Need(7, Path("/home")))
    assert plan.note == "Look out."
    plan.carry_out(quiet)
    assert plan.learnt().done == "Linked.\nIt is cloned already.\nMade it, version 3."
    assert plan.learnt().result == {"link": {"link": "x"}, "code": {"path": "y"}, "kernel": {"version": 3}}


def test_a_plan_that_fails_undoes_those_that_it_is_joined_with():
    notes = []
    plan = join({"a": Plan((Noted("a", notes),), ""), "b": Plan((Noted("b", notes, ValueError),), "")})
    with pytest.raises(ValueError):
        plan.carry_out(quiet)
    assert notes == ["do a", "do b", "undo b", "undo a"]


def test_a_no_leaves_out_the_steps_that_were_asked_about_or_all():
    a, b, c = Noted("a"), Noted("b"), Noted("c")
    plan = Plan((a, b, c), "Done.")
    assert plan.declined([Question("b?", (b,))]).steps == (a, c)
    assert plan.declined([Question("a and b?", (a, b)), Question("c?", (c,))]).steps == ()
    assert plan.declined([Question("at all?")]).steps == ()
    assert plan.declined([]).steps == (a, b, c)


def test_what_was_declined_is_not_among_the_steps_that_were_done():
    wanted, other = Noted("a"), Noted("b")
    question = Question("b?", (other,))
    plan = Plan((wanted, other), "Done.", questions=(question,), after=lambda: {"steps": (wanted, other)})
    assert plan.declined([question]).learnt().steps == (wanted,)
    assert plan.learnt().steps == (wanted, other)


def test_commands_by_hand_can_be_pasted():
    assert by_hand("ln", "-s", "/nfs/a b", "it's") == "ln -s '/nfs/a b' 'it'\"'\"'s'"


def test_a_no_or_an_interrupt_at_a_later_question_does_not_hide_that_there_is_no_way_back():
    class OneWay(Noted):
        def undo(self):
            raise NoWayBack("stopped in the middle; run it again")

    plan = Plan((OneWay("a"), Noted("b", fails=lambda: Stopped("as you wish; nothing was done"))), "Done.")
    with pytest.raises(Stopped, match="stopped in the middle; run it again"):
        plan.carry_out(quiet)

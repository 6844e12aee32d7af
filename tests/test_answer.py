"""How a command that acts gets from a plan to what it says, on the whole command line."""

import json
import subprocess
import sys

import pytest

from sesync_cli.leftovers import partial
from tests.conftest import HANG, wait_for
from tests.services.locks import held

# a program like sesync with one more command, whose plan is noted each time that it is made, and each of its steps
PROGRAM = """
import os
import signal
from dataclasses import dataclass
from pathlib import Path

import click

from sesync_cli import app
from sesync_cli.answer import plans
from sesync_cli.errors import SesyncError
from sesync_cli.plan import Plan, Question, asking
from sesync_cli.steps import later

home = Path(os.environ["HOME"])


def note(words):
    with (home / "notes").open("a") as file:
        print(words, file=file)


@dataclass(frozen=True)
class Touch:
    name: str
    doing = "Touching"

    def do(self, report):
        note(f"do {self.name}")
        if self.name == "fails":
            raise SesyncError("it fails", hint="Do not do it.")
        if self.name == "stops":
            raise KeyboardInterrupt

    def undo(self):
        note(f"undo {self.name}")
        if self.name == "stays":
            raise PermissionError(13, "Permission denied")
        if self.name == "again":
            os.kill(os.getpid(), signal.SIGTERM)

    def __str__(self):
        return f"touch {self.name}"


def further_plan(name, ask):
    note("further made")
    questions = asking("Go further?") if ask else ()
    return Plan((Touch(name),), "Touched further.", questions=questions, locks=(home / "further",))


@click.command(name="touch", short_help="Touch.")
@click.argument("names", nargs=-1)
@click.option("--ask", multiple=True)
@click.option("--whole", multiple=True)
@click.option("--further")
@plans
def touch(names, ask, whole, further):
    steps = tuple(Touch(name) for name in names if not (home / name).exists())
    questions = (*asking(*whole), *(Question(f"Touch {one.name}?", (one,)) for one in steps if one.name in ask))
    if further:
        steps += later(lambda: further_plan(further, "further" in ask), "Going further", "go further").steps
    note("made")  # from here on, what is there changes nothing in it
    late = (lambda: os.kill(os.getpid(), signal.SIGINT) or {}) if "late" in names else None
    return Plan(steps, "Touched.", questions=questions, locks=(home / "lock",), sweeps=(home,), after=late)


app.sesync.add_command(touch)
app.main()
"""


@pytest.fixture
def touch(site, home):
    """Runs that command with these words; what it said, and what was noted since the last time."""

    def run(*words):
        argv = [sys.executable, "-c", PROGRAM, "touch", *words]
        ended = subprocess.run(argv, capture_output=True, text=True, timeout=HANG, stdin=subprocess.DEVNULL)
        return ended, notes(home)

    return run


@pytest.fixture
def seen(terminal, site, tmp_path):
    """Runs it on a terminal."""
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    return lambda *words: terminal(program, "touch", *words, program=sys.executable)


def noted_by_now(home):
    return (home / "notes").read_text().splitlines() if (home / "notes").exists() else []


def notes(home):
    noted = noted_by_now(home)
    (home / "notes").unlink(missing_ok=True)
    return noted


def test_a_plan_is_made_once_and_shown_or_done(touch):
    ended, noted = touch("a", "b", "-n")
    assert (ended.returncode, ended.stdout, noted) == (0, "touch a\ntouch b\n", ["made"])
    ended, noted = touch("a", "b")
    assert (ended.returncode, ended.stdout, noted) == (0, "Touched.\n", ["made", "do a", "do b"])


def test_a_plan_is_made_again_once_another_run_has_had_its_lock(site, home, background):
    with held(home / "lock") as other:
        waiting = background("-c", PROGRAM, "touch", "a", program=(sys.executable,))
        wait_for((home / "notes").exists, "the first plan")
        (home / "a").touch()  # what the other run was for
        other.stdin.close()
        assert waiting.wait(HANG) == 0
    assert notes(home) == ["made", "made"]


def test_a_plan_is_made_again_once_something_of_a_killed_run_was_swept(touch, home):
    partial(home / "b", owner=home / "b").touch()
    ended, noted = touch("a")
    assert (ended.returncode, noted) == (0, ["made", "made", "do a"])


def test_what_somebody_has_answered_is_not_asked_again(seen, home):
    with held(home / "lock") as other:
        screen = seen("a", "b", "--whole", "At all?", "--ask", "a")
        screen.wait_for("At all?")
        screen.type("y\n")
        screen.wait_for("Touch a?")
        screen.type("n\n")
        screen.wait_for("Waiting for another sesync")
        other.stdin.close()
        assert screen.ended() == 0
    assert (screen.screen.count("At all?"), screen.screen.count("Touch a?")) == (1, 1)
    assert notes(home) == ["made", "made", "do b"]


def test_a_question_that_is_new_once_the_lock_is_free_is_asked(seen, home):
    (home / "a").touch()
    with held(home / "lock") as other:
        screen = seen("a", "b", "--ask", "a")
        screen.wait_for("Waiting for another sesync")
        (home / "a").unlink()
        other.stdin.close()
        screen.wait_for("Touch a?")
        screen.type("n\n")
        assert screen.ended() == 0
    assert notes(home) == ["made", "made", "do b"]


def test_a_no_to_the_whole_ends_it_calmly(seen, home):
    screen = seen("a", "--whole", "At all?", "--ask", "a")
    screen.wait_for("At all?")
    screen.type("n\n")
    screen.ended()
    assert "As you wish: nothing was done." in screen.screen and "Touch a?" not in screen.screen
    assert notes(home) == ["made"]


def test_a_question_that_nobody_can_answer_is_named(touch):
    ended, noted = touch("a", "--whole", "At all?")
    assert (ended.returncode, noted) == (2, ["made"])
    assert ended.stderr.startswith("Error: this needs an answer: At all?\n")
    ended, noted = touch("a", "--whole", "At all?", "--yes")
    assert (ended.returncode, noted) == (0, ["made", "do a"])


def test_a_further_plan_is_made_and_asked_about_when_it_is_its_turn(touch, seen, home):
    ended, noted = touch("a", "--further", "b", "-n")
    assert (ended.stdout, noted) == ("touch a\ngo further\n", ["made"])
    ended, noted = touch("a", "--further", "b")
    assert (ended.returncode, noted) == (0, ["made", "do a", "further made", "do b"])
    screen = seen("a", "--further", "b", "--ask", "further")
    screen.wait_for("Go further?")
    screen.type("n\n")
    screen.ended()
    assert notes(home) == ["made", "do a", "further made", "undo a"]


def test_a_further_plan_waits_for_its_own_lock_and_is_made_again_then(site, home, background):
    with held(home / "further") as other:
        waiting = background("-c", PROGRAM, "touch", "a", "--further", "b", program=(sys.executable,))
        wait_for(lambda: "further made" in noted_by_now(home), "the further plan")
        other.stdin.close()
        assert waiting.wait(HANG) == 0
    assert notes(home) == ["made", "do a", "further made", "further made", "do b"]


def test_what_could_not_be_undone_is_told_with_the_failure(touch):
    ended, noted = touch("a", "stays", "fails")
    assert noted == ["made", "do a", "do stays", "do fails", "undo fails", "undo stays", "undo a"]
    assert ended.returncode == 1
    assert ended.stderr == (
        "Error: it fails\nHint:  Do not do it.\nWarning: this could not be undone: touch stays: Permission denied\n"
    )
    ended, _ = touch("stays", "fails", "--json")
    error = json.loads(ended.stdout)["error"]
    assert (error["message"], error["left"]) == ("it fails", ["touch stays: Permission denied"])


def test_an_interrupt_says_so_if_not_all_is_undone(touch):
    ended, _ = touch("a", "stops")
    assert (ended.returncode, ended.stderr) == (130, "\nStopped; what was begun is undone.\n")
    ended, _ = touch("stays", "stops")
    assert ended.stderr == (
        "\nStopped; not all that was begun is undone.\n"
        "Warning: this could not be undone: touch stays: Permission denied\n"
    )


def test_an_interrupt_after_the_last_step_does_not_say_that_it_is_undone(touch):
    ended, noted = touch("a", "late")
    assert (ended.returncode, noted) == (130, ["made", "do a", "do late"])
    assert ended.stderr == "Stopped when all was done; it stays.\n"


def test_a_second_interrupt_does_not_keep_the_rest_from_being_undone(touch):
    ended, noted = touch("a", "again", "stops")
    assert noted == ["made", "do a", "do again", "do stops", "undo stops", "undo again", "undo a"]
    assert (ended.returncode, ended.stderr) == (130, "\nStopped; what was begun is undone.\n")

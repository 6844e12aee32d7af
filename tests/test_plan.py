"""Plans: whole or not at all."""

import os
import subprocess
import sys
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field

import pytest

from sesync_cli.errors import Conflict
from sesync_cli.lock import alone
from sesync_cli.plan import Plan, RemoveLink, RemoveTree, RewriteFile, Symlink, by_hand
from tests.conftest import HANG


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
            raise self.fails

    def undo(self):
        self.notes.append(f"undo {self.name}")


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_step_that_fails_is_undone_with_those_before_it_the_latest_first(failure):
    notes = []
    plan = Plan((Noted("a", notes), Noted("b", notes, failure), Noted("c", notes)), "Done.")
    with pytest.raises(failure):
        plan.carry_out(quiet)
    assert notes == ["do a", "do b", "undo b", "undo a"]


def test_an_undo_that_fails_does_not_keep_the_others_from_theirs(tmp_path):
    notes = []

    class Stubborn(Noted):
        def undo(self):
            raise OSError("no")

    with pytest.raises(ValueError):
        Plan((Noted("a", notes), Stubborn("b", notes), Noted("c", notes, ValueError)), "Done.").carry_out(quiet)
    assert notes[-2:] == ["undo c", "undo a"]


def test_a_link_is_made_and_undone(tmp_path):
    step = Symlink(tmp_path / "data", tmp_path / "link")
    step.do(report)
    assert os.readlink(tmp_path / "link") == str(tmp_path / "data")
    step.undo()
    assert not os.path.lexists(tmp_path / "link")


def test_undoing_a_link_leaves_what_somebody_else_put_there(tmp_path):
    (tmp_path / "link").write_text("mine")
    step = Symlink(tmp_path / "data", tmp_path / "link")
    with pytest.raises(Conflict):
        step.do(report)
    step.undo()
    assert (tmp_path / "link").read_text() == "mine"


def test_a_replaced_link_comes_back(tmp_path):
    (tmp_path / "link").symlink_to("old")
    step = Symlink(tmp_path / "new", tmp_path / "link", replaces="old")
    step.do(report)
    assert os.readlink(tmp_path / "link") == str(tmp_path / "new")
    step.undo()
    assert os.readlink(tmp_path / "link") == "old"


def test_a_link_that_changed_meanwhile_is_not_removed(tmp_path):
    (tmp_path / "link").symlink_to("other")
    with pytest.raises(Conflict):
        RemoveLink(tmp_path / "link", "old").do(report)
    assert os.readlink(tmp_path / "link") == "other"


def test_rewriting_keeps_mode_link_and_foreign_bytes(tmp_path):
    real = tmp_path / "dotfiles"
    real.write_bytes(b"caf\xe9\n")
    real.chmod(0o640)
    (tmp_path / "config").symlink_to(real)
    RewriteFile(tmp_path / "config", lambda old: old + "new\n", "edit", "Editing").do(report)
    assert real.read_bytes() == b"caf\xe9\nnew\n"
    assert (tmp_path / "config").is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_new_file_is_private(tmp_path):
    RewriteFile(tmp_path / "deep/config", lambda old: "x\n", "edit", "Editing").do(report)
    assert (tmp_path / "deep/config").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in (tmp_path / "deep").iterdir()) == ["config"]


def test_two_who_write_one_file_lose_nothing(tmp_path):
    code = (
        "import sys; from pathlib import Path; from sesync_cli.plan import RewriteFile\n"
        "for n in range(30): RewriteFile(Path(sys.argv[1]), lambda old: f'{old}{n}\\n', '', '').do(lambda *a: None)"
    )
    argv = [sys.executable, "-c", code, str(tmp_path / "lines")]
    both = [subprocess.Popen(argv), subprocess.Popen(argv)]
    assert [process.wait(timeout=HANG) for process in both] == [0, 0]
    assert len((tmp_path / "lines").read_text().splitlines()) == 60


def test_a_file_is_rewritten_by_whoever_holds_its_lock_already(tmp_path):
    with alone(tmp_path / "lines", nullcontext()):
        RewriteFile(tmp_path / "lines", lambda old: "x\n", "", "").do(report)
    assert (tmp_path / "lines").read_text() == "x\n"


def test_a_folder_with_parts_that_may_not_be_written_is_removed(tmp_path):
    folder = tmp_path / "repo"
    (folder / "objects").mkdir(parents=True)
    (folder / "objects/pack").write_text("x")
    (folder / "objects").chmod(0o500)
    RemoveTree(folder, tmp_path / "aside", "Removing").do(report)
    assert not folder.exists() and not (tmp_path / "aside").exists()


def test_what_a_removed_folder_links_to_stays(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/file").write_text("precious")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/link").symlink_to(tmp_path / "data")
    RemoveTree(tmp_path / "folder", tmp_path / "aside", "Removing").do(report)
    assert (tmp_path / "data/file").read_text() == "precious"


def test_commands_by_hand_can_be_pasted():
    assert by_hand("ln", "-s", "/nfs/a b", "it's") == "ln -s '/nfs/a b' 'it'\"'\"'s'"

"""The steps that many plans have, and how each is undone."""

import os
import subprocess
import sys
from contextlib import nullcontext

import pytest

from sesync_cli.errors import Conflict
from sesync_cli.lock import alone
from sesync_cli.plan import NoWayBack, Plan, Question, join
from sesync_cli.steps import RemoveLink, RemoveTree, RewriteFile, Symlink, later
from tests.conftest import HANG


def report(fraction, words):
    return None


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
        "import sys; from pathlib import Path; from sesync_cli.steps import RewriteFile\n"
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


def test_the_removal_of_a_folder_has_no_way_back(tmp_path):
    with pytest.raises(NoWayBack, match="run it again to finish"):
        RemoveTree(tmp_path / "folder", tmp_path / "aside", "Removing").undo()


def test_a_plan_that_can_only_be_made_later_sees_what_was_made_before_it(tmp_path):
    def make():
        target = os.readlink(tmp_path / "first")  # there is no such link yet while the whole is planned
        return Plan((Symlink(tmp_path / target, tmp_path / "second"),), "Linked the second.", {"target": target})

    first = Plan((Symlink("data", tmp_path / "first"),), "Linked the first.", {"target": "data"})
    plan = join({"first": first, "second": later(make, "Linking the second", "sesync link second")})
    assert [str(step) for step in plan.steps] == [f"ln -s data {tmp_path}/first", "sesync link second"]
    plan.carry_out(lambda words: nullcontext(report))
    assert os.readlink(tmp_path / "second") == str(tmp_path / "data")
    assert plan.learnt().done == "Linked the first.\nLinked the second."
    assert plan.learnt().result == {"first": {"target": "data"}, "second": {"target": "data"}}


def test_a_later_plan_that_fails_takes_back_what_came_before(tmp_path):
    def make():
        return Plan((Symlink(tmp_path / "data", tmp_path / "taken"),), "")

    (tmp_path / "taken").write_text("mine")
    plan = join({"first": Plan((Symlink("data", tmp_path / "first"),), ""), "second": later(make, "", "link")})
    with pytest.raises(Conflict):
        plan.carry_out(lambda words: nullcontext(report))
    assert not os.path.lexists(tmp_path / "first") and (tmp_path / "taken").read_text() == "mine"


def test_a_later_plan_that_is_declined_says_nothing_of_itself(tmp_path):
    first = Plan((Symlink("data", tmp_path / "first"),), "Linked the first.", {"target": "data"})
    plan = join({"first": first, "second": later(lambda: Plan((), ""), "", "link")})
    agreed = plan.declined([Question("The second, too?", plan.steps[1:])])
    agreed.carry_out(lambda words: nullcontext(report))
    assert (agreed.learnt().done, os.readlink(tmp_path / "first")) == ("Linked the first.", "data")

"""What is wrong with kernels, none of them started."""

import os
import shutil
from contextlib import nullcontext

from sesync_cli.kernel.checks import checks
from tests.kernel import ground
from tests.kernel.test_list import states
from tests.kernel.test_remove import made


def report(fraction, detail):
    return None


def test_kernels_that_work_are_well_and_each_of_the_others_is_told_with_its_command(site, home, findings, sesync):
    made(home, "fine")
    ground.spec(home, "mine", ["python3"], display_name="My own")
    assert findings(checks) == []
    (made(home, "snake") / "bin/python").unlink()
    (one,) = findings(checks)
    python = f"{ground.environments(home)}/snake/bin/python"
    assert (one.kind, one.message) == ("no Python", f"the kernel snake does not work: {python} is gone")
    assert one.hint == "'sesync kernel repair snake' mends it, 'sesync kernel remove snake' removes it."
    assert one.mend is None  # what is made anew may not be what it was


def test_kernels_that_have_moved_are_told_once_and_mended_by_one_plan(
    site, home, findings, sesync, monkeypatch, tmp_path
):
    for name in ("oaks", "pines"):
        made(home, name)
    home.rename(tmp_path / "new")
    monkeypatch.setenv("HOME", str(tmp_path / "new"))
    (one,) = findings(checks)
    assert one.hint == "'sesync kernel repair oaks' tells all kernels of that home where they are."
    assert [str(step) for step in one.mend.steps] == ["sesync kernel repair oaks"]
    one.mend.carry_out(lambda words: nullcontext(report))
    assert findings(checks) == [] and set(states(sesync).values()) <= {"ok", "same title"}


def test_what_a_killed_run_left_is_swept_by_the_plan_that_mends_it(site, home, findings):
    from sesync_cli.leftovers import mark_unfinished

    environment = made(home, "half")
    spec = ground.specs(home) / "half"
    shutil.rmtree(spec)
    mark_unfinished(environment, environment, spec / "kernel.json", "nothing")
    (one,) = findings(checks)
    assert (one.kind, one.hint) == ("left over", "'sesync kernel remove half' removes it.")
    one.mend.carry_out(lambda words: nullcontext(report))
    assert findings(checks) == [] and not environment.exists()


def test_a_kernel_whose_files_do_not_answer_keeps_nobody_from_the_others(site, home, findings):
    site(kernels={"start_seconds": 5})
    for name in ("oaks", "pines"):
        info = made(home, name) / "lib/python3.11/site-packages/tree-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: tree\nVersion: 1.0\n")
    os.mkfifo(info / "RECORD")
    other = ground.environments(home) / "oaks/lib/python3.11/site-packages/tree-1.0.dist-info"
    (other / "RECORD").write_text("tree.py,sha256=abc,3\n")
    edited, silent = findings(checks)
    assert (edited.kind, edited.command) == ("edited", "sesync kernel repair oaks")
    assert silent.kind == "no answer" and "the files of the kernel pines could not be looked at" in silent.message

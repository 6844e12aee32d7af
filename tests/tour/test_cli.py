"""The tour, as a newcomer sees it."""

import os
import signal
import subprocess
from pathlib import Path

from tests.conftest import HANG, needed, wait_for


def sandboxes() -> list[Path]:
    return list(Path(os.environ["TMPDIR"]).glob("sesync-tour-*"))


def test_the_whole_tour_ends_with_the_plot_and_leaves_nothing(sesync, home, monkeypatch):
    needed("sshd")
    ended = sesync("tour")
    assert ended.code == 0, ended.err
    for typed in (
        "~$ sesync link cooltrees",
        "~$ sesync clone cooltrees/analysis",
        "~/analysis$ sesync kernel create",
        "~/analysis$ sesync kernel run analysis -- python heat.py",
        "~$ sesync install tabulate",
        "~$ sesync kernel list",
    ):
        assert f"jsmith@sesync:{typed}\n" in ended.out
    assert "each metre of crown makes the pavement 0.83 °C cooler" in ended.out
    assert "crown_and_heat.png" in ended.out
    assert ended.out.count("⠀") > 100, "the plot is not drawn"
    assert "analysis (Python 3." in ended.out
    assert "sesync.org" not in ended.out
    assert sandboxes() == []
    left = [path for path in home.rglob("*") if path.is_file() and ".cache/sesync" not in str(path)]
    assert left == []


def test_a_kept_sandbox_can_be_entered(sesync, home):
    tour = sesync("tour", "--keep", "--json")
    assert tour.code == 0, tour.out + tour.err
    document = tour.json
    assert set(document) == {"scenes", "file"}
    assert all(set(scene) == {"command", "exit_code", "output"} for scene in document["scenes"])
    assert [scene["exit_code"] for scene in document["scenes"]] == [0] * len(document["scenes"])
    words = "head -2 analysis/by_species.csv; sesync link --json; sesync clone cooltrees/analysis again"
    done = subprocess.run(["bash", "-c", f". {document['file']}; {words}"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("species,crown_m,summer_surface_c\n")
    assert '"state": "ok"' in done.stdout and "again" in done.stdout


def test_ctrl_c_leaves_nothing(background, home):
    running = background("tour")
    link = "research-home/jsmith/cooltrees-data"  # which the tour's first scene makes
    wait_for(lambda: running.poll() is not None or any((box / link).is_symlink() for box in sandboxes()))
    assert running.poll() is None
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=HANG) == 130
    assert sandboxes() == []


def test_the_repository_comes_from_a_real_server(background, home):
    needed("sshd")
    running = background("tour")
    address = "research-home/jsmith/analysis/.git/config"  # which is there once it is cloned
    wait_for(lambda: running.poll() is not None or any((box / address).exists() for box in sandboxes()))
    assert running.poll() is None
    assert [("url = ssh://" in (box / address).read_text()) for box in sandboxes()] == [True]
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=HANG) == 130


def test_a_killed_tour_is_cleared_by_the_next(background, sesync):
    running = background("tour")
    wait_for(sandboxes)
    running.kill()
    running.wait()
    left = sandboxes()
    following = background("tour")
    wait_for(lambda: following.poll() is not None or not any(box.exists() for box in left))
    assert left and following.poll() is None

"""sesync install --list: what is there, since when, and what needs it."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from sesync_cli.install.inventory import going_along, inventory
from tests.conftest import Ended
from tests.install.ground import placed, python, user_folder, wheel
from tests.install.test_kernel import environment, kernel

Run = Callable[..., Ended]


def test_the_list_says_what_is_there_and_what_needs_it(sesync: Run, home: Path, index: Path) -> None:
    wheel(index, "treetool", meta="Requires-Dist: bark>=1\nRequires-Dist: leaf; extra == 'more'\n")
    wheel(index, "bark", meta="Requires-Dist: leaf; python_version < '3'\n")
    assert sesync("install", "treetool").code == 0
    leaf = placed(user_folder(home, "3.8"), "leaf", version="2.0", asked_for=True)
    os.utime(leaf, (0, time.mktime((2024, 5, 1, 12, 0, 0, 0, 0, -1))))
    today = time.strftime("%Y-%m-%d")
    found = sesync("install", "--list", "--json").json
    assert list(found[0]) == ["name", "version", "bytes", "since", "asked_for", "needed_by"]
    assert [(one["name"], one["since"], one["asked_for"], one["needed_by"]) for one in found] == [
        ("bark", today, False, ["treetool"]),
        ("leaf", "2024-05-01", True, []),
        ("treetool", today, True, []),
    ]
    assert found[1]["bytes"] is None and 300 < found[2]["bytes"] < 5000
    lines = sesync("install", "--list").out.splitlines()
    assert lines[0].split("  ")[0] == "PACKAGE" and lines[2].split() == ["leaf", "2.0", "2024-05-01", "you"]
    assert lines[1].startswith("bark 1.0") and lines[1].endswith("treetool")


def test_an_empty_list_is_no_error(sesync: Run) -> None:
    done = sesync("install", "--list", "--python", "3.11")
    assert (done.code, done.out, done.err) == (0, "", "No packages.\n")
    assert sesync("install", "--list", "--json").json == []


def test_the_list_of_a_kernel(sesync: Run, home: Path, tmp_path: Path) -> None:
    packages = environment(tmp_path / "venv")
    placed(packages, "treetool", "bark", asked_for=True)
    placed(packages, "bark")
    kernel(home, "trees", tmp_path / "venv/bin/python")
    found = sesync("install", "--list", "--kernel", "Trees", "--json").json
    assert [(one["name"], one["asked_for"]) for one in found] == [("bark", False), ("treetool", True)]


def test_a_kernel_without_packages_of_its_own_has_no_list(sesync: Run, home: Path) -> None:
    kernel(home, "bare", python("3.8"))
    done = sesync("install", "--list", "--kernel", "bare")
    assert (done.code, done.err.splitlines()[0]) == (3, "Error: the kernel bare has no packages of its own")


def test_the_list_and_packages_do_not_go_together(sesync: Run) -> None:
    done = sesync("install", "--list", "pandas")
    assert (done.code, done.err.splitlines()[0]) == (2, "Error: '--list' only looks")


def test_what_old_installers_left_is_listed_too(tmp_path: Path) -> None:
    old = tmp_path / "old_style-1.2-py3.6.egg-info"
    old.mkdir()
    (old / "PKG-INFO").write_text("Metadata-Version: 1.0\nName: old-style\nVersion: 1.2\n")
    (old / "requires.txt").write_text("numpy>=1\n\n[plot]\nmatplotlib\n")
    (tmp_path / "built-2.0-py3.8.egg/EGG-INFO").mkdir(parents=True)
    (tmp_path / "built-2.0-py3.8.egg/EGG-INFO/PKG-INFO").write_text("Name: built\nVersion: 2.0\n")
    for name in ("numpy-1.19.5.dist-info", "matplotlib-3.3.4.dist-info", "broken-1.0.dist-info"):
        (tmp_path / name).mkdir()
    (tmp_path / "broken-1.0.dist-info/METADATA").write_bytes(b"Requires-Dist: ][\nName: \xff\n")
    (tmp_path / "single-1.0.egg-info").write_text("Name: single\nVersion: 1.0\n")
    found = {one.name: one for one in inventory(tmp_path, "3.6.15")}
    assert sorted(found) == ["broken", "built", "matplotlib", "numpy", "old-style", "single"]
    assert (found["numpy"].needed_by, found["matplotlib"].needed_by) == (("old-style",), ())
    assert found["built"].bytes is None


def test_markers_are_those_of_the_python_in_question(tmp_path: Path) -> None:
    placed(tmp_path, "tree", "dataclasses; python_version < '3.7'")
    placed(tmp_path, "dataclasses")
    assert inventory(tmp_path, "3.6.15")[0].needed_by == ("tree",)
    assert inventory(tmp_path, "3.11.2")[0].needed_by == ()


def test_a_project_that_somebody_has_linked_was_asked_for(tmp_path: Path) -> None:
    placed(tmp_path / "site", "tree", "leaf", asked_for=True)
    (tmp_path / "leaf/leaf.egg-info").mkdir(parents=True)
    (tmp_path / "leaf/leaf.egg-info/PKG-INFO").write_text("Name: leaf\nVersion: 1.5\n")
    (tmp_path / "site/leaf.egg-link").write_text(f"{tmp_path}/leaf\n.")
    leaf, tree = inventory(tmp_path / "site", "3.11.2")
    assert (leaf.version, leaf.asked_for, leaf.needed_by, leaf.bytes) == ("1.5", True, ("tree",), None)
    assert going_along(["tree"], tmp_path / "site", (), "3.11.2") == [] and tree.asked_for

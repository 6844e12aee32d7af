"""The size of an environment, and the steps that make one."""

import os
from pathlib import Path

import pytest

from sesync_cli.errors import Conflict
from sesync_cli.kernel.environment import PlaceEnvironment, clean_env
from sesync_cli.kernel.size import folder_size, known_size, remember_size
from sesync_cli.leftovers import partial


def filled(folder: Path) -> Path:
    (folder / "lib/python3.11/site-packages").mkdir(parents=True)
    (folder / "own").write_bytes(b"x" * 8192)
    (folder / "twice").write_bytes(b"x" * 40960)
    os.link(folder / "twice", folder / "again")
    return folder


def test_what_is_linked_elsewhere_is_shared_and_counts_once(tmp_path: Path):
    folder = filled(tmp_path / "a")
    os.sync()
    size = folder_size(folder)
    blocks = sum(path.lstat().st_blocks * 512 for path in [folder, *folder.rglob("*")])
    assert (size.shared, size.alone) == (40960, blocks - 2 * 40960)


def test_a_size_is_remembered_until_packages_change(tmp_path: Path):
    folder = filled(tmp_path / "a")
    remember_size(folder)
    remembered = known_size(folder)
    (folder / "more").write_bytes(b"x" * 100_000)
    assert known_size(folder) == remembered
    (folder / "lib/python3.11/site-packages/new.py").touch()
    assert known_size(folder).alone > remembered.alone + 90_000
    (folder / "sesync.json").write_text("{torn")
    assert known_size(folder) == folder_size(folder)


def test_an_environment_takes_no_ones_place(tmp_path: Path):
    final = filled(tmp_path / "trees")
    step = PlaceEnvironment(final, final, tmp_path / "bytecode")
    beside = partial(final, owner=final)
    filled(beside)
    with pytest.raises(Conflict, match="is in the way"):
        step.do(lambda fraction, detail: None)
    step.undo()
    assert (final / "own").exists() and beside.exists()


def test_what_leads_installers_elsewhere_is_left_out():
    env = clean_env({"PATH": "/bin", "PYTHONPATH": "/x", "PYTHONHOME": "/x", "VIRTUAL_ENV": "/x", "PIP_USER": "1"})
    own = {"PIP_USER": "0", "UV_SYSTEM_PYTHON": "0", "UV_LINK_MODE": "copy"}
    assert env == {"PATH": "/bin", **own, "UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1"}

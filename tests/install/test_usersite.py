"""What is in a folder of packages, and how half a package is taken away."""

import time
from pathlib import Path

import pytest

from sesync_cli.install.usersite import Before, pip_env
from sesync_cli.python.distributions import packages_in


def test_packages_are_known_by_what_installers_leave(tmp_path: Path) -> None:
    for name in (
        "PyYAML-6.0.1.dist-info",
        "old_style-1.2-py3.6.egg-info",
        "built-2.0-py3.8-linux-x86_64.egg",
        "develop.egg-info",
        "~alf-1.0.dist-info",
        "numpy",
    ):
        (tmp_path / name).mkdir()
    found = {name: package.version for name, package in packages_in([tmp_path, tmp_path / "nowhere"]).items()}
    assert found == {"pyyaml": "6.0.1", "old-style": "1.2", "built": "2.0", "develop": ""}


def test_the_first_folder_counts(tmp_path: Path) -> None:
    for folder, version in (("mine", "2.0"), ("server", "1.0")):
        (tmp_path / folder / f"tree-{version}.dist-info").mkdir(parents=True)
    assert str(packages_in([tmp_path / "mine", tmp_path / "server"])["tree"]) == "tree 2.0"


def test_what_pip_wrote_goes_and_what_others_installed_stays(tmp_path: Path) -> None:
    site, programs = tmp_path / "lib/site-packages", tmp_path / "bin"
    for folder in (site / "numpy", site / "forest", programs):
        folder.mkdir(parents=True)
    before = Before(site)
    before.pip_writes(["Whole", "half"])
    _install(site, "whole", "whole.py,,\n../../bin/whole,,\n")
    _install(site, "theirs", "theirs.py,,\n")
    for path in (site / "whole.py", site / "theirs.py", site / "half.py", programs / "whole", programs / "mine"):
        path.touch()
    (site / "half").mkdir()
    before.restore()
    assert {path.name for path in site.iterdir()} == {"numpy", "forest", "theirs.py", "theirs-1.0.dist-info"}
    assert [path.name for path in programs.iterdir()] == ["mine"]


def test_half_a_package_goes_though_pip_was_heard_late(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine that stood still for half a minute."""
    site = tmp_path / "site-packages"
    site.mkdir()
    before = Before(site)
    (site / "half").mkdir()
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 30)
    before.pip_writes(["half"])
    before.restore()
    assert list(site.iterdir()) == []


def test_nothing_goes_before_pip_has_begun_to_write(tmp_path: Path) -> None:
    before = Before(tmp_path)
    (tmp_path / "mine.py").touch()
    before.restore()
    assert (tmp_path / "mine.py").exists()


def test_an_old_version_that_a_killed_pip_put_aside_comes_back(tmp_path: Path) -> None:
    site = tmp_path / "site-packages"
    (site / "forest").mkdir(parents=True)
    (site / "forest/old.py").touch()
    before = Before(site)
    before.pip_writes(["forest"])
    (site / "forest").rename(site / "~orest")
    (site / "forest").mkdir()
    before.restore()
    assert [path.name for path in site.rglob("*")] == ["forest", "old.py"]


def test_the_metadata_that_a_killed_pip_put_aside_comes_back(tmp_path: Path) -> None:
    site = tmp_path / "site-packages"
    site.mkdir()
    _install(site, "forest", "forest.py,,\n")
    before = Before(site)
    before.pip_writes(["forest"])
    (site / "forest-1.0.dist-info").rename(site / "~orest-1.0.dist-info")
    before.restore()
    assert [path.name for path in site.iterdir()] == ["forest-1.0.dist-info"]
    assert (site / "forest-1.0.dist-info/RECORD").read_text() == "forest.py,,\n"


def test_the_environment_for_pip() -> None:
    env = pip_env(
        {"PATH": "/bin", "PYTHONPATH": "x", "PYTHONUSERBASE": "/b", "PIP_USER": "1", "LANG": "de_DE", "PIP_TARGET": "y"}
    )
    assert {"PATH", "PYTHONUSERBASE"} <= set(env)
    assert not {"PYTHONPATH", "LANG", "PIP_TARGET"} & set(env)
    assert (env["PIP_USER"], env["PIP_REQUIRE_VIRTUALENV"], env["PIP_NO_INPUT"]) == ("0", "0", "1")


def _install(site: Path, name: str, record: str) -> None:
    info = site / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "RECORD").write_text(record)

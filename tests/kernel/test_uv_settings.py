"""What a person's own uv is told does not steer sesync's; the way to packages that it is told counts."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sesync_cli.python.distributions import installed
from tests.conftest import Ended, tilde
from tests.kernel import ground
from tests.services.leaks import PASSWORD
from tests.services.packageindex import USER, PackageIndex, package_index

Create = Callable[..., dict[str, str]]


@pytest.fixture
def create(sesync, home: Path, index: Path) -> Create:
    """Make the kernel trees with these words; the versions of what it has."""
    for version in ("1.0", "2.0"):
        ground.wheel(index, "sesync_oak", version)

    def run(*words: str | Path) -> dict[str, str]:
        result = sesync("kernel", "create", "trees", *words)
        assert result.code == 0, result.err
        return installed(ground.environments(home) / "trees")

    return run


@pytest.fixture
def grove(tmp_path: Path) -> Iterator[PackageIndex]:
    """An index that asks for a password, with a package that stands nowhere else."""
    with package_index(tmp_path / "grove", guarded=True, alone=True) as running:
        ground.wheel(running.wheels, "sesync_elm")
        yield running


def settings(home: Path, text: str) -> Path:
    file = home / ".config/uv/uv.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def address(index: PackageIndex, login: str = "") -> str:
    return f"https://{login}127.0.0.1:{index.port}/simple"


def test_a_folders_settings_for_uv_do_not_count(create: Create, sesync, home: Path, monkeypatch):
    (home / "pyproject.toml").write_text("[[[ no TOML\n")
    folder = home / "analysis/deep"
    folder.mkdir(parents=True)
    (folder / "uv.toml").write_text('resolution = "lowest"\n')
    (folder.parent / "pyproject.toml").write_text(
        '[tool.uv]\nrequired-version = "==0.0.1"\nconstraint-dependencies = ["sesync_oak<2"]\n'
        '[[tool.uv.index]]\nurl = "http://127.0.0.1:9/simple"\n'
    )
    monkeypatch.chdir(folder.parent)
    assert create("sesync_oak")["sesync-oak"] == "2.0"
    monkeypatch.chdir(folder)
    assert sesync("kernel", "create", "oaks", "sesync_oak").code == 0
    assert installed(ground.environments(home) / "oaks")["sesync-oak"] == "2.0"


def test_variables_that_change_what_is_resolved_do_not_count(create: Create, home: Path, tmp_path: Path, monkeypatch):
    (tmp_path / "less.txt").write_text("sesync_oak<2\n")
    (tmp_path / "uv.toml").write_text('required-version = "==0.0.1"\n')
    for name, value in {
        "CONSTRAINT": str(tmp_path / "less.txt"),
        "OVERRIDE": str(tmp_path / "gone.txt"),
        "EXCLUDE_NEWER": "2015-01-01",
        "RESOLUTION": "lowest",
        "NO_BINARY": "1",
        "REQUIRE_HASHES": "1",
        "TORCH_BACKEND": "cpu",
        "PROJECT": str(tmp_path / "gone"),
        "WORKING_DIR": str(tmp_path / "gone"),
        "CONFIG_FILE": str(tmp_path / "uv.toml"),
    }.items():
        monkeypatch.setenv(f"UV_{name}", value)
    assert create("sesync_oak")["sesync-oak"] == "2.0"


def test_of_the_persons_own_file_the_way_counts_alone(create: Create, home: Path, grove: PackageIndex):
    file = settings(
        home,
        'required-version = "==0.0.1"\nconstraint-dependencies = ["sesync_oak<2"]\nresolution = "lowest"\n'
        f'allow-insecure-host = ["127.0.0.1:{grove.port}"]\n'
        f'[[index]]\nname = "grove"\nurl = "{address(grove, f"{USER}:{PASSWORD}@")}"\n',
    )
    there = create("sesync_oak", "sesync_elm")
    file.unlink()  # it has the password
    assert (there["sesync-oak"], there["sesync-elm"]) == ("2.0", "1.0")


def test_an_index_that_stands_below_pip_in_it_counts(create: Create, home: Path, tmp_path: Path):
    wheels = home / ".config/uv/my wheels"
    ground.wheel(wheels, "sesync_ash")
    settings(home, '[pip]\nfind-links = ["./my wheels"]\nonly-binary = ["sesync-nothing"]\nextra = ["x"]\n')
    assert create("sesync_ash")["sesync-ash"] == "1.0"


def test_a_password_for_a_named_index_may_be_a_variable(create: Create, home: Path, grove: PackageIndex, monkeypatch):
    host = f'allow-insecure-host = ["127.0.0.1:{grove.port}"]\n'
    settings(home, f'{host}[[index]]\nname = "grove"\nurl = "{address(grove)}"\n')
    monkeypatch.setenv("UV_INDEX_GROVE_USERNAME", USER)
    monkeypatch.setenv("UV_INDEX_GROVE_PASSWORD", PASSWORD)
    assert create("sesync_elm")["sesync-elm"] == "1.0"


def test_a_file_that_is_broken_stops_nothing_and_is_told_where_packages_are_missing(
    create: Create, sesync, home: Path, findings
):
    from sesync_cli.python.checks import checks

    file = settings(home, "[[[\n")
    assert create("sesync_oak")["sesync-oak"] == "2.0"
    result: Ended = sesync("install", "--kernel", "trees", "sesync-no-such-tree")
    assert (result.code, tilde(f"{file} is not TOML") in " ".join(result.err.split())) == (1, True), result.err
    assert [finding.message for finding in findings(checks) if finding.kind == "settings of uv"] != []
    file.write_text('index = "x"\nfind-links = 3\n[pip]\nno-index = "yes"\n')
    assert sesync("kernel", "create", "oaks", "sesync_oak").code == 0


def test_what_a_project_says_of_its_own_packages_counts_wherever_one_is(
    create: Create, sesync, home: Path, grove: PackageIndex, monkeypatch, index: Path
):
    ground.wheel(index, "sesync_ivy", "1.0")
    ground.wheel(index, "sesync_ivy", "2.0")
    (home / "analysis").mkdir()
    (home / "analysis/pyproject.toml").write_text(
        '[project]\nname = "analysis"\nversion = "1"\ndependencies = ["sesync_oak", "sesync_elm", "sesync_ivy"]\n'
        '[tool.uv]\nrequired-version = "==0.0.1"\nconstraint-dependencies = ["sesync_oak<2"]\n'
        f'[[tool.uv.index]]\nname = "grove"\nurl = "{address(grove)}"\n'
    )
    monkeypatch.setenv("UV_INSECURE_HOST", f"127.0.0.1:{grove.port}")
    monkeypatch.setenv("UV_INDEX_GROVE_USERNAME", USER)
    monkeypatch.setenv("UV_INDEX_GROVE_PASSWORD", PASSWORD)
    there = create("--from", home / "analysis")
    assert {name: there[f"sesync-{name}"] for name in ("oak", "elm", "ivy")} == {
        "oak": "1.0",
        "elm": "1.0",
        "ivy": "2.0",
    }
    assert not (ground.environments(home) / "trees/uv.toml").exists()
    asked = json.loads((ground.specs(home) / "trees/kernel.json").read_text())
    assert PASSWORD not in json.dumps(asked)


def test_a_lock_of_uvs_is_read_whatever_version_of_uv_its_folder_wants(create: Create, home: Path, index: Path):
    from tests.services.uv import run_uv

    project = home / "analysis"
    project.mkdir()
    text = '[project]\nname = "analysis"\nversion = "1"\nrequires-python = ">=3.8"\ndependencies = ["sesync_oak<2"]\n'
    (project / "pyproject.toml").write_text(text)
    run_uv("lock", "--quiet", "--project", project, "--python", ground.python("3.11"))
    (project / "pyproject.toml").write_text(f'{text}[tool.uv]\nrequired-version = "==0.0.1"\n')
    shutil.rmtree(project / ".venv", ignore_errors=True)
    assert create("--from", project / "uv.lock", "--python", "3.11")["sesync-oak"] == "1.0"
    assert os.listdir(project).count("uv.lock") == 1

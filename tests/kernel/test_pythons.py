"""Kernels of old and new Pythons, as a notebook in them sees the world."""

import os
import sys
from pathlib import Path

import pytest

from tests.kernel import ground
from tests.kernel.conftest import Shared

VERSIONS = ("3.6", "3.8", "3.11", "3.13")
POISON = "raise SystemExit('this is not the package that the kernel was made with')\n"


def poison(home: Path, version: str) -> None:
    """A package of the user's own that would break the kernel if it were seen."""
    for name in ("six", "ipykernel", "traitlets"):
        folder = home / f".local/lib/python{version}/site-packages/{name}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "__init__.py").write_text(POISON)


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest, shared: Shared) -> str:
    ground.python(request.param)
    poison(shared.home, request.param)
    shared.kernel(f"py{request.param}", "six", "--python", request.param)
    return str(request.param)


def test_a_kernel_is_its_own_world(version: str, shared: Shared, tmp_path: Path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "six.py").write_text(POISON)
    (elsewhere / "startup.py").write_text("print('started up')\n")
    server = {
        "PYTHONPATH": str(elsewhere),
        "PYTHONSTARTUP": str(elsewhere / "startup.py"),
        "PIP_USER": "1",
        "VIRTUAL_ENV": sys.prefix,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    prefix = str(ground.environments(shared.home) / f"py{version}")
    with ground.notebook(f"py{version}", tmp_path / "said", server) as run:
        assert run("import sys; print('%d.%d' % sys.version_info[:2])") == f"{version}\n"
        assert run("import six, os; print(os.path.commonpath([six.__file__, sys.prefix]))") == f"{prefix}\n"
        assert run("print(*sys.path)").count(str(shared.home / ".local/lib")) == 0
        assert str(elsewhere) not in run("print(*sys.path)")
        assert run("print(sys.executable)") == f"{prefix}/bin/python\n"
        assert run("!python -c 'import sys; print(sys.prefix)'").strip() == prefix
        assert run("!which python pip").split() == [f"{prefix}/bin/python", f"{prefix}/bin/pip"]
        for pip in ("!pip --version", "%pip --version"):
            assert f"from {prefix}/lib/python{version}/site-packages/pip (python {version})" in run(pip)
    said = (tmp_path / "said").read_text()
    assert ("SyntaxError" in said, "Traceback" in said) == (False, False), said


def test_the_python_of_a_kernel_starts_without_a_word(version: str, shared: Shared, sesync):
    result = sesync("kernel", "run", f"py{version}", "python", "-c", "pass")
    assert (result.code, result.out, result.err) == (0, "", "")


def test_jupyter_lists_the_kernel_as_it_was_written(version: str, shared: Shared):
    found = ground.listed()[f"py{version}"]
    folder = ground.specs(shared.home) / f"py{version}"
    environment = ground.environments(shared.home) / f"py{version}"
    assert found["resource_dir"] == str(folder)
    written = found["spec"]
    before = ["/usr/bin/env", "-u", "PYTHONHOME"] if version == "3.6" else []
    command = [f"{environment}/bin/python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    assert written["argv"] == before + command
    assert written["display_name"] == f"py{version} (Python {version})"
    assert (written["language"], written["interrupt_mode"]) == ("python", "signal")
    assert written["env"]["PATH"] == f"{environment}/bin:${{PATH}}"
    assert {name: written["env"][name] for name in ("PYTHONNOUSERSITE", "PYTHONPATH", "PIP_USER")} == {
        "PYTHONNOUSERSITE": "1",
        "PYTHONPATH": "",
        "PIP_USER": "0",
    }
    assert written["metadata"]["sesync"]["recipe"]["packages"] == ["six"]
    assert (folder / "kernel.json").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in folder.iterdir() if path.suffix == ".png") == [
        "logo-32x32.png",
        "logo-64x64.png",
    ]


def test_pip_installs_into_the_kernel_although_pip_conf_says_user(shared: Shared, tmp_path: Path):
    shared.kernel("pip", "six", "--python", "3.11")
    package = ground.wheel(tmp_path, "treetool")
    conf = shared.home / ".config/pip/pip.conf"
    conf.parent.mkdir(parents=True)
    conf.write_text("[install]\nuser = true\n")
    with ground.notebook("pip", tmp_path / "said") as run:
        assert "Successfully installed treetool-1.0" in run(f"%pip install --no-index {package}")
        assert run("import treetool; print(treetool.__file__)").startswith(
            str(ground.environments(shared.home) / "pip")
        )
    assert not list(shared.home.glob(".local/lib/*/site-packages/treetool*"))

"""Nothing of the user's other Pythons reaches a kernel, however much of it is set at once."""

import json
import os
import sys
from pathlib import Path

import pytest

from tests.kernel import ground

SEEN = """
import importlib.util, json, os, subprocess, sys
IPYTHON = get_ipython().ipython_dir  # its own folder, which old ones look into
ask = ["-c", "import sys, tiny; print(sys.prefix, tiny.__file__)"]
print(json.dumps({
    "executable": sys.executable,
    "prefix": sys.prefix,
    "strangers": [one for one in ("jupyterlab", "sesync_cli", "planted") if importlib.util.find_spec(one)],
    "path": [one for one in sys.path if one and not one.startswith((sys.prefix, sys.base_prefix, IPYTHON))],
    "variables": {name: os.environ.get(name, "") for name in ("PYTHONHOME", "PYTHONPATH", "STRANGER")},
    "shell": "".join(line + "\\n" for line in get_ipython().getoutput('python -c "%s"' % ask[1])),
    "python": subprocess.run(["python", *ask], stdout=subprocess.PIPE, check=True).stdout.decode(),
    "itself": subprocess.run([sys.executable, *ask], stdout=subprocess.PIPE, check=True).stdout.decode(),
    "pip": subprocess.run(["pip", "--version"], stdout=subprocess.PIPE, check=True).stdout.decode(),
}))
"""


@pytest.fixture
def strangers(home: Path, tmp_path: Path) -> dict[str, str]:
    """All that leads Python and its installers elsewhere, in files and in variables."""
    planted, conda, base, own = (tmp_path / name for name in ("planted", "conda", "userbase", ".local"))
    for version in ("3.6", "3.8", "3.11"):
        for users in (home / ".local", base):
            folder = users / f"lib/python{version}/site-packages"
            folder.mkdir(parents=True)
            (folder / "evil.pth").write_text(f"{planted}\nimport os; os.environ['STRANGER'] = 'came in'\n")
            plant(folder)
    planted.mkdir()
    plant(planted)
    (conda / "bin").mkdir(parents=True)
    (conda / "conda-meta").mkdir()
    for program in ("python", "python3", "pip", "uv"):
        (conda / "bin" / program).write_text("#!/bin/sh\necho conda\n")
        (conda / "bin" / program).chmod(0o755)
    for conf in (home / ".config/pip/pip.conf", tmp_path / "pip.conf"):
        conf.parent.mkdir(parents=True, exist_ok=True)
        conf.write_text("[global]\nuser = true\n")
    uv = home / ".config/uv/uv.toml"
    uv.parent.mkdir()
    uv.write_text("[pip]\nsystem = true\n")
    other = str(Path(sys.executable).parent.parent)
    return {
        "PATH": f"{conda}/bin:{os.environ['PATH']}",
        "PYTHONPATH": str(planted),
        "PYTHONHOME": sys.base_prefix,
        "PYTHONSTARTUP": str(planted / "startup.py"),
        "PYTHONUSERBASE": str(base),
        "PYTHONNOUSERSITE": "",
        "PIP_USER": "1",
        "PIP_TARGET": str(planted),
        "PIP_PREFIX": str(own),
        "PIP_ROOT": str(planted),
        "PIP_PYTHON": sys.executable,
        "PIP_CONFIG_FILE": str(tmp_path / "pip.conf"),
        "VIRTUAL_ENV": other,
        "CONDA_PREFIX": str(conda),
        "CONDA_DEFAULT_ENV": "base",
        "__PYVENV_LAUNCHER__": sys.executable,
        "UV_SYSTEM_PYTHON": "1",
        "UV_PYTHON": "3.13",
        "UV_PROJECT_ENVIRONMENT": other,
    }


def plant(folder: Path) -> None:
    for name in ("planted", "tiny", "ipykernel", "startup"):
        (folder / f"{name}.py").write_text("raise SystemExit('a stranger has come in')\n")
    for name in ("usercustomize", "sitecustomize"):
        (folder / f"{name}.py").write_text("import os; os.environ['STRANGER'] = 'came in'\n")


@pytest.mark.parametrize("version", ["3.6", "3.8", "3.11"])
def test_nothing_leaks(version: str, strangers: dict[str, str], sesync, home: Path, index: Path, tmp_path: Path):
    ground.python(version)
    ground.wheel(index, "tiny")
    server = {**os.environ, **strangers}
    made = sesync("kernel", "create", "trees", "--python", version, env=server)
    assert made.code == 0, made.err
    prefix = str(ground.environments(home) / "trees")
    packages = f"{prefix}/lib/python{version}/site-packages"
    with ground.notebook("trees", tmp_path / "said", strangers) as run:
        assert "Successfully installed tiny" in run(f"%pip install --no-index --find-links {index} tiny")
        seen = json.loads(run(SEEN))
    answer = f"{prefix} {packages}/tiny.py\n"
    assert seen.pop("pip").startswith("pip ") and not list((tmp_path / "planted").glob("tiny-*"))
    assert seen == {
        "executable": f"{prefix}/bin/python",
        "prefix": prefix,
        "strangers": [],
        "path": [],
        "variables": {"PYTHONHOME": "", "PYTHONPATH": "", "STRANGER": ""},
        "python": answer,
        "itself": answer,
        "shell": answer,
    }


def test_the_list_knows_what_a_kernel_of_python_36_starts(sesync, home: Path):
    ground.python("3.6")
    assert sesync("kernel", "create", "trees", "--python", "3.6").code == 0
    (ground.environments(home) / "trees/bin/python").unlink()
    assert [one["state"] for one in sesync("kernel", "list", "--json").json] == ["no Python"]

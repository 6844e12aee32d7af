"""sesync kernel create --module: a kernel has what its modules set, with environment-modules and with Lmod."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sesync_cli.caller import Caller
from sesync_cli.errors import Conflict, NotFound
from sesync_cli.kernel.activation import Shell, module_variables, told_by_modules, within
from sesync_cli.kernel.start_test import expanded
from tests.kernel import ground
from tests.services import modules
from tests.services.uv import run_uv

ODD = "/opt/gdal $share/it's [bold] ${HOME}"
SEEN = """
import json, os, sys
names = ("GDAL_DATA", "LD_LIBRARY_PATH", "PYTHON_ROOT", "LOADEDMODULES", "PATH")
print(json.dumps({
    "executable": sys.executable,
    "version": list(sys.version_info[:2]),
    "variables": {name: os.environ.get(name) for name in names},
    "pip": "".join(get_ipython().getoutput("pip --version")),
    "shell": "".join(get_ipython().getoutput("python -c 'import sys; print(sys.prefix)'")),
}))
"""


@pytest.fixture(params=list(modules.SYSTEMS))
def system(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, site) -> Path:
    """The folder of modules of a real module system, which the site names."""
    for name in list(os.environ):
        if name.startswith(("MODULE", "LMOD", "_LM", "LOADEDMODULES", "_ModuleTable", "__LMOD", "__MODULES")):
            monkeypatch.delenv(name)
    site(modules={"init": ["/nowhere/init/bash", str(modules.init(request.param))]})
    folder = tmp_path / "modules"
    folder.mkdir()
    monkeypatch.setenv("MODULEPATH", str(folder))
    modules.module(
        folder,
        "gdal/3.2",
        f"prepend-path PATH {{{tmp_path}/gd$al/bin}}",
        f"setenv GDAL_DATA {{{ODD}}}",
        "conflict proj",
    )
    modules.module(folder, "gdal/3.4", "setenv GDAL_DATA /opt/gdal-3.4", "conflict gdal")
    modules.module(folder, "proj/7", "setenv PROJ_LIB /opt/proj", "append-path PATH /opt/proj/bin", "conflict gdal")
    modules.module(folder, "noisy/1", 'puts stderr "noisy: a licence reminder"', "setenv NOISY 1")
    return folder


@pytest.fixture
def shell(system: Path) -> Callable[..., Shell]:
    """The shell of a caller with more in the environment."""
    init = json.loads(Path(os.environ["SESYNC_SITE"]).read_text().split("[modules]\ninit = ")[1].splitlines()[0])
    return lambda **more: Shell(Caller({**os.environ, **more}), tuple(init), 20)


def test_a_python_that_starts_only_with_its_module(system: Path, sesync, home: Path, tmp_path: Path):
    """It is found, makes the environment, and starts: for uv, for the proof, in Jupyter and for `kernel run`."""
    python = modules.python_module(system, tmp_path / "it's $py 3.8")
    words = ("kernel", "create", "trees", "humanize", "--module", "python/3.8", "--module", "gdal/3.2")
    assert sesync("kernel", "create", "trees", "--python", python).code == 1
    made = sesync(*words)
    assert (made.code, made.err) == (0, "")
    assert "its Launcher shows 'trees (Python 3.8)'" in made.out

    prefix = ground.environments(home) / "trees"
    with ground.notebook("trees", tmp_path / "said") as run:
        seen = json.loads(run(SEEN))
    path = f"{prefix}/bin:{tmp_path}/gd$al/bin:{python.parent}:{os.environ['PATH']}"
    assert seen.pop("pip").startswith("pip ")
    assert seen == {
        "executable": f"{prefix}/bin/python",
        "version": [3, 8],
        "variables": {
            "GDAL_DATA": ODD,
            "LD_LIBRARY_PATH": f"{python.parent.parent}/lib",
            "PYTHON_ROOT": f"{python.parent.parent}",
            "LOADEDMODULES": "python/3.8:gdal/3.2",
            "PATH": path,
        },
        "shell": str(prefix),
    }
    code = "import os, sys, humanize; print(sys.prefix, os.environ['PATH'], os.environ['GDAL_DATA'])"
    assert sesync("kernel", "run", "trees", "python", "-c", code).out == f"{prefix} {path} {ODD}\n"

    assert sesync("install", "--kernel", "trees", "six").code == 0
    assert sesync("kernel", "run", "trees", "python", "-c", "import six").code == 0
    assert sesync("uninstall", "--kernel", "trees", "six", "--yes").code == 0

    assert sesync(*words).out == "The kernel trees is there already, as 'trees (Python 3.8)'.\n"
    other = sesync(*words[:-2])
    message = "there is another kernel named trees, made with the modules python/3.8 and gdal/3.2"
    assert (other.code, other.err.splitlines()[0]) == (1, f"Error: {message}")
    spec = ground.listed()["trees"]["spec"]
    assert spec["metadata"]["sesync"]["recipe"]["modules"] == ["python/3.8", "gdal/3.2"]

    assert sesync("kernel", "repair", "trees", "--yes").code == 0
    anew = ground.listed()["trees"]["spec"]["env"]
    modules_own = {name: anew[name] for name in ("LD_LIBRARY_PATH", "GDAL_DATA", "LOADEDMODULES")}
    assert modules_own == {name: spec["env"][name] for name in modules_own}
    assert sesync("kernel", "check", "trees").code == 0

    (system / "gdal/3.2").unlink()
    lost = sesync("kernel", "repair", "trees", "--yes")
    assert (lost.code, lost.err.splitlines()[0]) == (1, "Error: there is no module gdal/3.2")
    newer = sesync("kernel", "repair", "trees", "--yes", "--module", "python/3.8", "--module", "gdal/3.4")
    assert (newer.code, newer.err) == (0, "")
    assert ground.listed()["trees"]["spec"]["env"]["GDAL_DATA"] == "/opt/gdal-3.4"
    assert ground.listed()["trees"]["spec"]["metadata"]["sesync"]["recipe"]["modules"] == ["python/3.8", "gdal/3.4"]


def test_what_the_caller_or_the_server_has_loaded_does_not_count(shell, system: Path, sesync, tmp_path: Path):
    """A module that is loaded already is in the spec all the same, and another that is loaded is not."""
    alone = module_variables(["gdal/3.2"], shell())
    assert (alone["GDAL_DATA"], alone["PATH"]) == (ODD.replace("$", "$$"), f"{tmp_path}/gd$$al/bin:${{PATH}}")
    init = shell().defines_modules
    loaded = subprocess.run(
        ["bash", "--norc", "-c", '. "$1"; module load gdal/3.2 noisy/1; env -0', "bash", init],
        capture_output=True,
        text=True,
        env={**os.environ, "LD_LIBRARY_PATH": "/server/lib"},
    ).stdout
    env = dict(entry.split("=", 1) for entry in loaded.split("\0") if "=" in entry and "%%" not in entry)
    assert (env["GDAL_DATA"], env["NOISY"]) == (ODD, "1")
    now = module_variables(["gdal/3.2"], Shell(Caller(env), (), 20))
    assert {name: now.get(name) for name in alone} == alone
    assert not {"NOISY", "LD_LIBRARY_PATH", "SHLVL", "PWD", "_", "module"} & set(now)


def test_what_comes_first_on_path_and_what_last(shell, system: Path):
    modules.module(system, "mine/1", "prepend-path PATH /opt/tools/bin", "prepend-path PATH /opt/mine/bin")
    both = module_variables(["mine/1", "proj/7", "proj/7"], shell())
    assert both["PATH"] == "/opt/mine/bin:/opt/tools/bin:${PATH}:/opt/proj/bin"
    inside = within({"PATH": "/k/bin:${PATH}", "PYTHONPATH": "", "PIP_TARGET": ""}, {**both, "PIP_TARGET": "/x"})
    assert (inside["PYTHONPATH"], inside["PIP_TARGET"], inside["PROJ_LIB"]) == ("", "", "/opt/proj")
    assert expanded(inside, {"PATH": "/a:/b"})["PATH"] == "/k/bin:/opt/mine/bin:/opt/tools/bin:/a:/b:/opt/proj/bin"
    assert within({"PYTHONPATH": ""}, {"PYTHONPATH": "/modules/own"})["PYTHONPATH"] == "/modules/own"


def test_words_of_a_module_that_loads_are_no_failure(system: Path, sesync):
    plan = sesync("kernel", "create", "trees", "--module", "noisy/1", "--dry-run")
    assert (plan.code, plan.err) == (0, "")


# which Python


def test_the_modules_python_is_taken_unless_another_is_asked_for(system: Path, sesync, home: Path, tmp_path: Path):
    python = modules.python_module(system, tmp_path / "py")
    (home / "trees").mkdir()
    for asked, words, expected in [
        ("", (), "3.8"),
        (">=3.8", (), "3.8"),
        (">=3.9", (), "3.11"),
        ("", ("--python", "3.11"), "3.11"),
    ]:
        line = f'requires-python = "{asked}"\n' if asked else ""
        (home / "trees/pyproject.toml").write_text(
            f'[project]\nname = "trees"\nversion = "1"\ndependencies = []\n{line}'
        )
        plan = sesync("kernel", "create", "--from", "trees", "--module", "python/3.8", *words, "-n")
        assert (plan.code, plan.err) == (0, "")
        modules_own = plan.out.startswith(f"module load python/3.8 && {python.with_name('python3')} -m venv ")
        assert (f"'trees (Python {expected})'" in plan.out, modules_own) == (True, expected == "3.8")


# what is refused, and what goes wrong


def test_a_module_that_is_nowhere(system: Path, sesync, home: Path):
    result = sesync("kernel", "create", "trees", "--module", "gdal/3.2", "--module", "proj/8")
    assert (result.code, result.out) == (1, "")
    assert result.err == "Error: there is no module proj/8\nHint:  'module avail proj' lists what there is.\n"
    assert ground.nothing(home)


def test_modules_that_do_not_go_together(system: Path, sesync, home: Path):
    for one, other in [("gdal/3.2", "gdal/3.4"), ("gdal/3.2", "proj/7")]:
        result = sesync("kernel", "create", "trees", "--module", one, "--module", other, "--json")
        assert (result.code, result.json["error"]["kind"]) == (1, "conflict")
        assert other in result.json["error"]["message"]
    assert ground.nothing(home)


def test_a_module_that_is_broken(system: Path, sesync, home: Path):
    modules.module(system, "broken/1", "nosuchcommand x")
    result = sesync("kernel", "create", "trees", "--module", "broken/1")
    assert (result.code, "Error: the module broken/1 cannot be loaded: " in result.err) == (1, True)
    assert "Traceback" not in result.err and ground.nothing(home)


@pytest.mark.bare_home
@pytest.mark.parametrize("name", ["-x", "a;b", "$(touch x)", "a b", "new\nline", "", "[bold]", "../x", "\x1b[31m"])
def test_a_word_that_is_no_module(system: Path, sesync, home: Path, name: str):
    result = sesync("kernel", "create", "trees", f"--module={name}")
    assert (result.code, result.out) == (2, "")
    assert f"Error: {name!r} is not a module\nHint:  Say it as 'module avail' does: 'gdal/3.2'.\n" == result.err
    assert not list(home.iterdir())


def test_a_module_system_that_hangs(system: Path, sesync, home: Path, tmp_path: Path, site):
    (tmp_path / "bash").write_text("module() { sleep 987; }\n")
    site(modules={"init": [str(tmp_path / "bash")]}, kernels={"server_folders": [], "start_seconds": 1})
    result = sesync("kernel", "create", "trees", "--module", "gdal/3.2", "--json")
    assert (result.code, result.json["error"]["kind"]) == (1, "no-answer")
    assert result.json["error"]["message"] == "the module system did not end within 1 seconds"
    assert not ground.survivors(home)


def test_no_module_system(sesync, home: Path, tmp_path: Path, site, monkeypatch):
    monkeypatch.delenv("MODULESHOME", raising=False)
    monkeypatch.delenv("LMOD_PKG", raising=False)
    site(modules={"init": []})
    result = sesync("kernel", "create", "trees", "--module", "gdal/3.2")
    assert (result.code, result.out) == (3, "")
    assert "Error: there is no module system on this machine" in result.err
    (tmp_path / "bash").write_text("no-such-tcl\n")
    site(modules={"init": [str(tmp_path / "bash")]})
    result = sesync("kernel", "create", "trees", "--module", "gdal/3.2")
    assert (result.code, "the module system of this machine does not start" in result.err) == (3, True)


def test_the_callers_own_module_system_comes_first(tmp_path: Path):
    for name in ("mine/init/bash", "lmod/init/bash", "site"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    mine, lmod = {"MODULESHOME": f"{tmp_path}/mine"}, {"LMOD_PKG": f"{tmp_path}/lmod"}
    for env, expected in [(mine | lmod, "mine/init/bash"), (lmod, "lmod/init/bash"), ({}, "site")]:
        assert (
            Shell(Caller(env), (f"{tmp_path}/none", f"{tmp_path}/site"), 1).defines_modules == f"{tmp_path}/{expected}"
        )


def test_what_older_systems_say():
    """They end with 0 all the same, so that their words count."""
    old = "ModuleCmd_Load.c(213):ERROR:105: Unable to locate a modulefile for 'nosuch'\n"
    error = told_by_modules("", old)
    assert (type(error), str(error)) == (NotFound, "there is no module nosuch")
    old = "gdal/3.4(2):ERROR:150: Module 'gdal/3.4' conflicts with the currently loaded module(s) 'gdal/3.2'\n"
    error = told_by_modules("", old)
    assert (type(error), "conflicts with the currently" in str(error)) == (Conflict, True)
    error = told_by_modules("tree/1", "ERROR: Unable to locate a modulefile for 'python/3.9'\n")
    assert str(error) == "there is no module python/3.9, which tree/1 needs"
    assert told_by_modules("", "noisy: no ERROR: here\nWARNING: old\n") is None


# environments that are adopted


def test_an_environment_whose_python_needs_a_module_is_adopted_with_it(
    system: Path, sesync, home: Path, tmp_path: Path
):
    python, folder = modules.python_module(system, tmp_path / "py"), home / "trees"
    env = {**os.environ, "LD_LIBRARY_PATH": f"{python.parent.parent}/lib"}
    subprocess.run([python, "-m", "venv", "--without-pip", folder], check=True, env=env)
    run_uv("pip", "install", "--quiet", "--python", folder / "bin/python", "ipykernel", env=env)
    with (folder / "bin/activate").open("a") as file:
        file.write("module load proj/7\n")
    result = sesync("kernel", "adopt", "trees")
    assert (result.code, f"Error: {folder}/bin/python is not a Python that starts: error " in result.err) == (3, True)
    assert "libpython" in result.err and "--module MODULE'." in result.err and ground.nothing(home)
    result = sesync("kernel", "adopt", "trees", "--module", "python/3.8")
    assert (result.code, result.err) == (0, "")
    with ground.notebook("trees", tmp_path / "said") as run:
        seen = json.loads(run(SEEN.replace('"GDAL_DATA"', '"PROJ_LIB"')))
    assert (seen["executable"], seen["version"], seen["shell"]) == (f"{folder}/bin/python", [3, 8], str(folder))
    variables = seen["variables"]
    assert (variables["PROJ_LIB"], variables["LOADEDMODULES"]) == ("/opt/proj", "python/3.8:proj/7")
    assert variables["PATH"] == f"{folder}/bin:{python.parent}:{os.environ['PATH']}:/opt/proj/bin"
    assert sesync("kernel", "check", "trees").code == 0

"""sesync kernel adopt: an environment that somebody has made becomes a kernel, and stays as it is."""

import json
import os
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import HANG, SESYNC, needed_root, wait_for
from tests.kernel import ground
from tests.python.test_distributions import INSTALLED, source

UV, PIPENV = SESYNC.with_name("uv"), SESYNC.with_name("pipenv")
SEEN = """
import json, os, sys
print(json.dumps({
    "executable": sys.executable,
    "prefix": sys.prefix,
    "pip": get_ipython().getoutput("python -m pip --version")[0].split(" from ")[1],
    "shell": get_ipython().getoutput("python -c 'import sys; print(sys.executable)'"),
    "variables": dict(os.environ),
}))
"""


def made(folder: Path, *packages: str, lend: str = "3.11") -> Path:
    """A virtual environment as the standard library makes it, with these packages."""
    subprocess.run([ground.python(lend), "-m", "venv", "--without-pip", folder], check=True)
    filled(folder, *packages)
    return folder


def filled(folder: Path, *packages: str) -> None:
    if packages:
        argv = [UV, "pip", "install", "--quiet", "--python", folder / "bin/python", *packages]
        subprocess.run(argv, check=True)


def looks_whole(folder: Path) -> Path:
    """A virtual environment with all that one looks for before it is started."""
    made(folder)
    (folder / "lib/python3.11/site-packages/ipykernel_launcher.py").write_text("raise SystemExit('no kernel')\n")
    return folder


def conda(root: Path) -> Path:
    """An environment laid out as conda's, but for its packages."""
    root.parent.mkdir(parents=True, exist_ok=True)
    ground.copied(ground.python("3.11").parent.parent, root)
    packages = root / "lib/python3.11/site-packages"
    if not (packages / "ipykernel").exists():
        filled(root, "ipykernel")
    for folder in ("conda-meta", "etc/conda/activate.d", "etc/conda/env_vars.d"):
        (root / folder).mkdir(parents=True)
    (root / "conda-meta/history").write_text("")
    return root


def conda_like(root: Path) -> Path:
    """A folder that is one of conda's environments, as far as one sees from outside."""
    (root / "conda-meta").mkdir(parents=True)
    (root / "bin").mkdir()
    (root / "bin/python").symlink_to(ground.python("3.11"))
    (root / "lib/python3.11/site-packages").mkdir(parents=True)
    (root / "lib/python3.11/site-packages/ipykernel_launcher.py").write_text("")
    return root


def contents(folder: Path) -> dict[str, tuple[int, int]]:
    """Everything in a folder, with its time and size."""
    facts = {str(path): path.lstat() for path in [folder, *folder.rglob("*")]}
    return {path: (fact.st_mtime_ns, fact.st_size) for path, fact in facts.items()}


# what is adopted


def test_a_virtualenv_with_what_its_activation_sets(sesync, home: Path, tmp_path: Path, monkeypatch):
    folder = made(tmp_path / "it's [bold] $HOME/Trees venv", "ipykernel", "pip")
    with (folder / "bin/activate").open("a") as file:
        file.write("""
export GDAL_DATA='/a $b'
export PATH="$PATH:/opt/tools/bin"
export PYTHONPATH=/opt/mine
SECRET=not-exported
echo hello
""")
    before = contents(folder)
    result = sesync("kernel", "adopt", folder, "--env", "TREES=oak", "--json")
    assert (result.code, result.err) == (0, "")
    spec = ground.specs(home) / "trees-venv"
    assert result.json["result"] == {
        "name": "trees-venv",
        "display_name": "Trees-venv (Python 3.11)",
        "python_version": result.json["result"]["python_version"],
        "environment": str(folder),
        "spec": str(spec),
    }
    strangers = {"PYTHONPATH": str(tmp_path), "CONDA_PREFIX": "/opt/conda", "PIP_TARGET": "/x", "VIRTUAL_ENV": "/y"}
    with ground.notebook("trees-venv", tmp_path / "said", strangers) as run:
        seen = json.loads(run(SEEN))
    assert (seen["executable"], seen["prefix"]) == (f"{folder}/bin/python", str(folder))
    assert (seen["shell"], seen["pip"].startswith(str(folder))) == ([f"{folder}/bin/python"], True)
    expected = {
        "GDAL_DATA": "/a $b",
        "TREES": "oak",
        "VIRTUAL_ENV": str(folder),
        "PYTHONPATH": "/opt/mine",
        "CONDA_PREFIX": "",
        "PIP_TARGET": "",
        "PYTHONNOUSERSITE": "1",
    }
    assert {name: seen["variables"].get(name) for name in expected} == expected
    path = seen["variables"]["PATH"].split(":")
    assert (f"{folder}/bin" in path, path[-1], "SECRET" in seen["variables"]) == (True, "/opt/tools/bin", False)
    shutil.rmtree(spec.parent)
    assert {path: fact for path, fact in contents(folder).items() if "__pycache__" not in path}.keys() == {
        path for path in before if "__pycache__" not in path
    }


def test_nothing_is_written_into_it_and_its_removal_leaves_it(sesync, home: Path, tmp_path: Path):
    folder = made(tmp_path / "trees", "ipykernel")
    before = contents(folder)
    assert sesync("kernel", "adopt", folder).out == (
        f"Adopted {folder} as the kernel trees. Reload the page of JupyterLab: "
        "its Launcher shows 'trees (Python 3.11)'.\n"
    )
    listed = sesync("kernel", "list", "--json").json
    assert [(one["name"], one["state"], one["managed"], one["environment"]) for one in listed] == [
        ("trees", "ok", False, str(folder))
    ]
    assert sesync("kernel", "adopt", folder).out == f"{folder} is the kernel trees already, as 'trees (Python 3.11)'.\n"
    out = sesync("kernel", "remove", "trees", "--yes").out
    assert out == f"Removed the kernel trees. Its environment stays: {folder}.\n"
    assert contents(folder) == before
    assert ground.nothing(home)


@pytest.mark.bare_home
@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("cooltrees", "cooltrees"),
        ("cooltrees/.venv", "cooltrees"),
        ("cooltrees/.venv/bin/python", "cooltrees"),
        ("cooltrees/.venv/bin/activate", "cooltrees"),
        ("./cooltrees/", "cooltrees"),
        ("~/cooltrees", "cooltrees"),
        ("old", "old"),
        ("Été [bold]", "ete-bold"),
    ],
)
def test_where_an_environment_is_found_and_what_it_is_called(sesync, home: Path, words: str, name: str):
    folder = looks_whole(home / words if words in ("old", "Été [bold]") else home / "cooltrees/.venv")
    before = contents(home)
    plan = sesync("kernel", "adopt", words, "--dry-run")
    assert (plan.code, plan.err) == (0, "")
    started, offered, _ = plan.out.splitlines()
    assert started.startswith("# ") and f" --name {name} " in offered and str(folder) in plan.out.replace("'", "")
    assert {path for path in contents(home) if "/.cache" not in path} == set(before)


def test_the_environment_that_pipenv_keeps_elsewhere(sesync, home: Path, tmp_path: Path, monkeypatch):
    project = home / "Cool trees"
    project.mkdir()
    monkeypatch.chdir(project)
    env = {**os.environ, "PIPENV_IGNORE_VIRTUALENVS": "1", "PWD": str(project)}
    subprocess.run([PIPENV, "--python", ground.python("3.11")], check=True, capture_output=True, env=env)
    argv = [PIPENV, "--venv"]
    folder = Path(subprocess.run(argv, check=True, capture_output=True, text=True, env=env).stdout.strip())
    assert folder.parent == home / ".local/share/virtualenvs"
    filled(folder, "ipykernel")
    monkeypatch.chdir(home)
    monkeypatch.setenv("PWD", str(home))
    for words in ("Cool trees", str(folder), folder.name):
        plan = sesync("kernel", "adopt", words, "-n")
        assert (plan.code, "--name cool-trees " in plan.out, str(folder) in plan.out) == (0, True, True)
    assert sesync("kernel", "adopt", "Cool trees").code == 0
    assert ground.starts("cool-trees", tmp_path / "said")


def test_a_conda_environment_with_its_variables(sesync, home: Path, tmp_path: Path):
    root = conda(home / ".conda/envs/it's $trees")
    (root / "conda-meta/state").write_text(json.dumps({"env_vars": {"OWN": "a $b", "GONE": "***unset***"}}))
    (root / "etc/conda/env_vars.d/gdal.json").write_text(json.dumps({"GDAL_DRIVERS": "/g", "OWN": "package"}))
    (root / "etc/conda/activate.d/b.sh").write_text('export PROJ_LIB="$FIRST/proj"\n')
    (root / "etc/conda/activate.d/a.sh").write_text('export FIRST="$CONDA_PREFIX/share $OWN"\n')
    result = sesync("kernel", "adopt", "it's $trees", "--display-name", "Trees [bold]")
    assert (result.code, result.err) == (0, "")
    strangers = {"CONDA_PREFIX": "/opt/conda", "VIRTUAL_ENV": "/y", "CONDA_SHLVL": "3", "PYTHONPATH": str(tmp_path)}
    with ground.notebook("it-s-trees", tmp_path / "said", strangers) as run:
        seen = json.loads(run(SEEN))
    assert (seen["executable"], seen["shell"]) == (f"{root}/bin/python", [f"{root}/bin/python"])
    assert seen["pip"].startswith(str(root))
    expected = {
        "CONDA_PREFIX": str(root),
        "CONDA_DEFAULT_ENV": "it's $trees",
        "CONDA_SHLVL": "1",
        "OWN": "a $b",
        "GDAL_DRIVERS": "/g",
        "FIRST": f"{root}/share a $b",
        "PROJ_LIB": f"{root}/share a $b/proj",
        "VIRTUAL_ENV": "",
        "PYTHONPATH": "",
        "GONE": None,
    }
    assert {name: seen["variables"].get(name) for name in expected} == expected
    assert seen["variables"]["PATH"].split(":")[0] == f"{root}/bin"


def test_condas_environments_are_known_by_name(sesync, home: Path, tmp_path: Path, monkeypatch):
    base = conda_like(tmp_path / "miniforge3")
    places = {
        "listed": conda_like(tmp_path / "far/listed"),
        "first": conda_like(tmp_path / "dirs/first"),
        "second": conda_like(tmp_path / "paths/second"),
        "usual": conda_like(home / ".conda/envs/usual"),
        "beside": conda_like(base / "envs/beside"),
        "mamba": conda_like(tmp_path / "mamba/envs/mamba"),
        "base": base,
    }
    (home / ".conda/environments.txt").write_text(f"/gone/listed\n{places['listed']}\n")
    monkeypatch.setenv("CONDA_ENVS_DIRS", f"{tmp_path}/nowhere:{tmp_path}/dirs")
    monkeypatch.setenv("CONDA_ENVS_PATH", f"{tmp_path}/paths")
    monkeypatch.setenv("CONDA_EXE", f"{base}/bin/conda")
    monkeypatch.setenv("MAMBA_ROOT_PREFIX", f"{tmp_path}/mamba")
    for name, root in places.items():
        plan = sesync("kernel", "adopt", name, "--json", "-n")
        assert (plan.code, plan.json["result"]["environment"]) == (0, str(root)), name
        assert plan.json["result"]["name"] == name
    near = sesync("kernel", "adopt", "secnd")
    assert (near.code, near.err) == (
        1,
        "Error: there is no environment secnd\n"
        "Hint:  Did you mean second? Say where it is; 'conda env list' shows conda's.\n",
    )


def test_an_environment_that_was_moved_or_has_no_activation_script(sesync, home: Path, tmp_path: Path):
    made(home / "old", "ipykernel")
    (home / "old").rename(home / "new")
    assert sesync("kernel", "adopt", "new").code == 0
    (home / "new/bin/activate").unlink()
    assert sesync("kernel", "adopt", "new", "--as", "bare").code == 0
    for name in ("new", "bare"):
        code = "import os, sys; print(sys.prefix, os.environ['VIRTUAL_ENV'], os.environ['PATH'].split(':')[0])"
        out = sesync("kernel", "run", name, "python", "-c", code).out
        assert out == f"{home}/new {home}/new {home}/new/bin\n"


def test_when_it_is_broken_a_kernel_like_it_takes_its_place(sesync, home: Path, tmp_path: Path):
    folder = made(home / "trees", "ipykernel", "humanize")
    assert sesync("kernel", "adopt", "trees", "--env", "TREES=oak").code == 0
    (folder / "bin/python").unlink()
    before = contents(folder)
    result = sesync("kernel", "repair", "trees", "--yes")
    assert (result.code, contents(folder) == before) == (0, True), result.err
    code = "import humanize, os, sys; print(sys.prefix, os.environ['TREES'])"
    expected = f"{ground.environments(home)}/trees oak\n"
    assert sesync("kernel", "run", "trees", "python", "-c", code).out == expected


def test_what_setup_py_has_installed_is_shown_locked_and_had_again(sesync, home: Path, index: Path, tmp_path: Path):
    folder = home / "trees"
    subprocess.run([ground.python("3.11"), "-m", "venv", folder], check=True)  # with the setuptools of its time
    filled(folder, "ipykernel")
    ground.wheel(index, "sesync_old", "0.3")
    for name, words in {"sesync-linked": ["develop"], "sesync-old": INSTALLED}.items():
        argv = [folder / "bin/python", "setup.py", "-q", *words]
        subprocess.run(argv, cwd=source(tmp_path / f"the {name}", name), check=True, capture_output=True)
    assert sesync("kernel", "adopt", "trees").code == 0

    def shown() -> dict[str, str]:
        packages = dict(sesync("kernel", "show", "trees", "--json").json["packages"])
        return {name: version for name, version in packages.items() if name.startswith("sesync")}

    assert shown() == {"sesync-linked": "0.3", "sesync-old": "0.3"}
    locked = sesync("kernel", "lock", "trees")
    assert locked.code == 0, locked.err
    lock = tomllib.loads((home / "pylock.toml").read_text())
    found = {one["name"]: one for one in lock["packages"] if one["name"].startswith("sesync")}
    assert (found["sesync-old"]["version"], set(found)) == ("0.3", {"sesync-linked", "sesync-old"})
    assert "the sesync-linked" in found["sesync-linked"]["directory"]["path"]
    (folder / "bin/python").unlink()
    repaired = sesync("kernel", "repair", "trees", "--yes")
    assert repaired.code == 0, repaired.err
    assert shown() == {"sesync-linked": "0.3", "sesync-old": "0.3"}
    code = "import sesynclinked, sesync_old; print(sesynclinked.version)"
    assert sesync("kernel", "run", "trees", "python", "-c", code).out == "0.3\n"


# the same again


def test_the_same_again_says_so_and_other_words_are_a_conflict(sesync, home: Path, tmp_path: Path):
    folder = made(home / "trees", "ipykernel")
    assert sesync("kernel", "adopt", "trees", "--as", "Woods").code == 0
    again = sesync("kernel", "adopt", "trees", "--json")
    assert (again.code, again.json["steps"], again.json["result"]["name"]) == (0, [], "woods")
    for words in (("--display-name", "Oaks"), ("--env", "TREES=oak")):
        other = sesync("kernel", "adopt", "trees", *words)
        assert (other.code, f"Error: {folder} is the kernel woods already, " in other.err) == (1, True)
        assert "'sesync kernel remove woods' first" in other.err
    with (folder / "bin/activate").open("a") as file:
        file.write("export TREES=oak\n")
    later = sesync("kernel", "adopt", "trees")
    assert (later.code, "its activation sets TREES otherwise by now" in later.err) == (0, True)


# what is refused


@pytest.fixture
def refused(sesync, home: Path) -> Callable[..., tuple[str, str]]:
    """Adopt this, which is refused with this exit code: the message and the hint. No kernel is left behind."""

    def adopt(*words: str | Path, code: int) -> tuple[str, str]:
        result = sesync("kernel", "adopt", *words, "--json")
        error = result.json["error"]
        assert (result.code, sesync("kernel", "adopt", *words).code) == (code, code), error
        assert not [path for path in ground.specs(home).glob("*") if (path / "kernel.json").stat().st_size > 1000]
        return error["message"], error["hint"]

    return adopt


def test_what_is_no_environment(refused, home: Path):
    (home / "empty").mkdir()
    message, hint = refused("/usr/bin/python3", code=1)
    assert message == "/usr/bin/python3 is a Python of this machine, and no environment"
    assert "'sesync kernel create NAME --python /usr/bin/python3'" in hint
    assert refused("empty", code=1)[0] == f"{home}/empty is no environment, and there is none for it"
    assert refused("nowhere/at/all", code=1)[0] == "there is no environment nowhere/at/all"


def test_an_environment_whose_python_is_gone(refused, home: Path):
    folder = looks_whole(home / "trees")
    (folder / "bin/python").unlink()
    (folder / "bin/python").symlink_to("/nowhere/python3.11")
    message, hint = refused("trees", code=3)
    assert message.startswith(f"the environment {folder} is broken: /nowhere/python3.11")
    assert "'sesync kernel create NAME" in hint


def test_an_environment_of_sesyncs_own(refused, sesync, home: Path):
    folder = ground.environments(home) / "trees"
    looks_whole(folder)
    message, hint = refused(folder, code=1)
    assert message == f"{folder} is the environment of the kernel trees, which sesync made"
    assert hint == "If it does not work: 'sesync kernel repair trees'."


def test_an_environment_in_somebody_elses_home(refused, tmp_path: Path):
    needed_root()
    subprocess.run(["useradd", "--no-create-home", "--home-dir", tmp_path / "adoe", "sesync-adoe"], check=True)
    try:
        folder = looks_whole(tmp_path / "adoe/trees")
        subprocess.run(["chown", "-R", "sesync-adoe", tmp_path / "adoe"], check=True)
        message, hint = refused(folder, code=1)
    finally:
        subprocess.run(["userdel", "sesync-adoe"], check=False, capture_output=True)
    assert message.startswith(f"{folder} is somebody else's: ") and "in the home of sesync-adoe" in message
    assert "Make your own" in hint


def test_a_name_that_is_taken_or_cannot_be(refused, home: Path):
    folder = looks_whole(home / "trees")
    ground.spec(home, "Trees", ["/usr/bin/python3"])
    message, hint = refused("trees", code=1)
    assert message == "there is another kernel named Trees, which sesync did not make"
    assert f"'sesync kernel adopt {folder} --as NAME' gives it another" in hint
    assert "Jupyter's own" in refused("trees", "--as", "python3", code=1)[0]
    assert refused("trees", "--as", "../x", code=2)[0] == "'../x' cannot be the name of a kernel"
    folder.rename(home / "[]")
    assert refused(home / "[]", code=2) == (
        f"{home}/[] has no name for a kernel",
        f"'sesync kernel adopt '{home}/[]' --as NAME' gives it one.",
    )
    (home / "[]").rename(home / "a:b")
    assert "which ends a PATH" in refused(home / "a:b", code=3)[0]


@pytest.mark.parametrize("tool", ["pip", "uv", "nothing"])
def test_without_ipykernel_the_hint_is_a_command_that_works(
    refused, sesync, home: Path, tmp_path: Path, tool: str, monkeypatch
):
    folder = made(tmp_path / "it's $trees", *(("pip",) if tool == "pip" else ()))
    (tmp_path / "bin").mkdir()
    if tool == "uv":
        (tmp_path / "bin/uv").symlink_to(UV)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    message, hint = refused(folder, code=3)
    assert message == f"{folder} lacks the package ipykernel, without which it cannot be a kernel"
    command = hint.removeprefix("Type: ")
    subprocess.run(["bash", "-c", command], check=True, capture_output=True)
    result = sesync("kernel", "adopt", folder)
    assert (result.code, result.err) == (0, "")


def test_without_ipykernel_or_python_conda_has_a_command(refused, home: Path):
    root = conda_like(home / ".conda/envs/my trees")
    (root / "lib/python3.11/site-packages/ipykernel_launcher.py").unlink()
    assert refused("my trees", code=3)[1] == f"Type: conda install --prefix '{root}' ipykernel"
    (root / "bin/python").unlink()
    message, hint = refused("my trees", code=3)
    assert (message, hint) == (f"{root} has no Python", f"Type: conda install --prefix '{root}' python ipykernel")


# what goes wrong


def test_a_kernel_that_does_not_start_is_not_offered(sesync, home: Path):
    folder = looks_whole(home / "trees")
    result = sesync("kernel", "adopt", "trees")
    assert (result.code, result.out) == (1, "")
    assert result.err == (
        "Error: the environment's kernel does not start: no kernel\n"
        f"Hint:  See whether this works: {folder}/bin/python -m ipykernel --version\n"
    )
    assert ground.nothing(home)


def test_an_activation_script_that_ends_its_shell_or_hangs(sesync, home: Path, site):
    folder = looks_whole(home / "trees")
    usual = (folder / "bin/activate").read_text()
    (folder / "bin/activate").write_text(f"{usual}\nexit 0\n")
    result = sesync("kernel", "adopt", "trees")
    assert (result.code, f"Error: {folder}/bin/activate ends the shell that it is for" in result.err) == (1, True)
    site(kernels={"server_folders": [], "start_seconds": 1})
    (folder / "bin/activate").write_text(f"{usual}\nsleep 987\n")
    result = sesync("kernel", "adopt", "trees")
    assert (result.code, "did not end within 1 seconds" in result.err) == (1, True)
    assert not ground.survivors(home)
    assert ground.nothing(home)


def test_an_interrupted_adoption_leaves_nothing(background, home: Path):
    import signal

    folder = looks_whole(home / "trees")
    launcher = folder / "lib/python3.11/site-packages/ipykernel_launcher.py"
    launcher.write_text(f"import time; open({str(home / 'begun')!r}, 'w').close(); time.sleep(987)\n")
    run = background("kernel", "adopt", "trees")
    wait_for((home / "begun").exists)
    run.send_signal(signal.SIGINT)
    _, err = run.communicate(timeout=HANG)
    assert (run.returncode, "Stopped; what was begun is undone." in err) == (130, True)
    assert ground.nothing(home) and not ground.survivors(home)

"""sesync kernel create: what is made, what is there already, what is refused."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import needed
from tests.kernel import ground
from tests.kernel.conftest import Shared


def repository(folder: Path, requirements: str = "humanize\n") -> Path:
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    (folder / "requirements.txt").write_text(requirements)
    return folder


def entered(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PWD", str(folder))
    return folder


# what is made


def test_a_kernel_is_made_and_jupyter_offers_it(shared: Shared):
    said = shared.kernel("cooltrees", "humanize")
    assert said == (
        "Made the kernel cooltrees. Reload the page of JupyterLab: its Launcher shows 'cooltrees (Python 3.11)'.\n"
    )
    assert ground.listed()["cooltrees"]["spec"]["display_name"] == "cooltrees (Python 3.11)"
    assert (ground.log(shared.home, "cooltrees").stat().st_mode & 0o777) == 0o600
    assert "humanize" in ground.log(shared.home, "cooltrees").read_text()


def test_a_repository_is_enough_to_make_its_kernel(sesync, home: Path, tmp_path: Path, monkeypatch):
    """Called in a folder of it; with a name that no kernel can have as it is; in a home that is a link.

    Settings that would make other environments do not count.
    """
    conf = home / ".config/virtualenv/virtualenv.ini"
    conf.parent.mkdir(parents=True)
    conf.write_text("[virtualenv]\nsystem-site-packages = true\n")
    monkeypatch.setenv("VIRTUALENV_COPIES", "1")
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path))
    monkeypatch.setenv("UV_SYSTEM_PYTHON", "1")
    (tmp_path / "link").symlink_to(home)
    monkeypatch.setenv("HOME", str(tmp_path / "link"))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "elsewhere"))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "humanize.py").write_text("raise SystemExit('the wrong one')\n")
    folder = repository(tmp_path / "link" / 'Été "[bold]" of\nC. Trees')
    entered(folder / "code", monkeypatch)
    result = sesync("kernel", "create", "--json")
    assert (result.code, result.err) == (0, "")
    assert result.json["result"] == {
        "name": "ete-bold-of-c.-trees",
        "display_name": "Ete-bold-of-C.-Trees (Python 3.11)",
        "python_version": result.json["result"]["python_version"],
        "environment": str(tmp_path / "link/.local/share/sesync/kernels/ete-bold-of-c.-trees"),
        "spec": str(ground.specs(home) / "ete-bold-of-c.-trees"),
    }
    monkeypatch.delenv("PYTHONPATH")
    environment = ground.environments(home) / "ete-bold-of-c.-trees"
    assert "include-system-site-packages = false" in (environment / "pyvenv.cfg").read_text()
    assert (environment / "bin/python").is_symlink()
    with ground.notebook("ete-bold-of-c.-trees", tmp_path / "said") as run:
        assert run("import humanize, sys; print(humanize.__file__.startswith(sys.prefix))") == "True\n"
    again = sesync("kernel", "create")
    assert again.out.startswith("The kernel ete-bold-of-c.-trees is there already")


def test_its_own_words_are_in_the_spec(sesync, home: Path, tmp_path: Path):
    wanted = tmp_path / "what is needed.txt"
    wanted.write_text("six\n")
    words = ("trees", "-r", wanted, "--display-name", "Trees [bold]\N{DECIDUOUS TREE}", "--env", "GDAL_DATA=/a b=c")
    result = sesync("kernel", "create", *words, "--env", "TOKEN=s3cret")
    assert (result.code, result.err) == (0, "")
    assert "its Launcher shows 'Trees [bold]\N{DECIDUOUS TREE}'" in result.out
    written = ground.listed()["trees"]["spec"]
    assert written["display_name"] == "Trees [bold]\N{DECIDUOUS TREE}"
    assert (written["env"]["GDAL_DATA"], written["env"]["TOKEN"]) == ("/a b=c", "s3cret")
    card = sesync("kernel", "show", "trees")
    assert ("TOKEN" in card.out, "s3cret" in card.out + ground.log(home, "trees").read_text()) == (True, False)

    assert sesync("kernel", "create", *words).out == "The kernel trees is there already, as 'Trees [bold]🌳'.\n"
    other = sesync("kernel", "create", "trees", "-r", wanted, "--env", "GDAL_DATA=/elsewhere")
    assert (other.code, other.err.splitlines()[0]) == (
        1,
        "Error: there is another kernel named trees, which sets other variables",
    )
    other = sesync("kernel", "create", "trees", "-r", wanted, "--display-name", "Woods")
    assert "which Jupyter shows as 'Trees [bold]🌳'" in other.err
    wanted.write_text("six\nhumanize\n")
    assert sesync("kernel", "create", "trees", "-r", wanted).code == 1


def test_the_python_behind_an_environment_is_taken_so_that_the_kernel_outlives_it(sesync, tmp_path: Path):
    subprocess.run([ground.python("3.11"), "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    result = sesync("kernel", "create", "trees", "--python", tmp_path / "venv/bin/python", "-n")
    assert result.out.startswith(f"{ground.python('3.11')} -m venv ")


def test_a_dry_run_shows_the_commands_and_makes_nothing(sesync, home: Path):
    result = sesync("kernel", "create", "trees", "humanize", "--python", "3.8", "--dry-run")
    environment, python = ground.environments(home) / "trees", ground.python("3.8")
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    own = f"{environment}/bin/python"
    assert lines[0] == f"{python} -m venv {environment} && {own} -m pip install --upgrade pip"
    assert lines[2] == f"{own} -m pip install ipykernel humanize"
    assert (
        lines[-2]
        == f"{environment}/bin/python -m ipykernel install --user --name trees --display-name 'trees (Python 3.8)'"
    )
    assert not (home / ".local/share").exists()


# what is there already


def test_the_same_again_is_there_already(shared: Shared, sesync, tmp_path: Path):
    shared.kernel("cooltrees", "humanize")
    empty = {**os.environ, "UV_CACHE_DIR": str(tmp_path / "empty"), "UV_OFFLINE": "1"}  # nothing can be installed
    for name in ("cooltrees", "CoolTrees"):
        result = sesync("kernel", "create", name, "humanize", env=empty)
        assert (result.code, result.err) == (0, "")
        assert result.out == "The kernel cooltrees is there already, as 'cooltrees (Python 3.11)'.\n"
    document = sesync("kernel", "create", "cooltrees", "humanize", "--json").json
    assert (document["done"], document["steps"]) == (True, [])


@pytest.mark.parametrize("words", [("six",), ("humanize", "six"), (), ("humanize", "--python", "3.13")])
def test_the_same_name_for_another_kernel_is_refused(shared: Shared, sesync, words: tuple[str, ...]):
    shared.kernel("cooltrees", "humanize")
    ground.python("3.13")
    before = sorted(ground.environments(shared.home).iterdir())
    result = sesync("kernel", "create", "CoolTrees", *words)
    assert (result.code, result.out) == (1, "")
    assert "there is another kernel named cooltrees, made with Python 3.11." in result.err
    assert "'sesync kernel remove cooltrees'" in result.err
    assert sorted(ground.environments(shared.home).iterdir()) == before


def test_a_kernel_made_by_hand_is_never_overwritten(sesync, home: Path):
    folder = ground.spec(home, "MyTrees", ["/usr/bin/python3"])
    before = (folder / "kernel.json").read_bytes()
    result = sesync("kernel", "create", "mytrees")
    assert (result.code, "there is another kernel named MyTrees, which sesync did not make" in result.err) == (1, True)
    assert (folder / "kernel.json").read_bytes() == before
    assert os.listdir(ground.specs(home)) == ["MyTrees"]


@pytest.mark.parametrize("thing", ["folder", "file", "link"])
def test_what_is_no_kernel_but_in_the_way_stays(sesync, home: Path, thing: str):
    at = ground.specs(home) / "Trees"
    at.parent.mkdir(parents=True)
    if thing == "folder":
        at.mkdir()
        (at / "logo-64x64.png").write_bytes(b"mine")
    elif thing == "file":
        at.write_text("mine")
    else:
        at.symlink_to(home / "nowhere")
    result = sesync("kernel", "create", "trees")
    assert (result.code, result.out) == (1, "")
    assert f"Error: {at} is in the way, and is no kernel" in result.err
    assert os.path.lexists(at) and not list(ground.environments(home).glob("*"))


def test_names_of_the_servers_kernels_are_refused(sesync, home: Path, tmp_path: Path, site, monkeypatch):
    ground.spec(tmp_path / "server", "Geo", ["/usr/bin/python3"])
    site(kernels={"server_folders": [str(ground.specs(tmp_path / "server"))]})
    result = sesync("kernel", "create", "geo")
    assert (result.code, "the server has a kernel named Geo ('The Geo')" in result.err) == (1, True)
    site(kernels={"server_folders": []})
    monkeypatch.setenv("JUPYTER_PATH", str(ground.specs(tmp_path / "server").parent))
    assert sesync("kernel", "create", "geo").code == 1
    result = sesync("kernel", "create", "Python3")
    assert (result.code, "the name of Jupyter's own kernel" in result.err) == (1, True)
    assert ground.nothing(home)


# what is refused


@pytest.mark.parametrize(
    "name", ["../x", "a/b", "", ".hidden", "a b", "[bold]", "x" * 101, "é", "new\nline", "\x1b[31m"]
)
def test_a_name_that_no_kernel_can_have(sesync, home: Path, name: str):
    result = sesync("kernel", "create", name, "six")
    assert (result.code, result.out) == (2, "")
    assert "cannot be the name of a kernel" in result.err
    assert "\x1b" not in result.err
    assert not (home / ".local/share").exists()


@pytest.mark.parametrize(
    "words", [("-x",), ("--index-url=http://127.0.0.1:9",), ("x", "--index-url", "http://127.0.0.1:9")]
)
def test_an_option_of_pip_is_no_option_here(sesync, home: Path, words: tuple[str, ...]):
    result = sesync("kernel", "create", *words)
    assert (result.code, result.out) == (2, "")
    assert not (home / ".local/share").exists()


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("--index-url=http://127.0.0.1:9/", "Say it as 'pandas' or 'pandas>=2'."),
        ("-rother.txt", "Say it as 'pandas' or 'pandas>=2'."),
        (" -rother.txt", "Say it as 'pandas' or 'pandas>=2'."),
        ("six --index-url=http:x", "Say it as 'pandas' or 'pandas>=2'."),
        ("", "Say it as 'pandas' or 'pandas>=2'."),
        ("six\nhumanize", "Say it as 'pandas' or 'pandas>=2'."),
        ("six=1.16", "Did you mean six==1.16?"),
    ],
)
def test_a_word_that_is_no_package(sesync, home: Path, word: str, hint: str):
    result = sesync("kernel", "create", "x", "--", word)
    assert (result.code, result.out) == (2, "")
    assert f"Error: {word!r} is not a package\nHint:  {hint}\n" == result.err
    assert not (home / ".local/share").exists()


def test_a_secret_in_an_address_is_refused_and_not_repeated(sesync, home: Path):
    for word in ("https://jsmith:s3cret@example.org/x-1.0.whl", "x @ git+https://s3cret@example.org/x.git"):
        result = sesync("kernel", "create", "x", word)
        assert (result.code, "must not carry a name or a password" in result.err) == (2, True)
        assert "s3cret" not in result.err
    assert not (home / ".local/share").exists()


def test_the_user_git_in_an_address_is_no_secret(sesync, home: Path):
    result = sesync("kernel", "create", "x", "git+ssh://git@gitlab.example.org/cooltrees/tools.git", "--dry-run")
    assert (result.code, "git+ssh://git@gitlab.example.org/cooltrees/tools.git" in result.out) == (0, True)


def test_a_secret_in_a_requirement_file_reaches_no_log(sesync, home: Path, monkeypatch):
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    (home / "r.txt").write_text("treetool @ http://jsmith:s3cret@127.0.0.1:9/treetool-1.0-py3-none-any.whl\n")
    result = sesync("kernel", "create", "x", "-r", "r.txt")
    assert result.code == 1
    assert "s3cret" not in result.err + ground.log(home, "x").read_text()
    assert ground.nothing(home)


@pytest.mark.parametrize("text", ["TOKEN", "=x", "a b=c", "2=3", ""])
def test_a_variable_has_a_name_and_a_value(sesync, home: Path, text: str):
    result = sesync("kernel", "create", "x", "--env", text)
    assert (result.code, "Say it as '--env NAME=VALUE'." in result.err) == (2, True)


def test_a_folder_that_says_nothing(sesync, home: Path, monkeypatch):
    folder = entered(home / "cooltrees", monkeypatch)
    result = sesync("kernel", "create")
    assert (result.code, result.out) == (2, "")
    assert f"Error: {folder} has no file that says which packages it needs" in result.err
    assert "'sesync kernel create NAME [PACKAGE]...'" in result.err


def test_files_that_are_named_count_before_the_folders(sesync, home: Path, monkeypatch):
    folder = entered(home / "cooltrees", monkeypatch)
    (folder / "environment.yml").write_text("dependencies: [gdal]")
    (folder / "needs.txt").write_text("six\n")
    plan = sesync("kernel", "create", "-r", "needs.txt", "-n")
    assert (plan.code, f"-r {folder}/needs.txt" in plan.out, "--name cooltrees" in plan.out) == (0, True, True)


def test_somebody_elses_pyenv_on_path_is_passed_over(sesync, home: Path, tmp_path: Path):
    shims = tmp_path / "theirs/shims"
    shims.mkdir(parents=True)
    shims.parent.chmod(0)
    powers = "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"
    prefix = (needed("setpriv"), *powers) if os.getuid() == 0 else ()
    env = {**os.environ, "PATH": f"{shims}{os.pathsep}{os.environ['PATH']}"}
    result = sesync("kernel", "create", "heat", "-n", env=env, prefix=prefix)
    shims.parent.chmod(0o700)
    assert (result.code, "--name heat" in result.out) == (0, True), result.err


@pytest.mark.parametrize("path", ["nowhere.txt", ".", "/dev/stdin"])
def test_a_requirement_file_that_is_none(sesync, home: Path, path: str):
    result = sesync("kernel", "create", "x", "-r", path)
    assert (result.code, result.out) == (2, "")
    assert not (home / ".local/share").exists()


# which Python


def test_a_python_that_is_not_here(sesync, home: Path):
    ground.python("3.13")
    result = sesync("kernel", "create", "x", "--python", "3.99")
    assert (result.code, result.out) == (1, "")
    assert "Error: there is no Python 3.99 on this machine\nHint:  Here are: " in result.err
    assert "3.11" in result.err


@pytest.mark.parametrize("word", ["pypy", "3.8; rm -r ~", "-c", "three"])
def test_words_that_are_no_python(sesync, home: Path, word: str):
    result = sesync("kernel", "create", "x", f"--python={word}")
    assert (result.code, f"{word!r} is not a Python" in result.err) == (2, True)


def test_a_path_that_is_no_python(sesync, home: Path):
    for path, why in {
        "/bin/true": "it does not tell what a Python tells",
        "/nowhere/python3": "there is no such file",
        str(home): "it is a folder",
    }.items():
        result = sesync("kernel", "create", "x", "--python", path)
        assert (result.code, f"Error: {path} is not a Python that starts: {why}" in result.err) == (1, True)


def test_a_python_that_is_there_and_does_not_start_says_why(sesync, home: Path, tmp_path: Path, monkeypatch):
    (tmp_path / "bin").mkdir()
    at = tmp_path / "bin/python3.8"
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setenv("PY_DISCOVERY_TIMEOUT", "1")
    library = "error while loading shared libraries: libpython3.8.so.1.0: cannot open shared object file"
    for text, why, hint in (
        (f"#!/bin/sh\necho '{at}: {library}' >&2\nexit 127\n", library, "add '--module MODULE'"),
        (f"#!{tmp_path}/gone/sh\n", f"{tmp_path}/gone/sh, which is to run it, is gone", ""),
        ("\x7fELF no program", "Exec format error", ""),
        ("#!/bin/sh\nexec sleep 1000\n", "it does not end within 5 seconds", ""),
        ("#!/bin/sh\nkill -SEGV $$\n", "it ends with SIGSEGV", ""),
        (
            "#!/bin/sh\necho \"ModuleNotFoundError: No module named 'encodings'\n\n<no Python frame>\" >&2; exit 1",
            "Mod",
            "",
        ),
    ):
        at.write_text(text)
        at.chmod(0o755)
        result = sesync("kernel", "create", "x", "--python", "3.8")
        assert (result.code, f"Error: Python 3.8 does not start: {at}: {why}" in result.err) == (1, True), result.err
        assert hint in result.err and "Say for instance '--python 3." in result.err
    (home / "pyproject.toml").write_text('[project]\nname = "x"\ndependencies = []\nrequires-python = "==3.8.*"\n')
    assert f"Python 3.8 does not start: {at}: Mod" in sesync("kernel", "create", "x", "--from", home).err
    at.unlink()
    at.symlink_to(tmp_path / "gone/python3.8")
    assert (
        f"it leads to {tmp_path}/gone/python3.8, which is gone"
        in sesync("kernel", "create", "--python", "3.8", "x").err
    )


def test_a_python_that_nobody_may_run(sesync, site, home: Path, tmp_path: Path, monkeypatch):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python3.8").write_text("#!/bin/sh\n")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    site(python={"default": "3.8", "places": [str(tmp_path / "bin")]})
    result = sesync("kernel", "create", "x", "--python", "3.8")
    assert f"Python 3.8 does not start: {tmp_path}/bin/python3.8: Permission denied" in result.err
    result = sesync("kernel", "create", "x", "-n", "--json")
    assert result.json["warnings"][0].startswith(f"Python 3.8 does not start: {tmp_path}/bin/python3.8: Permission")


def test_a_python_that_does_not_start_is_passed_over(sesync, home: Path, tmp_path: Path, monkeypatch):
    (tmp_path / "bin").mkdir()
    shim = tmp_path / "bin/python3.11"
    shim.write_text("#!/bin/sh\necho pyenv: python3.11: command not found >&2\nexit 127\n")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    result = sesync("kernel", "create", "x", "--python", "3.11", "-n")
    assert (result.code, result.err, str(shim) in result.out) == (0, "", False)


def test_without_the_sites_python_it_is_another_one_with_a_warning(sesync, home: Path, site):
    site(python={"default": "3.5"})
    result = sesync("kernel", "create", "x", "--json", "-n")
    minor = ".".join(result.json["result"]["python_version"].split(".")[:2])
    assert result.json["warnings"] == [
        f"Python 3.5 is not on this machine, so this is Python {minor}: '--python' chooses another"
    ]


def test_an_old_python_is_too_old(sesync, home: Path):
    result = sesync("kernel", "create", "x", "--python", str(ground.python("2.7")))
    assert (result.code, "which is too old" in result.err or "is not a Python that starts" in result.err) in (
        (1, True),
        (3, True),
    )


# what goes wrong


def test_a_package_that_does_not_exist_leaves_nothing_but_the_log(sesync, home: Path):
    result = sesync(
        "kernel",
        "create",
        "x",
        "nosuchpackage-of-sesync-with-a-name-that-is-broken-over-lines",
        env={**os.environ, "COLUMNS": "40"},
    )
    assert (result.code, result.out) == (1, "")
    assert (
        "Error: there is no package named nosuchpackage-of-sesync-with-a-name-that-is-broken-over-lines\n" in result.err
    )
    assert f"is in {ground.log(home, 'x')}." in result.err
    assert ground.nothing(home)
    assert ground.log(home, "x").stat().st_mode & 0o777 == 0o600


def test_errors_are_json_too(sesync, home: Path):
    result = sesync("kernel", "create", "x", "six=1", "--json")
    assert (result.code, json.loads(result.out)["error"]["kind"]) == (2, "usage")


def test_a_home_that_may_not_be_written(sesync, home: Path):
    os.chown(home, 12345, 12345) if os.getuid() == 0 else home.chmod(0o500)
    powers = "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"
    prefix = ("setpriv", *powers) if os.getuid() == 0 else ()
    result = sesync("kernel", "create", "x", "six", prefix=prefix)
    home.chmod(0o700)
    assert (result.code, result.out) == (1, "")
    assert "Error: you may not write or read" in result.err


def test_a_home_with_a_colon_cannot_have_kernels(sesync, home: Path, monkeypatch):
    (home / "a:b").mkdir()
    monkeypatch.setenv("HOME", str(home / "a:b"))
    result = sesync("kernel", "create", "x")
    assert (result.code, "its name has a ':'" in result.err) == (3, True)


def test_a_kernel_starts_in_a_home_with_an_odd_name(sesync, tmp_path: Path, monkeypatch):
    home = tmp_path / 'it\'s "[bold]" \N{DECIDUOUS TREE} of\na$HOME'
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    assert sesync("kernel", "create", "trees").code == 0
    with ground.notebook("trees", tmp_path / "said") as run:
        assert run("import sys; print(sys.prefix)") == f"{ground.environments(home) / 'trees'}\n"
        assert str(home) in run("!pip --version").replace("\r\n", "\n")

"""sesync kernel check: each kernel is started as Jupyter would, and all that is installed in it is imported."""

import json
import os
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sesync_cli.diagnosis.explain import reason
from sesync_cli.kernel.importable import importable
from tests.conftest import HANG, Ended, missing, wait_for
from tests.kernel import ground
from tests.kernel.test_remove import made
from tests.services.uv import run_uv

SLEEPS = "import time\ntime.sleep(1000)\n"
BREAKS = {
    "ash": "import os\nos._exit(3)\n",
    "beech": "raise ImportError('libgdal.so.30: cannot open shared object file')\n",
    "birch": "import os, sys\nprint('x' * 10_000)\nos.write(1, b'loud' * 10_000)\nos.write(2, b'loud' * 100)\n",
    "elm": "raise RuntimeError('[bold]no[/bold] trees\\x1b[31m\\n  here')\n",
    "fir": "import sys\nsys.exit('no firs')\n",
    "hazel": "raise ValueError('Bäume 木 \\udcff')\n",
    "larch": "try:\n    import nowhere\nexcept ImportError as e:\n    raise ImportError('advice ' * 500) from e\n",
    "maple": "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n",
    "oak": "input('Which tree? ')\n",
    "willow": "import willows.weeping\n",
    "yew": "raise ValueError('y' * 1000)\n",
}
REASONS = {
    "ash": "ends the kernel (exit code 3)",
    "beech": reason("beech", "ImportError: libgdal.so.30: cannot open shared object file"),
    "elm": "RuntimeError: [bold]no[/bold] trees\x1b[31m here",
    "fir": "SystemExit: no firs",
    "hazel": "ValueError: Bäume 木 \udcff",
    "larch": "ModuleNotFoundError: No module named 'nowhere'",
    "maple": "ends the kernel (SIGSEGV)",
    "oak": "EOFError: EOF when reading a line",
    "willow": "ModuleNotFoundError: No module named 'willows'",
    "yew": f"ValueError: {'y' * 285}...",
}
START = """
import os, sys
assert sys.argv.pop(1) == sys.prefix, sys.prefix
assert os.path.dirname(__file__) == os.environ["PLACE"], os.environ["PLACE"]
from ipykernel.kernelapp import launch_new_instance
launch_new_instance()
"""


def grow(sesync, index: Path, name: str = "trees", python: str = "3.11", **modules: str) -> None:
    """Make a kernel that has these modules, and one more that is called like it."""
    ground.python(python)
    ground.wheel(index, f"sesync_grove_{name}", **{f"{module}_dot_py": text for module, text in modules.items()})
    result = sesync("kernel", "create", name, f"sesync_grove_{name}", "--python", python)
    assert result.code == 0, result.err


@pytest.fixture
def check(sesync, home: Path, tmp_path: Path) -> Callable[..., Ended]:
    """sesync kernel check; it leaves no program behind, and no file."""

    def run(*words: str, **options) -> Ended:
        result = sesync("kernel", "check", *words, **options)
        assert benches(tmp_path) == []
        assert ground.survivors(home) == []
        return result

    return run


def benches(tmp_path: Path) -> list[str]:
    return [str(path) for path in (tmp_path / "tmp").glob("sesync-*/check-*")]


def venv(folder: Path, *packages: str) -> Path:
    """An environment that somebody made by hand; its Python."""
    python = folder / "bin/python"
    if not folder.exists():
        run_uv("venv", "-q", "--python", ground.python("3.11"), folder)
    done = run_uv("pip", "install", "-q", "--python", python, *packages, capture_output=True, check=False)
    if done.returncode:
        missing(" and ".join(packages))
    return python


@pytest.mark.parametrize("python", ["3.6", "3.11"])
def test_a_kernel_that_works(check, sesync, home: Path, index: Path, python: str):
    grow(sesync, index, python=python)
    before = {path for path in home.rglob("*") if "__pycache__" not in path.parts}
    result = check("Trees")
    assert (result.code, result.err) == (0, "")
    said = re.fullmatch(r"The kernel trees works: it started in \d+\.\d s, and its (\d+) modules .*\.\n", result.out)
    assert said and int(said[1]) > 20
    assert {path for path in home.rglob("*") if "__pycache__" not in path.parts} == before
    [found] = check("trees", "--json").json
    assert 0 < found.pop("seconds") < 60 and found.pop("python_version").startswith(f"{python}.")
    assert found == {
        "name": "trees",
        "works": True,
        "problem": None,
        "imported": int(said[1]),
        "failed": {},
        "edited": [],
        "command": None,
    }


@pytest.mark.parametrize("python", ["3.6", "3.11"])
def test_each_package_that_cannot_be_imported_is_named(check, sesync, index: Path, python: str):
    grow(sesync, index, python=python, **BREAKS)
    result = check("trees", "--json")
    [found] = result.json
    assert (result.code, found["works"]) == (1, False)
    assert found["failed"] == REASONS
    assert found["problem"] == f"10 of its {found['imported'] + 10} modules cannot be imported"
    assert (found["imported"] > 20, found["command"]) == (True, "sesync kernel repair trees")


def test_what_is_wrong_is_told_to_people(check, sesync, index: Path):
    grow(sesync, index, **{name: BREAKS[name] for name in ("beech", "birch", "elm", "larch")})
    result = check("trees")
    first, *rest = result.out.splitlines()
    assert (result.code, result.err) == (1, "")
    assert re.fullmatch(r"The kernel trees fails: it started in \S+ s, but 3 of its \d+ modules cannot .*:", first)
    assert rest == [
        f"  beech: {REASONS['beech']}",
        "  elm: RuntimeError: [bold]no[/bold] trees\\x1b[31m here",
        f"  larch: {REASONS['larch']}",
        "'sesync kernel repair trees' mends it.",
    ]


def test_an_import_that_never_ends_is_named_and_the_others_are_tried(check, sesync, index: Path, site):
    grow(sesync, index, acacia=SLEEPS, yew="import no_yew\n")
    site(kernels={"start_seconds": 15})
    [found] = check("trees", "--json").json
    assert found["failed"] == {
        "acacia": "does not end within 15 seconds",
        "yew": "ModuleNotFoundError: No module named 'no_yew'",
    }


def test_two_packages_that_do_not_bear_each_other_are_no_failure(check, sesync, index: Path):
    grow(sesync, index, ash="import sys\n", yew="import sys\nassert 'ash' not in sys.modules\n")
    assert check("trees").code == 0


def test_after_ten_starts_it_is_enough(check, sesync, index: Path):
    grow(sesync, index, **{f"aa{letter}": BREAKS["ash"] for letter in "abcdefghijklm"})
    [found] = check("trees", "--json").json
    assert list(found["failed"]) == [f"aa{letter}" for letter in "abcdefghij"]
    untried = re.search(r"modules cannot be imported, and (\d+) were not tried, since .* 10 times", found["problem"])
    assert untried and int(untried[1]) > 20 and found["imported"] == 0


def test_a_kernel_made_by_hand(check, home: Path, index: Path, tmp_path: Path):
    python = venv(tmp_path / "venv", "ipykernel")
    ground.spec(home, "mine", [str(python)])
    assert check("mine").out.startswith("The kernel mine works: it started in ")
    ground.wheel(index, "sesync_grove", yew_dot_py="1 / 0\n")
    venv(tmp_path / "venv", "sesync_grove")
    [found] = check("mine", "--json").json
    assert (found["failed"], found["command"]) == ({"yew": "ZeroDivisionError: division by zero"}, None)


def test_the_servers_kernel_has_the_python_that_runs_jupyter(check, tmp_path: Path, site, monkeypatch):
    spec = ground.spec(tmp_path / "server", "python3", [])
    argv = ["python3", "{resource_dir}/start.py", "{prefix}", "-f", "{connection_file}"]
    facts = {"argv": argv, "display_name": "Python 3", "language": "python", "env": {"PLACE": "${PLACES}/python3"}}
    (spec / "kernel.json").write_text(json.dumps(facts))
    (spec / "start.py").write_text(START)
    site(kernels={"server_folders": [str(spec.parent)]})
    monkeypatch.setenv("PLACES", str(spec.parent))
    monkeypatch.setenv("PATH", f"{ground.JUPYTER.parent}:{os.environ['PATH']}")
    [found] = check("python3", "--json").json
    assert (found["works"], found["failed"], found["python_version"]) == (True, {}, sys.version.split()[0])
    (spec / "start.py").write_text("raise SystemExit('no server today')\n")
    result = check("python3")
    assert (result.code, result.out, result.err) == (
        1,
        "The kernel python3 fails: it does not start: no server today.\n",
        "",
    )


def test_a_kernel_of_another_language(check, home: Path, tmp_path: Path):
    python = venv(tmp_path / "venv", "bash_kernel")
    facts = {"argv": [str(python), "-m", "bash_kernel", "-f", "{connection_file}"], "display_name": "Bash"}
    (ground.spec(home, "bash", []) / "kernel.json").write_text(json.dumps(facts | {"language": "bash"}))
    result = check("bash")
    assert (result.code, result.err) == (0, "")
    assert re.fullmatch(r"The kernel bash works: it started in \d+\.\d s\.\n", result.out)


def test_kernels_that_do_not_start(check, home: Path, tmp_path: Path, site):
    site(kernels={"start_seconds": 10})
    (made(home, "snake") / "bin/python").unlink()
    ground.spec(home, "false", ["/bin/false"])
    ground.spec(home, "text", [str(ground.specs(home) / "text/kernel.json")])
    (ground.specs(home) / "text/kernel.json").chmod(0o755)
    ground.spec(home, "mute", ["/bin/sh", "-c", "sleep 1000 & sleep 1000"])
    result = check("--all", "--json")
    assert result.code == 1
    assert {one["name"]: one["problem"] for one in result.json} == {
        "false": "it does not start: it ended without a word (exit code 1)",
        "mute": "it does not start: it did not answer within 10 seconds",
        "snake": f"{ground.environments(home)}/snake/bin/python is gone",
        "text": "it does not start: Exec format error",
    }
    assert {one["seconds"] for one in result.json} == {None}
    assert {one["name"]: one["command"] for one in result.json if one["command"]} == {
        "snake": "sesync kernel repair snake"
    }


def test_several_at_once_are_a_table(check, sesync, home: Path, index: Path):
    grow(sesync, index, "beeches", "3.11", beech=BREAKS["beech"])
    grow(sesync, index, "firs", "3.8")
    (made(home, "snake") / "bin/python").unlink()
    result = check("--all", env={name: value for name, value in os.environ.items() if name != "COLUMNS"})
    heading, beeches, firs, snake = result.out.splitlines()
    assert heading.split() == ["NAME", "PYTHON", "RESULT", "SECONDS", "PROBLEM"]
    assert re.match(r"beeches +3\.11\.\d+ +fails +\d+\.\d +1 of its \d+ modules cannot be imported: beech: ", beeches)
    assert re.fullmatch(r"firs +3\.8\.\d+ +works +\d+\.\d", firs)
    assert re.match(r"snake +3\.11\.2 +fails +~/", snake)
    assert (result.code, result.err) == (
        1,
        "To mend it: 'sesync kernel repair beeches', 'sesync kernel repair snake'.\n",
    )
    assert [one["name"] for one in check("firs", "BEECHES", "firs", "--json").json] == ["firs", "beeches"]


def test_on_a_narrow_terminal(terminal, sesync, home: Path, index: Path, tmp_path: Path):
    grow(sesync, index, beech=BREAKS["beech"])
    (made(home, "snake") / "bin/python").unlink()
    screen = terminal("kernel", "check", "--all", columns=40)
    screen.wait_for("Checking 2 kernels")
    assert screen.ended() == 1
    lines = screen.screen.splitlines()
    assert max(map(len, lines)) <= 40 and lines[0] == "snake"
    assert "Checking" not in screen.screen and "libgdal" in screen.screen
    assert screen.raw.count("\x1b[?25h") == screen.raw.count("\x1b[?25l")


def test_ctrl_c_ends_every_kernel(terminal, sesync, home: Path, index: Path, tmp_path: Path):
    begun = [tmp_path / name for name in ("oaks", "trees")]
    for path in begun:
        grow(sesync, index, path.name, acacia=f"open({str(path)!r}, 'w')\n{SLEEPS}")
    screen = terminal("kernel", "check", "--all")
    screen.wait_for("Checking 2 kernels")
    screen.wait_until(lambda: all(path.exists() for path in begun), "the endless import")
    screen.type("\x03")
    assert screen.ended() == 130
    assert screen.screen.endswith("Stopped.")
    assert ground.survivors(home) == []
    assert benches(tmp_path) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_ended_leaves_no_kernel(
    check, background, sesync, home: Path, index: Path, tmp_path: Path, number: signal.Signals
):
    grow(sesync, index, acacia=f"open({str(tmp_path / 'begun')!r}, 'w')\n{SLEEPS}")
    run, other = background("kernel", "check", "trees"), background("kernel", "check", "trees")
    wait_for(lambda: (tmp_path / "begun").exists() and len(benches(tmp_path)) == 2)
    run.send_signal(number)
    assert run.wait(HANG) == (130 if number == signal.SIGTERM else -signal.SIGKILL)
    other.send_signal(signal.SIGINT)
    assert other.wait(HANG) == 130
    assert ground.survivors(home) == []
    assert sesync("kernel", "remove", "trees", "--yes").code == 0
    assert check("--all").err == "You have no kernels yet. 'sesync kernel create NAME' makes one.\n"
    assert benches(tmp_path) == []


@pytest.mark.parametrize("words", [(), ("trees", "--all")])
def test_either_names_or_all(check, words: tuple[str, ...]):
    result = check(*words)
    assert (result.code, result.out) == (2, "")
    assert "'sesync kernel check NAME' checks one, 'sesync kernel check --all' every one." in result.err


def test_an_unknown_name_is_told_before_anything_is_started(check, home: Path):
    made(home, "trees")
    result = check("trees", "Tress")
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("Error: there is no kernel named Tress\nHint:  Did you mean trees?")


def test_what_can_be_imported_is_what_installers_wrote_down(tmp_path: Path):
    folder = tmp_path / "site-packages"
    for name, lines in {
        "one-1.dist-info/RECORD": ["one/__init__.py,,", "one/data/x.txt,,", "_one.so,,", "tests/test_one.py,,"],
        "two-1.dist-info/RECORD": ["two.cpython-311-x86_64-linux-gnu.so,,", "two_data/x.csv,,", "../../bin/two.py,,"],
        "three-1.dist-info/RECORD": ["three-stubs/x.pyi,,", "three.libs/libx.so,,", "setup.py,,", "class.py,,"],
        "four-1.dist-info/RECORD": ["__editable__.four-1.pth,,", "four-1.dist-info/top_level.txt,,"],
        "four-1.dist-info/top_level.txt": ["four"],
        "five-1.egg-info/top_level.txt": ["five", "docs", "_five"],
        "six-1.dist-info/RECORD": ['"six,odd.py",,', "six/deep/er/x.so,,", "__pycache__/seven.cpython-311.pyc,,"],
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("\n".join(lines))
    assert importable([str(tmp_path), str(folder), f"{folder}/nowhere/site-packages"]) == [
        "five",
        "four",
        "one",
        "six",
        "two",
    ]


def test_the_servers_own_packages_are_all_found():
    names = importable(sys.path)
    assert {"click", "rich", "jupyter_client", "jupyterlab", "pytest", "PIL", "pip", "yaml"} <= {*names}
    assert not {"tests", "docs", "_pytest"} & {*names}

"""The person's ~/.ipython reaches every kernel, as in Jupyter; where it breaks them, its file is named."""

import os
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ended
from tests.kernel import ground
from tests.kernel.test_check import benches

EXITS = "import os\n\nos._exit(3)\n"
RAISES = "raise RuntimeError('no trees today')\n"


@pytest.fixture
def kernel(home: Path, tmp_path: Path) -> str:
    """A kernel made by hand; its name."""
    ground.spec(home, "mine", [str(ground.venv(tmp_path / "venv", "ipykernel") / "bin/python")])
    return "mine"


@pytest.fixture
def check(sesync, kernel: str, home: Path, tmp_path: Path) -> Callable[[], Ended]:
    def run() -> Ended:
        result = sesync("kernel", "check", kernel)
        assert benches(tmp_path) == []
        assert ground.survivors(home) == []
        return result

    return run


def profile(home: Path, folder: str = ".ipython", **files: str) -> Path:
    """A profile with these startup files and, where a name begins with ipython, these settings."""
    place = home / folder / "profile_default"
    (place / "startup").mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (place / ("" if name.startswith("ipython") else "startup") / f"{name.lstrip('_')}.py").write_text(text)
    return place


def mended(command: str) -> None:
    """Type the command that sesync tells."""
    subprocess.run(["sh", "-c", command], check=True)


def test_a_startup_file_that_ends_every_kernel_is_named_with_its_line(check, home: Path):
    profile(home, _00="x = 1\n", _10=EXITS, _20=RAISES)
    file = "~/.ipython/profile_default/startup/10.py"
    result = check()
    assert (result.code, result.out) == (
        1,
        "The kernel mine fails: it does not start: it ended without a word (exit code 3); "
        f"it works without {file} (line 3).\n'mv {file} {file}.off' mends it.\n",
    )
    mended(result.out.splitlines()[1].split("'")[1])
    assert check().code == 0


@pytest.mark.parametrize("name", ["ipython_config", "ipython_kernel_config"])
def test_settings_that_end_every_kernel(check, home: Path, name: str):
    profile(home, **{name: f"c = get_config()\n{EXITS}"})
    assert f"it works without ~/.ipython/profile_default/{name}.py (line 4)." in check().out


def test_two_files_that_each_end_every_kernel(check, home: Path):
    profile(home, _00=EXITS, _10="\nimport os; os.kill(os.getpid(), 9)\n")
    place = "~/.ipython/profile_default/startup"
    result = check()
    assert f"it works without {place}/00.py (line 3) and {place}/10.py (line 2).\n" in result.out
    mended(result.out.splitlines()[1].removesuffix("' mends it.").lstrip("'"))
    assert check().code == 0


def test_a_startup_file_that_hangs(check, home: Path, site):
    site(kernels={"start_seconds": 10})
    profile(home, _00="import time\ndef wait():\n    time.sleep(1000)\n\nwait()\n")
    said = check().out
    assert "it did not answer within 10 seconds; it works without " in said
    assert "startup/00.py (line 3)." in said


def test_a_file_whose_lines_nobody_sees_is_named_alone(check, home: Path):
    (profile(home, _00="x = 1\n") / "startup/10.ipy").write_text(EXITS)
    assert "it works without ~/.ipython/profile_default/startup/10.ipy.\n" in check().out


def test_an_extension_of_the_settings_that_ends_every_kernel(check, home: Path, tmp_path: Path, monkeypatch):
    profile(home, ipython_config="c = get_config()\nc.InteractiveShellApp.extensions = ['sesync_kills']\n")
    (tmp_path / "extensions").mkdir()
    (tmp_path / "extensions/sesync_kills.py").write_text(EXITS)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "extensions"))
    assert "it works without ~/.ipython/profile_default/ipython_config.py.\n" in check().out


@pytest.mark.parametrize(
    "files",
    [
        {"_00": RAISES},
        {"_00": "def (\n"},
        {"ipython_kernel_config": "c = get_config()\nc.InteractiveShellApp.extensions = ['no_such_extension']\n"},
        {"ipython_config": RAISES},
        {"_00": "print('good morning')\nimport os\nos.write(1, b'x' * 100_000)\n"},
    ],
    ids=["raises", "no Python", "a missing extension", "settings that raise", "prints"],
)
def test_what_jupyter_passes_over_is_no_fault(check, home: Path, tmp_path: Path, kernel: str, files: dict[str, str]):
    profile(home, **files)
    assert ground.starts(kernel, tmp_path / "said")
    result = check()
    assert (result.code, result.out.startswith("The kernel mine works")) == (0, True), result.out


def test_a_history_that_is_broken_is_no_fault(check, home: Path):
    (profile(home) / "history.sqlite").write_bytes(b"no database at all" * 1000)
    assert check().code == 0


def test_a_check_leaves_the_history_and_the_profile_as_jupyter_does(check, home: Path, kernel: str, tmp_path: Path):
    assert check().code == 0
    assert not (home / ".ipython").exists()
    place = profile(home, _00="x = 1\n")
    assert ground.starts(kernel, tmp_path / "said")

    def there() -> list[str]:  # a kernel that is ended while it writes leaves a journal for the next one
        return sorted(str(path) for path in place.rglob("*") if path.name != "history.sqlite-journal")

    before = there()
    assert check().code == 0
    assert there() == before
    with sqlite3.connect(place / "history.sqlite") as history:
        assert history.execute("select count(*) from history where source like '%sesync%'").fetchone() == (0,)


@pytest.mark.parametrize("what", ["a file", "read-only"])
def test_a_folder_that_cannot_be_written_is_no_fault(check, home: Path, what: str):
    if what == "a file":
        (home / ".ipython").write_text("")
    else:
        profile(home, _00="x = 1\n")
        (home / ".ipython").chmod(0o555)
    assert check().code == 0


def test_another_folder_of_ipythons_counts_in_its_place(check, home: Path, monkeypatch):
    profile(home, _00=EXITS)
    profile(home, "my ipython", _00="x = 1\n")
    monkeypatch.setenv("IPYTHONDIR", str(home / "my ipython"))
    assert check().code == 0
    profile(home, "my ipython", _10=EXITS)
    result = check()
    assert "it works without ~/my ipython/profile_default/startup/10.py (line 3).\n" in result.out
    mended(result.out.splitlines()[1].removesuffix("' mends it.").removeprefix("'"))
    assert check().code == 0


def test_a_kernel_that_is_broken_itself_is_not_blamed_on_the_settings(check, home: Path, tmp_path: Path):
    profile(home, _00="x = 1\n")
    (ground.specs(home) / "mine/kernel.json").unlink()
    (ground.specs(home) / "mine").rmdir()
    ground.spec(home, "mine", ["/bin/false"])
    assert check().out == "The kernel mine fails: it does not start: it ended without a word (exit code 1).\n"


def test_a_new_kernel_is_made_with_a_warning_that_names_the_file(sesync, home: Path):
    profile(home, _00=EXITS)
    result = sesync("kernel", "create", "trees")
    file = "~/.ipython/profile_default/startup/00.py"
    assert result.code == 0, result.err
    assert " ".join(result.err.split()).endswith(
        "your IPython settings keep it from starting in Jupyter: it ended without a word (exit code 3); "
        f"it works without {file} (line 3): 'mv {file} {file}.off' puts that aside"
    ), result.err
    assert ground.leftovers(home) == []
    assert os.listdir(home / ".ipython/profile_default/startup").count("00.py") == 1


def test_an_adopted_kernel_too(sesync, home: Path, tmp_path: Path):
    profile(home, _00=EXITS)
    venv = ground.venv(tmp_path / "venv", "ipykernel")
    result = sesync("kernel", "adopt", venv, "--as", "oaks")
    assert result.code == 0, result.err
    assert "it works without ~/.ipython/profile_default/startup/00.py (line 3)" in " ".join(result.err.split())
    profile(home, _00="x = 1\n")
    assert sesync("kernel", "create", "trees").err == ""

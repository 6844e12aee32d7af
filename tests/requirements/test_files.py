"""Files of tools that are not requirements.txt: what they ask for, and what they do when they are odd."""

from pathlib import Path

import pytest

from tests.conftest import Said, tilde
from tests.requirements.test_forms import told

GIT = '[package.source]\ntype = "git"\nurl = "https://example.org/a"\nreference = "m"\nresolved_reference = "abc"\n'
PACKAGE = '[[package]]\nname = "{}"\nversion = "{}"\n'


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"setup.py": "reqs = ['six']\nsetup(install_requires=reqs)"}, ["six"]),
        ({"setup.py": "reqs = ['six']\nreqs += ['attrs']\nsetup(install_requires=reqs)"}, ["-r", "setup.py"]),
        ({"setup.py": "reqs = ['six']\nreqs.append('attrs')\nsetup(install_requires=reqs)"}, ["-r", "setup.py"]),
        ({"setup.py": "setup(**facts)"}, ["-r", "setup.py"]),
        ({"setup.cfg": "[options]\ninstall_requires =\n  six>=1\n  PIL\n"}, ["six>=1", "pillow"]),
        (
            {"setup.cfg": "[options]\ninstall_requires = file: a.txt, b.txt\n", "a.txt": "six\n", "b.txt": "PIL\n"},
            ["-r", "a.txt", "pillow"],
        ),
        ({"pyproject.toml": '[project]\nname = "heat"\ndependencies = ["six", "PIL"]\n'}, ["six", "pillow"]),
        ({"poetry.lock": PACKAGE.format("six", "1.16.0") + 'category = "main"\n'}, ["six==1.16.0"]),
        ({"poetry.lock": PACKAGE.format("a", "1") + GIT}, ["a @ git+https://example.org/a@abc"]),
        ({"poetry.lock": PACKAGE.format("six", "1") + PACKAGE.format("pywin32", "305")}, ["six==1"]),
        (
            {"pdm.lock": PACKAGE.format("six", "1") + PACKAGE.format("six", "1") + 'extras = ["x"]\n'},
            ["six==1"],
        ),
        ({"binder/requirements.txt": "six\nPIL\n"}, ["six", "pillow"]),
        ({"requirements/base.txt": "six\nPIL\n", "requirements/dev.txt": "attrs\n"}, ["six", "pillow"]),
        (
            {"environment.yaml": "dependencies:\n- six: 1.16\n- attrs=20\n- pip:\n  - attrs==22.1\n"},
            ["six==1.16.*", "attrs==22.1"],
        ),
    ],
)
def test_what_a_tools_file_asks_for(sesync, folder: Path, files, words):
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    asked, _ = told(sesync("kernel", "create", "-n"))
    asked = [word.removeprefix(f"{tilde(folder)}/") for word in asked]
    assert asked == words


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "poetry.lock",
            PACKAGE.format("a", "1") + '[package.source]\ntype = "directory"\nurl = "../a"\n',
            "which a is meant",
        ),
        ("poetry.lock", PACKAGE.format("a", "1") + PACKAGE.format("a", "2"), "does not tell which a is meant"),
        ("poetry.lock", PACKAGE.format("a", "1") + "files = 5\n", "is not a lock of poetry's"),
        ("pdm.lock", "metadata = 1\n" + PACKAGE.format("a", "1"), "is not a lock of pdm's"),
        (
            "pyproject.toml",
            '[project]\nname = "x"\ndependencies = "six"\n',
            "dependencies that are not a list of texts",
        ),
        ("setup.py", "print 'of Python 2'\n", "is not Python 3"),
        ("environment.yml", "- a\n- b\n", "is not as conda writes it"),
        ("environment.yml", "dependencies:\n- numpy 1.1|1.2\n", "line 2 says what pip cannot: numpy 1.1|1.2"),
    ],
)
def test_a_tools_file_that_is_odd(sesync, folder: Path, name, text, message):
    (folder / name).write_text(text)
    result = sesync("kernel", "create", "-n")
    assert result.code == 3 and message in Said(" ".join(result.err.split()))


@pytest.mark.parametrize("said", ['"six"', "5", "[1]", "{six = 1}"])
def test_a_block_in_a_script_that_is_odd(sesync, folder: Path, said):
    (folder / "plot.py").write_text(f"# /// script\n# dependencies = {said}\n# ///\nimport numpy\n")
    result = sesync("kernel", "create", "--from", "plot.py")
    assert result.code == 3 and "plot.py has dependencies that are not a list of texts" in Said(
        " ".join(result.err.split())
    )
    assert "seem to be: numpy." in " ".join(sesync("kernel", "create", "--guess").err.split())


def test_a_list_for_developers_is_followed_too(sesync, folder: Path):
    (folder / "requirements").mkdir()
    (folder / "requirements/base.txt").write_text("six\n")
    (folder / "requirements/dev.txt").write_text("-r base.txt\nattrs\n")
    result = sesync("kernel", "create", "--dev")
    assert result.code == 0 and "Made the kernel heat from requirements/base.txt." in result.out, result.err
    (folder / "requirements/dev.txt").write_text("-r base.txt\nattrs\nhumanize\n")
    assert sesync("kernel", "show", "heat", "--json").json["changed"] == [f"{folder}/requirements/dev.txt"]
    result = sesync("kernel", "update", "heat")
    assert result.code == 0, result.err
    assert {"six", "attrs", "humanize"} <= sesync("kernel", "show", "heat", "--json").json["packages"].keys()


def test_lists_beside_a_lock(sesync, folder: Path):
    (folder / "pylock.toml").write_text('lock-version = "1.0"\ncreated-by = "x"\npackages = []\n')
    (folder / "more.txt").write_text("six\n")
    plan = sesync("kernel", "create", "heat", "-r", "more.txt", "-r", "pylock.toml", "-n")
    assert plan.code == 0 and "pylock.toml" in plan.out and "more.txt" in plan.out, plan.err
    (folder / "pylock.x.toml").write_text((folder / "pylock.toml").read_text())
    result = sesync("kernel", "create", "heat", "-r", "pylock.x.toml", "-r", "pylock.toml", "-n")
    assert (result.code, result.err.splitlines()[0]) == (2, "Error: only one lock can be followed")

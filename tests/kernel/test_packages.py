"""What goes wrong with packages, told in one sentence; and the words that ask for them."""

import http.server
import subprocess
import threading
from pathlib import Path

import pytest

from sesync_cli.errors import WrongWords
from sesync_cli.kernel.packages import checked_package, installed
from tests.kernel import ground

SETUP = (
    "from setuptools import setup, Extension\nsetup(name='leaves', ext_modules=[Extension('leaves', ['leaves.c'])])\n"
)


@pytest.fixture
def failed(sesync, home: Path, index: Path, monkeypatch: pytest.MonkeyPatch):
    """The message and the hint of a kernel that could not be made, of which nothing is left."""
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")

    def run(*words: str | Path) -> tuple[str, str]:
        result = sesync("kernel", "create", "trees", *words)
        assert (result.code, result.out) == (1, "")
        assert ground.nothing(home)
        message, hint = result.err.splitlines()
        return message.removeprefix("Error: "), hint.removeprefix("Hint:  ")

    return run


@pytest.fixture
def story(home: Path) -> str:
    return f"The whole story is in {ground.log(home, 'trees')}."


def test_versions_that_do_not_exist(failed, index: Path, story: str):
    ground.wheel(index, "sesync_tree", "1.0")
    assert failed("sesync-tree==7.0") == (
        "there is no version of sesync-tree==7.0",
        f"Ask for another version. {story}",
    )
    assert failed("sesync-tree>=2,<3") == (
        "there is no version sesync-tree>=2,<3, only sesync-tree==1.0",
        f"Ask for another version. {story}",
    )


def test_versions_that_are_for_another_python(failed, index: Path, story: str):
    ground.wheel(index, "sesync_tree", "2.0", meta="Requires-Python: >=3.99\n")
    assert failed("sesync-tree>=2") == (
        "sesync-tree==2.0 does not work with Python 3.11",
        f"Ask for another version, or choose another Python with '--python'. {story}",
    )


def test_a_package_that_has_left_an_old_python(failed, story: str):
    ground.python("3.6")
    assert failed("humanize>=4", "--python", "3.6")[0] == "humanize>=4 does not work with Python 3.6"


def test_versions_that_do_not_fit_together(failed, index: Path, story: str):
    ground.wheel(index, "sesync_tree", "1.0", meta="Requires-Dist: sesync-leaf<2\n")
    ground.wheel(index, "sesync_leaf", "1.0")
    ground.wheel(index, "sesync_leaf", "2.0")
    assert failed("sesync-tree", "sesync-leaf>=2") == (
        "what was asked for does not fit together: sesync-tree, sesync-leaf>=2",
        f"Ask for other versions. {story}",
    )


def test_a_package_whose_own_needs_are_written_as_long_ago(failed, index: Path, story: str):
    ground.wheel(index, "sesync_tree", "1.0", meta="Requires-Dist: pytz (>=2011k)\n")
    assert failed("sesync-tree==1.0") == (
        "sesync-tree==1.0 says what it needs in a way that installers do not understand any more",
        f"Ask for a newer version of it. {story}",
    )


def test_releases_of_pandas_that_are_written_so_are_installed_all_the_same(sesync, index: Path):
    ground.python("3.6")
    result = sesync("kernel", "create", "trees", "pandas==0.24.2", "--python", "3.6")
    assert result.code == 0, result.err
    assert (
        sesync("kernel", "run", "trees", "python", "-c", "import pandas; print(pandas.__version__)").out == "0.24.2\n"
    )


def test_a_package_that_does_not_build_names_what_is_missing(failed, tmp_path: Path, story: str):
    folder = tmp_path / "leaves"
    folder.mkdir()
    (folder / "setup.py").write_text(SETUP)
    (folder / "leaves.c").write_text("#include <nowhere/leaves.h>\n")
    assert failed(folder) == (
        "leaves could not be built: nowhere/leaves.h is missing",
        f"A system library is probably missing: send the log to support. {story}",
    )


def test_lines_and_files_that_are_none(failed, home: Path, story: str):
    (home / "r.txt").write_text("# trees\nsix\nhumanize=1\n")
    assert failed("-r", "r.txt") == (
        "r.txt has a line that is not a package: humanize=1",
        "A line says a package as 'pandas' or 'pandas>=2'.",
    )
    (home / "r.txt").write_text("-r other.txt\n")
    lost = f"{home}/other.txt, which {home}/r.txt includes, does not exist"
    assert failed("-r", "r.txt") == (lost, "Is it spelt rightly?")
    assert failed("./leaves") == (f"there is no file or folder {home}/leaves", story)


def test_an_index_that_cannot_be_reached(failed, tmp_path: Path, monkeypatch, story: str):
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "empty"))
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://jsmith:s3cret@127.0.0.1:9/simple")
    assert failed() == ("the package index cannot be reached", f"Try again later. {story}")
    monkeypatch.setenv("UV_OFFLINE", "1")
    assert failed()[0] == "the network is switched off for uv (UV_OFFLINE)"


def test_an_address_that_says_no(failed, tmp_path: Path, story: str):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/sesync_tree-1.0-py3-none-any.whl"
    try:
        assert failed(address) == (f"{address} answers: 404 File not found", story)
    finally:
        server.shutdown()
        server.server_close()


def test_a_repository_that_cannot_be_fetched(failed):
    message, _ = failed("git+http://127.0.0.1:9/trees.git")
    assert message.startswith("the packages could not be installed: Git operation failed: unable to access")


@pytest.mark.parametrize(
    "word",
    [
        "pandas",
        "pandas>=2,<3",
        "pandas[excel]==2.1",
        "pandas; python_version < '4'",
        "scikit_learn~=1.0",
        "./trees",
        "a.whl",
    ],
)
def test_words_that_are_packages(word: str):
    assert checked_package(word) == word


@pytest.mark.parametrize("word", ["pandas=2", "pandas 2", "-e .", "pandas -U", ">=2", "[bold]", "\x1b[31mpandas"])
def test_words_that_are_none(word: str):
    with pytest.raises(WrongWords, match="is not a package"):
        checked_package(word)


def test_what_is_installed(tmp_path: Path):
    subprocess.run([ground.python("3.11"), "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    packages = tmp_path / "venv/lib/python3.11/site-packages"
    (packages / "Tree_Tool-1.0.post1.dist-info").mkdir()
    (packages / "leaf.py").touch()
    assert installed(tmp_path / "venv") == {"tree-tool": "1.0.post1"}
    assert installed(tmp_path / "nowhere") == {}

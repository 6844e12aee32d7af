"""What goes wrong with packages, told in one sentence; and the words that ask for them."""

import http.server
import subprocess
import threading
from pathlib import Path

import pytest

from sesync_cli.errors import WrongWords
from sesync_cli.kernel.request import checked_package
from sesync_cli.python.distributions import installed
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
        assert (result.code in (1, 3), result.out) == (True, "")
        assert ground.nothing(home)
        message, *_, hint = result.err.splitlines()
        return message.removeprefix("Error: "), hint.removeprefix("Hint:  ")

    return run


@pytest.fixture
def story(home: Path) -> str:
    return f"All that the installer said is in {ground.log(home, 'trees')}."


def test_versions_that_do_not_exist(failed, index: Path, story: str):
    ground.wheel(index, "sesync_tree", "1.0")
    assert failed("sesync-tree==7.0") == (
        "there is no sesync-tree==7.0 for Python 3.11",
        story,
    )
    assert failed("sesync-tree>=2,<3") == (
        "there is no sesync-tree>=2,<3 for Python 3.11",
        story,
    )


def test_versions_that_are_for_another_python(failed, index: Path, story: str):
    ground.wheel(index, "sesync_tree", "2.0", meta="Requires-Python: >=3.99\n")
    assert failed("sesync-tree>=2") == (
        "sesync-tree==2.0 needs Python >=3.99, and this is 3.11",
        f"Another Python of this server may be new enough. {story}",
    )


def test_a_package_that_has_left_an_old_python(failed, story: str):
    ground.python("3.6")
    assert failed("humanize>=4", "--python", "3.6")[0] == "humanize>=4 needs Python >=3.7, and this is 3.6"


def test_versions_that_do_not_fit_together(failed, index: Path, story: str):
    ground.wheel(index, "sesync_tree", "1.0", meta="Requires-Dist: sesync-leaf<2\n")
    ground.wheel(index, "sesync_leaf", "1.0")
    ground.wheel(index, "sesync_leaf", "2.0")
    assert failed("sesync-tree", "sesync-leaf>=2") == (
        "these packages do not fit together: sesync-tree needs sesync-leaf<2, and you ask for sesync-leaf>=2",
        f"Ask for fewer fixed versions, or give them a kernel of their own. {story}",
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


def test_a_package_that_does_not_build_names_what_is_missing(failed, tmp_path: Path, home: Path):
    folder = tmp_path / "leaves"
    folder.mkdir()
    (folder / "setup.py").write_text(SETUP)
    (folder / "leaves.c").write_text("#include <nowhere/leaves.h>\n")
    assert failed(folder) == (
        "leaves could not be built: the header file nowhere/leaves.h of a system library is missing",
        "Support can install what is missing: send the package's name (leaves) and "
        f"{ground.log(home, 'trees')} to support ('sesync report' drafts the mail).",
    )


def test_lines_and_files_that_are_none(failed, home: Path, story: str):
    (home / "r.txt").write_text("# trees\nsix\nhumanize=one\n")
    assert failed("-r", "r.txt") == (
        f"{home}/r.txt, line 3 is not a package: humanize=one",
        "A line says a package as 'pandas' or 'pandas>=2'. What is no package stands behind '#'.",
    )
    (home / "r.txt").write_text("-r other.txt\n")
    lost = f"{home}/other.txt, which {home}/r.txt includes, does not exist"
    assert failed("-r", "r.txt") == (lost, "Is it spelt rightly?")
    assert failed("./leaves") == (f"there is no file or folder {home}/leaves", story)


def test_an_index_that_cannot_be_reached(failed, tmp_path: Path, monkeypatch, story: str):
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "empty"))
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://jsmith:s3cret@127.0.0.1:9/simple")
    message, hint = failed()
    assert message == "the package index (http://127.0.0.1:9) cannot be reached"
    assert hint.startswith("Try again later. If it stays so, send ")
    monkeypatch.setenv("UV_OFFLINE", "1")
    assert failed()[0] == "the network is switched off for uv (UV_OFFLINE)"


def test_an_address_that_says_no(failed, tmp_path: Path, story: str):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/sesync_tree-1.0-py3-none-any.whl"
    try:
        assert failed(address)[0] == f"{address} answers: 404 File not found"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("word", "message"),
    [
        (
            "sesync_oak @ https://nosuch.invalid/sesync_oak-1.0-py3-none-any.whl",
            "nosuch.invalid (sesync-oak is to come from there) has no address: the network or its name server is down, "
            "or a name is misspelt",
        ),
        (
            "sesync_oak @ http://127.0.0.1:9/sesync_oak-1.0-py3-none-any.whl",
            "127.0.0.1:9 (sesync-oak is to come from there) cannot be reached",
        ),
        (
            "sesync_oak @ git+https://nosuch.invalid/oak.git",
            "the repository https://nosuch.invalid/oak.git/ cannot be reached",
        ),
        (
            "sesync_oak @ git+ssh://git@nosuch.invalid/oak.git",
            "nosuch.invalid has no address: the network or its name server is down, or a name is misspelt",
        ),
    ],
)
def test_the_host_that_is_down_is_named(failed, word: str, message: str):
    assert failed(word)[0] == message


def test_a_page_of_links_or_an_index_that_is_down_is_named(failed, monkeypatch, tmp_path: Path):
    why = "has no address: the network or its name server is down, or a name is misspelt"
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "empty"))
    monkeypatch.setenv("UV_FIND_LINKS", "http://127.0.0.1:9/page")
    assert failed()[0] == "the page of links http://127.0.0.1:9/page cannot be reached"
    monkeypatch.setenv("UV_FIND_LINKS", "https://nosuch.invalid/page")
    assert failed()[0] == f"the page of links https://nosuch.invalid/page {why}"
    monkeypatch.delenv("UV_FIND_LINKS")
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://nosuch.invalid/simple")
    assert failed()[0] == f"the package index (https://nosuch.invalid) {why}"


def test_a_repository_that_cannot_be_fetched(failed):
    message, _ = failed("git+http://127.0.0.1:9/trees.git")
    assert message == "the repository http://127.0.0.1:9/trees.git/ cannot be reached"


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

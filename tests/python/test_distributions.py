"""What is installed in folders of packages, as installers of all times leave it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sesync_cli.kernel.importable import importable
from sesync_cli.python.distributions import (
    Package,
    bytes_of,
    canonical,
    environment_packages,
    installed,
    name_of_entry,
    packages_in,
    packages_of,
    recorded,
    requires,
)
from tests.conftest import missing, needed_root
from tests.kernel import ground

SETUP = """
from setuptools import setup
setup(
    name={name!r}, version="0.3", package_dir={{"": "src"}}, packages=[{module!r}], zip_safe={zipped},
    extras_require={{"plot": ["matplotlib"]}},
)
"""
INSTALLED = ("install", "--single-version-externally-managed", "--record", "record.txt")  # as pip before 23.1 did
WAYS = {
    "my-tool": ("develop",),
    "Old.Tool": INSTALLED,
    "egg_tool": ("install",),
    "zip-tool": ("install",),
}


def source(folder: Path, name: str) -> Path:
    """A project whose setup.py is not at the top of its code."""
    module = canonical(name).replace("-", "")
    (folder / "src" / module).mkdir(parents=True)
    (folder / "src" / module / "__init__.py").write_text("version = '0.3'\n")
    (folder / "setup.py").write_text(SETUP.format(name=name, module=module, zipped=name == "zip-tool"))
    return folder


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that setuptools 56 has filled: the last that pip has in Python 3.8, and no network is needed."""
    top = tmp_path_factory.mktemp("grown")
    subprocess.run([ground.python("3.8"), "-m", "venv", top / "venv"], check=True)
    for name, words in WAYS.items():
        argv = [top / "venv/bin/python", "setup.py", "-q", *words]
        subprocess.run(argv, cwd=source(top / f"the {name}", name), check=True, capture_output=True)
    return top


def files(folder: Path, *texts: tuple[str, str]) -> Path:
    for name, text in texts:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_each_way_to_install_by_setup_py_is_seen(grown: Path) -> None:
    found = environment_packages(grown / "venv")
    names = {name: package.entry.name for name, package in found.items()}
    assert names.items() >= {
        ("my-tool", "my-tool.egg-link"),
        ("old-tool", "Old.Tool-0.3-py3.8.egg-info"),
        ("egg-tool", "egg_tool-0.3-py3.8.egg"),
        ("zip-tool", "zip_tool-0.3-py3.8.egg"),
    }
    assert (found["egg-tool"].entry.is_dir(), found["zip-tool"].entry.is_file()) == (True, True)
    assert all(package.version == "0.3" for name, package in found.items() if name.endswith("tool"))
    assert {package.place for package in found.values()} == {grown / "venv/lib/python3.8/site-packages"}
    pip = subprocess.run([grown / "venv/bin/python", "-m", "pip", "list", "--format=freeze"], capture_output=True)
    listed = {canonical(line.split("==")[0]) for line in pip.stdout.decode().splitlines()}
    assert listed == set(found) == set(installed(grown / "venv"))


def test_a_project_that_was_linked_is_known_with_its_folder(grown: Path) -> None:
    found = environment_packages(grown / "venv")
    project = grown / "the my-tool"
    assert (found["my-tool"].project, found["my-tool"].metadata) == (project, project / "src/my_tool.egg-info")
    assert found["my-tool"].requirement == f"my-tool @ {project.as_uri()}" and " the" not in project.as_uri()
    assert (found["old-tool"].project, found["old-tool"].requirement) == (None, "old-tool==0.3")


def test_what_they_need_is_told_and_what_they_take_only_where_a_list_was_left(grown: Path) -> None:
    found = environment_packages(grown / "venv")
    needs = ['matplotlib; extra == "plot"']
    assert requires(found["my-tool"]) == requires(found["old-tool"]) == requires(found["egg-tool"]) == needs
    assert requires(found["zip-tool"]) == []
    sizes = {name: bytes_of(package) for name, package in found.items()}
    assert sizes["pip"] and sizes["pip"] > 1_000_000
    assert [sizes[name] for name in ("my-tool", "old-tool", "egg-tool", "zip-tool")] == [None] * 4


def test_a_notebook_may_import_what_is_linked_and_what_is_in_an_egg(grown: Path) -> None:
    names = importable([str(grown / "venv/lib/python3.8/site-packages")])
    assert {"mytool", "oldtool", "eggtool", "pip"} <= {*names}


def test_what_pip_left_for_setup_py_is_measured(tmp_path: Path) -> None:
    folder = files(
        tmp_path,
        ("tree.py", "oak"),
        ("tree-1.0-py3.8.egg-info/PKG-INFO", "Name: tree\n"),
        ("tree-1.0-py3.8.egg-info/installed-files.txt", "../tree.py\nPKG-INFO\nnowhere\n"),
    )
    assert bytes_of(packages_in([folder])["tree"]) == 3 + 11


def test_debians_own_packages_are_seen_as_it_sees_them_itself() -> None:
    folder = Path("/usr/lib/python3/dist-packages")
    if not folder.is_dir() or not os.access("/usr/bin/python3", os.X_OK):
        missing("Debian's dist-packages")
    code = (
        f"import importlib.metadata as m; print(*(one.metadata['Name'] for one in m.distributions(path=['{folder}'])))"
    )
    said = subprocess.run(["/usr/bin/python3", "-c", code], capture_output=True, check=True, text=True).stdout
    names = {canonical(name) for name in said.split()}
    assert names == set(packages_in([folder]))


def test_the_name_and_version_are_those_of_the_file_and_else_of_the_metadata(tmp_path: Path) -> None:
    files(
        tmp_path,
        ("Tree_Tool-1.0.post1.dist-info/METADATA", "Name: other\nVersion: 9\n"),
        ("two-words-2.0.dist-info/METADATA", ""),
        ("built-2.0-py3.8-linux-x86_64.egg/EGG-INFO/PKG-INFO", ""),
        ("plain_file-1!2.0+local.egg-info", "Name: plain-file\n"),
        ("single.egg-info", "Metadata-Version: 1.0\nName: Single_File\nVersion: 1.5\n"),
        ("no_version.egg-info/PKG-INFO", "Name: No.Version\nVersion: 3.1\n"),
        ("with-dash.egg-info/PKG-INFO", "Name: with-dash\nVersion: 4\n"),
        ("odd.egg-info/PKG-INFO", "Name: odd; rm -rf\nVersion: 5\n"),
    )
    assert {name: package.version for name, package in packages_in([tmp_path]).items()} == {
        "tree-tool": "1.0.post1",
        "two-words": "2.0",
        "built": "2.0",
        "plain-file": "1!2.0+local",
        "single-file": "1.5",
        "no-version": "3.1",
        "with-dash": "4",
        "odd": "5",
    }


def test_what_is_damaged_is_known_by_its_file_or_left_out(tmp_path: Path) -> None:
    (tmp_path / "latin.egg-info").write_bytes(b"Name: caf\xe9\nVersion: 1\n")
    (tmp_path / "wheel-1.0.dist-info").mkdir()
    (tmp_path / "wheel-1.0.dist-info/METADATA").write_bytes(b"Requires-Dist: \xff\n")
    (tmp_path / "wheel-1.0.dist-info/RECORD").write_bytes(b'wheel.py,,\xff\n"open,,\n')
    (tmp_path / "empty.egg-info").mkdir()
    (tmp_path / "gone-1.0.dist-info").symlink_to("nowhere")
    (tmp_path / "round.egg-info").symlink_to("round.egg-info")
    for name in ("~ip-1.0.dist-info", "-ip-1.0.dist-info", "~.egg-link", "numpy", "pip (1).dist-info", ".dist-info"):
        (tmp_path / name).mkdir()
    for name, text in {"lost": "/nowhere/at/all\n.", "nothing": "", "nul": "a\0b", "own": ".\n."}.items():
        (tmp_path / f"{name}.egg-link").write_text(text)
    (tmp_path / "folder.egg-link").mkdir()
    found = packages_in([tmp_path, tmp_path / "nowhere", tmp_path / "latin.egg-info"])
    assert {name: package.version for name, package in found.items()} == {
        "latin": "",
        "wheel": "1.0",
        "empty": "",
        "gone": "1.0",
        "round": "",
    }
    assert [(requires(package), bytes_of(package)) for package in found.values() if package.name != "wheel"] == [
        ([], None)
    ] * 4
    assert (requires(found["wheel"]), found["empty"].requirement, str(found["empty"])) == ([], "empty", "empty")


def test_what_cannot_be_read_hides_nothing_else(tmp_path: Path) -> None:
    needed_root()
    closed = files(tmp_path / "closed", ("tree-1.0.dist-info/METADATA", ""), ("leaf.egg-info/PKG-INFO", "Name: leaf\n"))
    (closed / "leaf.egg-info").chmod(0)
    (closed / "tree-1.0.dist-info").chmod(0)
    code = (
        "import os; from pathlib import Path; from sesync_cli.python.distributions import *\n"
        "list(map(requires, packages_of(Path()))); os.setuid(65534)\n"
        "one, two = packages_of(Path()); print(one, two, requires(two), bytes_of(two))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=closed)
    assert (done.stdout, done.stderr) == ("leaf tree 1.0 [] None\n", "")


def test_the_first_folder_counts_and_in_it_the_last_that_tells_its_version(tmp_path: Path) -> None:
    files(
        tmp_path,
        ("mine/tree-1.0.dist-info/METADATA", ""),
        ("mine/tree-2.0.dist-info/METADATA", ""),
        ("mine/tree.egg-info/dependency_links.txt", ""),
        ("server/tree-3.0.dist-info/METADATA", ""),
        ("server/leaf-1.0.dist-info/METADATA", ""),
    )
    found = packages_in([tmp_path / "mine", tmp_path / "server"])
    assert list(map(str, found.values())) == ["leaf 1.0", "tree 2.0"]
    assert [package.version for package in packages_of(tmp_path / "mine")] == ["1.0", "2.0", ""]


@pytest.mark.parametrize(
    "entry,name",
    [
        ("Tree_Tool-1.0.dist-info", "tree-tool"),
        ("my-tool.egg-link", "my-tool"),
        ("tool-2.egg-link", "tool-2"),
        ("tree.egg-info", "tree"),
        ("~ree-1.0.dist-info", ""),
        ("tree", ""),
        ("tree.dist-info.bak", ""),
    ],
)
def test_what_the_name_of_a_file_says(entry: str, name: str) -> None:
    assert name_of_entry(entry) == name


def test_names_are_compared_as_installers_do() -> None:
    assert {canonical(name) for name in ("Scikit_Learn", "scikit.learn", "SCIKIT--learn")} == {"scikit-learn"}


def test_a_record_is_read_as_csv_and_nothing_where_there_is_none(tmp_path: Path) -> None:
    files(tmp_path, ("tree-1.dist-info/RECORD", '"a,b.py",sha256=xyz,3\r\nshort,line\nold.py,md5=abc,\n'))
    (tree,) = packages_of(tmp_path)
    assert [tuple(one) for one in recorded(tree.metadata)] == [("a,b.py", "xyz", "3"), ("old.py", "", "")]
    assert list(recorded(tmp_path / "nowhere")) == [] and isinstance(tree, Package)

"""What is not in the repository itself: submodules, large files, and what it asks for."""

import os
import shutil
from collections.abc import Iterator

import pytest

from tests.clone.conftest import git, publish
from tests.conftest import needed
from tests.services.lfs import Lfs, lfs


def with_submodules(bare, submodules: dict[str, str], files=()):
    """A bare repository with these submodules, path by address, at a commit of cooltrees/analysis."""
    lines = "".join(f'[submodule "{path}"]\n\tpath = {path}\n\turl = {url}\n' for path, url in submodules.items())
    publish(bare, {".gitmodules": lines, "own.txt": "own\n", **dict(files)})
    commit = git("rev-parse", "main", cwd=bare.parent / "analysis.git").strip()
    work = bare.with_name(f"{bare.name}.work")
    git("clone", "--quiet", bare, work)
    for path in submodules:
        git("update-index", "--add", "--cacheinfo", f"160000,{commit},{path}", cwd=work)
    git("-c", "user.name=x", "-c", "user.email=x", "commit", "-qm", "x", cwd=work)
    git("push", "--quiet", "origin", "HEAD:main", cwd=work)
    shutil.rmtree(work)


@pytest.fixture
def parted(friend):
    bare = friend.folder / "repos/cooltrees/parted.git"
    if not bare.exists():
        with_submodules(bare, {"lib": friend.url("cooltrees/analysis"), "near by": "../analysis.git"})
    return friend


def test_submodules_are_named_with_the_command_and_not_got_unasked(sesync, parted, home):
    done = sesync("clone", "cooltrees/parted")
    assert done.code == 0
    assert done.err == (
        "Warning: parts of it are repositories of their own (submodules) and not here yet: lib, near by;"
        " 'git -C ~/parted submodule update --init' gets them\n"
    )
    assert list((home / "parted/lib").iterdir()) == []


def test_submodules_are_got_when_asked_for(sesync, parted, home):
    assert "--recurse-submodules" in sesync("clone", "cooltrees/parted", "--submodules", "-n").out
    done = sesync("clone", "cooltrees/parted", "--submodules")
    assert (done.code, done.err) == (0, "")
    for path in ("lib", "near by"):
        assert (home / "parted" / path / "analysis.py").exists()
    assert git("status", "--porcelain", cwd=home / "parted") == ""


def test_a_submodule_that_one_may_not_see_is_named_and_nothing_is_left(sesync, friend, home):
    with_submodules(friend.folder / "repos/cooltrees/closed.git", {"lib": friend.url("cooltrees/nope")})
    done = sesync("clone", "cooltrees/closed", "--submodules")
    assert (done.code, "cooltrees/nope.git, or you may not see it" in done.err) == (1, True)
    assert not (home / "closed").exists()
    shutil.rmtree(friend.folder / "repos/cooltrees/closed.git")


@pytest.fixture(scope="module")
def keeper() -> Iterator[Lfs]:
    with lfs() as server:
        yield server


@pytest.fixture
def heavy(friend, keeper):
    """A repository with two files in Git LFS, one of which its server has lost."""
    bare = friend.folder / f"repos/cooltrees/heavy-{os.urandom(4).hex()}.git"
    stand_in = keeper.keep(b"large " * 1000)
    files = {".gitattributes": "*.tif filter=lfs diff=lfs merge=lfs -text\n", "maps/heat.tif": stand_in}
    publish(bare, files | {".lfsconfig": f"[lfs]\n\turl = {keeper.url}\n"})
    return bare


def test_large_files_are_got_where_git_lfs_is(sesync, heavy, home):
    needed("git-lfs")
    done = sesync("clone", f"cooltrees/{heavy.stem}", "heavy")
    assert (done.code, done.err) == (0, "")
    assert (home / "heavy/maps/heat.tif").read_bytes() == b"large " * 1000
    assert git("status", "--porcelain", cwd=home / "heavy") == ""
    assert not (home / ".gitconfig").exists()


def test_large_files_that_the_server_lost_do_not_cost_the_code(sesync, heavy, keeper, home):
    needed("git-lfs")
    keeper.objects.clear()
    done = sesync("clone", f"cooltrees/{heavy.stem}", "heavy")
    assert (done.code, "only stand-ins are here: maps/heat.tif; 'git -C ~/heavy lfs pull' tries again" in done.err) == (
        0,
        True,
    )


def test_without_git_lfs_the_stand_ins_are_named_and_how_to_get_the_files(sesync, heavy, home, tmp_path):
    (tmp_path / "bin").mkdir()
    for program in ("git", "ssh", "ssh-keygen"):
        (tmp_path / "bin" / program).symlink_to(str(shutil.which(program)))
    env = os.environ | {"PATH": str(tmp_path / "bin")}
    done = sesync("clone", f"cooltrees/{heavy.stem}", "heavy", env=env)
    assert done.code == 0
    assert "only stand-ins are here: maps/heat.tif; once support has installed git-lfs, 'git lfs install" in done.err
    assert (home / "heavy/maps/heat.tif").read_text().startswith("version https://git-lfs")


@pytest.mark.parametrize("url", ["ext::sh -c date", "file:///etc", "ssh://-oProxyCommand=date/x"])
def test_a_server_for_large_files_that_is_no_server_is_not_asked(sesync, friend, keeper, home, url):
    bare = friend.folder / f"repos/cooltrees/sly-{os.urandom(4).hex()}.git"
    files = {".gitattributes": "*.tif filter=lfs\n", "heat.tif": keeper.keep(b"large")}
    publish(bare, files | {".lfsconfig": f'[lfs]\n\turl = "{url}"\n'})
    done = sesync("clone", f"cooltrees/{bare.stem}", "sly")
    assert (done.code, "its .lfsconfig names an address that sesync does not go to" in done.err) == (0, True)
    assert (home / "sly/heat.tif").read_text().startswith("version")


def test_it_says_which_data_the_code_reads_and_how_to_have_it(sesync, friend, home, site, nfs):
    code = f"""
pd.read_csv("{nfs}/cooltrees-data/trees.csv"); open(Path.home() / "heat-data" / "x")
"/research-home/adoe/soil-data/x"
"my-data, ~/some-database, ~/linked-data/x"
"""
    (home / "linked-data").symlink_to(nfs / "linked-data")
    publish(friend.folder / "repos/cooltrees/reader.git", {"heat.py": code, "Pipfile": "", "x.bin": "~/bin-data/x"})
    done = sesync("clone", "cooltrees/reader")
    assert done.out == (
        "Cloned cooltrees/reader to ~/reader.\n"
        "It asks for Python packages: cd ~/reader && sesync kernel create\n"
        "Its code reads the data of cooltrees: sesync link cooltrees\n"
        "Its code reads the data of heat: sesync link heat\n"
        "Its code reads the data of soil: sesync link soil\n"
    )

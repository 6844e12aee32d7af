"""What of a clone is still at its server comes when it is needed: a lean clone's contents, Git LFS's large files."""

import os
import shutil
from pathlib import Path

import pytest

from tests.clone.conftest import git, know
from tests.conftest import needed
from tests.services.leaks import PASSPHRASE
from tests.services.sshd import make_key
from tests.sync.conftest import FILES, WHO, Shared, share, write

RULES = "*.tif filter=lfs diff=lfs merge=lfs -text\n"


def lean(shared: Shared) -> list[str]:
    """The contents that are not here, of all that the branch has held."""
    said = git("rev-list", "--objects", "--missing=print", "HEAD", cwd=shared.here)
    return [line for line in said.splitlines() if line.startswith("?")]


@pytest.fixture
def lean_and_lent(sesync, token_server, person: Path) -> Shared:
    """A lean clone with history, over https, by a token that is lent."""
    bare = token_server.folder / "repos/cooltrees/analysis.git"
    git("clone", "--quiet", bare, there := bare.with_name("analysis.there"))
    shared = Shared(bare, person / "analysis", there)
    for number in range(3):
        shared.colleague(f"Step {number}", {"trees.csv": f"{number}\n"})
    assert sesync("clone", "cooltrees/analysis", "--lean").code == 0
    assert len(lean(shared)) == 3
    return shared


@pytest.mark.parametrize("words", [("sync", "analysis"), ("clone", "cooltrees/analysis", "--update")])
def test_a_lean_clone_gets_new_and_old_contents_by_the_token(sesync, lean_and_lent, words):
    shared = lean_and_lent
    shared.colleague("Theirs, and back to the first", {"heat.py": "theirs\n", "trees.csv": "a,b\n"})
    done = sesync(*words)
    assert (done.code, done.err) == (0, "")
    assert (shared.here / "heat.py").read_text() == "theirs\n"
    assert (shared.here / "trees.csv").read_text() == "a,b\n"
    assert len(lean(shared)) == 2, "old contents that nobody needs are got"


def test_a_lean_clone_joins_what_both_have_changed(sesync, lean_and_lent):
    shared = lean_and_lent
    shared.colleague("Theirs", {"heat.py": "print(1)\n" + "theirs\n" * 5, "trees.csv": "theirs\n"})
    write(shared.here / "notes/one.md", "mine\n")
    done = sesync("sync", "analysis", "--merge", "-m", "Mine", "notes/one.md")
    assert (done.code, done.err) == (0, "")
    assert shared.at_server("notes/one.md") == "mine\n" and shared.at_server("trees.csv") == "theirs\n"


def test_a_passphrase_is_asked_for_where_contents_are_got(sesync, terminal, ssh_server, site, person):
    repo = f"cooltrees/locked-{os.urandom(4).hex()}"
    site(gitlab={"ssh": ssh_server.template, "url": "https://gitlab.example.org"})
    ssh_server.accept(make_key(person / ".ssh/id_ed25519", PASSPHRASE))
    know(ssh_server, person)
    bare = ssh_server.folder / f"repos/{repo}.git"
    shared = share(bare, ssh_server.url(repo), person, FILES)
    git("config", "uploadpack.allowFilter", "true", cwd=bare)
    git("config", "uploadpack.allowAnySHA1InWant", "true", cwd=bare)
    shutil.rmtree(shared.here)
    git("clone", "--quiet", "--filter=blob:none", f"file://{bare}", shared.here)
    git("remote", "set-url", "origin", ssh_server.url(repo), cwd=shared.here)
    shared.colleague("Theirs", {"heat.py": "theirs\n"})
    person = terminal("sync", "analysis")
    for number in (1, 2):  # for the commits, and for what is in them
        person.wait_until(lambda number=number: person.raw.count("Enter passphrase for key") == number, "a question")
        person.type(f"{PASSPHRASE}\r")
    assert person.ended() == 0
    assert (shared.here / "heat.py").read_text() == "theirs\n"


@pytest.fixture
def heavy(lent, keeper) -> Shared:
    """Over https by a lent token, with a large file in Git LFS that is here."""
    needed("git-lfs")
    lent.colleague("Maps", {".gitattributes": RULES, "heat.tif": keeper.keep(b"first " * 1000)})
    return lent


def test_large_files_come_by_the_token(sesync, heavy, keeper):
    git("lfs", "install", "--local", cwd=heavy.here)
    assert sesync("sync", "analysis").err == ""
    assert (heavy.here / "heat.tif").read_bytes() == b"first " * 1000
    heavy.colleague("New", {"heat.tif": keeper.keep(b"second " * 1000), "b.tif": keeper.keep(b"b " * 1000)})
    done = sesync("sync", "analysis")
    assert (done.code, done.err) == (0, "")
    assert (heavy.here / "heat.tif").read_bytes() == b"second " * 1000
    assert (heavy.here / "b.tif").read_bytes() == b"b " * 1000


@pytest.mark.parametrize("words", [("sync", "analysis"), ("clone", "cooltrees/analysis", "--update")])
def test_a_large_file_that_the_server_lost_stops_nothing_else(sesync, heavy, keeper, words):
    git("lfs", "install", "--local", cwd=heavy.here)
    lost = keeper.keep(b"lost " * 1000)
    keeper.objects.clear()
    heavy.colleague("New", {"heat.tif": lost, "b.tif": keeper.keep(b"b " * 1000), "heat.py": "theirs\n"})
    done = sesync(*words)
    assert (done.code, (heavy.here / "heat.py").read_text()) == (0, "theirs\n")
    assert (heavy.here / "b.tif").read_bytes() == b"b " * 1000
    assert done.err == (
        "Warning: large files are kept apart by Git LFS, and only stand-ins are here: heat.tif;"
        " 'git -C ~/analysis lfs pull' tries again\n"
    )
    assert git("status", "--porcelain", cwd=heavy.here) == ""


@pytest.fixture
def without_lfs(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "bin").mkdir()
    for program in ("git", "ssh", "ssh-keygen", "sh", "cat"):
        (tmp_path / "bin" / program).symlink_to(str(shutil.which(program)))
    return os.environ | {"PATH": str(tmp_path / "bin")}


def test_without_git_lfs_the_code_comes_and_goes_all_the_same(sesync, heavy, keeper, without_lfs, home):
    settings = '[filter "lfs"]\n\tclean = git-lfs clean -- %f\n\tsmudge = git-lfs smudge -- %f\n'
    with (home / ".gitconfig").open("a") as file:  # as 'git lfs install' did, by a module that is not loaded now
        file.write(settings + "\tprocess = git-lfs filter-process\n\trequired = true\n")
    assert sesync("sync", "analysis").code == 0
    heavy.colleague("New", {"heat.tif": keeper.keep(b"second " * 1000), "heat.py": "theirs\n"})
    done = sesync("sync", "analysis", env=without_lfs)
    assert (done.code, (heavy.here / "heat.py").read_text()) == (0, "theirs\n"), done
    assert "once support has installed git-lfs, 'git lfs install && git -C ~/analysis lfs pull' gets them" in done.err
    (heavy.here / ".git/hooks/pre-push").unlink(missing_ok=True)  # git-lfs puts it there, and it sends nothing without
    write(heavy.here / "heat.py", "mine\n")
    sent = sesync("sync", "analysis", "-m", "Mine", "heat.py", env=without_lfs)
    assert (sent.code, heavy.subjects()[0]) == (0, "Mine"), sent


def test_a_large_file_is_not_committed_as_a_whole_without_git_lfs(sesync, heavy, without_lfs):
    assert sesync("sync", "analysis").code == 0
    write(heavy.here / "new.tif", b"new " * 1000)
    done = sesync("sync", "analysis", "-m", "Mine", "new.tif", env=without_lfs)
    assert (done.code, "Git LFS keeps new.tif" in done.err) == (3, True), done
    assert heavy.subjects()[0] == "Maps"


def test_a_hook_of_git_lfs_without_its_program_says_what_is_missing(sesync, heavy, without_lfs):
    git("lfs", "install", "--local", cwd=heavy.here)
    assert sesync("sync", "analysis").code == 0
    write(heavy.here / "heat.py", "mine\n")
    git(*WHO, "commit", "-qam", "Mine", cwd=heavy.here)
    done = sesync("sync", "analysis", env=without_lfs)
    assert (done.code, "the program git-lfs is not on this machine" in done.err) == (3, True), done
    assert "Ask cyberhelp@sesync.org to install git-lfs; then 'sesync sync analysis' sends it" in done.err


def test_a_large_file_can_be_removed_without_git_lfs(sesync, heavy, without_lfs):
    assert sesync("sync", "analysis").code == 0
    (heavy.here / "heat.tif").unlink()
    done = sesync("sync", "analysis", "-m", "Gone", "heat.tif", env=without_lfs)
    assert (done.code, heavy.subjects()[0]) == (0, "Gone"), done


@pytest.mark.parametrize("words", [("sync", "analysis"), ("sync", "analysis", "--merge")])
def test_contents_that_cannot_be_got_are_told_as_that(sesync, lean_and_lent, words):
    shared = lean_and_lent
    if "--merge" in words:
        write(shared.here / "notes/one.md", "mine\n")
        git(*WHO, "commit", "-qam", "Mine", cwd=shared.here)
    shared.colleague("Theirs", {"heat.py": "theirs\n", "notes/two.md": "theirs\n", "trees.csv": "a,b\n"})
    git("config", "uploadpack.allowAnySHA1InWant", "false", cwd=shared.bare)
    git("config", "uploadpack.allowReachableSHA1InWant", "false", cwd=shared.bare)
    git("config", "protocol.version", "0", cwd=shared.here)
    done = sesync(*words)
    assert done.code == 1 and "needs git 2.38" not in done.err, done
    assert "what is still at the server of ~/analysis (it is a lean clone) could not be got" in done.err
    assert git("status", "--porcelain", cwd=shared.here) == ""

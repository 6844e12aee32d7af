"""Repositories that are meant to do harm: nothing of theirs is run, written elsewhere, or shown as markup."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.clone.conftest import git, leftovers, publish
from tests.clone.test_submodules import with_submodules


@pytest.fixture
def canary(tmp_path) -> Path:
    """A file that must never be made."""
    return tmp_path / "canary"


@pytest.fixture
def evil(friend, canary):
    """A place for a hostile repository on the site's server; whatever was made of it, the canary lives."""
    bare = friend.folder / f"repos/cooltrees/evil-{os.urandom(4).hex()}.git"
    yield bare
    assert not canary.exists()


def store(bare: Path, kind: str, content: bytes) -> str:
    """Write an object that git itself would not make."""
    words = ["git", "hash-object", "-t", kind, "--literally", "-w", "--stdin"]
    return subprocess.run(words, input=content, cwd=bare, capture_output=True, check=True).stdout.decode().strip()


def tree(bare: Path, entries: list[tuple[str, str, str]]) -> str:
    """A folder with entries of any name: mode, name, object."""
    return store(
        bare, "tree", b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(one) for mode, name, one in entries)
    )


def commit_tree(bare: Path, number: str, subject: str = "x", author: str = "Ann Doe") -> None:
    who = f"{author} <x@example.org> 1700000000 +0000"
    text = f"tree {number}\nauthor {who}\ncommitter {who}\n\n{subject}\n"
    git("update-ref", "refs/heads/main", store(bare, "commit", text.encode()), cwd=bare)


@pytest.mark.parametrize("words", ["ext::sh -c touch% {canary}", "--upload-pack=touch {canary}", "-utouch {canary}"])
@pytest.mark.parametrize("place", ["repo", "dir"])
def test_an_address_that_is_a_command_is_not_run(sesync, friend, canary, home, words, place):
    word = words.format(canary=canary)
    sesync("clone", "--", *((word,) if place == "repo" else ("a/b/deep", word)))
    assert not canary.exists()


def test_a_repository_of_somebody_else_on_this_disk_is_no_address(sesync, friend, canary, tmp_path):
    other = publish(tmp_path / "other/theirs.git", {"a.txt": "a"})
    hook = other / "hooks/post-upload-pack"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {canary}\n")
    for address in (f"file://{other}", str(other), "../other/theirs.git", f"file://localhost{other}"):
        done = sesync("clone", address)
        assert (done.code, "this is not the address of a repository" in done.err) == (2, True)
    assert not canary.exists()


@pytest.mark.parametrize("name", [".git", ".GIT", "..", "git~1", ".git\u200c"])
@pytest.mark.parametrize("mode", ["link", "folder"])
def test_paths_that_lead_out_or_into_gits_own_are_refused(sesync, evil, home, canary, name, mode):
    publish(evil, {})
    script = store(evil, "blob", f"#!/bin/sh\ntouch {canary}\n".encode())
    hooks = tree(evil, [("100755", "post-checkout", script)])
    entry = ("40000", name, tree(evil, [("40000", "hooks", hooks), ("100644", "canary", script)]))
    if mode == "link":
        entry = ("120000", name, store(evil, "blob", os.fsencode(canary.parent)))
    commit_tree(evil, tree(evil, [entry, ("100644", "zz.txt", script)]))
    done = sesync("clone", f"cooltrees/{evil.stem}", "evil")
    inside = name in (".GIT", "git~1", ".git\u200c")  # no harm on this file system, and git may let it be
    assert done.code in ((0, 1) if inside else (1,))
    if done.code:
        assert "has a file that git refuses to write" in done.err
        assert (leftovers(home), (home / "evil").exists()) == ([], False)
    assert not (home / "canary").exists()


COMMANDS = [
    "ext::sh -c touch% {canary}",
    "--upload-pack=touch {canary}",
    "-u touch {canary}",
    "ssh://-oProxyCommand=touch%20{canary}/x",
    "file://{folder}/repos/cooltrees/analysis.git",
    "{folder}/repos/cooltrees/analysis.git",
    "!touch {canary}",
    "https://example.org/x\\ntouch",
]


@pytest.mark.parametrize("url", COMMANDS)
@pytest.mark.parametrize("words", [(), ("--submodules",)])
def test_a_submodule_whose_address_is_a_command_stays_empty(sesync, evil, friend, home, canary, url, words):
    with_submodules(evil, {"lib": f'"{url.format(canary=canary, folder=friend.folder)}"'})
    done = sesync("clone", f"cooltrees/{evil.stem}", "evil", *words)
    assert done.code == 0
    assert "the submodules lib have addresses that sesync does not go to, and stay empty" in done.err
    assert (home / "evil/own.txt").exists() and list((home / "evil/lib").iterdir()) == []


@pytest.mark.parametrize("path", ["../out", "/tmp/out", ".git/hooks", "a/../../out", "-x"])
def test_a_submodule_whose_folder_is_elsewhere_is_not_got(sesync, evil, friend, home, path):
    text = f'[submodule "x"]\n\tpath = {path}\n\turl = {friend.url("cooltrees/analysis")}\n'
    publish(evil, {".gitmodules": text, "own.txt": "own\n"})
    done = sesync("clone", f"cooltrees/{evil.stem}", "evil", "--submodules")
    assert done.code == 0
    assert not (home / "out").exists() and not Path("/tmp/out").exists()


def test_hooks_in_a_submodule_behind_a_link_do_not_run(sesync, evil, friend, home, canary):
    """A link named like gits own folder, and a submodule below it with hooks, as in CVE-2024-32002."""
    inner = evil.with_name(f"{evil.stem}-inner.git")
    publish(inner, {"y/hooks/post-checkout": f"#!/bin/sh\ntouch {canary}\n"})
    shutil.copytree(inner, inner.parent / "analysis-copy.git", dirs_exist_ok=True)
    with_submodules(evil, {"A/modules/x": friend.url(f"cooltrees/{inner.stem}")})
    work = evil.with_name(f"{evil.name}.work")
    git("clone", "--quiet", evil, work)
    number = git("rev-parse", "main", cwd=inner).strip()
    git("update-index", "--cacheinfo", f"160000,{number},A/modules/x", cwd=work)
    (work / "a").symlink_to(".git")
    git("add", "a", cwd=work)
    git("-c", "user.name=x", "-c", "user.email=x", "commit", "-qm", "x", cwd=work)
    git("push", "--quiet", "origin", "HEAD:main", cwd=work)
    done = sesync("clone", f"cooltrees/{evil.stem}", "evil", "--submodules")
    assert done.code in (0, 1)
    assert not canary.exists()


def test_settings_hooks_and_filters_in_a_repository_are_only_files(sesync, evil, home, canary):
    script = f"#!/bin/sh\ntouch {canary}\n"
    config = f'[core]\n\tfsmonitor = touch {canary}\n\thooksPath = hooks\n[filter "evil"]\n\tsmudge = touch {canary}\n'
    files = {
        "hooks/post-checkout": script,
        ".githooks/post-checkout": script,
        ".gitconfig": config,
        "inner/HEAD": "ref: refs/heads/main\n",
        "inner/config": f"[core]\n\trepositoryformatversion = 0\n\tbare = true\n{config}",
        "inner/objects/x": "",
        "inner/refs/x": "",
        ".gitattributes": "* filter=evil diff=evil merge=evil\n",
        "a.txt": "a\n",
    }
    publish(evil, files)
    assert sesync("clone", f"cooltrees/{evil.stem}", "evil").code == 0
    for folder in ("evil", "evil/inner"):
        sesync("sync", cwd=home / folder, env=os.environ | {"PWD": str(home / folder)})
        assert not canary.exists()


def test_settings_files_that_are_links_are_not_followed(sesync, evil, home, canary, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text('[submodule "x"]\n\tpath = secret-path\n\turl = https://secret.example.org/x\n')
    publish(evil, {"a.txt": "a"})
    entries = [("120000", name, store(evil, "blob", os.fsencode(secret))) for name in (".gitmodules", ".lfsconfig")]
    commit_tree(evil, tree(evil, sorted(entries)))
    done = sesync("clone", f"cooltrees/{evil.stem}", "evil", "--submodules")
    assert "secret" not in done.out + done.err

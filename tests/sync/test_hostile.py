"""Colleagues who mean harm, or whose machines do."""

import pytest

from tests.clone.conftest import git
from tests.clone.test_hostile import commit_tree, store, tree
from tests.sync.conftest import write


def test_subjects_authors_and_files_are_text_in_one_line(sesync, shared):
    number = git("rev-parse", "main^{tree}", cwd=shared.bare).strip()
    commit_tree(shared.bare, number, "[red]x[/red]\x1b[31m\x07\u202e", "[bold]\x1b]0;evil\x07Ann")
    git("update-ref", "refs/heads/other", "main", cwd=shared.bare)
    write(shared.here / "[link=evil]\x1b[2J\r.txt", "x")
    parent = git("rev-parse", "HEAD", cwd=shared.here).strip()
    text = git("cat-file", "commit", "main", cwd=shared.bare).replace("\nauthor", f"\nparent {parent}\nauthor", 1)
    git("update-ref", "refs/heads/main", store(shared.bare, "commit", text.encode()), cwd=shared.bare)
    done = sesync("sync", "analysis")
    assert (done.code, done.err) == (0, "")
    assert "[bold]" in done.out and "[red]x[/red]" in done.out and "[link=evil]" in done.out
    assert not [letter for letter in done.out if not letter.isprintable() and letter != "\n"]
    assert len(done.out.splitlines()) == 5


@pytest.mark.parametrize("name,mode", [(".git", "40000"), ("..", "40000"), (".git", "120000")])
def test_paths_into_gits_own_or_out_are_not_written(sesync, shared, home, name, mode):
    blob = store(shared.bare, "blob", b"#!/bin/sh\ntouch /tmp/canary\n")
    inner = tree(shared.bare, [("100755", "evil.txt", blob)]) if mode == "40000" else blob
    parent = git("rev-parse", "main", cwd=shared.bare).strip()
    commit_tree(shared.bare, tree(shared.bare, [(mode, name, inner), ("100644", "heat.py", blob)]))
    text = git("cat-file", "commit", "main", cwd=shared.bare).replace("\nauthor", f"\nparent {parent}\nauthor", 1)
    git("update-ref", "refs/heads/main", store(shared.bare, "commit", text.encode()), cwd=shared.bare)
    done = sesync("sync", "analysis")
    assert (done.code, "git refuses to write here" in done.err) == (1, True), done
    assert git("status", "--porcelain", cwd=shared.here) == ""
    assert not (home / "evil.txt").exists() and not (shared.here / ".git/evil.txt").exists()


@pytest.mark.parametrize("url", ["ext::sh -c touch% {canary}", "--upload-pack=touch {canary}", "-x"])
def test_a_server_that_is_a_command_is_not_run(sesync, shared, tmp_path, url):
    canary = tmp_path / "canary"
    git("config", "remote.origin.url", url.format(canary=canary), cwd=shared.here)
    done = sesync("sync", "analysis")
    assert (done.code, "a kind of address that sesync does not use" in done.err) == (1, True), done
    assert not canary.exists()


def test_a_settings_file_cannot_turn_the_way_to_a_command(sesync, shared, home, tmp_path):
    canary = tmp_path / "canary"
    git("config", "remote.origin.pushurl", f"ext::sh -c touch% {canary}", cwd=shared.here)
    write(shared.here / "heat.py", "mine\n")
    assert sesync("sync", "analysis", "-m", "Mine", "heat.py").code == 1
    assert not canary.exists()
    assert git("log", "--format=%s", cwd=shared.here) == "x\n"

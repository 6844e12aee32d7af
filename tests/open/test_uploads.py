"""Both ways into a data directory: which one is meant, whether one may write there, and that the lines work."""

import os
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import HANG, SESYNC, Ended, Terminal, wait_for
from tests.services.fuse import hang, served
from tests.services.sshd import make_key, sshd

Run = Callable[..., Ended]
Change = Callable[..., Path]


@pytest.fixture(autouse=True)
def _jsmith(site: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USER", "jsmith")


def sftp(done: Ended) -> str:
    """The line that is to be typed on one's own computer."""
    return next((line.strip() for line in done.out.splitlines() if line.startswith("  sftp")), "")


def test_both_ways_are_told(sesync: Run, nfs: Path) -> None:
    done = sesync("open", "files", "cooltrees")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "Upload files up to 10 GB with a browser, to the folder cooltrees-data:\n"
        "  https://files.sesync.org\n"
        "\n"
        "To send larger ones, or whole folders, type these lines on your own computer, one after the other:\n"
        f"  sftp jsmith@ssh.sesync.org:{nfs}/cooltrees-data\n"
        "  put -r FOLDER\n"
    )
    told = sesync("open", "files", "cooltrees-data", "--json").json
    assert (told["project"], told["note"]) == ("cooltrees", None)
    assert told["ways"][1]["commands"] == [f"sftp jsmith@ssh.sesync.org:{nfs}/cooltrees-data", "put -r FOLDER"]


def test_the_lines_bring_a_folder_into_the_data_directory(sesync: Run, here, tmp_path: Path, site: Change) -> None:
    """They are typed by somebody else, whose own computer this is."""
    site(uploads={"sftp_host": "upload.example.org"})
    own = here.bob.home
    with sshd(tmp_path, "Subsystem sftp internal-sftp\n") as server:
        (own / "trees").mkdir()
        (own / "trees/oak 1.csv").write_text("id,height\n1,2\n")
        key = make_key(tmp_path / "key")
        server.accept(key)
        options = f"Port {server.port}\nIdentityFile {own}/key\n"
        options += "StrictHostKeyChecking no\nUserKnownHostsFile /dev/null\n"
        (own / "config").write_text(f"Host upload.example.org\nHostName 127.0.0.1\n{options}")
        (own / "key").write_bytes((tmp_path / "key").read_bytes())
        (own / "key").chmod(0o600)
        for path in (own / "key", own / "config"):
            os.chown(path, here.bob.number, -1)
        [way] = [one for one in sesync("open", "files", "cooltrees", "--json").json["ways"] if one["commands"]]
        login, put = (line.replace("jsmith", server.user).replace("FOLDER", "trees") for line in way["commands"])
        typed = f"printf '%s\\n' {shlex.quote(put)} | {login.replace('sftp', f'sftp -F {own}/config', 1)}"
        done = here.bob.run("bash", "-c", typed)
    assert done.code == 0, done.err
    assert (tmp_path / "nfs/cooltrees-data/trees/oak 1.csv").read_text() == "id,height\n1,2\n"


def test_the_project_is_that_of_the_folder_one_is_in(sesync: Run, nfs: Path, home: Path) -> None:
    (nfs / "oaks-data/raw").mkdir(parents=True)
    assert sftp(sesync("open", "files", cwd=nfs / "oaks-data/raw")).endswith(f":{nfs}/oaks-data")
    (home / "trees").mkdir()
    (home / "trees/data").symlink_to(nfs / "cooltrees-data")
    assert sftp(sesync("open", "files", cwd=home / "trees")).endswith(f":{nfs}/cooltrees-data")


def test_where_nobody_can_tell_the_project_the_page_is_told_all_the_same(
    sesync: Run, terminal: Callable[..., Terminal], nfs: Path, home: Path
) -> None:
    done = sesync("open", "files")
    assert (done.code, sftp(done)) == (0, "sftp jsmith@ssh.sesync.org"), done.err
    assert "https://files.sesync.org" in done.out and "'sesync open files PROJECT'" in done.out
    (nfs / "oaks-data").mkdir()
    for name in ("cooltrees", "oaks"):
        assert sesync("link", name).code == 0
    assert sftp(sesync("open", "files")) == "sftp jsmith@ssh.sesync.org"
    person = terminal("open", "files")
    person.wait_for("Which one? Its number")
    person.type("2\n")
    assert person.ended() == 0 and f"jsmith@ssh.sesync.org:{nfs}/oaks-data" in person.raw


def test_a_directory_that_is_not_there_has_near_ones(sesync: Run, nfs: Path) -> None:
    done = sesync("open", "files", "coltrees")
    assert (done.code, done.out) == (1, "") and f"there is no data directory {nfs}/coltrees-data" in done.err
    assert "Did you mean cooltrees?" in done.err


def test_one_that_others_own_is_told(here) -> None:
    here.directory(0o2750)
    read_only, shut = here.bob.sesync("open", "files", "cooltrees"), here.carl.sesync("open", "files", "cooltrees")
    assert read_only.code == 0 and "You can read " in read_only.out and "but not write to it: ask" in read_only.out
    assert (shut.code, shut.out) == (1, "") and "exists but you may not read it" in shut.err
    assert "add you to the group 'cooltrees-" in shut.err


def test_a_file_server_that_hangs_keeps_nobody_from_the_ways(
    sesync: Run, site: Change, nfs: Path, tmp_path: Path
) -> None:
    site(data={"patience_seconds": 1.0})
    with served(tmp_path, nfs / "oaks-data") as server:
        hang(server)
        done = sesync("open", "files", "oaks")
    assert done.code == 0 and sftp(done).endswith("/oaks-data"), done.err
    assert f"The file server of {nfs}/oaks-data did not answer within 1 seconds." in done.out


def test_whoever_is_in_a_directory_that_hangs_has_the_ways_and_the_page(
    site: Change, nfs: Path, tmp_path: Path
) -> None:
    site(data={"patience_seconds": 1.0})
    with served(tmp_path, nfs / "oaks-data") as server:
        words = (
            f"cd nfs/oaks-data && touch ../../$0 && until [ -e ../../hung ]; do sleep 0.1; done; exec {SESYNC} open $0"
        )
        shells = [
            subprocess.Popen(["bash", "-c", words, place], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
            for place in ("files", "gitlab")
        ]
        wait_for(lambda: (tmp_path / "files").exists() and (tmp_path / "gitlab").exists(), "the shells to be there")
        hang(server)
        (tmp_path / "hung").touch()
        files, gitlab = (shell.communicate(timeout=HANG)[0] for shell in shells)
    assert f"sftp jsmith@ssh.sesync.org:{nfs}/oaks-data\n" in files and "did not answer within 1 seconds" in files
    assert gitlab == "Your groups' code:\n  https://gitlab.sesync.org\n"


def test_a_project_that_nobody_named_is_no_error(sesync: Run, home: Path, nfs: Path) -> None:
    (home / "gone-data").symlink_to(nfs / "gone-data")
    done = sesync("open", "files")
    assert (done.code, done.err, sftp(done)) == (0, "", "sftp jsmith@ssh.sesync.org")
    assert f"There is no data directory {nfs}/gone-data." in done.out and "Did you mean" not in done.out
    assert sesync("open", "files", "gone").code == 1


def test_without_data_directories_no_project_is_asked_for(
    sesync: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.toml").write_text('[uploads]\nurl = "https://files.example.org"\n')
    monkeypatch.setenv("SESYNC_SITE", str(tmp_path / "own.toml"))
    assert sesync("open", "files").out == "Upload files with a browser:\n  https://files.example.org\n"

"""Links to data directories on real file servers: automounted, slow, hung, dead, read-only, closed."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.conftest import DRAFTS, HANG, SESYNC, names_in, needed_root, wait_for
from tests.services.autofs import automounted
from tests.services.fuse import hang, hangs, served

POWERLESS = "-dac_override,-dac_read_search"
AS_ANYBODY = ("setpriv", f"--bounding-set={POWERLESS}", f"--inh-caps={POWERLESS}")
OTHER = 12345
NEVER = 2 * HANG  # seconds, longer than any test waits


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """What a file server exports."""
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "trees.csv").write_text("id,height\n")
    return folder


@pytest.fixture
def root(site, nfs: Path) -> Path:
    """An empty data root."""
    (nfs / "cooltrees-data").rmdir()
    return nfs


def is_mounted(path: Path) -> bool:
    return f" {path} " in Path("/proc/self/mounts").read_text()


def test_a_directory_that_the_listing_does_not_show_is_mounted_and_linked(sesync, root, export, home):
    with automounted(root, {"cooltrees-data": export}):
        assert os.listdir(root) == []
        result = sesync("link", "cooltrees")
        assert (result.code, result.out) == (0, f"Linked ~/cooltrees-data to {root}/cooltrees-data.\n")
        assert (home / "cooltrees-data" / "trees.csv").read_text() == "id,height\n"


def test_the_automounter_does_not_know_the_project(sesync, root, export, home):
    with automounted(root, {"cooltrees-data": export}):
        (root / "cooltrees-data").stat()
        result = sesync("link", "coltrees")
        assert (result.code, result.out) == (1, "")
        assert f"there is no data directory {root}/coltrees-data" in result.err
        assert "Did you mean cooltrees?" in result.err
        assert "cyberhelp@sesync.org" in result.err
        assert names_in(home) == []


def test_an_automounter_slower_than_the_patience_is_an_error_and_not_a_wait(sesync, root, site, export, home):
    site(data={"patience_seconds": 0.5})
    with automounted(root, {"cooltrees-data": export}, slow=NEVER) as asked:
        result = sesync("link", "cooltrees")
        assert asked.exists() and not is_mounted(root / "cooltrees-data")
        assert (result.code, result.out) == (1, "")
        assert f"Error: the file server of {root}/cooltrees-data did not answer within 0.5 seconds" in result.err
        assert names_in(home) == []


def test_an_automounter_slower_than_a_moment_is_waited_for(sesync, root, export):
    with automounted(root, {"cooltrees-data": export}, slow=1):
        assert sesync("link", "cooltrees").code == 0


@pytest.mark.parametrize("word", [signal.SIGINT, signal.SIGTERM])
def test_who_waits_for_a_slow_automounter_can_stop_at_once(background, root, site, export, home, word):
    site(data={"patience_seconds": NEVER})
    with automounted(root, {"cooltrees-data": export}, slow=NEVER) as asked:
        waiting = background("link", "cooltrees")
        wait_for(asked.exists)
        assert waiting.poll() is None
        waiting.send_signal(word)
        _, err = waiting.communicate(timeout=HANG)
        assert (waiting.returncode, "Stopped." in err) == (130, True)
        assert not is_mounted(root / "cooltrees-data")
        assert names_in(home) == []


def test_a_terminal_shows_that_a_server_is_waited_for_and_takes_ctrl_c(terminal, root, site, export):
    site(data={"patience_seconds": NEVER})
    with automounted(root, {"cooltrees-data": export}, slow=NEVER):
        seen = terminal("link", "cooltrees")
        seen.wait_for("Waiting for the file server")
        seen.type("\x03")
        assert seen.ended() == 130
        assert not is_mounted(root / "cooltrees-data")


def test_a_hung_server_is_an_error_even_where_the_link_is_there(sesync, root, site, export, home):
    (home / "cooltrees-data").symlink_to(root / "cooltrees-data")
    site(data={"patience_seconds": 0.5})
    with served(export, root / "cooltrees-data") as server:
        hang(server)
        result = sesync("link", "cooltrees")
        assert (result.code, "did not answer within 0.5 seconds" in result.err) == (1, True)
        assert hangs(server)


def test_the_list_tries_all_links_side_by_side(sesync, root, site, export, home):
    """The one that hangs is the first of them, and takes nothing of the time that the others have to answer."""
    site(data={"patience_seconds": 5.0})
    for name in ("one", "two", "three", "fine"):
        (home / name).symlink_to(root / f"{name}-data")
    (root / "fine-data").mkdir()
    with served(export, root / "one-data") as one, served(export, root / "two-data") as two:
        hang(one)
        two.send_signal(signal.SIGKILL)
        two.wait()
        result = sesync("link", "--json")
        assert hangs(one)
    states = {line["name"]: line["state"] for line in result.json}
    assert states == {"one": "no answer", "two": "not mounted", "three": "missing", "fine": "ok"}


def test_a_server_that_hangs_inside_a_directory_takes_no_time_of_the_rest_of_it(sesync, root, site, export, home):
    site(data={"patience_seconds": 5.0})
    (root / "cooltrees-data/raw").mkdir(parents=True)
    for name, target in (("a", "deep/x"), ("b", "raw"), ("c", ""), ("d", "deep"), ("e", "raw/none")):
        (home / name).symlink_to(root / "cooltrees-data" / target)
    with served(export, root / "cooltrees-data/deep") as server:
        hang(server)
        result = sesync("link", "--json")
        assert hangs(server)
    states = {line["name"]: line["state"] for line in result.json}
    assert states == {"a": "no answer", "b": "ok", "c": "ok", "d": "no answer", "e": "missing"}


def test_nobody_who_reads_the_output_waits_for_a_hung_server(root, site, export):
    site(data={"patience_seconds": 0.5})
    with served(export, root / "cooltrees-data") as server:
        hang(server)
        words = ["sh", "-c", '"$0" link cooltrees 2>&1 | cat', SESYNC]
        done = subprocess.run(words, capture_output=True, timeout=HANG)
        assert b"did not answer" in done.stdout and hangs(server)


def test_a_dead_server_is_not_mounted(sesync, root, export, home):
    with served(export, root / "cooltrees-data") as server:
        server.send_signal(signal.SIGKILL)
        server.wait()
        result = sesync("link", "cooltrees")
    assert result.code == 1
    assert f"{root}/cooltrees-data is not mounted on this machine: Transport endpoint is not connected" in result.err
    assert names_in(home) == []


def test_without_the_data_root_nothing_is_mounted(sesync, root):
    root.rmdir()
    result = sesync("link", "cooltrees", "--json")
    assert (result.code, result.json["error"]["kind"]) == (1, "no-answer")
    assert "is not mounted on this machine" in result.json["error"]["message"]


@pytest.mark.parametrize("word", [signal.SIGSTOP, signal.SIGKILL])
def test_unlink_asks_no_server(sesync, root, site, export, home, word):
    site(data={"patience_seconds": NEVER})
    for name in ("cooltrees-data", "other"):
        (home / name).symlink_to(root / "cooltrees-data")
    with served(export, root / "cooltrees-data") as server:
        server.send_signal(word)
        result = sesync("unlink", "cooltrees-data")
        assert (result.code, names_in(home)) == (0, ["other"])


def test_unlink_mounts_nothing(sesync, root, export, home):
    (home / "cooltrees-data").symlink_to(root / "cooltrees-data")
    (home / "oaks").symlink_to(root / "oaks-data")
    with automounted(root, {"cooltrees-data": export, "oaks-data": export}):
        assert sesync("unlink", "cooltrees").code == 0
        assert not is_mounted(root / "cooltrees-data")
        assert not is_mounted(root / "oaks-data")


def test_a_read_only_directory_is_linked_with_a_warning(sesync, root, export, home):
    with automounted(root, {"cooltrees-data": export}, options=",ro"):
        result = sesync("link", "cooltrees")
        assert (result.code, os.readlink(home / "cooltrees-data")) == (0, f"{root}/cooltrees-data")
        assert f"Warning: you can read {root}/cooltrees-data, but not write to it" in result.err
        assert sesync("link", "--json").json[0]["state"] == "read-only"


def test_a_closed_directory_names_its_group_and_whom_to_ask(sesync, root, home):
    needed_root()
    closed = root / "cooltrees-data"
    closed.mkdir(mode=0o770)
    os.chown(closed, OTHER, 4)  # the group adm is on every Debian
    result = sesync("link", "cooltrees", prefix=AS_ANYBODY)
    assert (result.code, result.out, names_in(home)) == (1, "", [])
    assert f"Error: {closed} exists but you may not read it\n" in result.err
    assert f"Ask cyberhelp@sesync.org to add you to the group 'adm' {DRAFTS}." in result.err
    os.symlink(closed, home / "cooltrees-data")
    assert sesync("link", "--json", prefix=AS_ANYBODY).json[0]["state"] == "no access"


def test_a_directory_without_write_permission_is_read_only(sesync, root, home):
    needed_root()
    (root / "cooltrees-data").mkdir(mode=0o755)
    os.chown(root / "cooltrees-data", OTHER, OTHER)
    result = sesync("link", "cooltrees", prefix=AS_ANYBODY)
    assert (result.code, "but not write to it" in result.err) == (0, True)


def test_a_folder_that_hangs_is_no_place_for_a_link(sesync, nfs, site, export, tmp_path):
    site(data={"patience_seconds": 0.5})
    with served(export, tmp_path / "hung") as server:
        hang(server)
        for words in (("link", "cooltrees"), ("link",), ("unlink", "cooltrees")):
            result = sesync(*words, "--in", tmp_path / "hung")
            assert (result.code, "did not answer within 0.5 seconds" in result.err) == (1, True)
        assert hangs(server)


def test_tab_offers_what_is_mounted_and_asks_no_server(sesync, root, site, export, home):
    site(data={"patience_seconds": NEVER})
    (home / "oaks").symlink_to(root / "oaks-data")
    with served(export, root / "cooltrees-data") as server, served(export, root / "other") as other:
        hang(server)
        hang(other)
        env = dict(os.environ, _SESYNC_COMPLETE="bash_complete", COMP_WORDS="sesync link ", COMP_CWORD="2")
        result = sesync(env=env)
        assert result.out.splitlines() == ["plain,cooltrees", "plain,oaks"]
        env |= {"COMP_WORDS": "sesync unlink o"}
        assert sesync(env=env).out.splitlines() == ["plain,oaks"]


def test_a_data_root_that_may_be_entered_and_not_listed_is_no_silence(sesync, site, nfs: Path, home: Path):
    needed_root()
    nfs.chmod(0o711)
    os.chown(nfs, OTHER, OTHER)
    assert sesync("link", "cooltrees", prefix=AS_ANYBODY).code == 0
    result = sesync("link", "nosuch", prefix=AS_ANYBODY)
    assert (result.code, f"there is no data directory {nfs}/nosuch-data" in result.err) == (1, True), result.err

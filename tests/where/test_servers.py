"""File servers that are slow, hang or die, and folders that are closed."""

import os
import signal

from tests.conftest import needed_root
from tests.link.test_servers import AS_ANYBODY, NEVER, OTHER, is_mounted
from tests.services.autofs import automounted
from tests.services.fuse import hang, hangs, served
from tests.where.conftest import BIG, TIFF


def test_an_automounted_directory_is_opened(advised, write, nfs, linked, tmp_path):
    write(tmp_path / "export/heat.py", "1")
    linked.rmdir()
    with automounted(nfs, {"cooltrees-data": tmp_path / "export"}):
        assert set(advised(nfs / "cooltrees-data")) == {f"{nfs}/cooltrees-data/heat.py"}


def test_a_terminal_shows_that_it_looks(terminal, write, nfs, linked, tmp_path):
    write(tmp_path / "export/heat.py", "1")
    linked.rmdir()
    with automounted(nfs, {"cooltrees-data": tmp_path / "export"}, slow=1):
        seen = terminal("where", nfs / "cooltrees-data")
        seen.wait_for("Looking")
        assert (seen.ended(), "source code" in seen.screen) == (0, True)


def test_ctrl_c_ends_a_long_look(terminal, nfs, linked, tmp_path, site):
    site(data={"patience_seconds": NEVER})
    (tmp_path / "export").mkdir()
    linked.rmdir()
    with automounted(nfs, {"cooltrees-data": tmp_path / "export"}, slow=NEVER):
        seen = terminal("where", nfs / "cooltrees-data")
        seen.wait_for("Looking")
        seen.type("\x03")
        assert seen.ended() == 130
        assert not is_mounted(nfs / "cooltrees-data")


def test_a_hung_server_is_given_up_on(sesync, write, site, linked, tmp_path):
    site(data={"patience_seconds": 0.5})
    write(tmp_path / "export/dem.tif", TIFF, BIG)
    with served(tmp_path / "export", linked) as server:
        hang(server)
        for path in (linked, linked / "dem.tif", "cooltrees-data/"):
            result = sesync("where", path)
            assert (result.code, result.out) == (1, "")
            assert "did not answer within 0.5 seconds" in result.err
        assert hangs(server)
        # a link is a link, whatever is behind it
        site(data={"patience_seconds": NEVER})
        assert "It is a link to" in sesync("where", "cooltrees-data").out


def test_a_dead_server_says_so(sesync, linked, tmp_path):
    (tmp_path / "export").mkdir()
    with served(tmp_path / "export", linked) as server:
        server.send_signal(signal.SIGKILL)
        server.wait()
        result = sesync("where", linked)
        assert (result.code, "Transport endpoint is not connected" in result.err) == (1, True)


def test_what_was_seen_before_a_server_hung_counts(sesync, write, home, site, tmp_path):
    site(data={"patience_seconds": 5.0})
    write(home / "dem.tif", TIFF, BIG)
    (tmp_path / "export").mkdir()
    with served(tmp_path / "export", home / "mounted") as server:
        hang(server)
        answer = sesync("where", "--json").json
    assert [item["path"] for one in answer["advice"] for item in one["items"]] == [f"{home}/dem.tif"]
    [path] = answer["named"]
    assert path["complete"] is False
    assert path["unreadable"] == [{"path": f"{home}/mounted", "problem": "no answer"}]


def test_other_file_systems_are_not_entered(sesync, write, home, tmp_path):
    write(tmp_path / "export/dem.tif", TIFF, BIG)
    with served(tmp_path / "export", home / "mounted"):
        answer = sesync("where", "--json").json
    assert (answer["advice"], answer["named"][0]["not_entered"]) == ([], [f"{home}/mounted"])


def test_a_closed_folder_is_named_and_the_rest_is_seen(sesync, write, home):
    needed_root()
    write(home / "dem.tif", TIFF, BIG)
    write(home / "locked/secret.tif", TIFF, BIG).parent.chmod(0o700)
    unreadable = write(home / "unreadable.csv", "a,b\n1,2\n")
    unreadable.chmod(0)
    for path in (home / "locked", unreadable):
        os.chown(path, OTHER, OTHER)
    answer = sesync("where", "--json", prefix=AS_ANYBODY).json
    assert {one["path"]: one["problem"] for one in answer["named"][0]["unreadable"]} == {
        f"{home}/locked": "Permission denied",
        f"{home}/unreadable.csv": "Permission denied",
    }
    assert answer["advice"][0]["items"][0]["path"] == f"{home}/dem.tif"
    result = sesync("where", "locked/secret.tif", prefix=AS_ANYBODY)
    assert (result.code, "you may not write or read locked/secret.tif" in result.err) == (1, True)

"""sesync kernel list and show: every kernel, what it takes, and what is wrong with it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kernel import ground
from tests.kernel.conftest import Shared
from tests.kernel.test_remove import made

BUILDS = """
import sys, time
from pathlib import Path
from contextlib import nullcontext
from sesync_cli.leftovers import partial
from sesync_cli.lock import alone
place = Path(sys.argv[1], ".local/share/sesync/kernels/trees")
place.parent.mkdir(parents=True)
with alone(place, nullcontext()):
    partial(place, owner=place).mkdir()
    print("building", flush=True)
    time.sleep(1000)
"""


def states(sesync) -> dict[str, str]:
    return {one["name"]: one["state"] for one in sesync("kernel", "list", "--json").json}


@pytest.mark.bare_home
def test_without_kernels(sesync, home: Path):
    result = sesync("kernel", "list")
    assert (result.code, result.out) == (0, "")
    assert result.err == "You have no kernels yet. 'sesync kernel create NAME' makes one.\n"
    assert sesync("kernel", "list", "--json").out == "[]\n"
    assert list(home.iterdir()) == []


def test_the_keys_of_the_json(sesync, home: Path):
    environment = made(home, "trees")
    assert sesync("kernel", "list", "--json").json == [
        {
            "name": "trees",
            "display_name": "The trees",
            "python_version": "3.11.2",
            "state": "ok",
            "problem": None,
            "alone_bytes": sesync("kernel", "list", "--json").json[0]["alone_bytes"],
            "shared_bytes": 0,
            "managed": True,
            "server": False,
            "spec": str(ground.specs(home) / "trees"),
            "environment": str(environment),
            "command": None,
        }
    ]
    card = sesync("kernel", "show", "TREES", "--json").json
    [row] = sesync("kernel", "list", "--json").json
    more = ["asked", "requirements", "env", "packages", "changed", "missing", "shared"]
    assert (list(card), {key: card[key] for key in row}) == ([*row, *more], row)
    assert (card["name"], card["asked"]) == ("trees", ["six"])


def test_each_state(sesync, home: Path, tmp_path: Path):
    made(home, "fine")
    (made(home, "snake") / "bin/python").unlink()
    shutil.rmtree(made(home, "gone"))
    (made(home, "mute") / "lib/python3.11/site-packages/ipykernel_launcher.py").unlink()
    made(home, "hidden")
    shutil.rmtree(ground.specs(home) / "hidden")
    ground.spec(home, "mine", ["python3"])
    ground.spec(home, "lost", ["/nowhere/bin/python"])
    shutil.copytree(ground.specs(home) / "fine", ground.specs(home) / "copy")
    ground.spec(home, "double", ["python3"], display_name="The mine")
    (ground.specs(home) / "no-kernel").mkdir()
    (ground.specs(home) / "file").write_text("")
    assert states(sesync) == {
        "copy": "elsewhere",
        "double": "same title",
        "fine": "same title",
        "gone": "no environment",
        "hidden": "not in Jupyter",
        "lost": "no Python",
        "mine": "same title",
        "mute": "no ipykernel",
        "snake": "no Python",
    }
    problem = sesync("kernel", "show", "snake", "--json").json["problem"]
    assert problem == f"{ground.environments(home)}/snake/bin/python is gone"
    told = sesync("kernel", "list").err
    assert told == (
        "5 kernels do not work: 'sesync kernel show gone' says why, 'sesync kernel repair gone' mends it.\n"
    )


def test_no_kernel_json_stops_the_list(sesync, home: Path):
    for name, text in (
        ("torn", '{"argv": ["/usr'),
        ("odd", "[]"),
        ("bytes", "\udcff"),
        ("null", '{"argv": null}'),
        ("bare", "{}"),
        ("deep", "[" * 100_000),
        ("zero", '{"argv": ["python3\\u0000"]}'),
        ("empty", ""),
    ):
        (ground.spec(home, name, []) / "kernel.json").write_text(text, errors="surrogateescape")
    for name in ("folder", "pipe", "link"):
        (ground.spec(home, name, []) / "kernel.json").unlink()
    (ground.specs(home) / "folder/kernel.json").mkdir()
    os.mkfifo(ground.specs(home) / "pipe/kernel.json")
    (ground.specs(home) / "link/kernel.json").symlink_to("nowhere")
    os.truncate(ground.spec(home, "large", ["python3"]) / "kernel.json", 100_000_000)
    assert {one["name"]: (one["state"], one["problem"]) for one in sesync("kernel", "list", "--json").json} == {
        "bare": ("unreadable", "kernel.json does not say what to start ('argv')"),
        "bytes": ("unreadable", "kernel.json is not JSON"),
        "deep": ("unreadable", "kernel.json is not JSON"),
        "empty": ("unreadable", "kernel.json is empty"),
        "folder": ("unreadable", "kernel.json is a folder, and no file"),
        "large": ("unreadable", "kernel.json is far too large"),
        "link": ("unreadable", "its link leads nowhere"),
        "null": ("unreadable", "kernel.json does not say what to start ('argv')"),
        "odd": ("unreadable", "kernel.json does not describe a kernel"),
        "pipe": ("unreadable", "kernel.json is a pipe or the like, and no file"),
        "torn": ("unreadable", "kernel.json is not JSON"),
        "zero": ("unreadable", "kernel.json does not say what to start ('argv')"),
    }
    assert sesync("kernel", "remove", "link", "--yes").code == 0
    assert not (ground.specs(home) / "link").exists()


def test_what_is_being_made_and_what_was_left(sesync, home: Path, background):
    run = background(sys.executable, "-c", BUILDS, home, program=())
    assert run.stdout and run.stdout.readline() == "building\n"
    assert states(sesync) == {"trees": "being made"}
    refused = sesync("kernel", "remove", "trees", "--yes")
    assert (refused.code, refused.err.splitlines()[0]) == (1, "Error: another run of sesync is at work on trees")
    run.kill()
    run.wait()
    assert states(sesync) == {"trees": "left over"}
    assert sesync("kernel", "remove", "trees", "--yes").out == "Removed the kernel trees.\n"
    assert ground.nothing(home)


def test_a_python_that_was_removed_is_missed(sesync, home: Path, tmp_path: Path):
    python = tmp_path / "python3.11"
    python.symlink_to(shutil.which("true") or "/bin/true")
    environment = made(home, "trees")
    (environment / "bin/python").unlink()
    (environment / "bin/python").symlink_to(python)
    assert states(sesync) == {"trees": "ok"}
    python.unlink()
    assert states(sesync) == {"trees": "no Python"}
    result = sesync("kernel", "create", "trees", "six", "--python", "3.11")
    assert (result.code, "which is broken (no Python)" in result.err) == (1, True)


def test_what_one_may_not_look_into_hides_nothing_else(sesync, home: Path, tmp_path: Path, site):
    server = tmp_path / "server"
    ground.spec(server, "geo", ["python3"])
    secret = ground.spec(server, "secret", ["python3"])
    unreadable = ground.spec(home, "closed", ["python3"]) / "kernel.json"
    for path in (secret, unreadable):
        os.chown(path, 12345, 12345) if os.getuid() == 0 else None
        path.chmod(0o000)
    site(kernels={"server_folders": [str(ground.specs(server))]})
    powers = "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"
    prefix = ("setpriv", *powers) if os.getuid() == 0 else ()
    result = sesync("kernel", "list", "--json", prefix=prefix)
    secret.chmod(0o700)
    found = {one["name"]: (one["state"], one["server"]) for one in result.json}
    assert found == {"closed": ("unreadable", False), "geo": ("ok", True)}
    names = [path.name for path in ground.specs(home).iterdir()]
    assert names == ["closed"]


def test_the_users_kernel_hides_the_servers_of_the_same_name(sesync, home: Path, tmp_path: Path, site):
    ground.spec(tmp_path / "server", "GEO", ["python3"])
    ground.spec(home, "geo", ["python3"])
    site(kernels={"server_folders": [str(ground.specs(tmp_path / "server"))]})
    [geo] = sesync("kernel", "list", "--json").json
    assert (geo["name"], geo["server"], geo["state"]) == ("geo", False, "same name")
    assert (
        geo["problem"]
        == f"Jupyter offers it, and not the server's kernel of that name, {ground.specs(tmp_path / 'server')}/GEO"
    )


def test_a_table_for_people(sesync, home: Path):
    made(home, "trees")
    ground.spec(home, "by-hand", ["python3"], display_name="[bold]Mine[/bold]\x1b[31m")
    head, by_hand, trees = sesync("kernel", "list").out.splitlines()
    assert head.split("  ")[0] == "NAME" and head.endswith("STATE")
    assert "[bold]Mine[/bold]\\x1b[31m" in by_hand and by_hand.split()[-2:] == ["you", "ok"]
    assert trees.split()[0] == "trees" and trees.split()[-2:] == ["sesync", "ok"]


def test_on_a_narrow_terminal_nothing_is_lost(terminal, home: Path):
    made(home, "trees-of-the-northern-forest-of-1952")
    screen = terminal("kernel", "list", columns=40)
    assert screen.ended() == 0
    lines = screen.screen.splitlines()
    assert max(map(len, lines)) <= 40
    assert "trees-of-the-northern-forest-of-1952" in lines[0]
    assert any(line.split()[:1] == ["state"] and line.split()[-1] == "ok" for line in lines)


def test_the_same_packages_again_take_little_more_room(shared: Shared, sesync):
    shared.kernel("cooltrees", "humanize")
    shared.kernel("pinetrees", "humanize")
    sizes = {one["name"]: one for one in sesync("kernel", "list", "--json").json}
    first, second = sizes["cooltrees"], sizes["pinetrees"]
    assert second["alone_bytes"] < 15_000_000 < second["shared_bytes"]
    python = ground.environments(shared.home)
    module = "lib/python3.11/site-packages/ipykernel_launcher.py"
    assert (python / "cooltrees" / module).stat().st_ino == (python / "pinetrees" / module).stat().st_ino
    du = subprocess.run(
        ["du", "-s", "--block-size=1", python / "cooltrees"], capture_output=True, text=True, check=True
    )
    assert abs(int(du.stdout.split()[0]) - first["alone_bytes"] - first["shared_bytes"]) < 200_000


def test_a_card_for_people(shared: Shared, sesync):
    shared.kernel("cooltrees", "humanize")
    out = sesync("kernel", "show", "CoolTrees").out
    facts = {line.split()[0]: line.split(maxsplit=1)[1] for line in out.splitlines()[1:] if line[:3].strip()}
    assert out.startswith("cooltrees\n")
    assert (facts["state"], facts["made"]) == ("ok", "by      sesync")
    assert "humanize" in out and "ipykernel" in out and "pip " in out
    assert sesync("kernel", "show", "cooltrees", "--json").json["packages"]["humanize"].count(".") >= 1


def test_a_kernel_that_is_not_there(sesync, home: Path):
    result = sesync("kernel", "show", "nope", "--json")
    assert (result.code, json.loads(result.out)["error"]["kind"]) == (1, "not-found")


@pytest.mark.parametrize("name", ["JUPYTER_DATA_DIR", "XDG_DATA_HOME"])
def test_kernels_are_where_jupyter_looks(sesync, home: Path, tmp_path: Path, monkeypatch, name: str):
    folder = tmp_path / "elsewhere"
    specs = folder / ("jupyter/kernels" if name == "XDG_DATA_HOME" else "kernels")
    specs.mkdir(parents=True)
    shutil.copytree(ground.spec(home, "trees", ["python3"]), specs / "oaks")
    monkeypatch.setenv(name, str(folder))
    assert [one["spec"] for one in sesync("kernel", "list", "--json").json] == [str(specs / "oaks")]
    assert "oaks" in ground.listed()

"""sesync start: a project set up in one go, and what is missing of it later, with real servers, clones and kernels."""

import grp
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clone.conftest import git
from tests.conftest import HANG, SESYNC, Ended, Said
from tests.kernel import ground
from tests.services.fuse import hang, served
from tests.services.leaks import TOKEN
from tests.services.sshd import Sshd
from tests.start.conftest import notebook

DRIVE = Path(__file__).parent.parent / "kernel/drive.py"
AT_JUPYTER = "https://jupyter.example.org"


def states(done: Ended) -> dict[str, str]:
    """The state of each part, by its kind and number: {"code 1": "there"}."""
    kinds = [one["kind"] for one in done.json["result"]["parts"]]
    return {
        f"{one['kind']} {kinds[: number + 1].count(one['kind'])}": one["state"]
        for number, one in enumerate(done.json["result"]["parts"])
    }


def test_a_project_is_set_up_in_one_go_and_later_only_what_is_missing(sesync, code, friend, nfs: Path, home: Path):
    code("cooltrees/heat")
    asked = sesync("start", "cooltrees", "cooltrees/heat")
    assert (asked.code, asked.out) == (2, "")
    assert asked.err == (
        "Error: this needs an answer: To begin with cooltrees:\n"
        f"  data    link {home}/cooltrees-data to {nfs}/cooltrees-data\n"
        f"  code    clone cooltrees/heat to {home}/heat\n"
        "  kernel  make one with the packages that cooltrees/heat asks for\n"
        "Already there: your ssh key.\n"
        "Do it?\n"
        "Hint:  Add '--yes' to answer yes beforehand.\n"
    )
    shown = sesync("start", "cooltrees", "cooltrees/heat", "-n")
    assert shown.out.replace("~", str(home)).splitlines() == [
        f"ln -s {nfs}/cooltrees-data {home}/cooltrees-data",
        f"git clone {friend.url('cooltrees/heat')} {home}/heat",
        f"sesync kernel create --from {home}/heat  # if it asks for packages",
    ]
    assert not (home / "cooltrees-data").is_symlink() and not (home / "heat").exists()

    done = sesync("start", "cooltrees", "cooltrees/heat", "-y")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        f"Linked {home}/cooltrees-data to {nfs}/cooltrees-data.\n"
        f"Cloned cooltrees/heat to {home}/heat.\n"
        "Made the kernel heat from requirements.txt.\n"
        "Already there: your ssh key.\n"
        "\n"
        f"Reload the page of JupyterLab, {AT_JUPYTER}: its Launcher shows 'heat (Python 3.11)'.\n"
    )
    assert (home / "cooltrees-data").readlink() == nfs / "cooltrees-data"
    assert ground.specs(home).joinpath("heat/kernel.json").exists() and (home / "heat/heat.py").exists()

    again = sesync("start", "cooltrees")
    assert (again.code, again.err) == (0, "")
    assert again.out == (
        f"Already there: {home}/cooltrees-data, {home}/heat, the kernel heat.\n"
        "\n"
        f"Go on at {AT_JUPYTER}, with 'heat (Python 3.11)' in its Launcher.\n"
    )
    (home / "cooltrees-data").unlink()
    missing = sesync("start", "cooltrees", "-y", "--json")
    assert states(missing) == {"data 1": "done", "code 1": "there", "kernel 1": "there"}
    assert missing.json["steps"] == [f"ln -s {nfs}/cooltrees-data {home}/cooltrees-data"]
    shutil.rmtree(home / "heat")
    missing = sesync("start", "cooltrees", "heat", "-y", "--json")
    assert states(missing) == {"data 1": "there", "key 1": "there", "code 1": "done", "kernel 1": "there"}
    assert missing.json["result"]["parts"][-1]["result"]["name"] == "heat"


def test_what_cannot_be_done_is_told_and_the_rest_is_done(sesync, code, friend, nfs: Path, home: Path):
    code("cooltrees/heat")
    (home / "cooltrees-data").mkdir()
    done = sesync("start", "cooltrees", "cooltrees/nosuch", "heat", "-y")
    assert done.code == 1
    assert done.out.startswith(f"Cloned cooltrees/heat to {home}/heat.\nMade the kernel heat from requirements.txt.\n")
    assert done.err.startswith("Error: 3 of 6 things could not be done; the others are:\n")
    assert f"\n  data: {home}/cooltrees-data is a folder, and it stays\n" in done.err
    assert "\n  code: 127.0.0.1" in done.err and "has no repository cooltrees/nosuch" in done.err
    assert "\n  kernel: not tried, since the code comes first\n" in done.err
    assert "Hint:  'sesync link cooltrees --as NAME' links the data under another name.\n" in done.err
    document = sesync("start", "cooltrees", "nosuch", "heat", "-y", "--json")
    assert document.code == 1
    assert states(document) == {
        **{"data 1": "failed", "key 1": "there", "code 1": "failed", "code 2": "there"},
        **{"kernel 1": "not tried", "kernel 2": "there"},
    }
    assert document.json["done"] is False and document.json["result"]["parts"][0]["problem"]


def test_a_file_server_that_hangs_keeps_nobody_from_the_code(
    sesync, code, friend, site, nfs: Path, home: Path, tmp_path: Path
):
    code("cooltrees/heat", {"heat.py": "print(1)\n"})
    site(data={"patience_seconds": 2})
    (tmp_path / "behind").mkdir()
    with served(tmp_path / "behind", nfs / "cooltrees-data") as server:
        hang(server)
        done = sesync("start", "cooltrees", "heat", "-y")
    assert done.code == 1 and (home / "heat/heat.py").exists()
    told = done.err.partition("Error: ")[2]
    assert told.startswith(f"the file server of {nfs}/cooltrees-data did not answer within 2 seconds\n")


def test_a_project_that_is_misspelt_is_one_error(sesync, site, nfs: Path):
    done = sesync("start", "coltrees")
    assert done.err == (
        f"Error: there is no data directory {nfs}/coltrees-data\n"
        "Hint:  Did you mean cooltrees? Else ask cyberhelp@sesync.org for your project's short name"
        " ('sesync report' drafts the mail).\n"
    )
    done = sesync("start", "cooltrees/analysis")
    assert (done.code, done.err.splitlines()[1]) == (
        2,
        "Hint:  'sesync start cooltrees cooltrees/analysis' begins with both.",
    )


def test_who_names_no_repository_and_has_no_token_is_told_how_to_name_one(sesync, site, nfs: Path, home: Path):
    done = sesync("start", "cooltrees", "-y")
    assert done.code == 0 and (home / "cooltrees-data").is_symlink()
    assert done.err == (
        "Warning: nobody has said where the code of cooltrees is: 'sesync start cooltrees GROUP/NAME' clones it,"
        " and 'sesync clone --login' lets sesync ask GitLab\n"
    )


def test_gitlab_tells_the_repositories_of_the_group_and_who_one_is(
    sesync, code, member, friend, nfs: Path, home: Path, monkeypatch: pytest.MonkeyPatch
):
    for name in ("cooltrees/heat", "cooltrees/rain"):
        member.publish(code(name, {"heat.py": "print(1)\n"}))
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.delenv(f"GIT_{who}_NAME")
        monkeypatch.delenv(f"GIT_{who}_EMAIL")
    asked = sesync("start", "cooltrees")
    assert "\nIts code is known from the group cooltrees at 127.0.0.1" in asked.err
    assert "\n  name    have your commits carry 'J. Smith <j.smith@example.org>'\n" in asked.err
    done = sesync("start", "cooltrees", "-y")
    assert (done.code, sorted(one.name for one in home.iterdir() if one.name[0] != ".")) == (
        0,
        ["cooltrees-data", "heat", "rain"],
    )
    assert "Your commits carry 'J. Smith <j.smith@example.org>'.\n" in done.out
    assert git("config", "--file", home / ".gitconfig", "user.email") == "j.smith@example.org\n"
    assert done.err == (
        "Warning: nothing says which packages this code needs: 'sesync kernel create NAME PACKAGE...' makes a kernel"
        " with those that you name\n"
    )
    shutil.rmtree(home / "rain")
    assert states(sesync("start", "cooltrees", "-y", "--json")) == {
        **{"data 1": "there", "key 1": "there", "code 1": "there", "code 2": "done", "kernel 1": "not needed"}
    }
    monkeypatch.setenv("GITLAB_TOKEN", f"{TOKEN}x")
    done = sesync("start", "cooltrees")
    assert (done.code, "your token" in done.err.lower()) == (0, True)


def test_a_key_is_made_and_registered(sesync, code, api, site, stranger: Sshd, home: Path, monkeypatch):
    code("cooltrees/heat", {"heat.py": "print(1)\n"})
    site(gitlab={"url": api.url.rstrip("/"), "host_keys": [stranger.host_key]})
    monkeypatch.setenv("GITLAB_TOKEN", TOKEN)
    before = stranger.folder.joinpath("authorized_keys").read_text()
    try:
        # this ssh server does not learn from that API: what is registered is given to it here
        done = sesync("start", "cooltrees", "heat", "-y")
        assert done.code == 1 and "does not know your key yet" in done.err
        assert "\n  code: not tried, since the key comes first\n" in done.err
        [key] = api.keys
        stranger.folder.joinpath("authorized_keys").write_text(f"{before}{key['key']}\n")
        done = sesync("start", "cooltrees", "heat", "-y", "--json")
    finally:
        stranger.folder.joinpath("authorized_keys").write_text(before)
    assert (done.code, done.err) == (0, "")
    assert states(done) == {"data 1": "there", "key 1": "there", "code 1": "done", "kernel 1": "not needed"}
    assert (home / "heat/heat.py").exists() and (home / ".ssh/id_ed25519").stat().st_mode & 0o777 == 0o600
    assert TOKEN not in done.out


def test_what_people_made_by_hand_counts(sesync, code, friend, nfs: Path, home: Path, tmp_path: Path, monkeypatch):
    code("cooltrees/heat")
    (home / "trees").symlink_to(nfs / "cooltrees-data")
    git("clone", "--quiet", friend.folder / "repos/cooltrees/heat.git", home / "projects/summers")
    git("remote", "set-url", "origin", friend.url("cooltrees/heat"), cwd=home / "projects/summers")
    python = ground.venv(home / "projects/summers/.venv", "ipykernel") / "bin/python"
    ground.spec(home, "warm", [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"])
    done = sesync("start", "cooltrees", "cooltrees/heat")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        f"Already there: {home}/trees, {home}/projects/summers, the kernel warm.\n"
        "\n"
        f"Go on at {AT_JUPYTER}, with 'The warm' in its Launcher.\n"
    )
    (tmp_path / "moved").symlink_to(home)
    monkeypatch.setenv("HOME", str(tmp_path / "moved"))
    assert "the kernel warm.\n" in sesync("start", "cooltrees", "cooltrees/heat").out


def test_another_kernel_of_the_name_is_no_kernel_for_the_code(sesync, code, friend, home: Path, tmp_path: Path):
    code("cooltrees/heat")
    python = ground.venv(tmp_path / "elsewhere", "ipykernel") / "bin/python"
    ground.spec(home, "heat", [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"])
    done = sesync("start", "cooltrees", "heat", "-y")
    assert done.code == 1 and "Error: there is another kernel named heat, which sesync did not make\n" in done.err
    hint = "'sesync kernel create NAME --from ~/heat' makes it under another name, or 'sesync kernel remove heat'"
    assert f"Hint:  {hint} makes room for another.\n" in done.err
    assert sesync("start", "cooltrees").code == 1
    made = sesync("kernel", "create", "summers", "--from", home / "heat")
    assert made.code == 0 and "the kernel summers" in sesync("start", "cooltrees").out


def test_notebooks_that_ask_for_another_kernel_are_told_with_the_command(sesync, code, friend, home: Path):
    files = {"requirements.txt": "sesync_tree\n", "plot.ipynb": notebook("summers"), "old/rain.ipynb": notebook("heat")}
    code(
        "cooltrees/heat",
        {**files, "trees.ipynb": notebook("ir", "R"), "broken.ipynb": "{}", "py.ipynb": notebook("python3")},
    )
    done = sesync("start", "cooltrees", "heat", "-y")
    assert done.code == 0
    told = done.err.splitlines()
    assert told == [
        f"Warning: trees.ipynb in {home}/heat asks for the kernel ir, which is not here: 'sesync report' asks support"
        " for it; in JupyterLab, Kernel ▸ Change Kernel offers those that are here",
        f"Warning: plot.ipynb in {home}/heat asks for the kernel summers, which is not here:"
        f" 'sesync kernel create summers --from {home}/heat' makes it",
    ]
    command = told[1].split("'")[1].replace("~", str(home))
    env = {**os.environ, "PATH": f"{SESYNC.parent}:{os.environ['PATH']}"}
    made = subprocess.run(["/bin/sh", "-c", command], env=env, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    assert "summers" not in sesync("start", "cooltrees").err


def ended_at(number: signal.Signals, doing: str) -> Ended:
    """A run that gets this signal when it begins to do this."""
    argv = [sys.executable, str(DRIVE), str(int(number)), doing, "start", "cooltrees", "heat", "-y"]
    done = subprocess.run(argv, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=HANG)
    return Ended(done.returncode, Said(done.stdout), Said(done.stderr))


def test_a_run_that_is_ended_leaves_whole_parts_and_the_next_goes_on(sesync, code, friend, home: Path):
    code("cooltrees/heat")
    link, clone, spec = home / "cooltrees-data", home / "heat/heat.py", ground.specs(home) / "heat/kernel.json"
    first = ended_at(signal.SIGINT, "Linking cooltrees-data")
    assert (first.code, first.err.strip()) == (130, "Stopped; what was begun is undone.") and not os.path.lexists(link)
    killed = ended_at(signal.SIGKILL, "Cloning")
    assert (killed.code, link.is_symlink(), clone.exists()) == (-signal.SIGKILL, True, False)
    link.unlink()
    during = ended_at(signal.SIGINT, "Installing")
    assert during.err.strip() == "Stopped; what was begun is undone; the data and the code came before that."
    assert (link.is_symlink(), clone.exists(), spec.exists(), ground.leftovers(home)) == (True, True, False, [])
    killed = ended_at(signal.SIGKILL, "Installing")
    assert (killed.code, spec.exists(), bool(ground.leftovers(home))) == (-signal.SIGKILL, False, True)
    assert sesync("start", "cooltrees", "-y").code == 0 and spec.exists() and ground.leftovers(home) == []


def test_two_at_once_do_it_once(sesync, background, code, friend, home: Path):
    code("cooltrees/heat")
    running = [background("start", "cooltrees", "heat", "-y") for _ in range(2)]
    said = [Said("".join(one.communicate(timeout=HANG))) for one in running]
    assert [one.returncode for one in running] == [0, 0], said
    assert sum("Made the kernel heat" in one for one in said) == 1
    assert ground.leftovers(home) == [] and sesync("start", "cooltrees").out.count("Already there") == 1


def test_who_is_in_no_group_of_a_project_has_nothing_offered(sesync, site):
    done = sesync("start")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(
        "Error: you are in no group that has a data directory here\nHint:  'sesync start PROJECT'"
    )


def test_without_a_project_ones_own_are_offered(sesync, terminal, site, nfs: Path, home: Path, monkeypatch):
    own = grp.getgrgid(os.getgid()).gr_name
    (nfs / f"{own}-data").mkdir()
    asked = sesync("start")
    assert (asked.code, f"To begin with {own}:" in asked.err) == (2, True)
    (home / "trees").symlink_to(nfs / "cooltrees-data")
    monkeypatch.setenv("COLUMNS", "300")
    listed = sesync("start")
    assert (listed.code, listed.err) == (0, "")
    assert [line.split()[:2] for line in listed.out.splitlines()[1:3]] == [["cooltrees", "linked"], [own, "not"]]
    assert [one["project"] for one in sesync("start", "--json").json] == ["cooltrees", own]
    person = terminal("start", columns=80)
    person.wait_for("Which one? Its number:")
    assert f"   1  cooltrees (its data is linked)\n   2  {own}\n" in "\n".join(
        map(str.rstrip, person.screen.splitlines())
    )
    person.type("2\r")
    person.wait_for("Do it? [y/N]:")
    person.type("n\r")
    assert person.ended() == 1 and "As you wish: nothing was done." in person.screen
    assert not (home / f"{own}-data").exists()
    person = terminal("start", own, columns=40)
    person.wait_for("Do it? [y/N]:")
    assert f"  data    link ~/{own}-data to" in person.screen
    person.type("y\r")
    assert person.ended() == 0 and (home / f"{own}-data").is_symlink()


def test_a_person_is_asked_for_their_name_in_the_end(terminal, code, friend, home: Path, monkeypatch):
    code("cooltrees/heat", {"heat.py": "print(1)\n"})
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.delenv(f"GIT_{who}_NAME")
        monkeypatch.delenv(f"GIT_{who}_EMAIL")
    person = terminal("start", "cooltrees", "heat", "nosuch")
    person.wait_for("Do it? [y/N]:")
    assert "ask which name your commits shall carry" in " ".join(person.screen.split())
    person.type("y\r")
    person.wait_for("Your name, as your commits shall show it")
    assert (home / "heat/heat.py").exists()
    person.type("\x15Ann Doe\r")
    person.wait_for("Your e-mail address, as your commits shall show it")
    person.type("adoe@example.org\r")
    assert person.ended() == 1
    assert "Cloned cooltrees/heat to ~/heat." in person.screen and "2 of " in person.screen
    assert git("config", "--file", home / ".gitconfig", "user.name") == "Ann Doe\n"


def test_of_a_large_group_one_chooses(sesync, terminal, code, member, friend, home: Path):
    names = [f"cooltrees/part{number}" for number in range(6)]
    for name in names:
        member.publish(code(name, {"heat.py": "print(1)\n"}))
    person = terminal("start", "cooltrees")
    person.wait_for("Numbers, or a part of a name")
    person.type("1 2\r")
    person.wait_for("Do it? [y/N]:")
    person.type("y\r")
    assert person.ended() == 0
    assert sorted(one.name for one in home.iterdir() if one.name.startswith("part")) == ["part0", "part1"]
    again = terminal("start", "cooltrees", columns=200)
    assert again.ended() == 0
    assert "cooltrees has 4 more repositories: 'sesync clone cooltrees/' lists them" in again.screen
    assert len(sesync("start", "cooltrees", "-y", "-n").out.splitlines()) == 8


def test_a_full_home_ends_what_is_left(sesync, code, friend, tmp_path: Path, monkeypatch, nfs: Path):
    from tests.kernel.test_full import enter, tmpfs

    code("cooltrees/heat")
    ssh = Path(os.environ["HOME"], ".ssh")
    with tmpfs(tmp_path / "tiny", "20m") as home:
        shutil.copytree(ssh, home / ".ssh")
        enter(home, monkeypatch)
        done = sesync("start", "cooltrees", "heat", "-y")
        assert done.code == 1 and (home / "cooltrees-data").is_symlink() and (home / "heat/heat.py").exists()
        assert f"Error: this takes about 30.0 MB, and {home} has" in done.err
        assert ground.nothing(home)

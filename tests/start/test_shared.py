"""What a group shares with whoever begins: a list of its repositories, and kernels, each with its repository."""

import os
import shutil
from pathlib import Path

import pytest

from tests.clone.conftest import git
from tests.kernel import ground
from tests.start.test_start import states

LIST = "cooltrees-data/.sesync/repositories.txt"


def test_a_list_is_begun_and_added_to_and_keeps_its_words(sesync, code, friend, nfs: Path, home: Path):
    code("cooltrees/heat", {"heat.py": "print(1)\n"})
    nobody = sesync("start", "cooltrees", "--share")
    assert (nobody.code, "'sesync start cooltrees --share GROUP/NAME'" in nobody.err) == (2, True)
    assert sesync("start", "cooltrees", "heat", "-y").code == 0
    shown = sesync("start", "cooltrees", "--share", "-n")
    assert shown.out.splitlines()[-1] == f"printf '%s\\n' cooltrees/heat >> {nfs}/{LIST}"
    shared = sesync("start", "cooltrees", "--share")
    assert (shared.code, shared.err) == (0, "")
    assert shared.out == (
        f"Whoever types 'sesync start cooltrees' gets cooltrees/heat from now on. The list is {nfs}/{LIST}.\n"
    )
    (nfs / LIST).write_text((nfs / LIST).read_text() + "# also ours:\nrain/rain # Bob's\nnonsense")
    document = sesync("start", "cooltrees", "--share", "https://github.com/a/b.git", "--json").json
    assert document["steps"] and [one["repository"] for one in document["result"]["repositories"]] == [
        "cooltrees/heat",
        "rain/rain",
        None,
    ]
    assert document["result"]["repositories"][0]["path"] == f"{home}/heat"
    assert (nfs / LIST).read_text() == (
        "# The code of cooltrees, a repository on each line, for 'sesync start'.\n"
        "cooltrees/heat\n# also ours:\nrain/rain # Bob's\nnonsense\nhttps://github.com/a/b.git\n"
    )
    again = sesync("start", "cooltrees", "--share", "cooltrees/heat")
    assert again.out.startswith("'sesync start cooltrees' knows cooltrees/heat already, from ")
    secret = sesync("start", "cooltrees", "--share", "https://me:hunter2@github.com/a/c.git")
    assert (secret.code, "hunter2" in secret.err + (nfs / LIST).read_text()) == (2, False)


def test_a_list_says_what_is_cloned_and_what_is_wrong_in_it_is_passed_over(sesync, code, friend, nfs: Path, home: Path):
    for name in ("cooltrees/heat", "rain/rain"):
        code(name, {"heat.py": "print(1)\n"})
    (nfs / LIST).parent.mkdir()
    lines = f"cooltrees/heat\r\n\r\n  rain/rain\n{friend.url('cooltrees/heat')}\n--upload-pack=x\next::sh -c x\n/etc\nhttps://me:hunter2@x.org/a/b.git\n"
    (nfs / LIST).write_bytes(b"\xef\xbb\xbf# ours\n" + lines.encode() + b"\xff\n")
    asked = sesync("start", "cooltrees")
    assert asked.err.count("  code ") == 2
    assert f"\nIts code is known from {nfs}/{LIST}.\n" in asked.err
    done = sesync("start", "cooltrees", "-y")
    assert done.code == 0 and (home / "heat/heat.py").exists() and (home / "rain/heat.py").exists()
    assert f"Warning: line 6 of {nfs}/{LIST} is passed over: this is not the address of a repository\n" in done.err
    assert (
        done.err.count(" is passed over: ") == 3
        and f"Warning: 2 more of {nfs}/{LIST} are passed over, too\n" in done.err
    )
    assert "hunter2" not in done.err
    (home / "rain").rename(home / "wet")
    assert states(sesync("start", "cooltrees", "--json"))["code 2"] == "there"


def test_a_group_keeps_its_list_together_and_nobody_else_sees_it(here):
    directory = here.directory(0o2770)
    shared = here.ann.sesync("start", "cooltrees", "--share", "cooltrees/heat", umask=0o077)
    assert shared.code == 0, shared.err
    assert here.bob.sesync("start", "cooltrees", "--share", "cooltrees/rain", umask=0o077).code == 0
    shown = here.ann.sesync("start", "cooltrees", "-n").out
    assert "cooltrees/heat.git" in shown and "cooltrees/rain.git" in shown
    made = (directory / ".sesync/repositories.txt").stat()
    assert (made.st_gid, made.st_mode & 0o070) == (here.project, 0o060)
    denied = here.carl.sesync("start", "cooltrees", "--share", "cooltrees/mine")
    assert denied.code == 1 and "you may not read it" in denied.err


def test_who_may_only_read_is_told_so(here):
    here.directory(0o2755)
    denied = here.bob.sesync("start", "cooltrees", "--share", "cooltrees/mine")
    assert (denied.code, denied.err.splitlines()[0]) == (
        1,
        f"Error: you may not write or read {here.nfs}/cooltrees-data/.sesync",
    )


@pytest.fixture
def shared(sesync, code, friend, nfs: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A kernel that somebody has made for cooltrees/heat and shared; nothing else of it is here any more."""
    index = nfs / "cooltrees-data/wheels"
    index.mkdir()
    monkeypatch.setenv("UV_FIND_LINKS", str(index))
    ground.wheel(index, "sesync_tree")
    code("cooltrees/heat")
    assert sesync("start", "cooltrees", "heat", "-y").code == 0
    assert sesync("kernel", "share", "heat", "cooltrees").code == 0
    assert sesync("kernel", "remove", "heat", "-y").code == 0
    shutil.rmtree(home / "heat")
    (home / "cooltrees-data").unlink()
    return nfs / "cooltrees-data/.sesync/kernels"


def test_a_shared_kernel_is_made_and_tells_the_repository(sesync, shared: Path, friend, code, home: Path):
    assert 'repository = "cooltrees/heat"' in (shared / "heat/pylock.toml").read_text()
    asked = sesync("start", "cooltrees")
    assert "  code    clone cooltrees/heat to ~/heat\n  kernel  make heat, which root has shared\n" in asked.err
    assert "\nIts code is known from the kernels that cooltrees shares.\n" in asked.err
    done = sesync("start", "cooltrees", "-y")
    assert (done.code, done.err) == (0, "")
    assert "\nMade the kernel heat from what cooltrees shares as heat.\n" in done.out
    again = sesync("kernel", "share", "heat", "cooltrees")
    assert again.out == "cooltrees has the kernel heat already, just as it is.\n"
    code("cooltrees/rain")
    more = sesync("start", "cooltrees", "heat", "rain", "-y", "--json")
    kernels = [one["result"]["name"] for one in more.json["result"]["parts"] if one["kind"] == "kernel"]
    assert kernels == ["heat", "rain"]

    (home / "heat/requirements.txt").write_text("sesync_tree\nsix\n")
    assert sesync("kernel", "create", "other", "--from", home / "heat").code == 0
    (shared / "other").mkdir()
    shutil.copyfile(shared / "heat/pylock.toml", shared / "other/pylock.toml")
    assert sesync("kernel", "share", "other", "cooltrees", "-y").code == 0
    text = (shared / "other/pylock.toml").read_text()
    (shared / "heat/pylock.toml").write_text(text.replace('name = "other"', 'name = "heat"'))
    newer = sesync("start", "cooltrees", "heat")
    assert newer.code == 0
    assert "Warning: there is another kernel named heat, made from other requirements: 'sesync kernel update heat'" in (
        newer.err
    )
    assert git("remote", cwd=home / "heat") == "origin\n" and os.path.islink(home / "cooltrees-data")


def test_of_many_shared_kernels_those_for_the_code_are_made(sesync, shared: Path, friend, home: Path):
    text = (shared / "heat/pylock.toml").read_text()
    for name in ("a", "b", "c"):
        (shared / name).mkdir()
        (shared / name / "pylock.toml").write_text(text.replace('"cooltrees/heat"', '"elsewhere/x"'))
    parts = sesync("start", "cooltrees", "heat", "-y", "--json").json["result"]["parts"]
    assert [one["result"]["name"] for one in parts if one["kind"] == "kernel"] == ["heat"]

"""The token that git is lent over https: what else git starts sees nothing of it, and can use it all the same."""

import hashlib
import re
from pathlib import Path

import pytest

from tests.clone.conftest import git
from tests.conftest import needed_root, wait_for
from tests.services.leaks import TOKEN
from tests.sync.conftest import Shared, write

SEEN = """\
#!/bin/sh
{{ env; for one in self $PPID {more}; do cat /proc/$one/environ /proc/$one/cmdline; echo; done; }} |
    tr '\\0' '\\n' >> {seen}
"""
ASKED = """\
printf 'protocol=https\\nhost=127.0.0.1:{port}\\n\\n' | git credential fill | sed -n s/^password=//p | tr -d '\\n' |
    sha256sum | cut -c-64 > {answer}
"""


def hook(shared: Shared, name: str, script: str) -> None:
    path = shared.here / ".git/hooks" / name
    write(path, script)
    path.chmod(0o755)


def test_it_opens_the_server_both_ways(sesync, lent):
    lent.colleague("Theirs", {"trees.csv": "theirs\n"})
    write(lent.here / "heat.py", "mine\n")
    done = sesync("sync", "analysis", "-m", "Mine", "heat.py")
    assert (done.code, done.err) == (0, "")
    assert lent.subjects() == ["Mine", "Theirs", "x"]
    lent.colleague("More", {"trees.csv": "more\n"})
    assert sesync("clone", "cooltrees/analysis", "--update").out == "~/analysis is up to date: 1 new commit.\n"


@pytest.mark.parametrize("name", ["pre-push", "reference-transaction", "post-merge", "pre-commit"])
def test_no_hook_finds_it_in_an_environment_or_on_a_command_line(sesync, lent, tmp_path, name):
    seen = tmp_path / "seen"
    hook(lent, name, SEEN.format(seen=seen, more='$(cut -d" " -f4 /proc/$PPID/stat)'))
    lent.colleague("Theirs", {"trees.csv": "theirs\n"})
    write(lent.here / "heat.py", "mine\n")
    done = sesync("sync", "analysis", "-m", "Mine", "heat.py")
    assert (done.code, lent.subjects()[0]) == (0, "Mine"), done
    text = seen.read_text(errors="replace")
    assert "GIT_CONFIG_COUNT" in text or name in ("post-merge", "pre-commit")
    assert "sesync" in text
    assert TOKEN not in text


def test_large_files_programs_can_still_ask_git_for_it(sesync, lent, token_server, tmp_path):
    """As Git LFS does, from a hook: again and again, and at the same time."""
    asked = [ASKED.format(port=token_server.port, answer=tmp_path / f"answer-{number}") for number in range(4)]
    script = "".join(f"{{\n{one}\n}} &\n" for one in asked) + "wait\n" + asked[0]
    hook(lent, "pre-push", f"#!/bin/sh\n{script}")
    write(lent.here / "heat.py", "mine\n")
    assert sesync("sync", "analysis", "-m", "Mine", "heat.py").code == 0
    expected = hashlib.sha256(TOKEN.encode()).hexdigest() + "\n"
    assert [(tmp_path / f"answer-{number}").read_text() for number in range(4)] == [expected] * 4


def test_a_helper_of_the_persons_own_writes_none_of_it_down(sesync, lent, person):
    git("config", "--file", person / ".gitconfig", "credential.helper", "store")
    (person / ".git-credentials").touch(0o600)
    write(lent.here / "heat.py", "mine\n")
    assert sesync("sync", "analysis", "-m", "Mine", "heat.py").code == 0
    assert (person / ".git-credentials").read_text() == ""


def test_killed_it_is_gone(background, lent, tmp_path):
    """By SIGKILL, in the middle of sending."""
    place = tmp_path / "place"
    hook(
        lent,
        "pre-push",
        f"#!/bin/sh\nenv | grep -o '/proc/[0-9]*/fd/[0-9]*' > {place}.new\nmv {place}.new {place}\n"
        f"while [ -e {place} ]; do sleep 0.05; done\n",
    )
    write(lent.here / "heat.py", "mine\n")
    process = background("sync", "analysis", "-m", "Mine", "heat.py")
    wait_for(place.exists)
    file = Path(place.read_text().split()[0])
    assert re.fullmatch(f"/proc/{process.pid}/fd/[0-9]+", str(file))
    assert f"password={TOKEN}\n" in file.read_text() and str(file.readlink()).endswith(" (deleted)")
    process.kill()
    process.wait()
    place.unlink()
    assert not file.exists()
    here = [path for path in (*Path("/dev/shm").iterdir(), *(tmp_path / "tmp").rglob("*")) if path.is_file()]
    assert not [path for path in here if TOKEN.encode() in path.read_bytes()]


@pytest.mark.parametrize("options", ["ro", "size=4k,nr_inodes=1"])
def test_without_room_in_memory_it_is_a_file_without_a_name(sesync, lent, tmp_path, options):
    needed_root()
    write(lent.here / "heat.py", "mine\n")
    place = tmp_path / "place"
    hook(lent, "pre-push", f"#!/bin/sh\nreadlink $(env | grep -o '/proc/[0-9]*/fd/[0-9]*') > {place}\n")
    mount = f'mount -t tmpfs -o {options} none /dev/shm && exec "$@"'
    done = sesync("sync", "analysis", "-m", "Mine", "heat.py", prefix=("unshare", "--mount", "sh", "-c", mount, "sh"))
    assert (done.code, done.err) == (0, "")
    assert place.read_text().startswith(f"{tmp_path}/tmp/") and place.read_text().endswith(" (deleted)\n")

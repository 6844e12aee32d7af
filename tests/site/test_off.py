"""What commands do where the site has not got the part that they are about; nothing of SESYNC shows through."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sesync_cli.app import sesync as root
from sesync_cli.lazy import walk
from tests.conftest import SESYNC, Ended
from tests.kernel.test_full import tmpfs
from tests.services.leaks import TOKEN
from tests.services.sshd import free_port, wait_until_open
from tests.site.conftest import Standing

Run = Callable[..., Ended]
COMMANDS = {path: command for path, command in walk(root) if not hasattr(command, "commands")}
COMMANDS |= {path: command for path, command in walk(root.others["home"], ("home",))}
WORDS: dict[tuple[str, ...], list[list[str]]] = {  # what somebody may well type, for each command
    ("link",): [[], ["cooltrees"], ["cooltrees", "--as", "trees"], ["--in", "work"]],
    ("open",): [[], ["jupyter"], ["files"], ["files", "cooltrees"], ["gitlab"], ["password"], ["help", "kernel"]],
    ("start",): [
        [],
        ["cooltrees"],
        ["cooltrees", "analysis", "-n"],
        ["cooltrees", "x/y", "-y"],
        ["cooltrees", "--share"],
    ],
    ("unlink",): [["cooltrees"], ["cooltrees", "-n"]],
    ("clone",): [
        *([], ["analysis"], ["cooltrees/"], ["cooltrees/analysis"], ["--login"], ["cooltrees/analysis", "--https"]),
        *(["nonsense:"], ["https://127.0.0.1:1/a/b.git"], ["ssh://git@127.0.0.1:1/a/b.git"], ["--login", "-n"]),
    ],
    ("ssh-key",): [[], ["--check"], ["--show"], ["127.0.0.1:1"], ["127.0.0.1:1", "--check"]],
    ("sync",): [["work"], ["work", "-m", "x", "big.bin", "-y"], []],
    ("kernel", "create"): [["heat", "-n"], ["--from", "cooltrees", "-n"], ["-n"]],
    ("kernel", "adopt"): [["nowhere"]],
    ("kernel", "check"): [["--all"], ["heat"]],
    ("kernel", "list"): [[]],
    ("kernel", "lock"): [["heat"]],
    ("kernel", "remove"): [["heat"]],
    ("kernel", "repair"): [["heat"]],
    ("kernel", "run"): [["heat", "--", "true"]],
    ("kernel", "share"): [["heat", "cooltrees"]],
    ("kernel", "show"): [["heat"]],
    ("kernel", "update"): [["heat"]],
    ("install",): [["humanize", "-n"], ["--list"], ["--kernel", "heat", "humanize"]],
    ("uninstall",): [["humanize", "-n"]],
    ("where",): [[], ["work/big.bin"], ["work/table.csv"], ["nothing.csv"], ["/usr/bin/env"]],
    ("put",): [["work/big.bin", "cooltrees"], ["--check", "cooltrees"], ["work", "cooltrees:raw", "--move"]],
    ("usage",): [[], ["--clean", "-n"], ["work"]],
    ("doctor",): [[], ["--fix", "-y"], ["kernels", "links"], ["server"]],
    ("report",): [
        ["it does not work"],
        ["work/big.bin"],
        ["x", "-o", "mail.txt", "-y"],
        ["x", "--link"],
        ["x", "--send"],
    ],
    ("site", "show"): [[]],
    ("site", "check"): [[]],
    ("site", "missing"): [["--for", "debian"]],
    ("tour",): [["--help"]],  # it has a site of its own; tests/tour sees that nothing of SESYNC is in it
    ("home",): [[]],
    ("help",): [[], ["kernel", "create"], ["link"]],
    ("completion",): [["bash"], ["zsh"], ["fish"]],
}
OF_SESYNC = ("sesync.org", "cyberhelp", "/nfs", "/research-home")
NO_DATA = ("this site names no data directories", "data.path")
NO_GITLAB = ("this site names no GitLab", "gitlab.url")


@pytest.fixture
def work(home: Path) -> Path:
    """A repository without a server, with a file that is large and a table that is not small."""
    folder = home / "work"
    subprocess.run(["git", "init", "--quiet", "-b", "main", folder], check=True)
    subprocess.run(["git", "commit", "--quiet", "--allow-empty", "-m", "x"], cwd=folder, check=True)
    (folder / "big.bin").write_bytes(b"\1" * 6_000_000)
    (folder / "table.csv").write_text("id,height\n" + "1,2\n" * 600)
    return folder


def everything() -> Iterator[tuple[str, ...]]:
    for path in COMMANDS:
        yield from ((*path, *words) for words in WORDS.get(path, [["--no-words-in-this-test"]]))


def test_every_command_is_tried() -> None:
    assert WORDS.keys() == COMMANDS.keys()


@pytest.mark.parametrize("words", [*everything()], ids=" ".join)
def test_where_all_is_off_nothing_of_sesync_is_said_and_nothing_is_a_bug(
    sesync: Run, standing: Standing, work: Path, home: Path, words: tuple[str, ...]
) -> None:
    standing("[data]\npatience_seconds = 5\n[kernels]\nstart_seconds = 5\n")
    speaks_json = any("--json" in one.opts for one in COMMANDS[words[: 1 if words[:1] in COMMANDS else 2]].params)
    for more in ([], ["--json"]) if speaks_json and "--" not in words and "--help" not in words else ([],):
        done = sesync(*words, *more)
        assert done.code in (0, 1, 2, 3), done.err
        kept = home / ".local/state/sesync/last-failure.json"
        said = done.out + done.err + (kept.read_text() if kept.exists() else "")
        assert "Traceback" not in said
        assert not [word for word in OF_SESYNC if word in said], said


@pytest.mark.parametrize(
    "words,says",
    [
        (["link"], NO_DATA),
        (["link", "cooltrees"], NO_DATA),
        (["unlink", "cooltrees"], NO_DATA),
        (["put", "work/big.bin", "cooltrees"], NO_DATA),
        (["put", "--check", "cooltrees"], NO_DATA),
        (["kernel", "create", "--from", "cooltrees"], NO_DATA),
        (["clone"], NO_GITLAB),
        (["clone", "analysis"], NO_GITLAB),
        (["clone", "cooltrees/"], NO_GITLAB),
        (["clone", "cooltrees/analysis"], NO_GITLAB),
        (["clone", "cooltrees/analysis", "--https"], NO_GITLAB),
        (["clone", "--login"], NO_GITLAB),
        (["ssh-key"], NO_GITLAB),
        (["ssh-key", "--check"], NO_GITLAB),
        (["ssh-key", "--show"], NO_GITLAB),
    ],
    ids=" ".join,
)
def test_a_command_of_a_part_that_is_off_says_so(
    sesync: Run, standing: Standing, work: Path, home: Path, words: list[str], says: tuple[str, str]
) -> None:
    message, key = says
    path = standing("")
    before = sorted(home.rglob("*"))
    done = sesync(*words)
    error, hint = done.err.splitlines()
    assert (done.code, done.out, error) == (3, "", f"Error: {message}")
    assert hint.endswith(f"Ask support to set {key} in {path} ('sesync report' drafts the mail).")
    told = sesync(*words, "--json")
    assert (told.code, told.json["error"]["kind"], told.json["error"]["message"]) == (3, "not-ready", message)
    assert [one for one in sorted(home.rglob("*")) if ".local" not in one.parts] == before


def test_whoever_is_named_is_whom_to_ask(sesync: Run, standing: Standing) -> None:
    path = standing('[support]\nemail = "help@example.org"\n')
    assert f"Ask help@example.org to set data.path in {path} ('sesync report'" in sesync("link").err


def test_a_repository_is_cloned_by_its_whole_address(sesync: Run, standing: Standing, work: Path, home: Path) -> None:
    standing("")
    subprocess.run(["git", "clone", "--quiet", "--bare", work, home / "bare/a/b.git"], check=True)
    port = free_port()
    served = ["git", "daemon", "--export-all", f"--base-path={home}/bare", "--listen=127.0.0.1", f"--port={port}"]
    with subprocess.Popen(served, stderr=subprocess.DEVNULL, start_new_session=True) as server:
        try:
            wait_until_open(port)
            done = sesync("clone", f"git://127.0.0.1:{port}/a/b.git")
        finally:
            os.killpg(server.pid, 9)
    assert done.code == 0, done.err
    assert (home / "b/.git").is_dir()


def test_a_token_is_nobodys_where_no_gitlab_is_named(
    sesync: Run, standing: Standing, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing("")
    monkeypatch.setenv("GITLAB_TOKEN", TOKEN)
    assert sesync("clone", "analysis").err.startswith("Error: this site names no GitLab")


def test_where_judges_all_the_same_and_names_no_command_that_cannot_work(
    sesync: Run, standing: Standing, work: Path
) -> None:
    standing("")
    large = sesync("where", "work/big.bin").out
    assert "Large data is kept once" in large and "this site names no data directories" in large
    assert "Never commit it." in large and "sesync put" not in large and "leave it" in large
    assert "large table of 600 rows" in sesync("where", "work/table.csv").out
    subprocess.run(["git", "add", "-A"], cwd=work, check=True)
    subprocess.run(["git", "commit", "--quiet", "-m", "x"], cwd=work, check=True)
    tracked = " ".join(sesync("where", "work/big.bin").out.split())
    assert "git -C" in tracked and "rm -r --cached" in tracked and "put" not in tracked


def test_where_names_the_ways_to_upload_that_there_are(sesync: Run, standing: Standing) -> None:
    standing("")
    assert "Is it spelt rightly?" in sesync("where", "raw.csv").err
    standing('[uploads]\nurl = "https://files.example.org"\n')
    hint = "Hint:  If it is on your own computer, upload it at https://files.example.org.\n"
    assert sesync("where", "raw.csv").err.endswith(hint)
    standing('[uploads]\nsftp_host = "files.example.org"\n')
    assert "computer, type there 'sftp " in sesync("where", "raw.csv").err
    assert "@files.example.org', and then 'put -r raw.csv'." in sesync("where", "raw.csv").err


def test_a_big_leftover_is_not_sent_to_a_scratch_that_there_is_not(sesync: Run, standing: Standing, home: Path) -> None:
    standing("")
    (home / "swap.tmp").write_bytes(b"\1" * 6_000_000)
    assert "scratch" not in sesync("where", "swap.tmp").out


def test_a_report_without_an_address_is_for_whoever_runs_the_server(
    sesync: Run, standing: Standing, home: Path
) -> None:
    path = standing('[support]\nmailer = "/bin/false"\n')
    done = sesync("report", "it does not work")
    assert done.code == 0 and done.out.startswith("Subject: it does not work\n")
    assert "This site names no address of support: give it to whoever runs this server." in done.err
    assert sesync("report", "x", "--link").out.startswith("mailto:?subject=x")
    saved = sesync("report", "x", "-o", "mail.txt", "-y")
    assert saved.out.endswith("Saved the mail in ~/mail.txt: give it to whoever runs this server.\n")
    sent = sesync("report", "x", "--send", "-y")
    assert (sent.code, "this site names no address of support" in sent.err) == (3, True)
    assert f"'-o FILE' saves the mail. Ask support to set support.email in {path}" in sent.err


def test_the_newest_python_that_starts_is_the_default(sesync: Run, standing: Standing, home: Path) -> None:
    folder = home / "bin"
    folder.mkdir()
    (folder / "python3.99").write_text("#!/bin/sh\nexit 1\n")
    (folder / "python3.99").chmod(0o755)
    standing("[python]\nplaces = []\n")
    path = f"{folder}:{os.environ['PATH']}"
    here = sesync("kernel", "create", "heat", "-n", env={**os.environ, "PATH": path}).out
    version = here.split("(Python 3.")[1].split(")")[0]
    assert int(version) == max(minor for minor in range(6, 99) if any(_starts(minor)))


def _starts(minor: int) -> Iterator[bool]:
    for folder in [
        *os.environ["PATH"].split(os.pathsep),
        *map(str, Path("~/.pyenv/versions").expanduser().glob("*/bin")),
    ]:
        program = Path(folder, f"python3.{minor}")
        if program.exists() and "shims" not in folder:
            yield subprocess.run([program, "-c", ""], capture_output=True).returncode == 0


def test_a_home_without_a_quota_is_told_by_its_disk(sesync: Run, standing: Standing) -> None:
    standing("")
    told = sesync("usage", "--json").json
    assert told["quota_bytes"] is None or told["told"]
    assert "the site names no quota" in sesync("report", "x").out


def test_completions_of_a_site_that_is_off_offer_nothing(standing: Standing) -> None:
    standing("")
    for words in (["link", "c"], ["unlink", "c"], ["put", "x", "c"], ["kernel", "share", "x", "c"], ["clone", "c"]):
        asked = {"_SESYNC_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(["sesync", *words])}
        env = {**os.environ, **asked, "COMP_CWORD": str(len(words))}
        done = subprocess.run([SESYNC], env=env, capture_output=True, text=True)
        assert not done.stderr and done.stdout.strip() in ("", "file,c"), words


def test_a_site_of_data_directories_alone_has_links_and_copies(
    sesync: Run, standing: Standing, work: Path, nfs: Path, home: Path
) -> None:
    standing(f'[data]\npath = "{nfs}/{{project}}-data"\n')
    assert sesync("link", "cooltrees").code == 0 and sesync("link").out.startswith("cooltrees-data\n")
    told = " ".join(sesync("where", "work/big.bin").out.split())
    assert "now a git repository, new" in told and "do sesync put --move work/big.bin cooltrees" in told
    assert sesync("put", "work/big.bin", "cooltrees").code == 0
    assert "now the data directory" in " ".join(sesync("where", nfs / "cooltrees-data/big.bin").out.split())
    missing = sesync("link", "cooltree")
    ask = "ask support for your project's short name ('sesync report' drafts the mail)."
    assert f"Did you mean cooltrees? Else {ask}" in missing.err


def test_a_table_for_a_database_goes_to_the_data_where_no_database_is_named(
    sesync: Run, standing: Standing, work: Path, nfs: Path
) -> None:
    standing(f'[data]\npath = "{nfs}/{{project}}-data"\n[where]\ndatabase_rows = 100\n')
    told = " ".join(sesync("where", "work/table.csv").out.split())
    assert "to the data directory" in told and "database" not in told


def test_a_nearly_full_home_without_a_quota_is_told_by_its_disk(
    sesync: Run, standing: Standing, nfs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing(f'[data]\npath = "{nfs}/{{project}}-data"\n')
    assert "your home folder has only" not in sesync("link", "cooltrees").err
    with tmpfs(tmp_path / "small", "8m") as small:
        monkeypatch.setenv("HOME", str(small))
        assert "your home folder has only" not in sesync("link", "cooltrees").err
        (small / "much").write_bytes(b"\1" * 7_800_000)
        assert "your home folder has only" in sesync("link", "cooltrees").err

"""What is wrong with what no other command is about, where a whole command line would not show it."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from time import time

import pytest

from sesync_cli.check import Finding
from sesync_cli.doctor.checks import checks
from sesync_cli.doctor.kernel_traffic import SETTING

Findings = Callable[..., list[Finding]]


@contextmanager
def clock_that_is(ahead: float) -> Iterator[str]:
    """A web server whose clock goes otherwise; its address, with a password in it that it never gets."""

    class Answer(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response_only(404 if "Authorization" not in self.headers else 500)
            self.send_header("Date", formatdate(time() + ahead, usegmt=True))
            self.end_headers()

        def log_message(self, *words: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://me:word@127.0.0.1:{server.server_port}/simple"
        server.shutdown()


def kinds(found: list[Finding]) -> list[str]:
    return [one.kind for one in found if one.kind != "kernels can be heard"]


@pytest.mark.parametrize("ahead,said", [(7200, "2 hours behind"), (-86400, "a day ahead of"), (60, "")])
def test_a_clock_that_is_wrong_is_told_by_that_of_a_server(
    site: Callable[..., Path], findings: Findings, monkeypatch: pytest.MonkeyPatch, ahead: float, said: str
) -> None:
    with clock_that_is(ahead) as url:
        monkeypatch.setenv("PIP_INDEX_URL", url)
        site(gitlab={"url": "http://127.0.0.1:1"})
        found = [one for one in findings(checks) if one.kind == "clock"]
    assert [one.message for one in found] == ([f"this machine's clock is {said} that of 127.0.0.1"] if said else [])


def test_where_no_server_answers_the_clock_is_taken_for_right(
    site: Callable[..., Path], findings: Findings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/simple")
    site(gitlab={"url": "http://127.0.0.1:1"})
    assert kinds(findings(checks)) == []


@pytest.mark.parametrize(
    "text,kind,broken",
    [
        ("export PYTHONPATH=$HOME/lib\n", "PYTHONPATH", False),
        ("export PYTHONPATH=~/.local/lib/python3.8/site-packages:$PYTHONPATH\n", "PYTHONPATH", True),
        ("export A=1 PIP_USER=1\n", "PIP_USER", True),
        ("export PIP_TARGET=$HOME/packages\n", "PIP_TARGET", True),
        ("export PATH=/opt/only\n", "PATH", True),
        ("export CURL_CA_BUNDLE=/gone.pem\n", "certificates", True),
        ("if true; then\n  echo 'x\nfi\n", "start file", True),
    ],
)
def test_lines_of_start_files_that_break_things_are_told(
    home: Path, site: Callable[..., Path], findings: Findings, text: str, kind: str, broken: bool
) -> None:
    (home / ".bashrc").write_text(text)
    (one,) = [one for one in findings(checks) if one.kind in (kind, "start file")]
    assert (one.kind, one.broken) == (kind, broken)
    assert one.why and one.command


@pytest.mark.parametrize(
    "text",
    [
        "# export PYTHONPATH=/x\n",
        "export PYTHONPATH=\n",
        "export PYTHONPATH=/x\nunset PYTHONPATH\n",
        "PYTHONPATH=/x python3 heat.py\n",
        'export PATH=$HOME/bin:$PATH\nexport PATH="${HOME}/bin:${PATH}"\n',
        "export PIP_USER=0\n",
        "alias ll='ls -l'\nexport LANG=C.UTF-8\n",
        "export TMPDIR=$SLURM_TMPDIR\nexport SSL_CERT_FILE=/etc/hostname\n",
        'echo "it\'s"\n',
        'export PATH="/opt/a b":$PATH\nexport PATH=/opt/tool:\\\n$PATH\n',
        '[ -z "$PATH" ] && export PATH=/bin\nif [ -z "$PATH" ]; then\n  export PATH=/bin\nfi\n',
        '[ -z "$X" ] ||\n  export PYTHONPATH=/x\n',
        "case $HOSTNAME in\n a*) export TMPDIR=/nope;;\nesac\nexport TMPDIR=/s/`whoami`\n",
        "mkjob() {\n cat > job.sh <<EOF\nexport PYTHONPATH=/p\nexport PATH=/x\nEOF\n}\n",
        "cat > job.sh <<'EOF'\nexport PYTHONPATH=/p\nEOF\n",
        "run() {\n  export PYTHONHOME=/x\n}\nfunction more\n{\n  export PIP_USER=1\n}\n",
        "for one in a b; do export PYTHONPATH=/$one; done\n(export PIP_USER=1)\n",
        "export SSL_CERT_FILE=${CONDA_PREFIX}/x.pem\nexport REQUESTS_CA_BUNDLE=$SSL_CERT_FILE\n",
        "export SSL_CERT_FILE=`python -m certifi`\nexport CURL_CA_BUNDLE=$(python -m certifi)\n",
        "PIP_USER=1\nPYTHONHOME=/nope\n",
        "export NOTE='a long\nexport PYTHONHOME=/x\nnote'\n",
        "# it's mine\nexport A=${B#c} # it's\n",
        'export PATH="$HOME/bin:/usr/bin" # all\n',
    ],
)
def test_lines_that_break_nothing_are_passed_over(
    home: Path, site: Callable[..., Path], findings: Findings, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.delenv("PIP_USER", raising=False)  # what is exported already needs no word for it
    (home / ".bashrc").write_text(text)
    assert kinds(findings(checks)) == []


def test_a_quote_that_is_never_closed_keeps_nobody_waiting(
    home: Path, site: Callable[..., Path], findings: Findings
) -> None:
    (home / ".bashrc").write_text("echo $((1<<2))\nexport PYTHONHOME=/x\nalias x='y\n" + "echo one line\n" * 50_000)
    assert kinds(findings(checks)) == ["start file", "PYTHONHOME"]


@pytest.mark.parametrize(
    "text,said",
    [
        ("if true; then\n", "a quote, an if or the like is not closed, seen in line 2"),
        ("echo 'x\n", "a quote, an if or the like is not closed, seen in line 1"),
        ("true\nfi\n", "a syntax error, seen in line 2"),
    ],
)
def test_what_bash_does_not_understand_is_told_in_words_with_its_line(
    home: Path, site: Callable[..., Path], findings: Findings, text: str, said: str
) -> None:
    (home / ".bashrc").write_text(text)
    (one,) = [one for one in findings(checks) if one.kind == "start file"]
    assert one.message == f"bash does not understand {home}/.bashrc: {said}"
    assert one.command == f"${{EDITOR:-nano}} +{said[-1]} {home}/.bashrc"


def test_only_the_files_that_the_persons_shell_reads_count(
    home: Path, site: Callable[..., Path], findings: Findings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / ".bash_profile").write_text(". ~/.bashrc\n")
    (home / ".profile").write_text("export PYTHONHOME=/x\n")
    (home / ".zshrc").write_text("export PIP_USER=1\n")
    assert kinds(findings(checks)) == []
    monkeypatch.setenv("SHELL", "/usr/bin/zsh")
    assert kinds(findings(checks)) == ["PIP_USER"]


@pytest.mark.parametrize(
    "before", ['[ -z "$X" ] ||\n', "true &&\n", "echo x |\n", "export X=a\\\n"], ids=["or", "and", "pipe", "goes on"]
)
def test_a_line_that_belongs_to_another_is_never_made_a_comment(
    home: Path, site: Callable[..., Path], findings: Findings, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    text = f"{before}export PYTHONHOME=/x\necho hi\n"
    (home / ".bashrc").write_text(text)
    assert [one for one in findings(checks) if one.mend] == [] and (home / ".bashrc").read_text() == text


@pytest.mark.parametrize(
    "file,text",
    [
        (".condarc", 'auto_activate_base: "false"\n'),
        (".conda/.condarc", "auto_activate: no\n"),
        ("miniconda3/.condarc", "channels: [x]\nauto_activate_base: false\n"),
        (".profile", "export CONDA_AUTO_ACTIVATE_BASE=false\n"),
        (".bashrc", "# __conda_setup=\"$('{conda}' 'shell.bash' 'hook')\"\n"),
    ],
)
def test_a_conda_whose_base_is_off_is_well(
    home: Path, site: Callable[..., Path], findings: Findings, file: str, text: str
) -> None:
    conda = home / "miniconda3/bin/conda"
    conda.parent.mkdir(parents=True)
    conda.write_text("#!/bin/sh\n")
    conda.chmod(0o755)
    (home / ".bashrc").write_text(f"__conda_setup=\"$('{conda}' 'shell.bash' 'hook')\"\n")
    assert kinds(findings(checks)) == ["conda base"]
    (home / file).parent.mkdir(exist_ok=True)
    (home / file).write_text(text.replace("{conda}", str(conda)))
    assert kinds(findings(checks)) == []


@pytest.mark.parametrize("last", ["umask 022", "umask 022\n"])
def test_own_programs_are_found_once_the_line_is_added(
    home: Path, site: Callable[..., Path], findings: Findings, last: str
) -> None:
    (home / ".local/bin").mkdir(parents=True)
    program = home / ".local/bin/rings"
    program.write_text("#!/bin/sh\necho 7\n")
    program.chmod(0o755)
    (home / ".bash_profile").write_text(last)
    (one,) = [one for one in findings(checks) if one.kind == "not on PATH"]
    subprocess.run(["bash", "-c", one.command], check=True)
    assert kinds(findings(checks)) == []
    assert subprocess.check_output(["bash", "-lc", "rings"], text=True) == "7\n"


def test_a_program_with_a_long_first_line_is_looked_at_too(
    home: Path, site: Callable[..., Path], findings: Findings
) -> None:
    (home / ".local/bin").mkdir(parents=True)
    program = home / ".local/bin/rings"
    program.write_text("#!/bin/sh\n'''exec' \"/opt/go ne/bin/python3\" \"$0\" \"$@\"\n' '''\n")
    program.chmod(0o755)
    dead = [one for one in findings(checks) if one.kind == "dead program"]
    assert len(dead) == 1 and "their Python /opt/go ne/bin/python3 is gone: rings" in dead[0].message


@pytest.mark.parametrize("name,text", [(".my.cnf", "[mysql]\nprompt=x\n"), (".pypirc", "[distutils]\nindex=a\n")])
def test_files_that_keep_no_password_may_be_read(
    home: Path, site: Callable[..., Path], findings: Findings, name: str, text: str
) -> None:
    home.chmod(0o755)
    (home / name).write_text(text)
    (home / name).chmod(0o644)
    assert kinds(findings(checks)) == []


def test_what_is_no_setting_of_jupyters_is_left_alone(
    home: Path, site: Callable[..., Path], findings: Findings
) -> None:
    (home / ".jupyter/notes").mkdir(parents=True)
    (home / ".jupyter/notes/points.json").write_text("[1, 2]")
    (home / ".jupyter/mine.json").write_text("{")
    assert kinds(findings(checks)) == []


def test_a_module_that_is_loaded_sets_what_it_needs(
    site: Callable[..., Path], findings: Findings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/opt/gdal")
    assert kinds(findings(checks)) == ["PYTHONPATH"]
    monkeypatch.setenv("LOADEDMODULES", "gdal/3.2")
    assert kinds(findings(checks)) == []


@pytest.mark.parametrize("where", ["netrc", "closed above", "empty", "missing"])
def test_passwords_that_nobody_else_can_reach_are_well(
    home: Path, site: Callable[..., Path], findings: Findings, where: str
) -> None:
    file = home / ".config/rclone/rclone.conf"
    file.parent.mkdir(parents=True)
    if where != "missing":
        file.write_text("" if where == "empty" else "pass = x\n")
        file.chmod(0o600 if where == "netrc" else 0o644)
    home.chmod(0o755)
    (home / ".config").chmod(0o700 if where == "closed above" else 0o755)
    assert kinds(findings(checks)) == []


def test_who_can_listen_to_kernels_is_told_until_a_setting_keeps_them_apart(
    site: Callable[..., Path], findings: Findings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sesync_cli.doctor.kernel_traffic._SYSTEM", (tmp_path / "etc",))
    (one,) = findings(checks)
    assert (one.kind, one.broken) == ("kernels can be heard", False)
    subprocess.run(["bash", "-c", one.command], check=True)
    assert findings(checks) == []
    (tmp_path / "etc/jupyter_server_config.py").write_text(f"# {SETTING}\n")
    assert len(findings(checks)) == 1
    (tmp_path / "etc/jupyter_server_config.py").write_text(f"{SETTING}\n")
    assert findings(checks) == []
    (tmp_path / "etc/jupyter_server_config.py").unlink()
    (tmp_path / "etc/jupyter_config.json").write_text('{"KernelManager": {"transport": "ipc"}}')
    assert findings(checks) == []

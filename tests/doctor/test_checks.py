"""What is wrong with what no other command is about, where a whole command line would not show it."""

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
        ("setenv PYTHONPATH /opt/x\n", "PYTHONPATH", False),
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
    ],
)
def test_lines_that_break_nothing_are_passed_over(
    home: Path, site: Callable[..., Path], findings: Findings, text: str
) -> None:
    (home / ".bashrc").write_text(text)
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
    assert one.command == f"echo '{SETTING}' >> {tmp_path}/etc/jupyter_server_config.py"
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/jupyter_server_config.py").write_text(f"# {SETTING}\n")
    assert len(findings(checks)) == 1
    (tmp_path / "etc/jupyter_server_config.py").write_text(f"{SETTING}\n")
    assert findings(checks) == []
    (tmp_path / "etc/jupyter_server_config.py").unlink()
    (tmp_path / "etc/jupyter_config.json").write_text('{"KernelManager": {"transport": "ipc"}}')
    assert findings(checks) == []

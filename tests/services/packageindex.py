"""A centre's own package index: behind TLS, by an authority of its own, and behind a proxy, which alone knows its host.

It has what this machine's index has, and hands that on; what is private lies in a folder, and is nowhere else.
"""

import base64
import contextlib
import functools
import html
import os
import re
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import requests
from pip._internal.models.index import PyPI

from sesync_cli.certificates import system_certificates
from sesync_cli.python.pip_settings import pip_settings
from tests.conftest import HANG, INDEX, missing, needed, needed_root
from tests.services.leaks import PASSWORD
from tests.services.sshd import free_port

HOST = "packages.example.org"
USER = "jsmith"


@dataclass
class PackageIndex:
    """The index: the folder of its private wheels, its port, its certificates, and what it and its proxy were asked."""

    folder: Path
    port: int
    proxy_port: int
    asked: list[str] = field(default_factory=list)
    tunnels: list[str] = field(default_factory=list)
    guarded: bool = False
    alone: bool = False

    @property
    def wheels(self) -> Path:
        return self.folder / "wheels"

    @property
    def url(self) -> str:
        """Its address for people."""
        return f"https://{HOST}/simple"

    @property
    def guarded_url(self) -> str:
        """The address with the name and the password of one who may read it."""
        return f"https://{USER}:{PASSWORD}@{HOST}/simple"

    @property
    def proxy(self) -> str:
        return f"http://127.0.0.1:{self.proxy_port}"

    @property
    def authority(self) -> Path:
        """The certificate of the authority that vouches for it."""
        return self.folder / "authority.pem"


@contextlib.contextmanager
def package_index(folder: Path, *, guarded: bool = False, alone: bool = False) -> Iterator[PackageIndex]:
    """The index and its proxy, whose files are in this folder, while the block runs.

    One that is `guarded` asks for a password; one that stands `alone` has its private packages and no others.
    """
    (folder / "wheels").mkdir(parents=True)
    _certificates(folder)
    index = PackageIndex(folder, free_port(), free_port(), guarded=guarded, alone=alone)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    with contextlib.ExitStack() as stack:
        for port, handler, secure in ((index.port, _Answer, context), (index.proxy_port, _Tunnel, None)):
            stack.enter_context(_serving(port, type("Handler", (handler,), {"index": index}), secure))
        yield index


@contextlib.contextmanager
def _serving(port: int, handler: type[BaseHTTPRequestHandler], secure: ssl.SSLContext | None) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    if secure:
        # each visitor shakes hands in a thread of their own
        server.socket = secure.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _certificates(folder: Path) -> None:
    """An authority, and a server that it vouches for."""
    openssl, new = needed("openssl"), ("-newkey", "rsa:2048", "-nodes", "-days", "2")
    at = functools.partial(os.path.join, folder)

    def run(*words: str) -> None:
        subprocess.run([openssl, *words], check=True, capture_output=True)

    authority = ("-subj", "/CN=Authority of the tests", "-addext", "basicConstraints=critical,CA:TRUE")
    run("req", "-x509", *new, *authority, "-keyout", at("authority.key"), "-out", at("authority.pem"))
    run("req", *new, "-subj", f"/CN={HOST}", "-keyout", at("server.key"), "-out", at("server.csr"))
    (folder / "server.ext").write_text(f"subjectAltName=DNS:{HOST}\nbasicConstraints=CA:FALSE\n")
    signed = ("-CA", at("authority.pem"), "-CAkey", at("authority.key"), "-CAcreateserial", "-days", "2")
    run("x509", "-req", "-in", at("server.csr"), *signed, "-extfile", at("server.ext"), "-out", at("server.pem"))


class _Answer(BaseHTTPRequestHandler):
    """One visitor of the index."""

    protocol_version = "HTTP/1.1"
    index: PackageIndex

    def log_message(self, *words: Any) -> None:
        return

    def do_GET(self) -> None:
        self.index.asked.append(self.path)
        if self.index.guarded and not self._may_read():
            self._say(401, b"", {"WWW-Authenticate": 'Basic realm="packages"'})
        elif self.path.startswith("/files/"):
            self._hand_on(self.path)
        elif self.path.startswith("/wheels/"):
            self._file(self.index.wheels / unquote(self.path.rpartition("/")[2]))
        else:
            self._page(self.path.strip("/").rpartition("/")[2])

    do_HEAD = do_GET

    def _may_read(self) -> bool:
        said = self.headers.get("Authorization", "").removeprefix("Basic ")
        return base64.b64decode(said).decode() == f"{USER}:{PASSWORD}"

    def _page(self, project: str) -> None:
        own = [one.name for one in self.index.wheels.iterdir() if _normal(one.name.partition("-")[0]) == project]
        if own:
            links = "".join(f'<a href="/wheels/{name}">{name}</a>' for name in own)
            self._say(200, links.encode(), {"Content-Type": "text/html"})
            return
        if self.index.alone:
            self._say(404, b"")
            return
        url = f"{upstream()}/{project}/"
        answer = _ask(url)
        text = re.sub(r'href="([^"#]+)', lambda link: f'href="{_handed(url, link[1])}', answer.text)
        self._say(answer.status_code, text.encode(), {"Content-Type": "text/html"})

    def _hand_on(self, path: str) -> None:
        scheme, _, rest = path.removeprefix("/files/").partition("/")
        answer = _ask(f"{scheme}://{rest}")
        self._say(answer.status_code, answer.content, {"Content-Type": "application/octet-stream"})

    def _file(self, path: Path) -> None:
        self._say(200, path.read_bytes()) if path.is_file() else self._say(404, b"")

    def _say(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            with contextlib.suppress(OSError):
                self.wfile.write(body)


class _Tunnel(BaseHTTPRequestHandler):
    """One visitor of the proxy, which knows the way to the index and to nothing else."""

    index: PackageIndex

    def log_message(self, *words: Any) -> None:
        return

    def do_GET(self) -> None:
        self.index.tunnels.append(urlsplit(self.path).hostname or self.path)
        self.send_error(403)

    def do_CONNECT(self) -> None:
        host = self.path.rpartition(":")[0]
        self.index.tunnels.append(host)
        if host != HOST:
            self.send_error(403)
            return
        with socket.create_connection(("127.0.0.1", self.index.port)) as there:
            self.send_response(200)
            self.end_headers()
            back = threading.Thread(target=_pour, args=(there, self.connection), daemon=True)
            back.start()
            _pour(self.connection, there)
            back.join()


def _pour(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def upstream() -> str:
    """The index that this machine's pip asks."""
    return _told().get("index-url", PyPI.simple_url).rstrip("/")


def _ask(url: str) -> requests.Response:
    told = _told()
    trusted = told.get("cert") or str(system_certificates() or "") or True
    proxies = dict.fromkeys(("http", "https"), told["proxy"]) if "proxy" in told else None
    return requests.get(url, headers={"Accept": "text/html"}, verify=trusted, proxies=proxies, timeout=HANG)


def _told() -> dict[str, str]:
    return pip_settings(INDEX | {"PIP_CONFIG_FILE": os.devnull})


def closed_machine(index: PackageIndex) -> tuple[str, ...]:
    """What stands before a program to run it where only the system's store knows the index, and pip is told nothing.

    The store and the system's files for pip are others in a mount namespace of the program's own.
    """
    needed_root()
    store = system_certificates()
    if not store:
        missing("a store of the system's certificates")
    assert store
    both = index.folder / "store.pem"
    both.write_bytes(store.read_bytes() + index.authority.read_bytes())
    quiet = "for file in /etc/pip.conf /etc/xdg/pip/pip.conf; do [ ! -e $file ] || mount --bind /dev/null $file; done"
    script = f'mount --bind "$0" {store} && {{ {quiet}; exec "$@"; }}'
    return (needed("unshare"), "--mount", "--propagation", "private", "sh", "-c", script, str(both))


def _handed(page: str, link: str) -> str:
    scheme, _, rest = urljoin(page, html.unescape(link)).partition("://")
    return f"/files/{scheme}/{rest}"


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()

"""A real git server over http or https: lighttpd and git-http-backend, behind a name and a password."""

import contextlib
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.conftest import missing, needed
from tests.services.leaks import PASSWORD
from tests.services.sshd import free_port, wait_until_open

USER = "jsmith"
_BACKEND = Path("/usr/lib/git-core/git-http-backend")
_CONFIG = """\
server.document-root = "{folder}/repos"
server.bind = "127.0.0.1"
server.port = {port}
server.errorlog = "{folder}/error.log"
server.modules = ("mod_auth", "mod_authn_file", "mod_alias", "mod_setenv", "mod_cgi", "mod_proxy"{module})
alias.url = ("/git" => "{backend}")
auth.backend = "plain"
auth.backend.plain.userfile = "{folder}/passwords"
$HTTP["url"] =~ "^/git/" {{
  auth.require = ("" => ("method" => "basic", "realm" => "git", "require" => "valid-user"))
  cgi.assign = ("" => "")
  setenv.set-environment = ("GIT_PROJECT_ROOT" => "{folder}/repos", "GIT_HTTP_EXPORT_ALL" => "1",
    "GIT_CONFIG_COUNT" => "1", "GIT_CONFIG_KEY_0" => "safe.directory", "GIT_CONFIG_VALUE_0" => "*")
}}
"""
_LFS = """\
$HTTP["url"] =~ "/info/lfs/" {{
  cgi.assign = ()
  proxy.server = ("" => (("host" => "127.0.0.1", "port" => {port})))
}}
"""
_TLS = 'ssl.engine = "enable"\nssl.pemfile = "{folder}/both.pem"\n'


@dataclass(frozen=True)
class GitHttp:
    """The server: its scheme and port, and the folder that holds its repositories."""

    scheme: str
    port: int
    folder: Path

    @property
    def root(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @property
    def template(self) -> str:
        """Its address in a site file."""
        return f"{self.root}/git/{{repo}}.git"

    @property
    def certificate(self) -> Path:
        return self.folder / "certificate.pem"

    def url(self, repo: str) -> str:
        return self.template.format(repo=repo)


@contextlib.contextmanager
def git_http(
    folder: Path, scheme: str = "http", passwords: Mapping[str, str] | None = None, *, lfs: str = ""
) -> Iterator[GitHttp]:
    """A server whose files are in this folder, stopped with the block; `lfs` is the address of one for large files."""
    if not _BACKEND.exists():
        missing(str(_BACKEND))
    (folder / "repos").mkdir(exist_ok=True)
    known = {USER: PASSWORD} if passwords is None else passwords
    (folder / "passwords").write_text("".join(f"{user}:{password}\n" for user, password in known.items()))
    port, secure = free_port(), scheme == "https"
    text = _CONFIG.format(folder=folder, port=port, backend=_BACKEND, module=', "mod_openssl"' if secure else "")
    if secure:
        make_certificate(folder)
        text += _TLS.format(folder=folder)
    if lfs:
        text += _LFS.format(port=urlsplit(lfs).port)
    (folder / "lighttpd.conf").write_text(text)
    server = subprocess.Popen([needed("lighttpd"), "-D", "-f", str(folder / "lighttpd.conf")])
    try:
        wait_until_open(port)
        yield GitHttp(scheme, port, folder)
    finally:
        server.terminate()
        server.wait()


def make_certificate(folder: Path) -> None:
    """A certificate for this machine that nobody vouches for, and its key, alone and in one file."""
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    made = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    argv = ["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    subprocess.run([*argv, "-addext", names, *made], check=True, capture_output=True)
    (folder / "both.pem").write_text((folder / "key.pem").read_text() + (folder / "certificate.pem").read_text())

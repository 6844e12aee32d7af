"""Addresses of repositories: what a person may type, what git calls it, and when two mean the same."""

import re
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit

from sesync_cli.errors import NotReady, WrongWords
from sesync_cli.secrets import without_secrets
from sesync_cli.site.settings import Site

USUAL_USER = "git"
PORTS = {"ssh": 22, "https": 443, "http": 80, "git": 9418}
GROUP_AND_NAME = re.compile(r"\w[\w.-]*(/\w[\w.-]*)+")
_SCP = re.compile(r"(?:(\w[\w.+-]*)@)?(\w[\w.-]*|\[[0-9A-Fa-f:.]+\]):(?!//|:)(.+)")
_HOST = re.compile(r"\w[\w.-]*|[0-9A-Fa-f:.]+")
_USER = re.compile(r"\w[\w.+-]*")
_TOKEN = re.compile(r"gl[a-z]+-|gh[a-z]_|github_pat_|(?=\w*\d)\w{20,}", re.ASCII)
_LOGIN = re.compile(r"(?P<scheme>[\w+.-]*)://(?P<user>[^/?#:@]*)(?P<password>:[^/?#]*|@[^/?#]*)?@")
# USER:PASSWORD@HOST:PATH is none of git's addresses, and people write it all the same
_SCP_LOGIN = re.compile(r"([^:/@]*):[^/@]+@([\w.-]+:.+|[\w-]+(?:\.[\w-]+)+/.+)", re.DOTALL)
_ELSEWHERE = re.compile(r"\?|/(?:gl[a-z]+-|gh[a-z]_|github_pat_)")  # where else in an address a token may stand


@dataclass(frozen=True)
class Address:
    """Where a repository is. `url` is for git, and may have a password in it; what is said of it is `shown`.

    `label` is how people call it; `host` is empty for a local path.
    """

    url: str
    label: str
    scheme: str
    host: str
    port: int | None
    user: str
    path: str

    @property
    def shown(self) -> str:
        """The address as anybody may read it, and as it may be typed again."""
        return without_secret(self.url)

    @property
    def repo(self) -> str:
        """The path without what may be left out: `cooltrees/analysis`."""
        return re.sub(r"(/?\.git)?/*$", "", self.path.strip("/").removeprefix("~/"))

    @property
    def name(self) -> str:
        """The folder that git would make of it."""
        return self.repo.rpartition("/")[2]

    def is_same(self, other: "Address") -> bool:
        """Whether both lead to one repository: the way to it (ssh or https, which user) does not count."""
        if (self.host.lower(), self.repo) != (other.host.lower(), other.repo):
            return False
        return self.scheme != other.scheme or self._port == other._port

    @property
    def _port(self) -> int | None:
        return self.port or PORTS.get(self.scheme)


def read_address(url: str) -> Address | None:
    """Any address that git has for a repository; None if it is none."""
    if "://" in url:
        return _read_url(url)
    if scp := _SCP.fullmatch(url):
        user, host, path = scp.groups()
        return Address(url, without_secret(url), "ssh", host.strip("[]"), None, user or "", path)
    return Address(url, without_secret(url), "file", "", None, "", url) if url.startswith("/") else None


def typed(text: str, site: Site, way: str) -> Address:
    """The address that a person means by GROUP/NAME or by a URL; `way` is ssh, https or empty for the site's choice.

    What is refused is never repeated: a password may be in it.
    """
    if not text.isprintable() or text.startswith("-"):
        raise _no_address(site)
    if GROUP_AND_NAME.fullmatch(text):
        return _at_site(re.sub(r"\.git$", "", text), site, way)
    if carries_secret(text):
        raise WrongWords(
            "this address carries a password or a token",
            hint="Type it without, as in https://HOST/GROUP/NAME: git asks for the password, and keeps it out of sight."
            " If it was a real one, change it: the shell remembers what is typed.",
        )
    # a page of GitLab's is /GROUP/NAME/-/PAGE
    address = read_address(text.partition("/-/")[0] if "://" in text else text)
    if address is None or not _is_allowed(address):
        raise _no_address(site)
    if not way or way == address.scheme:
        return address
    if address.host.lower() not in {known.host.lower() for known in site_addresses(address.repo, site)}:
        raise WrongWords(f"this address is not one for {way}", hint=f"Leave out '--{way}', or type the other address.")
    return _at_site(address.repo, site, way)


def allowed(url: str) -> Address | None:
    """An address that somebody else has written, if sesync goes there: it is no program and no folder of this disk."""
    address = read_address(url) if url.isprintable() and not url.startswith("-") else None
    return address if address and _is_allowed(address) else None


def carries_secret(url: str) -> bool:
    """Whether a password or a token is written in an address; a user's name alone is none."""
    return bool(_SCP_LOGIN.fullmatch(url)) or any(map(_is_secret, _LOGIN.finditer(url)))


def without_secret(url: str) -> str:
    """The address without its password or token, by which git goes to the same place and asks for it."""
    if found := _SCP_LOGIN.fullmatch(url):
        url = f"{found[1]}@{found[2]}".removeprefix("@")
    url = _LOGIN.sub(lambda found: _bare(found) if _is_secret(found) else found[0], url)
    return without_secrets(url) if _ELSEWHERE.search(url) else url


def _is_secret(found: re.Match[str]) -> bool:
    user = unquote(found["user"])
    return len(found["password"] or "") > 1 or ":" in user or (_is_web(found) and bool(_TOKEN.match(user)))


def _bare(found: re.Match[str]) -> str:
    # on the web, git asks for the user too; over ssh, the user is a part of the address
    user = "" if _is_web(found) or not found["user"] else f"{found['user']}@"
    return f"{found['scheme']}://{user}"


def _is_web(found: re.Match[str]) -> bool:
    return found["scheme"].lower() in ("http", "https")


def site_addresses(repo: str, site: Site) -> list[Address]:
    """The addresses of a repository at the site's own GitLab."""
    return [found for template in _templates(site) if (found := read_address(template.format(repo=repo)))]


def site_server(site: Site) -> Address | None:
    """Where the site's own GitLab takes ssh, and as whom; None if it does not."""
    own = next((one for one in site_addresses("GROUP/NAME", site) if one.scheme == "ssh"), None)
    return replace(own, user=own.user or USUAL_USER) if own else None


def ssh_server_words(address: Address, site: Site) -> tuple[str, ...]:
    """How `sesync ssh-key` is told of this server: [USER@]HOST[:PORT], or no word for the site's own."""
    own = site_server(site)
    if address.scheme != "ssh":  # git's settings may lead from a web address to ssh
        address = replace(address, user="", port=None)
    if own and (own.host, own.port, own.user) == (address.host, address.port, address.user):
        return ()
    user = "" if address.user in ("", USUAL_USER) else f"{address.user}@"
    host = f"[{address.host}]" if ":" in address.host else address.host
    return (f"{user}{host}{f':{address.port}' if address.port else ''}",)


def ssh_key_command(address: Address, site: Site, *words: str) -> str:
    """The command line that sets up ssh for this server."""
    return " ".join(["sesync ssh-key", *ssh_server_words(address, site), *words])


def name_at_site(address: Address, site: Site) -> str:
    """What the site's own GitLab calls this repository, GROUP/NAME; empty for those elsewhere."""
    for template in _templates(site):
        before, after = template.split("{repo}")
        if address.shown.startswith(before) and address.shown.endswith(after):
            return address.shown[len(before) : len(address.shown) - len(after)]
    return ""


def public_name(address: Address, site: Site) -> str:
    """What anybody calls this repository: GROUP/NAME at the site's GitLab, else the address without a person's name."""
    if address.scheme in ("http", "https"):
        address = replace(address, url=re.sub(r"://[^/?#@]*@", "://", address.shown))
    return name_at_site(address, site) or address.shown


def _templates(site: Site) -> list[str]:
    ssh = [site.gitlab_ssh] if site.has("gitlab_ssh") else []
    return [*ssh, site.gitlab_https] if site.has("gitlab_https") else ssh


def _has(way: str, site: Site) -> bool:
    return site.has("gitlab_ssh") if way == "ssh" else site.has("gitlab_https")


def _at_site(repo: str, site: Site, way: str) -> Address:
    if not site.has("gitlab_url"):
        whole = f"Give the repository's whole address, as in 'sesync clone git@HOST:{repo}.git'."
        raise site.off("gitlab_url", whole)
    if way and not _has(way, site):
        other = "https" if way == "ssh" else "ssh"
        raise NotReady(
            f"this site's GitLab is not reached over {way}",
            hint=f"Leave out '--{way}' to go over {other}." if _has(other, site) else "",
        )
    template = site.gitlab_ssh if (way or site.gitlab_prefer) == "ssh" else site.gitlab_https
    address = read_address(template.format(repo=repo))
    if address is None:
        raise NotReady(f"the site's address for repositories is none: {template!r}", hint="'sesync site show' tells.")
    return replace(address, label=repo)


def _read_url(url: str) -> Address | None:
    try:
        parts = urlsplit(url)
        host, port, user = parts.hostname or "", parts.port, parts.username or ""
    except ValueError:
        return None
    return Address(url, without_secret(url), parts.scheme, host, port, user, parts.path)


def _is_allowed(address: Address) -> bool:
    if address.scheme not in PORTS or not _HOST.fullmatch(address.host):
        return False
    if "://" in address.url and set("?#") & set(address.url):
        return False
    if address.user and not _USER.fullmatch(address.user):
        return False
    if address.scheme == "ssh" and "://" not in address.url and not address.user:
        return False
    return not address.path.startswith("-") and address.name not in ("", ".", "..", "~")


def _no_address(site: Site) -> WrongWords:
    own = ""
    if site.has("gitlab_url"):
        url = site.gitlab_url
        own = f"GROUP/NAME, as {url} shows it (your projects: {url}/dashboard/projects), or "
    hint = f"Type {own}an address that begins with https://, ssh:// or git@HOST:"
    return WrongWords("this is not the address of a repository", hint=hint)

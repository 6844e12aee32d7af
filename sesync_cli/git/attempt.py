"""An attempt to reach a server for git: what was tried, for whom, and whom or which page to turn to if it fails."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from sesync_cli.git.address import PORTS, USUAL_USER, Address, allowed, name_at_site, site_addresses, ssh_key_command
from sesync_cli.git.ssh_keys import PAGES
from sesync_cli.plan import by_hand
from sesync_cli.site.settings import Site

_TOKEN_PAGES = {
    "github.com": "https://github.com/settings/tokens",
    "gitlab.com": "https://gitlab.com/-/user_settings/personal_access_tokens",
}


_WEB_HOSTS = {
    "ssh.github.com": "github.com",
    "altssh.gitlab.com": "gitlab.com",
    "altssh.bitbucket.org": "bitbucket.org",
}
"""The servers of those that take ssh over the port of https."""


@dataclass(frozen=True)
class ServerAttempt:
    """What was tried: to reach this address for the sake of this folder, by somebody with this home."""

    address: Address
    folder: Path
    site: Site
    home: Path | None = None

    @property
    def where(self) -> str:
        """The server, as people say it."""
        port = self.address.port
        usual = port is None or port == PORTS.get(self.address.scheme)
        return f"{self.address.host or self.address.shown}{'' if usual else f' (port {port})'}"

    @property
    def is_at_site(self) -> bool:
        """Whether the site's own people run this server."""
        own = {known.host for known in site_addresses("", self.site)}
        if self.site.has("gitlab_url"):
            own.add(urlsplit(self.site.gitlab_url).hostname or "")
        return self.address.host.lower() in own


def support(attempt: ServerAttempt) -> str:
    """Whom to ask about the server: `ask ...`."""
    return f"ask {attempt.site.support}" if attempt.is_at_site else f"ask whoever runs {attempt.address.host}"


def keys_page(attempt: ServerAttempt) -> str:
    """Where a public key is pasted on the server's pages; empty where that is not known."""
    if attempt.is_at_site:
        return f"{attempt.site.gitlab_url}/-/user_settings/ssh_keys"
    return PAGES.get(attempt.address.host.lower(), "")


def tokens_page(attempt: ServerAttempt) -> str:
    """Where access tokens are made; empty where that is not known."""
    if attempt.is_at_site and attempt.site.has("gitlab_url"):
        return f"{attempt.site.gitlab_url}/-/user_settings/personal_access_tokens"
    return _TOKEN_PAGES.get(attempt.address.host.lower(), "")


def repository_page(attempt: ServerAttempt) -> str:
    """Where people see the repository in a browser; empty where that is not known."""
    address, site = attempt.address, attempt.site
    if allowed(address.url) is None or not address.shown.endswith(address.path):  # a token may be in it
        return ""
    if (name := name_at_site(address, site).strip("/")) and site.has("gitlab_url"):
        return f"{site.gitlab_url}/{quote(name)}"
    host = f"[{address.host}]" if ":" in address.host else address.host
    path = quote(unquote(address.repo) if "://" in address.url else address.repo)
    if address.scheme in ("http", "https"):
        port = f":{address.port}" if address.port else ""
        return f"{address.scheme}://{host}{port}/{path}"
    if address.scheme != "ssh" or address.user != USUAL_USER:  # a folder of somebody's on a server for all
        return ""
    if attempt.is_at_site and site.has("gitlab_url"):
        return f"{site.gitlab_url}/{path}"
    host = _WEB_HOSTS.get(host.lower(), host)
    return f"https://{host}/{path}" if "." in host else ""


def facts(attempt: ServerAttempt) -> dict[str, str]:
    """What the sentences about refusals may say of a server and a repository."""
    address, site = attempt.address, attempt.site
    repo = name_at_site(address, site) or address.label
    ask = support(attempt)
    port = () if address.port in (None, PORTS["ssh"]) or address.scheme != "ssh" else ("-p", str(address.port))
    own = site.gitlab_url if attempt.is_at_site else f"https://{address.host}"
    return {
        "where": attempt.where,
        "label": repo,
        "ask": ask,
        "Ask": f"{ask[:1].upper()}{ask[1:]}",
        "keys": keys_page(attempt) or f"your settings at {own}",
        "tokens": tokens_page(attempt) or f"your settings at {own}",
        "page": repository_page(attempt) or own,
        "url": own,
        "login": by_hand("ssh", *port, f"{address.user or 'git'}@{address.host}"),
        "key": ssh_key_command(address, site),
        "keep": " 'sesync clone --login' keeps it." if attempt.is_at_site else "",
        "clone": by_hand("sesync", "clone", repo),
    }

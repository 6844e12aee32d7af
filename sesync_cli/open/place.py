"""What there is to open: the places that a site names, and for one of them each way there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sesync_cli.site.settings import Site

PLACES: Mapping[str, str] = {
    "jupyter": "JupyterLab in a browser",
    "files": "files from your own computer",
    "gitlab": "your groups' code",
    "password": "a new password",
    "help": "the documentation",
}
"""Each place, and what it is for."""


@dataclass(frozen=True)
class Route:
    """One way to a place, in a sentence: a page for a browser, or what one types on one's own computer."""

    says: str
    url: str | None = None
    commands: tuple[str, ...] = ()


@dataclass(frozen=True)
class Destination:
    """A place, and each way there; `project` is the one that it is about, and `note` is what one should know."""

    place: str
    project: str | None
    ways: tuple[Route, ...]
    note: str | None = None

    @property
    def url(self) -> str:
        """The page that a browser opens; empty if there is none."""
        return next((way.url for way in self.ways if way.url), "")


@dataclass(frozen=True)
class NamedPlace:
    """A place that the site names: its page, or else its host, and what it is for."""

    place: str
    address: str
    purpose: str


def named_places(site: Site) -> list[NamedPlace]:
    """All places that there are here."""
    return [NamedPlace(place, address, PLACES[place]) for place, address in _addresses(site)]


def _addresses(site: Site) -> Iterator[tuple[str, str]]:
    if site.has("jupyter_url"):
        yield "jupyter", site.jupyter_url
    if site.has("uploads_url"):
        yield "files", site.uploads_url
    elif site.has("uploads_sftp_host"):
        yield "files", site.uploads_sftp_host
    if site.has("gitlab_url"):
        yield "gitlab", site.gitlab_url
    if site.has("accounts_password_url"):
        yield "password", site.accounts_password_url
    if site.has("support_url"):
        yield "help", site.support_url

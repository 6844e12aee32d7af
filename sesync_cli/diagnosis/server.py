"""Which server an installer could not read, as its log tells: the package index, or another that somebody has named."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

_URL = r"https?://[^\s`'\"),]+"
_LINKS = re.compile(rf"Failed to read `--find-links` URL: `?(?P<url>{_URL})")
_SSH = re.compile(r"ssh: (?:Could not resolve hostname|connect to host) (?P<host>[\w.:-]*\w)")
_FETCHED = re.compile(rf"Failed to fetch: `?(?P<url>{_URL})|error sending request for url \((?P<sent>{_URL})\)")
_POOL = re.compile(r"HTTP(?P<s>S?)Connection(?:Pool)?\(host='(?P<host>[^']+)', port=(?P<port>\d+)\)")
_NAMED = (  # a package whose address somebody has given: in uv's words, and in pip's
    re.compile(rf"`(?P<what>[\w.-]+)(?:\[[^\]]*\])? @ (?P<url>{_URL})"),
    re.compile(rf"Collecting (?:(?P<what>[\w.-]+)\S*(?: ?@ ?| from ))?(?P<url>{_URL})"),
)
_FILE = re.compile(r"Max retries exceeded with url: \S*/(?P<what>[\w.]+)-[^/\s]+\.(?:whl|zip|tgz|tar\.\w+)\b")
_INDEX = re.compile(r"Looking in indexes: (?P<url>\S+?)(?:,|\s|$)")


def index_named(text: str) -> str:
    """Where pip looked, in brackets, if that is not the usual place."""
    index = _INDEX.search(text)
    return f" ({index['url']})" if index else ""


def server_named(text: str) -> str:
    """The server that could not be read, in words that name its host as far as the log does."""
    if links := _LINKS.search(text):
        return f"the page of links {_without_login(links['url'])}"
    if ssh := _SSH.search(text):
        return ssh["host"]
    place = _place(text)
    host, known = urlsplit(place).netloc, index_named(text)
    what = next((what for where, what in _given(text) if where == host), None) if place else None
    if what is None and host and host not in known and (file := _FILE.search(text)):
        what = file["what"]
    if what is not None:
        return f"{host} ({what} is to come from there)" if what else host
    return f"the package index{f' ({place})' if place and place not in known else known}"


def _place(text: str) -> str:
    """The scheme and host that the failure is about, as in https://packages.example.org; empty if nothing tells it."""
    if fetched := _FETCHED.search(text):
        parts = urlsplit(_without_login(fetched["url"] or fetched["sent"]))
        return f"{parts.scheme}://{parts.netloc}"
    if pool := _POOL.search(text):
        port = "" if (pool["s"], pool["port"]) in (("S", "443"), ("", "80")) else f":{pool['port']}"
        return f"http{pool['s'].lower()}://{pool['host']}{port}"
    return ""


def _given(text: str) -> Iterator[tuple[str, str]]:
    """The hosts of addresses that somebody has given, each with the package that is to come from there."""
    for pattern in _NAMED:
        for found in pattern.finditer(text):
            yield urlsplit(_without_login(found["url"])).netloc, found["what"] or ""


def _without_login(url: str) -> str:
    return re.sub(r"(?<=://)[^/]*@", "", url)

"""Whether this machine's clock is right, by what a server of the site says of the time."""

import ssl
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from sesync_cli.caller import Caller
from sesync_cli.check import Finding
from sesync_cli.plan import by_hand
from sesync_cli.python.pip_settings import pip_settings
from sesync_cli.site.settings import Site
from sesync_cli.view import lasting

_SKEW = 300.0  # seconds; ssh, certificates and tokens bear that much


def findings(caller: Caller, site: Site) -> Iterator[Finding]:
    """That the clock is wrong, where a server tells the time."""
    named = [site.gitlab_url] if site.has("gitlab_url") else []
    for url in (*named, *([index] if (index := pip_settings(caller.env).get("index-url")) else [])):
        told = _time_at(url, site.data_patience_seconds / 2)
        if told is None:
            continue
        off = time.time() - told
        if abs(off) > _SKEW:
            way = by_hand("sesync", "report", "the clock is wrong")
            than = f"{'ahead of' if off > 0 else 'behind'} that of {urlsplit(url).hostname}"
            message = f"this machine's clock is {lasting(abs(off))} {than}"
            why = "Certificates and tokens may not be taken, and files have wrong times."
            yield Finding("clock", message, f"'{way}' drafts a mail to {site.support}.", why=why, command=way)
        return


def _time_at(url: str, seconds: float) -> float | None:
    """What a web server says of the time, in seconds since 1970; whoever it is, no secret is told or taken there."""
    parts = urlsplit(url)
    front = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/"
    anybody = ssl.create_default_context()
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    try:
        with urlopen(Request(front, method="HEAD"), timeout=seconds, context=anybody) as answer:
            said = answer.headers.get("Date")
    except HTTPError as error:
        said = error.headers.get("Date")
    except (OSError, ValueError, HTTPException):
        return None
    try:
        return parsedate_to_datetime(said).timestamp() if said else None
    except ValueError:
        return None

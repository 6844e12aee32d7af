"""The door to uv, which is told to go the way that pip would go: the same index, proxy and certificates.

`python -m sesync_cli.python.uv WORD...` runs it so.
"""

import os
import sys
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path

from sesync_cli.certificates import system_certificates
from sesync_cli.python.environments import prefixes
from sesync_cli.python.pip_settings import is_on, pip_settings

DEFAULT_INDEX = "UV_DEFAULT_INDEX"
"""The variable that names the index which uv asks, before all that pip is told."""

_INDEX = (DEFAULT_INDEX, "UV_INDEX_URL")
_EXTRA = ("UV_INDEX", "UV_EXTRA_INDEX_URL")
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")  # set and empty, they say that nobody is to be trusted


def uv(*words: str, env: Mapping[str, str], python: Path | None = None) -> tuple[list[str], dict[str, str]]:
    """How to run `uv WORD...` so that it goes where this Python's pip would: its words, and its environment.

    What uv's own variables say counts before what pip is told. Passwords in addresses stay in the environment.
    """
    from uv import find_uv_bin

    told = pip_settings(env, prefixes(python) if python else ())
    offline = words[:2] in (("pip", "compile"), ("pip", "install")) and is_on(told.get("no-index", ""))
    argv = [find_uv_bin(), *words[:2], *(("--no-index",) if offline else ()), *words[2:]]
    asks = dict(env) | _way(told, env) | _trusted(told, env)
    return argv, {name: value for name, value in asks.items() if value or name not in _CERTIFICATES}


def _way(told: Mapping[str, str], env: Mapping[str, str]) -> dict[str, str]:
    """The variables by which uv finds the index that these settings of pip's name."""
    way = {"UV_INDEX_STRATEGY": "unsafe-best-match"}  # as pip chooses: the best version, whichever index has it
    way |= {_INDEX[0]: told["index-url"].strip()} if "index-url" in told and not _any(_INDEX, env) else {}
    extra = told.get("extra-index-url", "").split()
    way |= {_EXTRA[0]: " ".join(extra)} if extra and not _any(_EXTRA, env) else {}
    # pip passes over a folder that is not there
    links = [one for one in map(_place, told.get("find-links", "").split()) if "://" in one or os.path.exists(one)]
    way |= {"UV_FIND_LINKS": ",".join(links)} if links else {}
    way |= {"UV_INSECURE_HOST": " ".join(told["trusted-host"].split())} if "trusted-host" in told else {}
    way |= {"UV_KEYRING_PROVIDER": "subprocess"} if told.get("keyring-provider") == "subprocess" else {}
    for key, name in (("timeout", "UV_HTTP_TIMEOUT"), ("retries", "UV_HTTP_RETRIES")):
        way |= {name: str(int(float(told[key])))} if told.get(key, "").replace(".", "", 1).isdigit() else {}
    return {name: value for name, value in way.items() if not env.get(name)} | _proxies(told)


def _proxies(told: Mapping[str, str]) -> dict[str, str]:
    if not (proxy := told.get("proxy", "").strip()):
        return {}
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    return dict.fromkeys(("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"), proxy)


def _trusted(told: Mapping[str, str], env: Mapping[str, str]) -> dict[str, str]:
    """The variables by which uv trusts whom pip trusts: those that are named, else the system's and the well-known."""
    own = {"SSL_CLIENT_CERT": os.path.expanduser(told["client-cert"])} if "client-cert" in told else {}
    named = env.get("REQUESTS_CA_BUNDLE") or env.get("CURL_CA_BUNDLE") or told.get("cert", "")
    if named := os.path.expanduser(named.strip()):
        return own | {"SSL_CERT_DIR" if os.path.isdir(named) else "SSL_CERT_FILE": named}
    system, file = system_certificates(), env.get("SSL_CERT_FILE", "")
    folders = [*filter(os.path.isdir, env.get("SSL_CERT_DIR", "").split(os.pathsep)), *_well_known()]
    if not os.path.exists(file):
        file = str(system) if system else ""
    return own | {"SSL_CERT_FILE": file, "SSL_CERT_DIR": os.pathsep.join(folders)}


def _well_known() -> list[str]:
    """The folder of Mozilla's certificates, which pip brings along; uv would forget its own beside the system's."""
    found = find_spec("certifi")
    return list(found.submodule_search_locations or ()) if found else []


def _place(link: str) -> str:
    return link if "://" in link else os.path.abspath(os.path.expanduser(link))


def _any(names: Iterable[str], env: Mapping[str, str]) -> bool:
    return any(env.get(name) for name in names)


if __name__ == "__main__":
    argv, environment = uv(*sys.argv[1:], env=os.environ)
    os.execve(argv[0], argv, environment)

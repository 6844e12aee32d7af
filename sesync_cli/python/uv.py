"""The door to uv, which is told to go the way that pip would go, and nothing else: the same index, proxy, certificates.

`python -m sesync_cli.python.uv WORD...` runs it so.
"""

import os
import re
import shutil
import sys
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote

from sesync_cli.certificates import system_certificates
from sesync_cli.python.environments import prefixes
from sesync_cli.python.pip_settings import absolute, is_on, pip_settings
from sesync_cli.python.uv_settings import UvFiles, uv_files, without_steering

DEFAULT_INDEX = "UV_DEFAULT_INDEX"
"""The variable that names the index which uv asks, before all that pip is told."""

_INDEX = (DEFAULT_INDEX, "UV_INDEX_URL")
_EXTRA = ("UV_INDEX", "UV_EXTRA_INDEX_URL")
_LINKS = "UV_FIND_LINKS"
_NO_CONFIG = "UV_NO_CONFIG"
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
_SAME = {DEFAULT_INDEX: _INDEX} | {name: (name, name.upper()) for name in _PROXIES}  # what says the same in other words
# set and empty, these say that nobody is to be trusted, or nothing
_NEVER_EMPTY = ("SSL_CERT_FILE", "SSL_CERT_DIR", *_PROXIES, *(name.upper() for name in _PROXIES))
_LEAST = {"timeout": ("UV_HTTP_TIMEOUT", 1), "retries": ("UV_HTTP_RETRIES", 0)}
_FAILED = re.compile(r"Failed to (?:fetch|read `--find-links` URL): `?(?P<url>[^\s`]+)")
_LOGIN = re.compile(r"(?<=://)[^/@\s]*@")


def uv(*words: str, env: Mapping[str, str], python: Path | None = None) -> tuple[list[str], dict[str, str]]:
    """How to run `uv WORD...` so that it goes where this Python's pip would: its words, and its environment.

    What uv's own variables and files say of the way counts before what pip is told, and nothing else that they say: uv
    looks for no file itself. Passwords in addresses stay in the environment.
    """
    from uv import find_uv_bin

    told, files = pip_settings(env, prefixes(python) if python else ()), uv_files(env)
    no_index = files.no_index or is_on(told.get("no-index", ""))
    alone = words[:2] in (("pip", "compile"), ("pip", "install")) and no_index
    argv = [find_uv_bin(), *words[:2], *(("--no-index",) if alone else ()), *words[2:]]
    env = without_steering(env)
    env |= {name: value for name, value in files.variables.items() if not _any(_SAME.get(name, (name,)), env)}
    asks = env | _way(told, env, files) | _proxies(told, env) | _trusted(told, env) | {_NO_CONFIG: "1"}
    return argv, {name: value for name, value in asks.items() if value or name not in _NEVER_EMPTY}


def uv_program(env: Mapping[str, str]) -> str:
    """What one types for uv: its name for whoever has one, else where sesync's own is."""
    from uv import find_uv_bin

    return "uv" if shutil.which("uv", path=env.get("PATH")) else find_uv_bin()


def unreachable_index(said: str, told: Mapping[str, str]) -> str:
    """The place beside the index that uv, told so, says it could not read; empty if that is not the trouble."""
    failed = _FAILED.search(said)
    url = _LOGIN.sub("", failed["url"]) if failed else ""
    beside = (*told.get(_EXTRA[0], "").split(), *told.get(_LINKS, "").split(","))
    return next((one for place in beside if "://" in (one := _LOGIN.sub("", place)) and url.startswith(one)), "")


def _way(told: Mapping[str, str], env: Mapping[str, str], files: UvFiles) -> dict[str, str]:
    """The variables by which uv finds the indexes that these settings of pip's, and uv's own files, name."""
    way = {"UV_INDEX_STRATEGY": "unsafe-best-match"}  # as pip chooses: the best version, whichever index has it
    way |= {_INDEX[0]: told["index-url"].strip()} if "index-url" in told and not _any(_INDEX, env) else {}
    trusted = [host for host in told.get("trusted-host", "").lower().split() if "[" not in host]  # uv takes no IPv6
    way |= {"UV_INSECURE_HOST": " ".join(trusted)} if trusted else {}
    way |= {"UV_KEYRING_PROVIDER": "subprocess"} if told.get("keyring-provider") == "subprocess" else {}
    for key, (name, least) in _LEAST.items():
        if told.get(key, "").replace(".", "", 1).isdigit():
            way[name] = str(max(least, int(float(told[key]))))
    return {name: value for name, value in way.items() if not env.get(name)} | _beside(told, env, files)


def _beside(told: Mapping[str, str], env: Mapping[str, str], files: UvFiles) -> dict[str, str]:
    """The variables of the indexes and pages beside the first: uv's files add to its variables, which replace pip's."""
    extra = [] if _any(_EXTRA, env) else told.get("extra-index-url", "").split()
    places = [_folder(absolute(one, env.get("HOME", ""))) for one in told.get("find-links", "").split()]
    links = [env[_LINKS]] if env.get(_LINKS) else places
    indexes = [*env.get(_EXTRA[0], "").split(), *files.indexes, *extra]
    found = {_EXTRA[0]: " ".join(indexes), _LINKS: ",".join(filter(None, [*links, *files.links]))}
    return {name: value for name, value in found.items() if value}


def _folder(link: str) -> str:
    """A place of files as uv takes it: a page, or a folder; nothing for one that is missing, which pip passes over."""
    if "://" in link and not link.startswith("file:"):
        return link
    path = unquote("/" + link.removeprefix("file:").lstrip("/")) if link.startswith("file:") else link
    is_file = os.path.isfile(path) and not path.endswith((".html", ".htm"))
    return os.path.dirname(path) if is_file else path if os.path.exists(path) else ""


def _proxies(told: Mapping[str, str], env: Mapping[str, str]) -> dict[str, str]:
    """The variables of proxies as pip takes them: its own setting alone, else those in small letters first."""
    if proxy := told.get("proxy", "").strip():
        proxy = proxy if "://" in proxy else f"http://{proxy}"
        heard = {"http_proxy": proxy, "https_proxy": proxy}
    else:
        heard = {name: env.get(name, env.get(name.upper(), "")) for name in _PROXIES}
        if heard["no_proxy"].strip() == "*":
            heard = {}
    return {word: heard.get(name, "") for name in _PROXIES for word in (name, name.upper())}


def _trusted(told: Mapping[str, str], env: Mapping[str, str]) -> dict[str, str]:
    """The variables by which uv trusts whom pip trusts: those that are named, else the system's and the well-known."""
    home = env.get("HOME", "")
    own = {"SSL_CLIENT_CERT": absolute(told["client-cert"], home)} if "client-cert" in told else {}
    said = [env.get("REQUESTS_CA_BUNDLE"), env.get("CURL_CA_BUNDLE")]
    # a pip that is told of a proxy heeds no variables
    order = [told.get("cert"), *said] if "proxy" in told else [*said, told.get("cert")]
    if named := next(filter(None, order), ""):
        named = absolute(named, home)
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


def _any(names: Iterable[str], env: Mapping[str, str]) -> bool:
    return any(env.get(name) for name in names)


if __name__ == "__main__":
    argv, environment = uv(*sys.argv[1:], env=os.environ)
    os.execve(argv[0], argv, environment)

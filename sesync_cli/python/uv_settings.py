"""What uv is told by its own variables and files, of which the way to packages alone counts for sesync.

What else they say (constraints, dates, pre-releases, a version of uv) is for a person's own uv, and would change what a
kernel gets. As uv's documentation has it (Configuration files): the person's `uv.toml` before the system's.
"""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SETTINGS = "uv.toml"
"""In an environment that is being made: what the project that it is made from says to uv of its packages."""

_WAY = re.compile(
    r"UV_(?:DEFAULT_INDEX|(?:EXTRA_)?INDEX(?:_URL|_STRATEGY)?|INDEX_\w+_(?:USERNAME|PASSWORD)|FIND_LINKS|KEYRING_PROVIDER"
    r"|CREDENTIALS_DIR|INSECURE_HOST|NATIVE_TLS|SYSTEM_CERTS|(?:AZURE|GCS|S3)_\w+|OFFLINE|HTTP_\w+|REQUEST_TIMEOUT"
    r"|CACHE_DIR|NO_CACHE|LOCK_TIMEOUT|CONCURRENT_\w+|LINK_MODE|PYTHON_(?:DOWNLOADS|INSTALL_DIR)|NO_PROGRESS|NO_WRAP)"
)
_WORDS = {
    "index-url": "UV_DEFAULT_INDEX",
    "index-strategy": "UV_INDEX_STRATEGY",
    "keyring-provider": "UV_KEYRING_PROVIDER",
    "cache-dir": "UV_CACHE_DIR",
    "http-proxy": "http_proxy",
    "https-proxy": "https_proxy",
}
_LISTS = {"allow-insecure-host": ("UV_INSECURE_HOST", " "), "no-proxy": ("no_proxy", ",")}
_SWITCHES = {
    "offline": "UV_OFFLINE",
    "no-cache": "UV_NO_CACHE",
    "system-certs": "UV_SYSTEM_CERTS",
    "native-tls": "UV_SYSTEM_CERTS",
}
_PLACES = ("index-url", "extra-index-url", "find-links")
# what a project says of its own packages; the rest of its table is about uv at work in it
_OF_A_PROJECT: tuple[str, ...] = ("index", "index-url", "extra-index-url", "find-links", "no-index", "index-strategy")
_OF_A_PROJECT += ("resolution", "prerelease", "fork-strategy", "exclude-newer", "exclude-newer-package", "no-sources")
_OF_A_PROJECT += ("constraint-dependencies", "override-dependencies", "exclude-dependencies", "dependency-metadata")
_OF_A_PROJECT += ("build-constraint-dependencies", "no-build", "no-build-package", "no-binary", "no-binary-package")
_OF_A_PROJECT += ("config-settings", "config-settings-package", "no-build-isolation", "no-build-isolation-package")
_OF_A_PROJECT += ("extra-build-dependencies", "extra-build-variables")


class BadSettings(ValueError):
    """A file of settings that cannot be read, and why."""


@dataclass(frozen=True)
class UvFiles:
    """What the files say of the way: as variables, the indexes beside the first, pages of links, and whether no index.

    `broken` says of each file that cannot be read why not; it says nothing else.
    """

    variables: Mapping[str, str] = field(default_factory=dict)
    indexes: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    no_index: bool = False
    broken: tuple[str, ...] = ()


def without_steering(env: Mapping[str, str]) -> dict[str, str]:
    """This environment with those alone of uv's variables that say the way to packages."""
    return {name: value for name, value in env.items() if not name.startswith("UV_") or _WAY.fullmatch(name)}


def uv_files(env: Mapping[str, str]) -> UvFiles:
    """What the person's and the system's `uv.toml` say of the way, or the one that UV_CONFIG_FILE names."""
    read: list[dict[str, Any]] = []
    broken = []
    for file in _files(env):
        try:
            read.append(_table_of(file))
        except BadSettings as error:
            broken.append(str(error))
    words = {_WORDS[key]: said for one in reversed(read) for key in _WORDS if isinstance(said := one.get(key), str)}
    joined = {name: mark.join(found) for key, (name, mark) in _LISTS.items() if (found := _all(read, key))}
    switches = {_SWITCHES[key]: "1" for key in _SWITCHES if _first(read, key) is True}
    indexes = [one for table in read for one in _indexes(table)]
    default = [("UV_DEFAULT_INDEX", _named(one)) for one in indexes if one.get("default") is True]
    beside = [
        _named(one) for one in indexes if not (one.get("default") or one.get("explicit") or one.get("format") == "flat")
    ]
    flat = [one["url"] for one in indexes if one.get("format") == "flat" and not one.get("explicit")]
    return UvFiles(
        words | joined | switches | dict(default[:1]),
        (*beside, *_all(read, "extra-index-url")),
        (*flat, *_all(read, "find-links")),
        _first(read, "no-index") is True,
        tuple(broken),
    )


def project_settings(pyproject: Path) -> dict[str, Any]:
    """What a project's own file says of its packages to uv, as a `uv.toml` would; `ValueError` for what is no TOML."""
    tool = tomllib.loads(pyproject.read_text(encoding="utf-8")).get("tool")
    table = tool.get("uv") if isinstance(tool, dict) else None
    said = {key: table[key] for key in _OF_A_PROJECT if key in table} if isinstance(table, dict) else {}
    return _placed(said, pyproject.parent)


def written(folder: Path, settings: Mapping[str, Any]) -> Path:
    """A `uv.toml` in this folder, which the person alone may read: an address in it may have a password."""
    import tomli_w

    file = folder / SETTINGS
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        tomli_w.dump(settings, stream)
    return file


def _files(env: Mapping[str, str]) -> Iterator[Path]:
    """The files in which uv looks, the strongest first."""
    if named := env.get("UV_CONFIG_FILE"):
        yield Path(named)
        return
    if env.get("UV_NO_CONFIG", "").lower() in ("1", "true", "yes", "on", "y", "t"):
        return
    folder = env.get("XDG_CONFIG_HOME") or os.path.join(env.get("HOME", ""), ".config")
    shared = [one for one in (env.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(os.pathsep) if one]
    system = [*(Path(one, "uv/uv.toml") for one in shared), Path("/etc/uv/uv.toml")]
    yield from filter(os.path.isfile, [Path(folder, "uv/uv.toml"), *[one for one in system if os.path.isfile(one)][:1]])


def _table_of(file: Path) -> dict[str, Any]:
    """What a `uv.toml` says, with what it says for `uv pip` before the rest."""
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadSettings(f"{file} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise BadSettings(f"{file} is not TOML: {error}") from None
    pip = table.get("pip")
    return _placed(table | (pip if isinstance(pip, dict) else {}), file.parent)


def _placed(table: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The same with absolute places: those in a file are as from its folder."""
    placed = dict(table)
    for key in set(_PLACES) & set(table):
        said = table[key]
        placed[key] = [_place(one, folder) for one in said] if isinstance(said, list) else _place(said, folder)
    if "index" in table:
        placed["index"] = [one | {"url": _place(one["url"], folder)} for one in _indexes(table)]
    if isinstance(cache := table.get("cache-dir"), str):
        placed["cache-dir"] = os.path.abspath(folder / os.path.expanduser(cache))
    return placed


def _place(said: object, folder: Path) -> object:
    if not isinstance(said, str) or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", said):
        return said
    return Path(os.path.abspath(folder / os.path.expanduser(said))).as_uri()


def _indexes(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = table.get("index")
    entries = found if isinstance(found, list) else []
    return [one for one in entries if isinstance(one, dict) and isinstance(one.get("url"), str)]


def _named(index: Mapping[str, Any]) -> str:
    return f"{index['name']}={index['url']}" if isinstance(index.get("name"), str) else str(index["url"])


def _first(tables: list[dict[str, Any]], key: str) -> object:
    return next((table[key] for table in tables if key in table), None)


def _all(tables: list[dict[str, Any]], key: str) -> list[str]:
    said = [table.get(key) for table in tables]
    return [one for many in said if isinstance(many, list) for one in many if isinstance(one, str)]

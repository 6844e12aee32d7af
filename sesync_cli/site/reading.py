"""Reads the site in force from TOML: one that stands for itself, or SESYNC, which is built in, as a file changes it."""

import os
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sesync_cli.errors import NotReady
from sesync_cli.names import did_you_mean, near
from sesync_cli.site.settings import BUILT_IN, DEFAULT, OFF, SYSTEM, LoadedSite, Setting, Site, kinds
from sesync_cli.site.validation import broken_rule, web_host

_SESYNC = Path(__file__).with_name("site.toml")
_ANYWHERE = Path(__file__).with_name("anywhere.toml")
_EXTENDS = "extends"
_FOUND_LATER = "python.default"  # which Python starts is found out by whoever needs one
_SHORT = 120  # letters of a wrong value that an error shows
_WAYS = ("gitlab.ssh", "gitlab.https")
_BASES = ("gitlab.url", "jupyter.url")  # to which paths are added

Found = dict[str, tuple[Any, str]]
"""The value of each setting that is on, and where it comes from."""


def load_site(env: Mapping[str, str]) -> LoadedSite:
    """The site in force: that of `$SESYNC_SITE`, else of the system's site file, else the built-in one."""
    return read_site(site_file(env), env)


def site_file(env: Mapping[str, str]) -> Path | None:
    """The site file in force; None where the built-in site serves alone."""
    if named := env.get("SESYNC_SITE"):
        return Path(named)
    return SYSTEM if SYSTEM.exists() else None


def read_site(path: Path | None, env: Mapping[str, str]) -> LoadedSite:
    """The site that this file describes; the built-in one without a file."""
    tables = _read(path) if path else {_EXTENDS: "sesync"}
    stands = _stands(tables.pop(_EXTENDS, None), path)
    said = {key: (value, str(path)) for key, value in _flat(tables)}
    known = {key: (kind, _places(words)) for key, kind, words in kinds()}
    for key, (value, _) in said.items():
        _check(key, value, known, path)
    said |= {key: (said[key][0].rstrip("/"), str(path)) for key in _BASES if key in said}
    found: Found = {key: (value, DEFAULT if stands else BUILT_IN) for key, value in _flat(_read(_ANYWHERE))}
    if stands or ("gitlab.url" in said and not any(way in said for way in _WAYS)):
        said |= _gitlab(said, path)  # a token for this GitLab is not for another's repositories
    if stands:
        found |= _found_out(env)
    else:
        found |= {key: (value, BUILT_IN) for key, value in _flat(_read(_SESYNC))}
    found |= said
    settings = tuple(Setting(key, *_frozen(*found.get(key, _absent(key)))) for key in known)
    return LoadedSite(Site(settings, path), settings, stands)


def bare_site(env: Mapping[str, str]) -> Site:
    """A site that names nothing: for whoever has to go on although its file cannot be read."""
    found: Found = {key: (value, DEFAULT) for key, value in anywhere().items()} | _found_out(env)
    return Site(tuple(Setting(key, *_frozen(*found.get(key, _absent(key)))) for key, _, _ in kinds()))


def anywhere() -> dict[str, Any]:
    """What holds in every site that does not say otherwise, by its key."""
    return dict(_flat(_read(_ANYWHERE)))


def _stands(extends: object, path: Path | None) -> bool:
    if extends not in (None, "sesync"):
        raise NotReady(
            f"the site file {path} extends {extends!r}, which is no site",
            hint='It may say: extends = "sesync". Without that line, a site file stands for itself.',
        )
    return extends is None


def _found_out(env: Mapping[str, str]) -> Found:
    """What this machine and account tell by themselves."""
    home = Path(env.get("HOME") or os.path.expanduser("~"))
    is_own = home.name and home.name in (env.get("LOGNAME"), env.get("USER"))
    path = str(home.parent / "{user}") if is_own else str(home)
    return {"site.name": (os.uname().nodename, DEFAULT), "home.path": (path, DEFAULT)}


def _absent(key: str) -> tuple[None, str]:
    return None, DEFAULT if key == _FOUND_LATER else OFF


def _gitlab(said: Found, path: Path | None) -> Found:
    """What follows from what a file says of its GitLab: the ways to its repositories, as every GitLab has them."""
    ways = [key for key in _WAYS if key in said]
    if "gitlab.url" not in said:
        if ways:
            hint = 'Name the GitLab\'s web address too, as in: url = "https://gitlab.example.org"'
            raise NotReady(f"the site file {path} gives {ways[0]} and no gitlab.url", hint=hint)
        return {}
    if len(ways) == 1:
        way = ways[0].removeprefix("gitlab.")
        prefers = said.get("gitlab.prefer", (way, ""))[0]
        if prefers != way:
            hint = f"Name gitlab.{prefers} too, or leave out gitlab.prefer."
            raise NotReady(f"the site file {path} prefers {prefers!r}, and names {ways[0]} only", hint=hint)
        return {"gitlab.prefer": said.get("gitlab.prefer", (way, ways[0]))}
    if ways:
        return {}
    url = said["gitlab.url"][0]
    ssh = f"git@{web_host(url)}:{{repo}}.git"
    return {"gitlab.ssh": (ssh, "gitlab.url"), "gitlab.https": (f"{url}/{{repo}}.git", "gitlab.url")}


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise NotReady(f"the site file {path} cannot be read: {os.strerror(error.errno or 0)}") from None
    except UnicodeDecodeError:
        raise NotReady(f"the site file {path} is not UTF-8 text") from None
    except (ValueError, RecursionError) as error:  # a number may be too long for Python, and a list too deep
        raise NotReady(f"the site file {path} is not TOML: {error}", hint="docs/site.md shows a whole one.") from None


def _flat(tables: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for table, keys in tables.items():
        if not isinstance(keys, dict):
            yield table, keys
            continue
        for key, value in keys.items():
            yield f"{table}.{key}", value


def _check(key: str, value: Any, known: Mapping[str, tuple[Any, set[str]]], path: Path | None) -> None:
    if key not in known:
        name = key if key.isprintable() else repr(key)
        raise NotReady(f"the site file {path} has an unknown setting: {name}", hint=_meant(key, known))
    kind, places = known[key]
    if _kind(value) != _KINDS[kind] and not (kind is float and type(value) is int):
        raise NotReady(f"the site file {path} gives {key} {_kind(value)}; it must be {_KINDS[kind]}")
    if isinstance(value, str) and _places(value) != places:
        wanted = " and ".join(f"{{{place}}}" for place in sorted(places)) or "no {...}"
        raise NotReady(f"the site file {path}: {key} must contain {wanted}, and is {value!r}")
    if value == "" and key != "support.mailer":
        raise NotReady(f"the site file {path} gives {key} no value", hint="Leave the line out if there is none.")
    if breach := broken_rule(key, kind, value):
        rule, one = breach
        verb = "one is" if isinstance(value, list) else "is"
        raise NotReady(f"the site file {path}: {key} must be {rule.words}, and {verb} {_short(one)}", hint=rule.hint)


def _short(value: Any) -> str:
    is_huge = isinstance(value, int) and abs(value) > sys.maxsize  # too many digits are an error of Python's
    text = hex(value) if is_huge else repr(value)
    return text if len(text) <= _SHORT else f"{text[:_SHORT]}..."


def _meant(key: str, known: Mapping[str, Any]) -> str:
    by_last_word = {one.rpartition(".")[2]: one for one in known}
    last = key.rpartition(".")[2]
    alike = near(key, [*known, _EXTENDS]) or [by_last_word[word] for word in near(last, by_last_word)]
    return f"{did_you_mean(alike[:1])} docs/site.md lists the settings.".lstrip()


_LIST = "a list of texts"
_KINDS = {str: "a text", int: "a whole number", float: "a number", tuple[str, ...]: _LIST}


def _kind(value: Any) -> str:
    if isinstance(value, list):
        return _LIST if all(isinstance(one, str) for one in value) else "a list of other things"
    kinds = {str: "a text", bool: "true or false", int: "a whole number", float: "a number"}
    return kinds.get(type(value), f"a {type(value).__name__}")


def _places(template: str) -> set[str]:
    """What stands in braces in a value, or in the sentence of a setting: `{user}` and the like."""
    return set(re.findall(r"\{([^{}]*)\}|[{}]", template))


def _frozen(value: Any, source: str) -> tuple[Any, str]:
    return (tuple(value) if isinstance(value, list) else value), source

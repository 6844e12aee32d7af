"""Access tokens for GitLab: the places where people and their programs keep them, and who else may read those."""

import configparser
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sesync_cli.caller import Caller
from sesync_cli.check import Finding
from sesync_cli.errors import NotReady
from sesync_cli.git.credentials import password
from sesync_cli.plan import Plan, by_hand
from sesync_cli.steps import SetRights

ENVIRONMENT = "GITLAB_TOKEN"
GIT = "git's credential helper"
SCOPES = "api, or read_api and write_repository"
PERMISSIONS = "Project: Read, User: Read, Code: Download and Code: Push"
PORTS = {"https": 443, "http": 80}
_SYSTEM = Path("/etc/python-gitlab.cfg")
_URLS = ("GITLAB_URL", "GITLAB_HOST", "GL_HOST")  # which server GITLAB_TOKEN is for, if one of them says so


class Token:
    """A secret, where it comes from, in words, and that others can read it there. It shows itself only as `value`."""

    def __init__(self, value: str, source: str, open_: Finding | None = None) -> None:
        self.value = value
        self.source = source
        self.open = open_

    @property
    def warning(self) -> str:
        return self.open.warning if self.open else ""

    def __repr__(self) -> str:
        return f"<token from {self.source}>"


def find_token(host_url: str, caller: Caller) -> Token | None:
    """The token for the GitLab at this address: from GITLAB_TOKEN, python-gitlab's file, glab's, or git's helper.

    Nobody is asked for anything. `NotReady` for a file that is there and cannot be read.
    """
    for look in (_in_environment, _of_python_gitlab, _of_glab, _of_git):
        if token := look(host_url, caller):
            return token
    return None


def same_server(one: str, other: str) -> bool:
    """Whether two web addresses lead to the same server in the same way: a token is for one only."""
    return _server(one) == _server(other) is not None


def python_gitlab_files(caller: Caller) -> list[Path]:
    """The files that python-gitlab reads, in its order: later ones win."""
    if named := caller.env.get("PYTHON_GITLAB_CFG"):
        return [Path(named)]
    system = [_SYSTEM] if os.access(_SYSTEM, os.R_OK) else []
    own = caller.home / ".python-gitlab.cfg"
    return [*system, own] if own.exists() else system


def section_for(host_url: str, settings: configparser.ConfigParser) -> str:
    """The section of python-gitlab's settings that is for this server, its default one first; empty if none is."""
    names = sorted(settings.sections(), key=lambda name: name != settings.get("global", "default", fallback=""))
    fitting = (name for name in names if same_server(settings.get(name, "url", fallback=""), host_url))
    return next(fitting, "")


def read_settings(files: list[Path]) -> configparser.ConfigParser:
    """Python-gitlab's settings. What is wrong in a file is never quoted: a token may stand in that line."""
    settings = configparser.ConfigParser(interpolation=None)
    for path in files:
        try:
            settings.read_string(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, configparser.Error):
            raise bad_settings(path) from None
    return settings


def _in_environment(host_url: str, caller: Caller) -> Token | None:
    value = caller.env.get(ENVIRONMENT, "").strip()
    named = [url if "://" in url else f"https://{url}" for name in _URLS if (url := caller.env.get(name))]
    is_for_us = not named or any(same_server(url, host_url) for url in named)
    return Token(value, ENVIRONMENT) if value and is_for_us else None


def _of_python_gitlab(host_url: str, caller: Caller) -> Token | None:
    files = python_gitlab_files(caller)
    section = section_for(host_url, settings := read_settings(files))
    if not section or not {"private_token", "oauth_token"} & set(settings[section]):
        return None
    from gitlab.config import ConfigError, GitlabConfigParser

    try:
        found = GitlabConfigParser(section, list(map(str, files)))  # its `helper:` values are programs
    except (ConfigError, configparser.Error, OSError, ValueError):
        raise bad_settings(files[-1]) from None
    value = found.private_token or found.oauth_token
    return Token(value, str(files[-1]), _found_open(files)) if value else None


def _of_glab(host_url: str, caller: Caller) -> Token | None:
    folder = caller.env.get("GLAB_CONFIG_DIR")
    settings = Path(caller.env.get("XDG_CONFIG_HOME") or caller.home / ".config")
    path = Path(folder or settings / "glab-cli") / "config.yml"
    for host, facts in _glab_hosts(path):
        url = f"{facts.get('api_protocol') or 'https'}://{facts.get('api_host') or host}"
        if facts.get("token") and same_server(url, host_url):
            return Token(str(facts["token"]), "glab", _found_open([path]))
    return None


def _glab_hosts(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    if not path.exists():
        return
    import yaml

    class Loader(yaml.SafeLoader):
        """Glab has written tokens as `!!null glpat-...` for years, and reads them back."""

    Loader.add_constructor("tag:yaml.org,2002:null", lambda loader, node: node.value.strip("~").replace("null", ""))
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise bad_settings(path) from None
    hosts = document.get("hosts") if isinstance(document, dict) else None
    for host, facts in (hosts if isinstance(hosts, dict) else {}).items():
        if isinstance(facts, dict):
            yield str(host), facts


def _of_git(host_url: str, caller: Caller) -> Token | None:
    value = password(host_url, caller.env)
    return Token(value, GIT) if value else None


def _server(url: str) -> tuple[str, str, int | None, str] | None:
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname, port, parts.path.rstrip("/")) if parts.hostname else None


def _found_open(files: list[Path]) -> Finding | None:
    for path in files:
        if path != _SYSTEM and path.stat().st_mode & 0o077:
            message, closes = f"others can read your token in {path}", by_hand("chmod", "600", path)
            why = "Whoever has it can do in your name what you can do there."
            mend = Plan((SetRights(path, 0o600),), f"Closed {path}.")
            return Finding("open token", message, f"'{closes}' closes the file.", mend, why=why, command=closes)
    return None


def bad_settings(path: Path) -> NotReady:
    """The error for a file of settings that is none. What stands in it is not quoted."""
    return NotReady(f"{path} cannot be read as settings", hint="Mend that file, or move it away.")

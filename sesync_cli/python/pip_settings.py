"""What pip has been told about the package index and the way there, by its files and variables.

As pip's documentation has it (pip.pypa.io, Configuration): files of the system, the user, the environment, the file
that PIP_CONFIG_FILE names, and variables, each before the one that it follows; a section of a command before `global`.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

_WAY: tuple[str, ...] = ("index-url", "extra-index-url", "find-links", "no-index", "trusted-host", "keyring-provider")
_WAY += ("proxy", "cert", "client-cert", "timeout", "retries")
_PATHS = ("cert", "client-cert")
_OTHER_NAMES = {"pypi-url": "index-url"}
_SECTIONS = ("global", "install", ":env:")
_VARIABLE = "PIP_"


def pip_settings(env: Mapping[str, str], prefixes: Iterable[Path] = ()) -> dict[str, str]:
    """What pip would go by, in a Python that has these `prefixes`: setting by setting, as it is written.

    What cannot be read says nothing, and neither does what is empty.
    """
    found: dict[str, dict[str, str]] = {section: {} for section in _SECTIONS}
    for file in _files(env, prefixes):
        for section, key, value in _written(file):
            if section in found:
                found[section][key] = value
    found[":env:"] |= {_key(name.removeprefix(_VARIABLE)): env[name] for name in env if name.startswith(_VARIABLE)}
    return {key: value for section in _SECTIONS for key, value in found[section].items() if value}


def places_of(key: str, env: Mapping[str, str]) -> list[Path]:
    """The files that say something of this setting, the strongest last."""
    return [file for file in _files(env, ()) if any(one == key for _, one, _ in _written(file))]


def as_variables(env: Mapping[str, str]) -> dict[str, str]:
    """The same way to the same index as variables, for somebody whose home is another folder."""
    told, home = pip_settings(env), env.get("HOME", "")
    said = {key: " ".join(told[key].split()) for key in _WAY if key in told}
    said |= {key: absolute(said[key], home) for key in _PATHS if key in said}
    if "find-links" in said:
        said["find-links"] = " ".join(absolute(one, home) for one in said["find-links"].split())
    way = {f"{_VARIABLE}{key.upper().replace('-', '_')}": value for key, value in said.items()}
    passwords = env.get("NETRC") or os.path.join(env.get("HOME", ""), ".netrc")
    return way | ({"NETRC": passwords} if os.path.isfile(passwords) else {})


def absolute(place: str, home: str) -> str:
    """A path as pip takes it, from the folder that one is in, or from the home where it begins with `~`."""
    if ":/" in place:
        return place
    return os.path.abspath(f"{home}{place[1:]}" if place == "~" or place.startswith("~/") else place)


def is_on(value: str) -> bool:
    """Whether a switch of pip's is on."""
    return value.strip().lower() in ("1", "true", "yes", "on", "y", "t")


def _files(env: Mapping[str, str], prefixes: Iterable[Path]) -> Iterator[Path]:
    """The files in which pip looks, the strongest last."""
    named, home = env.get("PIP_CONFIG_FILE", ""), Path(env.get("HOME") or Path.home())
    if named == os.devnull:
        return
    shared = (env.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(os.pathsep)
    yield from (Path(folder, "pip/pip.conf") for folder in shared)
    yield Path("/etc/pip.conf")
    if not os.path.exists(named):
        yield home / ".pip/pip.conf"
        yield Path(env.get("XDG_CONFIG_HOME") or home / ".config", "pip/pip.conf")
    yield from (prefix / "pip.conf" for prefix in prefixes)
    if named:
        yield Path(named)


def _written(file: Path) -> Iterator[tuple[str, str, str]]:
    import configparser

    reader = configparser.RawConfigParser()
    try:
        if file.is_file():  # what is no file may never end
            reader.read_string(file.read_text(encoding="utf-8", errors="replace"))
    except (OSError, configparser.Error):
        return
    for section in reader.sections():
        for name, value in reader.items(section):
            yield section, _key(name), value


def _key(name: str) -> str:
    key = name.lower().replace("_", "-").removeprefix("--")
    return _OTHER_NAMES.get(key, key)

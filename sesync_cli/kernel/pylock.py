"""Locks (PEP 751): which versions a kernel has, from where, and with which hashes."""

import tomllib
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from stat import S_IROTH, S_IXOTH
from typing import Any
from urllib.parse import unquote

from sesync_cli.errors import NotReady, SesyncError, WrongWords
from sesync_cli.secrets import without_logins

NAME = "pylock.toml"

_LARGEST = 50_000_000  # bytes; a lock of a thousand packages has two million


@dataclass(frozen=True)
class Lock:
    """A lock as its file says it. Paths in it are absolute, so that it can be kept anywhere."""

    document: Mapping[str, Any]

    @property
    def versions(self) -> dict[str, str]:
        """The version of each package by name; empty for one that comes without, from a repository or a folder."""
        return {package["name"]: package.get("version", "") for package in self._packages}

    @property
    def pins(self) -> list[str]:
        """Its versions as constraints on what else is installed."""
        markers = {True: "; {}", False: ""}
        return [
            f"{one['name']}=={one['version']}{markers['marker' in one].format(one.get('marker'))}"
            for one in self._packages
            if "version" in one
        ]

    @property
    def requirements(self) -> str:
        """The same as a requirements file: from the package index by version and hashes, else from the very place.

        Installers keep what they have from an index by name and version, and what they have from an address only for
        as long as its server says.
        """
        return "".join(f"{line}\n" for package in self._packages for line in _as_requirement(package))

    @property
    def about(self) -> Mapping[str, Any]:
        """What sesync wrote into it about the kernel that it is of."""
        about = self.document.get("tool", {}).get("sesync", {})
        return about if isinstance(about, dict) else {}

    @property
    def python(self) -> str:
        """The Pythons that it is for, as in `>=3.11,<3.12`."""
        return str(self.document.get("requires-python", ""))

    @property
    def private_places(self) -> list[str]:
        """Files and folders of this machine that it takes packages from, but for an index that everybody may read."""
        places = (one[kind]["path"] for one in self._packages for kind in _PLACES if "path" in one.get(kind, {}))
        wheels = (
            wheel.get("url", "") for one in self._packages for wheel in (*one.get("wheels", ()), one.get("sdist", {}))
        )
        files = [unquote(url.removeprefix("file://")) for url in wheels if url.startswith("file:")]
        return [*places, *(file for file in files if not _is_open(Path(file)))]

    @property
    def _packages(self) -> list[dict[str, Any]]:
        packages: list[dict[str, Any]] = self.document.get("packages", [])
        return packages

    def of_those(self, installed: Mapping[str, str]) -> "Lock":
        """The lock with those of its packages alone that are installed in the very version that it says."""
        there = [one for one in self._packages if one["name"] in installed]
        kept = [one for one in there if one.get("version", installed[one["name"]]) == installed[one["name"]]]
        return Lock({**self.document, "packages": kept})

    def without(self, names: Container[str]) -> "Lock":
        """The lock without these packages."""
        return Lock({**self.document, "packages": [one for one in self._packages if one["name"] not in names]})

    def with_more(self, other: "Lock") -> "Lock":
        """This lock, and of the other the packages that this one has not."""
        new = [package for package in other._packages if package["name"] not in self.versions]
        return Lock({**self.document, "packages": [*self._packages, *new]})

    def only(self, allowed: Mapping[str, frozenset[str]]) -> "Lock":
        """The lock without files whose SHA-256 is not among those allowed for their package; an error if none is."""
        packages = [_only(one, allowed[one["name"]]) if one["name"] in allowed else one for one in self._packages]
        return Lock({**self.document, "packages": packages})

    def of(self, python: str, about: Mapping[str, Any]) -> "Lock":
        """The lock of a kernel with this minor version of Python, with what is to be known about the kernel."""
        major, minor = python.split(".")[:2]
        head = {"lock-version": "1.0", "requires-python": f">={major}.{minor},<{major}.{int(minor) + 1}"}
        tool = {"tool": {**self.document.get("tool", {}), "sesync": dict(about)}}
        return Lock({**self.document, **head, **tool})

    def write(self, path: Path) -> None:
        path.write_text(self.text, encoding="utf-8")

    @property
    def text(self) -> str:
        """What its file says: no name and no password, which an address may have had."""
        import tomli_w

        return without_logins(tomli_w.dumps(self.document)).replace("://***@", "://")


_PLACES = ("archive", "directory", "vcs")


def read_lock(path: Path) -> Lock:
    """The lock in this file; `NotReady` for what is none."""
    try:
        if path.stat().st_size > _LARGEST:
            raise NotReady(f"{path} is too large for a lock of packages")
        return lock_of(path.read_text(encoding="utf-8"), path.parent)
    except OSError as error:
        raise NotReady(f"{path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise NotReady(f"{path} is not a lock of packages: {error}") from None


def lock_of(text: str, folder: Path) -> Lock:
    """The lock that this text is, with paths as from this folder; `ValueError` for what is none."""
    from packaging.pylock import Pylock, PylockValidationError

    document = tomllib.loads(text)
    try:
        Pylock.from_dict(document)
    except PylockValidationError as error:
        raise ValueError(error) from None
    return Lock(_absolute(document, folder))


def checked_lock_name(path: Path) -> Path:
    """The path itself, if installers take a file of that name for a lock."""
    from packaging.pylock import is_valid_pylock_path

    if not is_valid_pylock_path(path):
        hint = "Call it 'pylock.toml', or 'pylock.NAME.toml' with a name without dots."
        raise WrongWords(f"no installer takes a file named {path.name} for a lock", hint=hint)
    return path


def _absolute(document: dict[str, Any], folder: Path) -> dict[str, Any]:
    for package in document.get("packages", []):
        entries: Iterable[dict[str, Any]] = (
            *(package[kind] for kind in (*_PLACES, "sdist") if kind in package),
            *package.get("wheels", ()),
        )
        for entry in entries:
            if "path" in entry:
                entry["path"] = str((folder / entry["path"]).resolve())
    return document


def _is_open(path: Path) -> bool:
    """Whether everybody may read this file."""
    try:
        modes = [folder.stat().st_mode for folder in path.parents]
        return bool(path.stat().st_mode & S_IROTH) and all(mode & S_IXOTH for mode in modes)
    except OSError:
        return False


def _as_requirement(package: Mapping[str, Any]) -> Iterator[str]:
    """A package of a lock as lines of a requirements file: one, but for a package of which there is no file."""
    marker = f" ; {package['marker']}" if "marker" in package else ""
    files = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else [])]
    if "directory" in package:
        path = Path(package["directory"]["path"], package["directory"].get("subdirectory", ""))
        yield f"-e {path}" if package["directory"].get("editable") else f"{package['name']} @ {path.as_uri()}{marker}"
    elif "vcs" in package:
        vcs = package["vcs"]
        within = f"#subdirectory={vcs['subdirectory']}" if "subdirectory" in vcs else ""
        place = vcs["url"] if "url" in vcs else Path(vcs["path"]).as_uri()
        yield f"{package['name']} @ {vcs['type']}+{place}@{vcs['commit-id']}{within}{marker}"
    elif "archive" in package:
        yield f"{package['name']} @ {_address(package['archive'])}{marker}{_hashes([package['archive']])}"
    elif files and all(_address(file).startswith("file:") for file in files):
        yield f"{package['name']} @ {_address(files[0])}{marker}{_hashes(files)}"
    elif files:
        yield f"{package['name']}=={package['version']}{marker}{_hashes(files)}"


def _address(file: Mapping[str, Any]) -> str:
    return str(file["url"]) if "url" in file else Path(file["path"]).as_uri()


def _hashes(files: Iterable[Mapping[str, Any]]) -> str:
    said = [f"{kind}:{digest}" for file in files for kind, digest in file.get("hashes", {}).items()]
    return "".join(f" --hash={one}" for one in said)


def _only(package: dict[str, Any], allowed: frozenset[str]) -> dict[str, Any]:
    def fits(entry: Mapping[str, Any]) -> bool:
        return entry.get("hashes", {}).get("sha256") in allowed

    kept = {name: value for name, value in package.items() if name not in ("wheels", "sdist")}
    wheels = [wheel for wheel in package.get("wheels", ()) if fits(wheel)]
    if wheels:
        kept["wheels"] = wheels
    if fits(package.get("sdist", {})):
        kept["sdist"] = package["sdist"]
    if not wheels and "sdist" not in kept and not fits(package.get("archive", {})):
        what = f"{package['name']} {package.get('version', '')}".strip()
        raise SesyncError(
            f"what the package index offers as {what} does not have the hash that the requirements give",
            hint="Somebody may have tampered with it, or the requirements are for other machines: ask who wrote them.",
        )
    return kept

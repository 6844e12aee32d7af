"""A home that has moved: its kernels are whole, and only name the old place. They come to name the new one."""

import json
import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sesync_cli.kernel.pylock import NAME
from sesync_cli.kernel.record import remember_right
from sesync_cli.kernel.size import remember_size
from sesync_cli.leftovers import mark_finished, partial, remove, written_whole
from sesync_cli.lock import alone
from sesync_cli.plan import Report, by_hand
from sesync_cli.python.environments import site_packages

_BELOW = (".local", "share", "sesync", "kernels", "NAME")  # where environments usually are in a home
# what begins a script that finds its Python by its own place, whatever that is called and however long
_RELOCATABLE = """#!/bin/sh
'''exec' "$(dirname -- "$(realpath -- "$0")")"/'{python}' "$0" "$@"
' '''
"""
_PATHS = ("*.pth", "*.egg-link", "__editable__*", "*.dist-info/direct_url.json")  # among packages, these name folders
_LARGEST = 1_000_000  # bytes of such a file
# what may stand before and after a path in a text: a flag of a compiler too, as in -I/home/ann
_BEFORE, _AFTER = r"(?:(?<![\w./-])|(?<=(?<![\w./])-[A-Za-z]))", r"(?=[/:;,)\"'\s]|$)"


@dataclass(frozen=True)
class Move:
    """A folder that was `before`, and is `now`."""

    before: Path
    now: Path

    @classmethod
    def of(cls, before: Path, now: Path) -> "Move":
        """The move of a home, by where an environment of sesync's was in it and is: what is below the home is alike."""
        below = len(_BELOW) if before.parts[-len(_BELOW) : -1] == now.parts[-len(_BELOW) : -1] == _BELOW[:-1] else 3
        return cls(before.parents[below - 1], now.parents[below - 1])

    def follow(self, text: str) -> str:
        """The text with each path in it that was below the folder as it is now, in addresses too."""
        for before, now in {way(self.before): way(self.now) for way in (str, Path.as_uri, _address)}.items():
            # what has followed stays, where a home is now below its old place
            done = now.removeprefix(before) if now.startswith(f"{before}/") else "/\0"
            was = f"{_BEFORE}{re.escape(before)}{_AFTER}(?!{re.escape(done)}{_AFTER})"
            text = re.sub(was, now.replace("\\", "\\\\"), text)
        return text

    def follow_all(self, data: Any) -> Any:
        """The same for every text in what JSON can hold."""
        if isinstance(data, str):
            return self.follow(data)
        if isinstance(data, Mapping):
            return {name: self.follow_all(value) for name, value in data.items()}
        return [self.follow_all(one) for one in data] if isinstance(data, list | tuple) else data

    def has_python(self, environment: Path) -> bool:
        """Whether the Python of an environment is there now: it may have moved with the home."""
        python = environment / "bin/python"
        return os.access(self.follow(os.readlink(python)) if python.is_symlink() else python, os.X_OK)


def _address(path: Path) -> str:
    """A path as uv writes its address: only what no address can have is quoted."""
    from urllib.parse import quote

    return "file://" + quote(str(path), safe="/!$&'()*+,:;=@~")


@dataclass(frozen=True)
class FollowMove:
    """Have a kernel name the places that its home has now: its spec, and in an environment of sesync's what names any.

    `owner` is the path whose lock says that somebody is at work on the kernel. One that is told `along` with another is
    passed over if somebody is, or if it cannot be written.
    """

    name: str
    spec: Path
    environment: Path | None
    owner: Path
    move: Move
    along: bool

    @property
    def doing(self) -> str:
        return f"Telling {self.name} where it is"

    def do(self, report: Report) -> None:
        passed_over = (_Busy, OSError) if self.along else ()
        with suppress(*passed_over), alone(self.owner, _leave()):
            try:
                self._follow()
            finally:
                remove(self._beside)

    def undo(self) -> None:
        # a kernel that has followed works again, whatever became of the others
        return

    @property
    def _beside(self) -> Path:
        """Where what takes the place of a file is written first: where the next run sweeps."""
        return partial(self.environment or self.spec.parent.parent / self.name, owner=self.owner)

    def _follow(self) -> None:
        if self.environment:
            mark_finished(self.environment)  # a mark would name the old place
            self._follow_links(self.environment / "bin")
            self._follow_in(self.environment)
            remember_size(self.environment)
        for file in sorted(self.spec.glob("pylock*.toml")):
            self._replace(file, self._followed(file, self.move.follow))
        self._replace(self.spec / "kernel.json", self._followed(self.spec / "kernel.json", self._spec))

    def _follow_links(self, folder: Path) -> None:
        for one in folder.iterdir():
            target = self.move.follow(os.readlink(one)) if one.is_symlink() else ""
            if target and target != os.readlink(one) and os.path.exists(target):
                remove(self._beside)
                self._beside.symlink_to(target)
                self._beside.replace(one)

    def _follow_in(self, environment: Path) -> None:
        from hashlib import sha256

        packages = site_packages(environment) or environment
        scripts = [one for one in (environment / "bin").iterdir() if not one.is_symlink() and _begins(one, b"#!")]
        named = {file for pattern in _PATHS for file in packages.glob(pattern)}
        texts = {file: self._followed(file, self._script) for file in scripts}
        texts |= {file: self._followed(file, self.move.follow) for file in (*named, environment / "pyvenv.cfg")}
        texts |= {environment / NAME: self._followed(environment / NAME, self.move.follow)}
        other = {file: text for file, text in texts.items() if text is not None}
        # remembered first: whoever is killed in between has no file that looks edited
        digests = {os.path.relpath(file, packages): sha256(text).hexdigest() for file, text in other.items()}
        remember_right(environment, digests)
        for file, text in other.items():
            self._replace(file, text)

    def _followed(self, path: Path, text: Callable[[str], str]) -> bytes | None:
        """What a small text file says once it has followed; None if it says so already, or is none."""
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return None
        old = path.read_bytes()
        new = text(old.decode(errors="surrogateescape")).encode(errors="surrogateescape")
        return None if new == old else new

    def _replace(self, path: Path, contents: bytes | None) -> None:
        if contents is None:
            return
        try:
            with written_whole(path, self.owner, beside=self._beside) as file:
                file.write(contents)
                os.fchmod(file.fileno(), stat.S_IMODE(path.stat().st_mode))
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(path)) from None

    def _script(self, text: str) -> str:
        first, _, rest = text.partition("\n")
        folder, python = os.path.split(self.move.follow(first.removeprefix("#!")))
        if folder == f"{self.environment}/bin":
            return _RELOCATABLE.format(python=python) + self.move.follow(rest)
        return self.move.follow(text)

    def _spec(self, text: str) -> str:
        said = json.loads(text)
        # in variables Jupyter fills in what follows a single sign
        before, now = (Path(str(path).replace("$", "$$")) for path in (self.move.before, self.move.now))
        env = Move(before, now).follow_all(said.get("env", {}))
        return json.dumps(self.move.follow_all(said) | {"env": env}, indent=1)

    def __str__(self) -> str:
        return by_hand("sed", "-i", f"s|{self.move.before}/|{self.move.now}/|g", self.spec / "kernel.json")


def _begins(file: Path, with_: bytes) -> bool:
    with file.open("rb") as stream:
        return stream.read(len(with_)) == with_


class _Busy(Exception):
    """Another run is at work on the kernel."""


@contextmanager
def _leave() -> Iterator[None]:
    raise _Busy
    yield

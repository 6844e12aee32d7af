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
from sesync_cli.kernel.size import remember_size, site_packages
from sesync_cli.lock import alone, partial, remove
from sesync_cli.plan import Report, by_hand

_BELOW = (".local", "share", "sesync", "kernels", "NAME")  # where environments usually are in a home
# what begins a script that finds its Python by its own place, whatever that is called and however long
_RELOCATABLE = """#!/bin/sh
'''exec' "$(dirname -- "$(realpath -- "$0")")"/'{python}' "$0" "$@"
' '''
"""
_PATHS = ("*.pth", "__editable__*", "*.dist-info/direct_url.json")  # in a folder of packages, these name others
_LARGEST = 1_000_000  # bytes of such a file


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
        for before, now in {way(self.before): way(self.now) for way in (str, Path.as_uri)}.items():
            ends = r"(?=[/:;\"'\s]|$)"
            done = (
                now.removeprefix(before) if now.startswith(f"{before}/") else "/\0"
            )  # a home moved below its old place
            was = rf"(?<![\w./-]){re.escape(before)}{ends}(?!{re.escape(done)}{ends})"
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


@dataclass(frozen=True)
class FollowMove:
    """Have a kernel name the places that its home has now: its spec, and in an environment of sesync's what names any.

    `owner` is the path whose lock says that somebody is at work on the kernel: who is, leaves it whole or broken, and
    is not waited for.
    """

    name: str
    spec: Path
    environment: Path | None
    owner: Path
    move: Move

    @property
    def doing(self) -> str:
        return f"Telling {self.name} where it is"

    def do(self, report: Report) -> None:
        with suppress(_Busy), alone(self.owner, _leave()):
            if self.environment:
                self._follow_in(self.environment)
                remember_size(self.environment)
            for file in sorted(self.spec.glob("pylock*.toml")):
                self._rewrite(file, self.move.follow)
            self._rewrite(self.spec / "kernel.json", self._spec)

    def undo(self) -> None:
        # a kernel that has followed works again, whatever became of the others
        remove(self._beside)

    @property
    def _beside(self) -> Path:
        """Where what takes the place of a file is written first: where the next run sweeps."""
        return partial(self.environment or self.spec.parent.parent / self.name, owner=self.owner)

    def _follow_in(self, environment: Path) -> None:
        for one in (environment / "bin").iterdir():
            if not one.is_symlink():
                self._rewrite(one, self._script, begins=b"#!")
            elif os.path.exists(target := self.move.follow(os.readlink(one))) and target != os.readlink(one):
                remove(self._beside)
                self._beside.symlink_to(target)
                self._beside.replace(one)
        packages = site_packages(environment)
        named = sorted({file for pattern in _PATHS for file in packages.glob(pattern)}) if packages else []
        other = [file for file in named if self._rewrite(file, self.move.follow)]
        remember_right(environment, [str(file.relative_to(packages)) for file in other] if packages else [])
        for file in (environment / "pyvenv.cfg", environment / NAME):
            self._rewrite(file, self.move.follow)

    def _rewrite(self, path: Path, text: Callable[[str], str], begins: bytes = b"") -> bool:
        """Give a small text file other contents in one rename, if it has any; whether it has by now."""
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return False
        old = path.read_bytes()
        new = text(old.decode(errors="surrogateescape")).encode(errors="surrogateescape")
        if new == old or not old.startswith(begins):
            return False
        remove(self._beside)
        with open(os.open(self._beside, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            file.write(new)
        self._beside.chmod(stat.S_IMODE(path.stat().st_mode))
        self._beside.replace(path)
        return True

    def _script(self, text: str) -> str:
        first, _, rest = text.partition("\n")
        folder, python = os.path.split(self.move.follow(first.removeprefix("#!")))
        if folder == f"{self.environment}/bin":
            return _RELOCATABLE.format(python=python) + rest
        return self.move.follow(text)

    def _spec(self, text: str) -> str:
        said = json.loads(text)
        # in variables Jupyter fills in what follows a single sign
        before, now = (Path(str(path).replace("$", "$$")) for path in (self.move.before, self.move.now))
        env = Move(before, now).follow_all(said.get("env", {}))
        return json.dumps(self.move.follow_all(said) | {"env": env}, indent=1)

    def __str__(self) -> str:
        return by_hand("sed", "-i", f"s|{self.move.before}/|{self.move.now}/|g", self.spec / "kernel.json")


class _Busy(Exception):
    """Another run is at work on the kernel."""


@contextmanager
def _leave() -> Iterator[None]:
    raise _Busy
    yield

"""What there is below a folder of a data directory, with the checksums that are kept of it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sesync_cli.files.unread import Unread
from sesync_cli.put.children import run_children
from sesync_cli.put.inventory import Inventory, Sum
from sesync_cli.workers import Guard


@dataclass
class Stock:
    """The files below a folder, and what is kept of them; `states` and `bytes` are what comes of comparing.

    `unreadable` are what could not be read, and why.

    All paths begin below the data directory, where the folder itself is `inner`.
    """

    inner: str = ""
    is_there: bool = False
    manifests: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    sums: dict[str, list[tuple[str, str, int]]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    states: dict[str, list[str]] = field(default_factory=lambda: {"different": [], "missing": []})
    unreadable: dict[str, str] = field(default_factory=dict)
    bytes: int = 0

    def hear(self, what: tuple[str, Any]) -> None:
        """Take in what the inventory tells."""
        kind, value = what
        match kind:
            case "at":
                self.inner, self.is_there = value
            case "manifest":
                self.manifests.append(value)
            case "files":
                self.files += value
            case "sums":
                self._add(value)
            case "unreadable":
                self.unreadable |= value
            case "warnings":
                self.warnings += value

    def unread_in(self, directory: Path) -> tuple[Unread, ...]:
        """What could not be read of this data directory."""
        return tuple(Unread(directory / rel, why) for rel, why in sorted(self.unreadable.items()))

    def _add(self, sums: Sequence[Sum]) -> None:
        for rel, digest, algorithm, manifest in sums:
            self.sums.setdefault(rel, []).append((digest, algorithm, manifest))

    @property
    def is_file(self) -> bool:
        """Whether it was a file that was looked at, with what belongs to it."""
        return self.inner in self.sums or self.inner in self.files

    @property
    def base(self) -> str:
        """The folder that was looked at, or the one of the file that was."""
        return os.path.dirname(self.inner) if self.is_file else self.inner

    @property
    def without(self) -> list[str]:
        """The files of which no checksums are kept."""
        return [path for path in self.files if path not in self.sums]


def take_stock(directory: Path, folder: str, guard: Guard, tops: Sequence[str] = ()) -> Stock:
    """What there is below a folder, or at these names in it, and what is kept of it; a child looks."""
    stock = Stock()
    run_children([lambda tell: Inventory(str(directory), folder, tell, tops).look()], guard, stock.hear)
    return stock

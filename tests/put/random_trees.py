"""Trees that nobody makes on purpose: what is in them is chosen by chance, and then made on the disk."""

import os
import random
import stat
import struct
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from hypothesis import strategies as some

ROOT = os.getuid() == 0
FOLDER, FILE, LINK, TWIN, OUTSIDE, ODD, SECRET = "folder", "file", "link", "twin", "outside", "odd", "secret"
KINDS = [*[FOLDER] * 4, *[FILE] * 7, *[LINK] * 3, *[TWIN] * 2, OUTSIDE, ODD, SECRET]
SUMS = "SHA256SUMS"
PASSWORD = "Zq8kW2vN5xT7bR4m"
SECRETS = {
    ".netrc": f"machine x.example.org login jo password {PASSWORD}\n",
    "id_ed25519": f"-----BEGIN OPENSSH PRIVATE KEY-----\n{PASSWORD * 2}\n-----END OPENSSH PRIVATE KEY-----\n",
    ".my.cnf": f"[client]\npassword='{PASSWORD}'\n",
}
PLAIN = ("a.csv", "b.csv", "c", "d", "plots", "2021", "raw")
PARTS = ("dem.tif", "dem.tfw", "dem.tif.aux.xml", "roads.shp", "roads.dbf", "roads.prj", "obs.sqlite", "obs.sqlite-wal")
STRANGE = (
    *(
        "A.csv",
        "Plots",
        "CON",
        "nul.txt",
        "x.",
        "x ",
        " ",
        "...",
        ".hidden",
        ".sesync-partial-0-x",
        "-rf",
        "--",
        "~",
        "*",
        "$(x)",
    ),
    *("a b", "a\nb", "a\rb", "tab\there", "'quo\"te", "back\\slash", "[bold]", "%s", "{}", "#x", "\x1b[31m"),
    SUMS,
    *("caf\N{LATIN SMALL LETTER E WITH ACUTE}", "cafe\N{COMBINING ACUTE ACCENT}", "\N{RIGHT-TO-LEFT OVERRIDE}csv"),
    *("\N{EVERGREEN TREE}", os.fsdecode(b"caf\xe9\xff"), "\N{LATIN SMALL LETTER U WITH DIAERESIS}" * 127, "x" * 255),
)
_NO_NAME = bytes.maketrans(b"/\0", b"-_")
_LETTERS = some.characters(blacklist_characters="/\0", blacklist_categories=["Cs"])
_BYTES = some.binary(min_size=1, max_size=6).map(lambda name: os.fsdecode(name.translate(_NO_NAME)))
_BY_CHANCE = some.text(_LETTERS, min_size=1, max_size=60) | _BYTES
NAME = some.one_of(
    *[some.sampled_from(names) for names in (PLAIN, PLAIN, PARTS, STRANGE, STRANGE)],
    _BY_CHANCE.filter(lambda name: name not in (".", "..")),
)
MODES = {
    FILE: [0o644] * 4 + [0o664, 0o600, 0o640, 0o755, 0o444, 0o400, 0o555, 0o666, 0o700, 0o2755, 0o4755, 0o200, 0],
    FOLDER: [0o755] * 6 + [0o700, 0o775, 0o500, 0o555, 0o750, 0o770, 0o2775, 0o1777, 0o711, 0o300, 0o400, 0],
}
NEVER = (0, 0o200, 0o300, 0o400)  # what an ordinary account could not even look at, or into
TIMES = (0, 1, -1_000_000_001, 946_684_800_000_000_000, 1_500_000_000_123_456_789, 1_600_000_000_000_000_000)
TIME = some.sampled_from(TIMES) | some.integers(-(2**31) * 10**9, 2**33 * 10**9)
HOLES = ("hole", "begins with a hole", "ends with a hole", "islands", "long")
CONTENTS = ["empty", *["small"] * 4, "page", "large", *HOLES]
AIMS = [*["inside"] * 4, *["folder"] * 2, "far", "dangling", "out", "itself", *["through"] * 2, "absolute", "any"]
_PIECES = {  # the length of a file with holes, and where it has bytes
    "hole": (1 << 20, ()),
    "begins with a hole": (1 << 20, ((1 << 20) - 3000,)),
    "ends with a hole": (1 << 20, (0, 70_000)),
    "islands": (3 << 20, (100_000, 1 << 20, (2 << 20) + 5)),
    "long": ((40 << 20) + 7, (5, (32 << 20) - 1000, 39 << 20)),
}
_SIZES = {"empty": 0, "small": 1_000, "page": 4096, "large": 100_000}
_ATTRIBUTE = some.sampled_from(["user.crs", "user.xdg.origin.url", "user.\N{EVERGREEN TREE}", "user.x y"])
ATTRIBUTES = some.just({}) | some.just({}) | some.dictionaries(_ATTRIBUTE, some.binary(max_size=60), max_size=3)
STRANGER, OWNER, USER, GROUP, MASK, OTHER = 54321, 1, 2, 4, 16, 32  # an account, and tags of <linux/posix_acl.h>


class Thing(NamedTuple):
    """One thing of a tree. `within` and `aim` are counted round among what is there when it is made."""

    kind: str
    within: int
    name: str
    contents: str
    chance: int
    modes: int
    time: int
    aim: tuple[str, int, str]
    attributes: dict[str, bytes]
    listed: int


THING = some.builds(
    Thing,
    kind=some.sampled_from(KINDS),
    within=some.integers(0, 5),
    name=NAME,
    contents=some.sampled_from(CONTENTS),
    chance=some.integers(0, 2),
    modes=some.integers(0, 99),
    time=TIME,
    aim=some.tuples(some.sampled_from(AIMS), some.integers(0, 9), NAME),
    attributes=ATTRIBUTES,
    listed=some.sampled_from([0] * 12 + [1, 2, 3]),
)
TREE = some.lists(THING, min_size=1, max_size=16)


def made(top: Path, things: Sequence[Thing], outside: Path, owner: tuple[int, int]) -> None:
    """Make a tree below this folder; what cannot be is left out, as are names that are taken."""
    tree = _Tree(top, outside)
    for thing in things:
        with suppress(OSError):
            tree.add(thing)
    tree.finish(owner)


class _Tree:
    """A tree in the making: its folders, its files, and what is to be given to each of them in the end."""

    def __init__(self, top: Path, outside: Path) -> None:
        top.mkdir(parents=True)
        self.top, self.outside = top, outside
        self.folders, self.files, self.links = [top], [], []
        self.things: list[tuple[Path, Thing | None]] = [(top, None)]

    def add(self, thing: Thing) -> None:
        name = list(SECRETS)[thing.chance] if thing.kind == SECRET else thing.name
        path = self.folders[thing.within % len(self.folders)] / name
        if os.path.lexists(path):
            return
        if thing.kind == FOLDER:
            path.mkdir()
            self.folders.append(path)
        elif thing.kind == LINK:
            path.symlink_to(self._text(thing, path))
            self.links.append(path)
        elif thing.kind == ODD:
            os.mknod(path, (stat.S_IFIFO, stat.S_IFSOCK)[thing.chance % 2] | 0o600)
        elif thing.kind == TWIN and self.files:
            os.link(self.files[thing.aim[1] % len(self.files)], path)
        elif thing.kind == OUTSIDE:
            other = self.outside / f"twin{len(self.things)}"
            _write(other, thing)
            os.link(other, path)
        else:
            path.write_text(SECRETS[name]) if thing.kind == SECRET else _write(path, thing)
            self.files.append(path)
        self.things.append((path, thing))

    def _text(self, thing: Thing, path: Path) -> str:
        kind, number, name = thing.aim
        targets = [*self.files, *self.folders, *self.links]
        inside = targets[number % len(targets)]
        folder = self.folders[number % len(self.folders)]
        link = os.path.relpath((self.links or [self.top])[-1], path.parent)
        return {
            "inside": os.path.relpath(inside, path.parent),
            "folder": os.path.relpath(folder, path.parent),
            "far": "/etc/hostname",
            "dangling": f"no such/{name}",
            "out": os.path.relpath(self.outside, path.parent),
            "itself": path.name,
            "through": f"{link}/../{name}",
            "absolute": str(inside),
            "any": name,
        }[kind]

    def finish(self, owner: tuple[int, int]) -> None:
        """Give everything its attributes, owner, mode, list of rights and time, the lower ones first."""
        for path, thing in reversed(self.things):
            if path.is_symlink():
                _own(path, owner)
            else:
                self._finish(path, thing, owner)
            if thing:
                with suppress(OverflowError):
                    os.utime(path, ns=(thing.time, thing.time), follow_symlinks=False)

    def _finish(self, path: Path, thing: Thing | None, owner: tuple[int, int]) -> None:
        attributes, listed = (thing.attributes, thing.listed) if thing else ({}, 0)
        if not (is_folder := path.is_dir()) and not path.is_file():
            return _own(path, owner)
        for name, value in attributes.items():
            with suppress(OSError):  # a file system that has none
                os.setxattr(path, name, value)
        _own(path, owner)
        modes = MODES[FOLDER if is_folder else FILE]
        mode = modes[thing.modes % len(modes)] if thing else 0o755
        path.chmod(mode if ROOT or mode not in NEVER else 0o755)
        kinds = (["access"] if listed & 1 else []) + (["default"] if listed & 2 and is_folder else [])
        for kind in kinds:
            with suppress(OSError):
                os.setxattr(path, f"system.posix_acl_{kind}", _list_of_rights(mode))


def _own(path: Path, owner: tuple[int, int]) -> None:
    if ROOT:
        os.chown(path, *owner, follow_symlinks=False)


def _list_of_rights(mode: int) -> bytes:
    """A list that gives reading and writing to a stranger."""
    everybody = 0xFFFFFFFF
    lines = [(OWNER, mode >> 6 & 7, everybody), (USER, 6, STRANGER), (GROUP, mode >> 3 & 7, everybody)]
    lines += [(MASK, 6, everybody), (OTHER, mode & 7, everybody)]
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *line) for line in lines)


def _write(path: Path, thing: Thing) -> None:
    chance = random.Random(thing.chance)
    size, places = _PIECES.get(thing.contents, (_SIZES.get(thing.contents, 0), (0,)))
    with path.open("xb") as file:
        file.truncate(size)
        for place in places:
            file.seek(place)
            file.write(chance.randbytes(min(3_000 if thing.contents in _PIECES else size, size - place)))

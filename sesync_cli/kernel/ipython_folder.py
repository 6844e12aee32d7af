"""The person's own IPython folder, which reaches every kernel: its settings, files that it runs, and what they break.

Which of its files is to blame is found by starting the kernel without it.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.plan import by_hand

_PROFILE = "profile_"
_STARTUP = "startup"
_OF_RUNS = ("log", "pid", "security")  # what kernels that run keep in a profile
_MOST = 4  # files that break a kernel, each by itself
_OFF = ".off"  # IPython runs and reads no file that is called so

# what stands in the mirror for a file of the person's: it runs that file, and writes down which line of it is running
_TRACED = """
def _sesync_traced(file, number, record, namespace):
    import os, sys
    written = os.open(record, os.O_WRONLY | os.O_CREAT, 0o600)
    def write(line):
        os.pwrite(written, b"%-30d" % (number * 1000000 + line), 0)
    def note(frame, event, _):
        if frame.f_code.co_filename != file:
            return None
        write(frame.f_lineno)
        return note
    with open(file, "rb") as stream:
        code = compile(stream.read(), file, "exec")
    sys.settrace(note)
    try:
        exec(code, namespace)
    except Exception:
        sys.settrace(None)
        write(-number * 1000000)
        raise
    sys.settrace(None)
    write(-number * 1000000)
"""

Starts = Callable[[Path], bool]
"""Whether a kernel starts with this folder in the place of the person's own."""


@dataclass(frozen=True)
class Blame:
    """Files without which a kernel works, each with the line that was running, or 0 where that is not known."""

    files: tuple[tuple[Path, int], ...]

    def told(self) -> str:
        """What it works without, for the end of a sentence."""
        return " and ".join(str(path) + (f" (line {line})" if line else "") for path, line in self.files)

    def command(self) -> str:
        """What puts these files aside."""
        moves = [(path, path.with_name(path.name + _OFF)) for path, _ in self.files]
        return " && ".join(by_hand("mv", path, off) for path, off in moves)


def ipython_folder(env: Mapping[str, str]) -> Path | None:
    """The folder that IPython goes by in this environment; None where it has no profile there, or may not write.

    It would make one, or take another in the place of one that it may not write to.
    """
    folder = Path(os.path.abspath(os.path.expanduser(env.get("IPYTHONDIR", "~/.ipython"))))
    return folder if any(_profiles(folder)) and os.access(folder, os.W_OK) else None


def to_blame(folder: Path, starts: Starts, scratch: Path) -> Blame | None:
    """What in this folder keeps a kernel from starting; None if nothing there does."""
    mirrors = _Mirrors(folder, scratch)
    if not starts(mirrors.empty()):
        return None
    found: list[tuple[Path, int]] = []
    while len(found) < _MOST and (hit := mirrors.running([path for path, _ in found], starts)):
        found.append(hit)
        if starts(mirrors.without([path for path, _ in found])):
            return Blame(tuple(found))
    named = [path for path, _ in found]
    for path in mirrors.files:
        if path not in named and starts(mirrors.without([*named, path])):
            return Blame((*found, (path, 0)))
    return Blame(((folder, 0),))


class _Mirrors:
    """Folders like this one, of links to what is in it."""

    def __init__(self, folder: Path, scratch: Path) -> None:
        self.folder, self.scratch, self.made = folder, scratch, 0

    @property
    def files(self) -> list[Path]:
        """What kernels read, in the order in which they do."""
        settings = [path for profile in _profiles(self.folder) for path in _entries(profile)]
        run = [path for profile in _profiles(self.folder) for path in _entries(profile / _STARTUP)]
        return [path for path in (*settings, *run) if path.name != _STARTUP and not path.name.startswith("README")]

    def empty(self) -> Path:
        self.made += 1
        new = self.scratch / f"ipython-{self.made}"
        new.mkdir()
        return new

    def without(self, left_out: Sequence[Path]) -> Path:
        """One that lacks these."""
        new = self.empty()
        for entry in _entries(self.folder):
            if not entry.name.startswith(_PROFILE):
                (new / entry.name).symlink_to(entry)
        for profile in _profiles(self.folder):
            (new / profile.name / _STARTUP).mkdir(parents=True)
        for path in self.files:
            if path not in left_out:
                (new / path.relative_to(self.folder)).symlink_to(path)
        return new

    def running(self, left_out: Sequence[Path], starts: Starts) -> tuple[Path, int] | None:
        """The file, and the line in it, that a kernel was running when it ended or fell silent."""
        new = self.without(left_out)
        record = new / "running"
        for number, path in enumerate(self.files, 1):
            if path.suffix == ".py" and path not in left_out:
                place = new / path.relative_to(self.folder)
                place.unlink()
                call = f"_sesync_traced({str(path)!r}, {number}, {str(record)!r}, globals())\n"
                place.write_text(_TRACED + call, encoding="utf-8", errors="surrogateescape")
        starts(new)
        said = int(record.read_text(encoding="ascii")) if record.exists() else 0
        return (self.files[said // 1_000_000 - 1], said % 1_000_000) if said > 0 else None


def _profiles(folder: Path) -> Iterator[Path]:
    return (path for path in _entries(folder) if path.name.startswith(_PROFILE) and path.is_dir())


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.name not in _OF_RUNS)
    except OSError:
        return []

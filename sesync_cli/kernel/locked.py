"""What an environment's lock says, installed, and every file as its package was published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.errors import NoRoom, NotFound, SesyncError
from sesync_cli.kernel.installer import uv_pip
from sesync_cli.kernel.packages import ASKED, NEEDED, Wish
from sesync_cli.kernel.pylock import NAME, read_lock
from sesync_cli.kernel.sharing import have_as_published, keep_to_oneself
from sesync_cli.plan import Report, by_hand


@dataclass(frozen=True)
class InstallLock:
    """Install what the environment's lock says, by hard links from the one cache of the user.

    What an edit has made of a file in the cache is not taken over: with `every_byte` each file is compared with what
    its package says of it, else those that look edited.
    """

    environment: Path
    wish: Wish
    env: Mapping[str, str]
    log: Path
    shown: Path
    every_byte: bool = False
    doing: str = "Installing packages"

    def do(self, report: Report) -> None:
        folder = self.environment
        (folder / ASKED).write_text(read_lock(folder / NAME).requirements)
        self._install(report, offline=True)

        def again(words: Sequence[str]) -> None:
            self._install(report, words, offline=False)

        have_as_published(folder, None, again, self.env, every_byte=self.every_byte)
        keep_to_oneself(folder)
        (folder / ASKED).unlink()

    def _install(self, report: Report, more: Sequence[str] = (), *, offline: bool) -> None:
        folder = self.environment
        by_version = ["install", "--no-deps", "-r", str(folder / ASKED)]
        by_address = ["install", "--preview-features", "pylock", "-r", str(folder / NAME)]
        # what the cache knows of the index may be old, but a lock needs no news; what it says may be of another index
        for words in (*([[*by_version, "--offline"]] if offline else []), by_version, by_address):
            try:
                uv_pip(folder, [*words, *more], self.wish.asking(self.env), self.log, report)
                return
            except NoRoom:
                raise
            except SesyncError as error:
                if words is by_address or (words is by_version and not _may_be_elsewhere(error)):
                    raise

    def undo(self) -> None:
        return

    def __str__(self) -> str:
        lists = [self.wish.lock_by_hand, f"<({self.wish.listing_by_hand})" if self.wish.listing_by_hand else ""]
        files = "".join(f" -r {one}" for one in (*lists, *map(by_hand, self.wish.requirements)) if one)
        words = by_hand(*self.wish.options, *NEEDED, *self.wish.packages)
        return f"{by_hand('uv', 'pip', 'install', '--python', self.shown / 'bin/python')}{files} {words}"


def _may_be_elsewhere(error: SesyncError) -> bool:
    """Whether what the index has not, or cannot tell, may be had from the addresses in a lock."""
    return isinstance(error, NotFound) or (error.diagnosis or {}).get("kind") == "network"

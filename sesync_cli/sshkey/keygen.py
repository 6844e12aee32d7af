"""Steps that make a key pair, or the public half of one. What is there is never replaced."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sesync_cli.disk import full_in, no_room
from sesync_cli.errors import Conflict, SesyncError
from sesync_cli.git.ssh_keys import KeyPair, public_half, without_comment
from sesync_cli.interrupts import calm
from sesync_cli.leftovers import appear, partial, remove, written_whole
from sesync_cli.plan import Report, by_hand
from sesync_cli.run import ProgramFailed, attended, run


@dataclass(frozen=True)
class Keygen:
    """How ssh-keygen is run: for the folder ~/.ssh, whose lock is held, and whether it may ask for a passphrase."""

    env: Mapping[str, str]
    folder: Path
    asks: bool

    def run(self, words: Sequence[str], *, catch: bool) -> str:
        """What it answers, if `catch`; else what it says stands on the terminal."""
        if self.asks:
            ended = attended(["ssh-keygen", *words], env=self.env, cwd=self.folder, catch=catch, asks=True)
        else:
            try:
                ended = run(["ssh-keygen", *words], env=self.env)
            except ProgramFailed as failed:
                ended = failed.output
        if number := full_in(ended.err):
            raise no_room(self.folder, number)
        if ended.code:
            said = (ended.err.strip().splitlines() or ["what it said stands above"])[-1]
            raise SesyncError(f"ssh-keygen failed: {said}", hint="Run this again.")
        return ended.out


@dataclass(frozen=True)
class MakeFolder:
    """Make ~/.ssh, for its owner alone."""

    folder: Path
    _made: list[Path] = field(default_factory=list, compare=False, repr=False)

    @property
    def doing(self) -> str:
        return f"Making {self.folder.name}"

    def do(self, report: Report) -> None:
        if self.folder.is_dir():
            return
        try:
            self.folder.mkdir(mode=0o700)
        except FileExistsError:
            raise Conflict(
                f"{self.folder} is no folder, or a link that leads nowhere; it stays",
                hint=f"'ls -ld {by_hand(self.folder)}' shows it. Move it away, then run this again.",
            ) from None
        self._made.append(self.folder)

    def undo(self) -> None:
        for folder in self._made:
            with contextlib.suppress(OSError):
                folder.rmdir()

    def __str__(self) -> str:
        return by_hand("mkdir", "-m", "700", self.folder)


@dataclass(frozen=True)
class MakeKey:
    """Make an ed25519 key out of sight, and let both halves appear, the private one first."""

    path: Path
    comment: str
    keygen: Keygen

    @property
    def doing(self) -> str:
        return "Making your key ..."

    @property
    def _beside(self) -> Path:
        return partial(self.path, owner=self.keygen.folder)

    def do(self, report: Report) -> None:
        remove(self._beside)
        self._beside.mkdir(mode=0o700)
        made = self._beside / self.path.name
        words = ["-q", "-t", "ed25519", "-C", self.comment, "-f", str(made)]
        self.keygen.run(words if self.keygen.asks else [*words, "-N", ""], catch=False)
        made.chmod(0o600)
        public_half(made).chmod(0o644)
        with calm(), _unless_taken(self.path):
            appear(made, self.path)
            try:
                with _unless_taken(public_half(self.path)):
                    appear(public_half(made), public_half(self.path))
            except BaseException:
                self.path.unlink()
                raise
        remove(self._beside)

    def undo(self) -> None:
        # a key that is whole stays: somebody may have pasted its public half already
        remove(self._beside)

    def __str__(self) -> str:
        return by_hand("ssh-keygen", "-t", "ed25519", "-C", self.comment, "-f", self.path)


@dataclass(frozen=True)
class MakePublic:
    """Write the public half of a private key anew, where it is missing."""

    key: KeyPair
    comment: str
    keygen: Keygen

    @property
    def doing(self) -> str:
        return f"Writing {self.key.public_path.name} ..."

    def do(self, report: Report) -> None:
        line = f"{self.key.public or self._told()} {self.comment}\n"
        path = self.key.public_path
        with _unless_taken(path), written_whole(path, self.keygen.folder, 0o644, replaces=False) as file:
            file.write(line.encode())

    def _told(self) -> str:
        if self.key.has_passphrase and not self.keygen.asks:
            raise Conflict(
                f"{self.key.public_path} is missing, and only the private key's passphrase tells what was in it",
                hint="Run this in a terminal, where the passphrase is asked for.",
            )
        words = ["-y", "-f", str(self.key.path)]
        return without_comment(self.keygen.run(words if self.key.has_passphrase else [*words, "-P", ""], catch=True))

    def undo(self) -> None:
        # the public half of a key that is there is true, and harms nobody
        return

    def __str__(self) -> str:
        return f"{by_hand('ssh-keygen', '-y', '-f', self.key.path)} > {by_hand(self.key.public_path)}"


@contextlib.contextmanager
def _unless_taken(final: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise Conflict(f"{final} has appeared meanwhile, and stays", hint="Run the command again.") from None

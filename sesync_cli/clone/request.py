"""What somebody wants cloned, as it was said: which repositories, how much of them, where, and by which way."""

from dataclasses import dataclass, field

from sesync_cli.errors import WrongWords


@dataclass(frozen=True)
class Extent:
    """What of a repository is cloned: one branch, the latest commits, its submodules; as it stands, all but those.

    `lean` leaves the old contents of files at the server until they are needed; None where nobody has said.
    """

    branch: str = ""
    depth: int | None = None
    lean: bool | None = None
    submodules: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """What `git clone` is told, but for the submodules, whose addresses are looked at first."""
        branch = (f"--branch={self.branch}",) if self.branch else ()
        depth = (f"--depth={self.depth}",) if self.depth else ()
        return (*branch, *depth, *(("--filter=blob:none",) if self.lean else ()))

    @property
    def shown(self) -> tuple[str, ...]:
        """What one would tell `git clone` by hand."""
        return (*self.words, *(("--recurse-submodules",) if self.submodules else ()))


@dataclass(frozen=True)
class CloneRequest:
    """Clones of these repositories, each GROUP/NAME or an address; of a `group` that was named, they are what is in it.

    `dir` is the folder to make (of several, the one to make them in), `way` is ssh or https, `update` gets what is new
    where it is cloned already, and `anyway` says that a research data directory is meant.
    """

    repos: tuple[str, ...]
    group: str = ""
    dir: str | None = None
    way: str = ""
    update: bool = False
    anyway: bool = False
    extent: Extent = field(default_factory=Extent)


def checked_branch(name: str) -> str:
    """The name itself, if git can have a branch or a tag of that name."""
    if not name.isprintable() or name.startswith("-") or set(" ~^:?*[\\") & set(name) or ".." in name or not name:
        raise WrongWords(f"{name!r} cannot be the name of a branch", hint="The repository's page lists its branches.")
    return name

"""How much of a repository is wanted: one branch, the latest commits, old files only when needed, its submodules."""

from dataclasses import dataclass

from sesync_cli.errors import WrongWords


@dataclass(frozen=True)
class Extent:
    """What of a repository is cloned; as it stands, all of it but its submodules.

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


def checked_branch(name: str) -> str:
    """The name itself, if git can have a branch or a tag of that name."""
    if not name.isprintable() or name.startswith("-") or set(" ~^:?*[\\") & set(name) or ".." in name or not name:
        raise WrongWords(f"{name!r} cannot be the name of a branch", hint="The repository's page lists its branches.")
    return name

"""What somebody wants of a data directory, as it was said."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PutRequest:
    """These files and folders in a project's data directory, or in a folder of it: 'cooltrees:raw/2021'.

    `name` is another name for the only one of them. With `move` each goes from where it is, and unless `link` is false
    leaves a link there. With `replace`, other files that are there are asked about; `checksum` compares the contents of
    all that is there, and `manifest` keeps checksums beside it; without sources, of all that is there.
    """

    sources: tuple[str, ...]
    target: str
    name: str = ""
    move: bool = False
    link: bool = True
    replace: bool = False
    checksum: bool = False
    manifest: bool = False

    @property
    def is_about_sums(self) -> bool:
        """Whether nothing is brought, and checksums are to be kept of what is there."""
        return self == PutRequest((), self.target, manifest=True)

    @property
    def options(self) -> tuple[str, ...]:
        """The options that say again what shall be had in the end."""
        options = {"--move": self.move, "--no-link": not self.link, "--manifest": self.manifest}
        words = [option for option, is_wanted in options.items() if is_wanted]
        return (*words, *(["--as", self.name] if self.name else []))


@dataclass(frozen=True)
class CheckRequest:
    """What is in a project's data directory, or in a folder of it, compared with the checksums that are kept."""

    target: str

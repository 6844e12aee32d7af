"""What somebody wants of their ssh key, as it was said."""

from dataclasses import dataclass


@dataclass(frozen=True)
class KeyRequest:
    """A key that a server knows: [USER@]HOST[:PORT], None for the site's GitLab; a new key may have a passphrase."""

    host: str | None = None
    passphrase: bool = True

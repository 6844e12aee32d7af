"""What somebody wants to tell support, as it was said."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ReportRequest:
    """A mail about these things: paths, kernels, packages, logs, or words of one's own.

    Without any, or with `latest`, it is about the last command that failed. It is saved in `file`, if that is not
    empty, and sent with `send`.
    """

    what: tuple[str, ...] = ()
    latest: bool = False
    file: str = ""
    send: bool = False

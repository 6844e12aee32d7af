"""What somebody wants to begin with, as it was said."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StartRequest:
    """All that it takes to work in a project: its data, the code in these repositories, kernels for it.

    Each of `repos` is as for `sesync clone`; without any, they are those that the group has. `way` is ssh or https.
    """

    project: str
    repos: tuple[str, ...] = ()
    way: str = ""

"""What somebody wants looked at, as it was said."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DoctorRequest:
    """The checks with these names; without any, all of them but those that are for administrators."""

    what: tuple[str, ...] = ()

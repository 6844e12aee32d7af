"""Which packages of the system this machine has already, as its own list of them says."""

import re
from collections.abc import Sequence

from sesync_cli.diagnosis.system import DEBIAN, RHEL, family
from sesync_cli.errors import SesyncError
from sesync_cli.run import ProgramFailed, run

_PATIENCE = 3.0  # seconds that a person who waits for an explanation has for this
_QUERIES = {
    DEBIAN: ("dpkg-query", "--show", "--showformat", "${Package}\t${db:Status-Status}\n"),
    RHEL: ("rpm", "--query", "--queryformat", "%{NAME}\tinstalled\n"),
}
_HAS = re.compile(r"^(\S+)\tinstalled$", re.MULTILINE)


def there_already(packages: Sequence[str]) -> list[str]:
    """Those of these packages that are installed here; none where that cannot be found out in time."""
    query = _QUERIES.get(family())
    if not query or not packages:
        return []
    try:
        said = run([*query, *packages], seconds=_PATIENCE, reads=True).out
    except ProgramFailed as failed:  # as it does for those that there are not
        said = failed.output.out
    except (SesyncError, OSError):
        return []
    there = set(_HAS.findall(said))
    return [package for package in packages if package in there]

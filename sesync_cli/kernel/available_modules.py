"""Which environment modules a server has for something that is missing."""

import re
import time
from collections.abc import Sequence
from pathlib import Path

from sesync_cli.errors import SesyncError
from sesync_cli.kernel.activation import Shell
from sesync_cli.run import run

_ASKS = '. "$1" && module -t avail 2>&1'
_TAGS = re.compile(r"\s*[(<].*$")  # such as (default), or (D)
_MOST = 3


def available_modules(stems: Sequence[str], shell: Shell, until: float) -> list[str]:
    """The newest modules whose names have one of these as a word (hdf5/1.12.2 for hdf5): at most three.

    None where there is no module system, or none that answers by that moment of the monotonic clock.
    """
    init = shell.defines_modules
    if not init or not stems:
        return []
    argv = ["bash", "--noprofile", "--norc", "-c", _ASKS, "bash", init]
    try:
        said = run(argv, env=shell.bare, cwd=Path("/"), seconds=max(0.1, until - time.monotonic())).out
    except SesyncError:
        return []
    lines = [_TAGS.sub("", line.strip()) for line in said.splitlines() if not line.rstrip().endswith(":")]
    meant = re.compile(rf"(?:^|/)(?:{'|'.join(map(re.escape, stems))})(?![A-Za-z])", re.IGNORECASE)
    found = [line for line in lines if line and not line.endswith("/") and meant.search(line)]
    return sorted(dict.fromkeys(found), key=_numbers, reverse=True)[:_MOST]


def _numbers(name: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", name.partition("/")[2])]

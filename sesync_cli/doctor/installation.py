"""Whether this sesync is whole, and the one that people mean when they type its name."""

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import distributions, requires, version
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.check import Finding
from sesync_cli.install.neighbours import unmet
from sesync_cli.plan import by_hand
from sesync_cli.python.distributions import canonical

_DISTRIBUTION = "sesync-cli"


def findings(caller: Caller) -> Iterator[Finding]:
    """Another sesync that comes first on PATH, and packages of its own that are missing or too old."""
    yield from _another(caller)
    if unmet := _unmet():
        way = by_hand(sys.executable, "-m", "pip", "install", "--upgrade", _DISTRIBUTION)
        message = f"sesync {version(_DISTRIBUTION)} is not whole: it needs {', '.join(unmet)}"
        hint = f"'{way}' mends it, for whoever has installed it."
        yield Finding("not whole", message, hint, why="Some of its commands may fail.", command=way)
    if os.path.exists(caller.state) and not os.access(caller.state, os.W_OK | os.X_OK):
        way = by_hand("ls", "-ld", caller.state)
        message = f"sesync may not write in {caller.state}"
        yield Finding(
            "no access",
            message,
            f"'{way}' shows whose it is.",
            why="It keeps no logs, and cannot say what failed.",
            command=way,
        )


def _another(caller: Caller) -> Iterator[Finding]:
    first = shutil.which("sesync", path=caller.env.get("PATH"))
    if not first or os.path.realpath(first) == os.path.realpath(sys.argv[0]):
        return
    if not os.path.isabs(sys.argv[0]) or Path(sys.argv[0]).name != "sesync":
        return
    yield Finding(
        "another sesync",
        f"'sesync' is {first}, and this is {sys.argv[0]}",
        "Keep one of the two; 'sesync version' tells each one's version.",
        why="What one of them says or mends may not hold for the other.",
        command=by_hand("sesync", "version"),
        broken=False,
    )


def _unmet() -> list[str]:
    """What it asks for of other packages, and has not."""
    needs = {_DISTRIBUTION: requires(_DISTRIBUTION) or []}
    here = {one.metadata["Name"]: one.version for one in distributions() if one.metadata["Name"]}
    found = unmet(needs, {canonical(name): said for name, said in here.items()}, platform.python_version())
    return sorted(f"{one.need}{f', and has {one.there}' if one.there else ''}" for one in found)

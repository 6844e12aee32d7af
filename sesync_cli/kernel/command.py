"""How Jupyter starts a kernel: the words of its spec, and what it puts in the place of some of them."""

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from sesync_cli.kernel.specs import Kernel

_BARE = re.compile(r"python(3(\.\d+)?)?")


def words(kernel: Kernel, env: Mapping[str, str]) -> tuple[str, ...]:
    """The words that start a kernel; for a bare `python`, Jupyter takes the one that runs it."""
    first, *rest = kernel.argv
    programs = _programs(env)
    if programs and _BARE.fullmatch(first):
        beside = (programs / name for name in dict.fromkeys((first, "python3" if first == "python" else first)))
        first = next((str(python) for python in beside if os.access(python, os.X_OK)), first)
    return (first, *rest)


def places(kernel: Kernel, env: Mapping[str, str]) -> dict[str, str]:
    """What Jupyter puts in the place of `{resource_dir}` and `{prefix}`."""
    programs = _programs(env)
    return {"resource_dir": str(kernel.spec)} | ({"prefix": str(programs.parent)} if programs else {})


def _programs(env: Mapping[str, str]) -> Path | None:
    """The folder of the programs of Jupyter's own Python."""
    jupyter = shutil.which("jupyter", path=env.get("PATH"))
    return Path(os.path.realpath(jupyter)).parent if jupyter else None

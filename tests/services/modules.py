"""Real module systems, environment-modules and Lmod, with modules in a folder of the test's own."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.conftest import missing, needed
from tests.kernel import ground

SYSTEMS = {"environment-modules": Path("/usr/share/modules/init/bash"), "Lmod": Path("/usr/share/lmod/lmod/init/bash")}


def init(system: str) -> Path:
    """The script with which a shell begins to know this system's `module`."""
    if not SYSTEMS[system].exists():
        missing(system)
    return SYSTEMS[system]


def module(folder: Path, name: str, *lines: str) -> None:
    """Write a module of this name into a folder of modules."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(["#%Module1.0", *lines, ""]))


def python_module(folder: Path, prefix: Path) -> Path:
    """The module python/3.8, whose Python is a shared build that starts with the module's LD_LIBRARY_PATH only."""
    patchelf, real = needed("patchelf"), ground.python("3.8")
    if not list(real.parent.parent.glob("lib/libpython3.8.so*")):
        missing("a shared build of Python 3.8")
    ground.copied(real.parent.parent, prefix)
    python = prefix / "bin/python3.8"
    python.unlink()
    shutil.copy2(os.path.realpath(real), python)
    subprocess.run([patchelf, "--remove-rpath", str(python)], check=True)
    alone = subprocess.run([str(python), "--version"], capture_output=True, text=True)
    assert "libpython3.8.so" in alone.stderr, "this Python starts without its module"
    module(
        folder,
        "python/3.8",
        "conflict python",
        f"set root {{{prefix}}}",
        "setenv PYTHON_ROOT $root",
        "prepend-path PATH $root/bin",
        "prepend-path LD_LIBRARY_PATH $root/lib",
    )
    return python

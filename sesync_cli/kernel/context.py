"""Where kernels are, and in what they are made: what follows for kernels from who is calling, and at which site."""

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sesync_cli.caller import Caller
from sesync_cli.errors import NotFound
from sesync_cli.kernel.specs import Folders
from sesync_cli.site.settings import Site

if TYPE_CHECKING:
    from sesync_cli.kernel.activation import Shell
    from sesync_cli.python.interpreters import Interpreter, Places


@dataclass(frozen=True)
class KernelContext:
    """What a kernel is made in: who asks, at which site, and what the modules of the kernel's recipe change."""

    caller: Caller
    site: Site
    modules: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def folders(self) -> Folders:
        return kernel_folders(self.caller, self.site)

    @property
    def inside(self) -> dict[str, str]:
        """The caller's environment with the modules loaded, without which a module's Python may not even start."""
        from sesync_cli.kernel.start_test import expanded

        return expanded(self.modules, self.caller.env)

    @property
    def cache(self) -> Path:
        return self.caller.cache / "sesync"

    @property
    def version(self) -> str:
        """The version of sesync, which specs keep."""
        from importlib.metadata import version

        return version("sesync-cli")


def kernel_folders(caller: Caller, site: Site) -> Folders:
    """Where somebody's kernels are."""
    data = Path(caller.env.get("JUPYTER_DATA_DIR") or caller.data / "jupyter")
    server = [Path(folder) for folder in site.kernels_server_folders]
    first = [Path(path, "kernels") for path in caller.env.get("JUPYTER_PATH", "").split(os.pathsep) if path]
    if jupyter := shutil.which("jupyter", path=caller.env.get("PATH")):
        server.append(Path(os.path.realpath(jupyter)).parent.parent / "share/jupyter/kernels")
    specs = Path(os.path.realpath(data / "kernels"))
    others = tuple(one for one in dict.fromkeys([*server, *first]) if one != specs)
    return Folders(specs, caller.data / "sesync/kernels", others, tuple(first))


def shell(caller: Caller, site: Site) -> "Shell":
    """The shell that says what modules and activation scripts change."""
    from sesync_cli.kernel.activation import Shell

    return Shell(caller, site.modules_init, site.kernels_start_seconds)


def places(caller: Caller, site: Site, modules: Mapping[str, str] | None = None) -> "Places":
    """Where somebody's Pythons are; those of its modules come first."""
    from sesync_cli.kernel.activation import folders_of
    from sesync_cli.kernel.start_test import expanded
    from sesync_cli.python.interpreters import Places

    loaded = modules or {}
    return Places(expanded(loaded, caller.env), site.python_places, folders_of(loaded))


def interpreter(
    caller: Caller, site: Site, wanted: str | None, asked: str = "", modules: Mapping[str, str] | None = None
) -> "tuple[Interpreter, tuple[str, ...]]":
    """The Python that the person wants, else one that fits what files ask for, else the modules' or the site's default.

    Beside it warnings: that it does not fit the files, or that the default is not here. A site without a default has
    the newest that starts.
    """
    from sesync_cli.python.interpreters import find_default, find_first, find_fitting, find_python
    from sesync_cli.python.specifier import fits

    cache, where = caller.cache / "sesync", places(caller, site, modules)
    default = site.python_default if site.has("python_default") else ""
    if wanted:
        found = find_python(wanted, where, cache)
        fitting = not asked or fits(asked)(found.version)
        return found, () if fitting else (f"the files ask for Python {asked}, and this is {found.minor}",)
    first = find_first(where, cache)
    if first and (not asked or fits(asked)(first.version)):
        return first, ()
    if not asked:
        return find_default(default, where, cache)
    try:
        return find_fitting(asked, default, where, cache), ()
    except NotFound:
        minor = re.fullmatch(r"(?:==\s*)?(\d+\.\d+)\.\d+", asked)
        if not minor:
            raise
    found = find_fitting(minor[1], default, where, cache)
    return found, (f"the files ask for Python {asked}, and this is {found.version}",)

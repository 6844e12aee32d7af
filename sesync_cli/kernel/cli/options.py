"""What commands about kernels share: the session turned into values, completions, and options."""

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sesync_cli.errors import SesyncError, WrongWords
from sesync_cli.kernel.specs import Folders
from sesync_cli.session import Session

if TYPE_CHECKING:
    from sesync_cli.kernel.activation import Shell
    from sesync_cli.kernel.create import KernelContext
    from sesync_cli.kernel.interpreters import Interpreter, Places


def folders(session: Session) -> Folders:
    """Where this session's kernels are."""
    caller = session.caller
    data = Path(caller.env.get("JUPYTER_DATA_DIR") or caller.data / "jupyter")
    server = [Path(folder) for folder in session.site.kernels_server_folders]
    first = [Path(path, "kernels") for path in caller.env.get("JUPYTER_PATH", "").split(os.pathsep) if path]
    if jupyter := shutil.which("jupyter", path=caller.env.get("PATH")):
        server.append(Path(os.path.realpath(jupyter)).parent.parent / "share/jupyter/kernels")
    specs = Path(os.path.realpath(data / "kernels"))
    others = tuple(one for one in dict.fromkeys([*server, *first]) if one != specs)
    return Folders(specs, caller.data / "sesync/kernels", others, tuple(first))


def shell(session: Session) -> "Shell":
    """The shell that says what modules and activation scripts change."""
    from sesync_cli.kernel.activation import Shell

    return Shell(session.caller, session.site.modules_init, session.site.kernels_start_seconds)


def kernel_context(session: Session, modules: Mapping[str, str] | None = None) -> "KernelContext":
    """What this session makes kernels in; `modules` is what the kernel's modules change."""
    from sesync_cli.kernel.create import KernelContext

    return KernelContext(session.caller, session.site, folders(session), modules or {})


def places(session: Session, modules: Mapping[str, str] | None = None) -> "Places":
    """Where this session's Pythons are; those of its modules come first."""
    from sesync_cli.kernel.activation import folders_of
    from sesync_cli.kernel.interpreters import Places
    from sesync_cli.kernel.proof import expanded

    loaded = modules or {}
    return Places(expanded(loaded, session.caller.env), session.site.python_places, folders_of(loaded))


def interpreter(
    session: Session, wanted: str | None, asked: str = "", modules: Mapping[str, str] | None = None
) -> "tuple[Interpreter, tuple[str, ...]]":
    """The Python that the person wants, else one that fits what files ask for, else the modules' or the site's default.

    Beside it warnings: that it does not fit the files, or that the default is not here. A site without a default has
    the newest that starts.
    """
    from sesync_cli.kernel.interpreters import find, find_default, find_first, find_fitting, fits

    cache, where = session.caller.cache / "sesync", places(session, modules)
    default = session.site.python_default if session.site.has("python_default") else ""
    if wanted:
        found = find(wanted, where, cache)
        fitting = not asked or fits(asked)(found.version)
        return found, () if fitting else (f"the files ask for Python {asked}, and this is {found.minor}",)
    first = find_first(where, cache)
    if first and (not asked or fits(asked)(first.version)):
        return first, ()
    return (find_fitting(asked, default, where, cache), ()) if asked else find_default(default, where, cache)


def variable(text: str) -> tuple[str, str]:
    """The name and the value in `NAME=VALUE`."""
    name, equals, value = text.partition("=")
    if not equals or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise WrongWords(f"{text!r} is not a variable", hint="Say it as '--env NAME=VALUE'.")
    return name, value


def complete_kernel(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Names of kernels, by their folders alone."""
    try:
        where = folders(Session())
    except (SesyncError, OSError):  # a broken site offers nothing
        return []
    found = {spec.name for folder in (where.specs, *where.server) for spec in folder.glob("*") if not folder.is_file()}
    return sorted(name for name in found if name.startswith(incomplete))


def complete_python(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Versions of Pythons, by the names of programs alone."""
    from sesync_cli.kernel.interpreters import versions

    try:
        here = versions(places(Session()))
    except (SesyncError, OSError):
        return []
    return [one for one in here if one.startswith(incomplete)]


python_option = click.option(
    "--python", metavar="PYTHON", shell_complete=complete_python, help="The Python: 3.8, python3.8 or a path."
)
requirements_option = click.option(
    "-r",
    "--requirements",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path, resolve_path=True),
    help="A file that lists packages, as for pip. May be given more than once.",
)
module_option = click.option(
    "--module", "modules", metavar="MODULE", multiple=True, help="A module to load, as for 'module load'."
)
env_option = click.option("--env", metavar="KEY=VALUE", multiple=True, help="A variable that the kernel sets.")
name_argument = click.argument("name", shell_complete=complete_kernel, help="The kernel's name.")

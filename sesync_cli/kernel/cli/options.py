"""What commands about kernels share: the session turned into values, completions, and options."""

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sesync_cli.kernel.specs import Folders
from sesync_cli.session import Session

if TYPE_CHECKING:
    from sesync_cli.kernel.create import Workshop
    from sesync_cli.kernel.interpreters import Interpreter, Places


def folders(session: Session) -> Folders:
    """Where this session's kernels are."""
    data = Path(session.env.get("JUPYTER_DATA_DIR") or session.data / "jupyter")
    server = [Path(folder) for folder in session.site.kernels_server_folders]
    first = [Path(path, "kernels") for path in session.env.get("JUPYTER_PATH", "").split(os.pathsep) if path]
    if jupyter := shutil.which("jupyter", path=session.env.get("PATH")):
        server.append(Path(os.path.realpath(jupyter)).parent.parent / "share/jupyter/kernels")
    specs = Path(os.path.realpath(data / "kernels"))
    others = tuple(one for one in dict.fromkeys([*server, *first]) if one != specs)
    return Folders(specs, session.data / "sesync/kernels", others, tuple(first))


def workshop(session: Session) -> "Workshop":
    """Where this session makes kernels."""
    from importlib.metadata import version

    from sesync_cli.kernel.create import Workshop

    return Workshop(
        folders(session),
        session.cache / "sesync",
        session.state / "logs",
        session.env,
        session.site.kernels_start_seconds,
        version("sesync-cli"),
    )


def places(session: Session) -> "Places":
    """Where this session's Pythons are."""
    from sesync_cli.kernel.interpreters import Places

    return Places(session.env, session.site.python_places)


def interpreter(session: Session, wanted: str | None, asked: str = "") -> "tuple[Interpreter, tuple[str, ...]]":
    """The Python that the person wants, else one that fits what files ask for, else the site's default.

    Beside it warnings: that it does not fit the files, or that the default is not here.
    """
    from sesync_cli.kernel.interpreters import find, find_default, find_fitting, fits

    cache, default = session.cache / "sesync", session.site.python_default
    if wanted:
        found = find(wanted, places(session), cache)
        fitting = not asked or fits(asked)(found.version)
        return found, () if fitting else (f"the files ask for Python {asked}, and this is {found.minor}",)
    if asked:
        return find_fitting(asked, default, places(session), cache), ()
    return find_default(default, places(session), cache)


def complete_kernel(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Names of kernels, by their folders alone."""
    where = folders(Session())
    found = {spec.name for folder in (where.specs, *where.server) for spec in folder.glob("*") if not folder.is_file()}
    return sorted(name for name in found if name.startswith(incomplete))


def complete_python(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Versions of Pythons, by the names of programs alone."""
    from sesync_cli.kernel.interpreters import versions

    return [one for one in versions(places(Session())) if one.startswith(incomplete)]


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
name_argument = click.argument("name", shell_complete=complete_kernel, help="The kernel's name.")

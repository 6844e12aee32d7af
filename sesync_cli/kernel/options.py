"""The options that commands about kernels and Pythons share, and their completions."""

from pathlib import Path

import click

from sesync_cli.errors import SesyncError
from sesync_cli.kernel.context import kernel_folders, places
from sesync_cli.session import Session


def complete_kernel(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Names of kernels, by their folders alone."""
    try:
        session = Session()
        where = kernel_folders(session.caller, session.site)
    except (SesyncError, OSError):  # a broken site offers nothing
        return []
    found = {spec.name for folder in (where.specs, *where.server) for spec in folder.glob("*") if not folder.is_file()}
    return sorted(name for name in found if name.startswith(incomplete))


def complete_python(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Versions of Pythons, by the names of programs alone."""
    from sesync_cli.python.interpreters import versions

    try:
        session = Session()
        here = versions(places(session.caller, session.site))
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
    help="A file that lists packages, of pip's or conda's. May be given more than once.",
)
kernel_option = click.option(
    "--kernel", metavar="NAME", shell_complete=complete_kernel, help="The kernel, instead of your own packages."
)
module_option = click.option(
    "--module", "modules", metavar="MODULE", multiple=True, help="A module to load, as for 'module load'."
)
env_option = click.option("--env", metavar="KEY=VALUE", multiple=True, help="A variable that the kernel sets.")
names_argument = click.argument(
    "names", metavar="[NAME]...", nargs=-1, shell_complete=complete_kernel, help="The kernels' names."
)
all_option = click.option("--all", "every", is_flag=True, help="All kernels of yours, instead of names.")
name_argument = click.argument("name", shell_complete=complete_kernel, help="The kernel's name.")

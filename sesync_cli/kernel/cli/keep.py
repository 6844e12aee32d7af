"""sesync kernel lock, share"""

from pathlib import Path

import click

from sesync_cli import screen
from sesync_cli.answer import plans
from sesync_cli.errors import Refused
from sesync_cli.kernel.cli.options import name_argument
from sesync_cli.kernel.context import folders
from sesync_cli.kernel.specs import Kernel
from sesync_cli.kernel.survey import find
from sesync_cli.names import checked
from sesync_cli.plan import Plan
from sesync_cli.session import Session


@click.command()
@name_argument
@click.option("-o", "--output", "file", metavar="FILE", default="", help="The file; else pylock.toml in this folder.")
@click.option("--replace", is_flag=True, help="Put it in the place of a file that is there.")
@plans
@click.pass_obj
def lock(session: Session, name: str, file: str, replace: bool) -> Plan:
    """Write down every version in a kernel.

    The file (PEP 751) has versions and hashes. 'sesync kernel create --from FILE' makes the same kernel anywhere.
    """
    from sesync_cli.kernel.contents import contents_of
    from sesync_cli.kernel.keep import plan_lock
    from sesync_cli.kernel.pylock import NAME, checked_lock_name

    at = checked_lock_name(session.caller.cwd / Path(file or NAME).expanduser())
    one = find(name, folders(session.caller, session.site))
    return plan_lock(contents_of(one), at, replace, session.caller)


@click.command()
@name_argument
@click.argument("project", help="The project's short name.")
@plans
@click.pass_obj
def share(session: Session, name: str, project: str) -> Plan:
    """Share a kernel with a project's group.

    Its recipe and every version go into the project's data directory. 'sesync kernel create --from PROJECT' makes it.
    """
    from sesync_cli.directory import reached
    from sesync_cli.kernel.contents import contents_of
    from sesync_cli.kernel.keep import plan_share

    project = session.site.project(checked(project, "project"))
    one = _theirs(find(name, folders(session.caller, session.site)))
    directory = reached(project, session.site, screen.doing)
    return plan_share(contents_of(one), directory, project, session.caller)


def _theirs(kernel: Kernel) -> Kernel:
    if kernel.server:
        raise Refused(f"{kernel.name} is a kernel of the server, which all have", hint="Share one of yours.")
    checked(kernel.name, "kernel")
    return kernel

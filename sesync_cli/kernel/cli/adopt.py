"""sesync kernel adopt"""

import click

from sesync_cli.answer import plans
from sesync_cli.kernel.cli.options import env_option, module_option, variable
from sesync_cli.kernel.context import kernel_context, shell
from sesync_cli.plan import Plan
from sesync_cli.session import Session


@click.command()
@click.argument("path", type=click.Path(), help="The environment, its project's folder, or its name in conda.")
@click.option("--name", metavar="NAME", default="", help="The kernel's name; else the environment's or project's.")
@click.option("--display-name", metavar="TEXT", default="", help="What Jupyter shows; else NAME (Python VERSION).")
@module_option
@env_option
@plans
@click.pass_obj
def adopt(
    session: Session, path: str, name: str, display_name: str, modules: tuple[str, ...], env: tuple[str, ...]
) -> Plan:
    """Make a kernel of an environment of yours.

    It may be a virtualenv, an environment of pipenv or one of conda, with the package ipykernel in it. The kernel sets
    what the environment's activation sets. The environment itself stays as it is, also when the kernel is removed.
    """
    from sesync_cli.kernel.activation import checked_module
    from sesync_cli.kernel.adopt import Adoption, plan_adopt
    from sesync_cli.kernel.foreign import find_environment

    found = find_environment(path, session.caller)
    wanted = Adoption(found, name, display_name, tuple(map(checked_module, modules)), tuple(map(variable, env)))
    return plan_adopt(wanted, kernel_context(session.caller, session.site), shell(session.caller, session.site))

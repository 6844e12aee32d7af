"""sesync kernel create, remove"""

import re
from pathlib import Path

import click

from sesync_cli.answer import plans
from sesync_cli.errors import WrongWords
from sesync_cli.kernel.cli.options import (
    folders,
    interpreter,
    name_argument,
    python_option,
    requirements_option,
    workshop,
)
from sesync_cli.kernel.specs import find
from sesync_cli.names import checked
from sesync_cli.plan import Plan
from sesync_cli.session import Session


@click.command()
@click.argument("words", metavar="[NAME] [PACKAGE]...", nargs=-1, help="The kernel's name, and packages for it.")
@python_option
@requirements_option
@click.option("--display-name", metavar="TEXT", default="", help="What Jupyter shows; else NAME (Python VERSION).")
@click.option("--env", metavar="KEY=VALUE", multiple=True, help="A variable that the kernel sets.")
@plans
@click.pass_obj
def create(
    session: Session,
    words: tuple[str, ...],
    python: str | None,
    requirements: tuple[Path, ...],
    display_name: str,
    env: tuple[str, ...],
) -> Plan:
    """Make a kernel with packages of its own.

    Without NAME, the kernel has the name of the folder (of its repository) and the packages in its requirements.txt.
    """
    from sesync_cli.kernel.create import Wanted, plan_create
    from sesync_cli.kernel.packages import Wish, checked_package
    from sesync_cli.kernel.recipe import Recipe, digests, name_of

    name = words[0] if words else name_of(session.cwd)
    if not words:
        requirements = requirements or (session.cwd / "requirements.txt",)
    chosen, warnings = interpreter(session, python)
    packages = tuple(map(checked_package, words[1:]))
    recipe = Recipe(chosen.version, packages, tuple(map(str, requirements)), files=digests(requirements))
    wish = Wish(packages, requirements)
    wanted = Wanted(checked(name, "kernel"), chosen, recipe, wish, display_name, tuple(map(_variable, env)))
    return plan_create(wanted, workshop(session), warnings)


@click.command()
@name_argument
@plans
@click.pass_obj
def remove(session: Session, name: str) -> Plan:
    """Remove a kernel and its packages."""
    from sesync_cli.kernel.create import plan_remove

    where = folders(session)
    return plan_remove(find(name, where), where)


def _variable(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise WrongWords(f"{text!r} is not a variable", hint="Say it as '--env NAME=VALUE'.")
    return name, value

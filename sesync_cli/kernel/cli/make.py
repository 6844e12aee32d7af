"""sesync kernel create, remove"""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sesync_cli import screen
from sesync_cli.answer import plans
from sesync_cli.errors import NotFound
from sesync_cli.kernel.cli.options import (
    env_option,
    module_option,
    name_argument,
    python_option,
    requirements_option,
    variable,
)
from sesync_cli.kernel.context import folders, interpreter, kernel_context, shell
from sesync_cli.kernel.survey import find
from sesync_cli.names import checked
from sesync_cli.plan import Plan
from sesync_cli.session import Session

if TYPE_CHECKING:
    from sesync_cli.kernel.asked import Asked


@click.command()
@click.argument("words", metavar="[NAME] [PACKAGE]...", nargs=-1, help="The kernel's name, and packages for it.")
@python_option
@requirements_option
@click.option("--from", "source", metavar="DIR|FILE|PROJECT[:KERNEL]", help="What to make it from: else, this folder.")
@click.option("--dev", is_flag=True, help="Take the packages for developers too, where a file names them.")
@click.option("--guess", is_flag=True, help="Take what the folder's notebooks and scripts import.")
@click.option("--display-name", metavar="TEXT", default="", help="What Jupyter shows; else NAME (Python VERSION).")
@module_option
@env_option
@plans
@click.pass_obj
def create(
    session: Session,
    words: tuple[str, ...],
    python: str | None,
    requirements: tuple[Path, ...],
    source: str | None,
    dev: bool,
    guess: bool,
    display_name: str,
    modules: tuple[str, ...],
    env: tuple[str, ...],
) -> Plan:
    """Make a kernel with packages of its own.

    Without NAME, the kernel has the name of the folder (of its repository) and the packages that the folder asks for:
    in pylock.toml, uv.lock, Pipfile.lock, requirements.txt, Pipfile or pyproject.toml, whichever is there first.
    """
    from sesync_cli.kernel.activation import checked_module, module_variables
    from sesync_cli.kernel.create import Wanted, plan_create
    from sesync_cli.kernel.order import Order
    from sesync_cli.kernel.packages import checked_package
    from sesync_cli.kernel.recipe import name_of

    folder, called = _place(session, source) if source else (session.caller.cwd, "")
    packages, ask = tuple(map(checked_package, words[1:])), ""
    asked = None
    if guess:
        guessed, ask = _guessed(folder)
        packages += guessed
    elif source or not (words or requirements):
        asked = _asked(folder, dev, called)
    name = words[0] if words else (asked.name if asked else "") or name_of(folder if folder.is_dir() else folder.parent)
    modules = tuple(map(checked_module, modules or (asked.modules if asked else ())))
    order = Order(packages, requirements, asked, dev, modules, tuple(map(variable, env)))
    loaded = module_variables(order.modules, shell(session.caller, session.site))
    chosen, warnings = interpreter(session.caller, session.site, python, asked.python if asked else "", loaded)
    title = display_name or (asked.display_name if asked and not words else "")
    wanted = Wanted(checked(name, "kernel"), chosen, order.recipe(chosen.version), order.wish, title)
    return plan_create(wanted, kernel_context(session.caller, session.site, loaded), warnings, ask=ask, told=order.told)


@click.command()
@name_argument
@plans
@click.pass_obj
def remove(session: Session, name: str) -> Plan:
    """Remove a kernel and its packages."""
    from sesync_cli.kernel.create import plan_remove

    where = folders(session.caller, session.site)
    return plan_remove(find(name, where), where)


def _place(session: Session, source: str) -> tuple[Path, str]:
    """The file or folder that is meant, and what it is called where it is what a project shares."""
    path = session.caller.cwd / Path(source).expanduser()
    if path.exists():
        return path, ""
    project, _, kernel = source.partition(":")
    if "/" in source or "." in project:
        raise NotFound(f"there is no file or folder {source}", hint="Is it spelt rightly?")
    if not session.site.has("data_path"):
        raise session.site.off("data_path", f"There is no file or folder {project} either.")
    return _shared(session, session.site.project(checked(project, "project")), kernel)


def _shared(session: Session, project: str, kernel: str) -> tuple[Path, str]:
    from sesync_cli.directory import reached
    from sesync_cli.kernel.keep import shared_kernel

    path = shared_kernel(reached(project, session.site, screen.doing), project, kernel)
    return path, f"what {project} shares as {path.parent.name}"


def _asked(path: Path, dev: bool, called: str) -> "Asked":
    from sesync_cli.kernel.asked import asked_by, asked_in

    return replace(asked_in(path, dev) if path.is_dir() else asked_by(path, dev), called=called)


def _guessed(folder: Path) -> tuple[tuple[str, ...], str]:
    """The packages that notebooks and scripts seem to need, and the question whether they do."""
    from sesync_cli.kernel.imports import guessed

    names, count = guessed(folder)
    if not names:
        raise NotFound(f"no notebook or script in {folder} imports a package", hint="Name them: 'NAME PACKAGE...'.")
    files = "1 file imports" if count == 1 else f"{count} files import"
    return names, f"The {files} what these packages seem to be: {', '.join(names)}. Make the kernel with them?"

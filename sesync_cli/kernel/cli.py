"""sesync kernel create, list, show, run, remove

What makes kernels is imported by the commands that make them, so that the list does not wait for it.
"""

import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sesync_cli.answer import answers, plans
from sesync_cli.errors import NotReady, WrongWords
from sesync_cli.kernel import view
from sesync_cli.kernel.specs import Folders, find_kernels
from sesync_cli.kernel.specs import find as find_kernel
from sesync_cli.names import checked
from sesync_cli.plan import Plan
from sesync_cli.session import Session

if TYPE_CHECKING:
    from sesync_cli.kernel.interpreters import Interpreter, Places


def folders(session: Session) -> Folders:
    """Where this session's kernels are."""
    data = Path(session.env.get("JUPYTER_DATA_DIR") or session.data / "jupyter")
    server = [Path(folder) for folder in session.site.kernels_server_folders]
    server += [Path(path, "kernels") for path in session.env.get("JUPYTER_PATH", "").split(os.pathsep) if path]
    if jupyter := shutil.which("jupyter", path=session.env.get("PATH")):
        server.append(Path(os.path.realpath(jupyter)).parent.parent / "share/jupyter/kernels")
    specs = Path(os.path.realpath(data / "kernels"))
    return Folders(specs, session.data / "sesync/kernels", tuple(one for one in dict.fromkeys(server) if one != specs))


def places(session: Session) -> "Places":
    """Where this session's Pythons are."""
    from sesync_cli.kernel.interpreters import Places

    return Places(session.env, session.site.python_places)


def interpreter(session: Session, wanted: str | None) -> "tuple[Interpreter, tuple[str, ...]]":
    """The Python that was asked for, or the site's default, with a warning where it is another one."""
    from sesync_cli.kernel.interpreters import find, find_default

    cache = session.cache / "sesync"
    if wanted:
        return find(wanted, places(session), cache), ()
    return find_default(session.site.python_default, places(session), cache)


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


@click.group()
def kernel() -> None:
    """Make and manage Jupyter kernels.

    A kernel is a Python with packages of its own, which Jupyter offers for notebooks.
    """


@kernel.command()
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
    from importlib.metadata import version

    from sesync_cli.kernel.create import Wanted, Workshop, plan_create
    from sesync_cli.kernel.packages import checked_package
    from sesync_cli.kernel.recipe import asked_in, name_of

    name = words[0] if words else name_of(session.cwd)
    if not words:
        requirements = requirements or (asked_in(session.cwd),)
    chosen, warnings = interpreter(session, python)
    packages = tuple(map(checked_package, words[1:]))
    wanted = Wanted(checked(name, "kernel"), chosen, packages, requirements, display_name, tuple(map(_variable, env)))
    shop = Workshop(
        folders(session),
        session.cache / "sesync",
        session.state / "logs",
        session.env,
        session.site.kernels_start_seconds,
        version("sesync-cli"),
    )
    return plan_create(wanted, shop, warnings)


@kernel.command("list")
@answers(view.kernel_table)
@click.pass_obj
def list_kernels(session: Session) -> list[view.Row]:
    """List your kernels, and what each takes."""
    return [view.row(one) for one in find_kernels(folders(session))]


@kernel.command()
@click.argument("name", shell_complete=complete_kernel, help="The kernel's name.")
@answers(view.kernel_card)
@click.pass_obj
def show(session: Session, name: str) -> view.Card:
    """Show all about one kernel."""
    from sesync_cli.kernel.packages import installed

    one = find_kernel(name, folders(session))
    made = one.recipe
    files = tuple(path for path, _ in made.requirements) if made else ()
    packages = installed(one.environment) if one.environment else {}
    return view.Card(view.row(one), made.packages if made else (), files, tuple(one.env), packages)


@kernel.command(context_settings={"allow_interspersed_args": False})
@click.argument("name", shell_complete=complete_kernel, help="The kernel's name.")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED, help="The command and its words.")
@click.pass_obj
def run(session: Session, name: str, command: tuple[str, ...]) -> Any:
    """Run a command in a kernel's environment."""
    from sesync_cli.kernel.environment import clean
    from sesync_cli.kernel.offer import command_env
    from sesync_cli.kernel.proof import expanded
    from sesync_cli.run import become

    command = command[1:] if command[0] == "--" else command
    if not command:
        raise WrongWords("there is no command", hint="Say for instance: 'sesync kernel run NAME python --version'.")
    one = find_kernel(name, folders(session))
    if one.environment is None or one.state not in ("ok", "not in Jupyter"):
        why = one.state if one.state != "ok" else "it has no environment of its own"
        hint = "'sesync kernel list' shows the state of each kernel."
        raise NotReady(f"the kernel {one.name} cannot run commands: {why}", hint=hint)
    become(command, expanded(command_env(one.environment) | dict(one.env), clean(session.env)))


@kernel.command()
@click.argument("name", shell_complete=complete_kernel, help="The kernel's name.")
@plans
@click.pass_obj
def remove(session: Session, name: str) -> Plan:
    """Remove a kernel and its packages."""
    from sesync_cli.kernel.create import plan_remove

    where = folders(session)
    return plan_remove(find_kernel(name, where), where)


def _variable(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise WrongWords(f"{text!r} is not a variable", hint="Say it as '--env NAME=VALUE'.")
    return name, value

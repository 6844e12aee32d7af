"""sesync kernel

What makes kernels is imported by the commands that make them, so that the list does not wait for it.
"""

from pathlib import Path
from typing import Any

import click

from sesync_cli import screen
from sesync_cli.answer import answers, plans
from sesync_cli.errors import WrongWords
from sesync_cli.help import Group
from sesync_cli.kernel import view
from sesync_cli.kernel.context import kernel_folders
from sesync_cli.kernel.discovery import find_kernel, find_kernels
from sesync_cli.kernel.options import (
    all_option,
    env_option,
    module_option,
    name_argument,
    names_argument,
    python_option,
    requirements_option,
)
from sesync_cli.plan import Plan
from sesync_cli.session import Session


@click.group(cls=Group)
def kernel() -> None:
    """Make and manage Jupyter kernels.

    A kernel is a Python with packages of its own, which Jupyter offers for notebooks.
    """


@kernel.command()
@click.argument("words", metavar="[NAME] [PACKAGE]...", nargs=-1, help="The kernel's name, and packages for it.")
@python_option
@requirements_option
@click.option(
    "--from", "source", metavar="DIR|FILE|PROJECT[:KERNEL]", default="", help="What to make it from: else, this folder."
)
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
    source: str,
    dev: bool,
    guess: bool,
    display_name: str,
    modules: tuple[str, ...],
    env: tuple[str, ...],
) -> Plan:
    """Make a kernel with packages of its own.

    Without NAME, the kernel has the name of the folder (of its repository) and the packages that the folder asks for:
    in a lock (pylock.toml, uv.lock, Pipfile.lock, poetry.lock, pdm.lock), requirements.txt, Pipfile, pyproject.toml,
    setup.cfg, setup.py or environment.yml, whichever is there first.
    """
    from sesync_cli.kernel.plans import plan_create
    from sesync_cli.kernel.request import CreateRequest

    name, packages = (words[0] if words else None), words[1:]
    wanted = CreateRequest(name, packages, python, requirements, source, dev, guess, display_name, modules, env)
    return plan_create(wanted, session.caller, session.site, screen.doing)


@kernel.command()
@click.argument("path", type=click.Path(), help="The environment, its project's folder, or its name in conda.")
@click.option("--as", "name", metavar="NAME", default="", help="Its name; else the environment's or the project's.")
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
    from sesync_cli.kernel.adopt import plan_adopt
    from sesync_cli.kernel.request import AdoptRequest

    return plan_adopt(AdoptRequest(path, name, display_name, modules, env), session.caller, session.site)


@kernel.command("list")
@answers(view.kernel_table)
@click.pass_obj
def list_kernels(session: Session) -> list[view.Row]:
    """List your kernels, and what each takes."""
    return [view.row(one) for one in find_kernels(kernel_folders(session.caller, session.site))]


@kernel.command()
@name_argument
@answers(view.kernel_card)
@click.pass_obj
def show(session: Session, name: str) -> view.Card:
    """Show all about one kernel."""
    found = find_kernel(name, kernel_folders(session.caller, session.site))
    return view.card(found, session.caller, session.site, screen.doing)


@kernel.command()
@names_argument
@click.option("--all", "every", is_flag=True, help="Check all kernels, the server's too.")
@answers(view.verdicts, failed=view.some_fail)
@click.pass_obj
def check(session: Session, names: tuple[str, ...], every: bool) -> list[view.CheckResult]:
    """Start kernels, to see that they work.

    Each is started as Jupyter would, has to answer, and imports every package that it has. What fails is named, with
    its reason, and the exit code is 1.
    """
    from sesync_cli.kernel.checking import check_kernels
    from sesync_cli.kernel.request import KernelChoice

    where, choice = kernel_folders(session.caller, session.site), KernelChoice.of(names, every, "check")
    kernels = find_kernels(where) if every else [find_kernel(name, where) for name in choice.names]
    return check_kernels(kernels, session.caller, session.site, screen.doing)


@kernel.command()
@names_argument
@all_option
@python_option
@module_option
@plans
@click.pass_obj
def repair(session: Session, names: tuple[str, ...], every: bool, python: str | None, modules: tuple[str, ...]) -> Plan:
    """Make broken kernels anew, as they were.

    They keep their names, so that notebooks go on with them, and the versions of their packages. Where the home has
    moved, all its kernels are told at once. With --all, those that look whole stay as they are.
    """
    from sesync_cli.kernel.plans import plan_repair
    from sesync_cli.kernel.request import KernelChoice, RepairRequest
    from sesync_cli.kernel.several import meant

    caller, site, choice = session.caller, session.site, KernelChoice.of(names, every, "repair")
    broken = session.once(
        "which kernels are broken",
        lambda: tuple(one.name for one in meant(choice, kernel_folders(caller, site)) if one.state != "ok"),
    )
    return plan_repair(RepairRequest(choice, python, modules, broken), caller, site, screen.doing)


@kernel.command()
@names_argument
@all_option
@python_option
@click.option("--upgrade", is_flag=True, help="Take the newest versions of all packages that its files allow.")
@click.option(
    "--from", "source", metavar="DIR|FILE|PROJECT[:KERNEL]", default="", help="Where its files are now, if they moved."
)
@plans
@click.pass_obj
def update(
    session: Session, names: tuple[str, ...], every: bool, python: str | None, upgrade: bool, source: str
) -> Plan:
    """Make kernels anew after their files changed.

    The files are those that a kernel was made from: a requirements.txt or the like, or what the group shares.
    """
    from sesync_cli.kernel.plans import plan_update
    from sesync_cli.kernel.request import KernelChoice, UpdateRequest

    wanted = UpdateRequest(KernelChoice.of(names, every, "update"), python, upgrade, source)
    return plan_update(wanted, session.caller, session.site, screen.doing)


@kernel.command()
@names_argument
@all_option
@click.option("-o", "--output", "file", metavar="FILE|DIR", default="", help="Where to; else into this folder.")
@click.option("--replace", is_flag=True, help="Put it in the place of a file that is there.")
@plans
@click.pass_obj
def lock(session: Session, names: tuple[str, ...], every: bool, file: str, replace: bool) -> Plan:
    """Write down every version in kernels.

    The file (PEP 751) has versions and hashes. 'sesync kernel create --from FILE' makes the same kernel anywhere.
    One kernel's is pylock.toml; several have each a pylock.NAME.toml, in the folder that -o names.
    """
    from sesync_cli.kernel.request import KernelChoice, LockRequest
    from sesync_cli.kernel.sharing import plan_lock

    wanted = LockRequest(KernelChoice.of(names, every, "lock"), file, replace)
    return plan_lock(wanted, session.caller, session.site)


@kernel.command()
@name_argument
@click.argument("project", help="The project's short name.")
@click.option("--undo", is_flag=True, help="Put back what was shared before, in the place of what is shared now.")
@plans
@click.pass_obj
def share(session: Session, name: str, project: str, undo: bool) -> Plan:
    """Share a kernel with a project's group.

    Its recipe and every version go into the project's data directory. 'sesync kernel create --from PROJECT' makes it.
    What was shared before under the name is kept beside.
    """
    from sesync_cli.kernel.request import ShareRequest
    from sesync_cli.kernel.sharing import plan_share

    return plan_share(ShareRequest(name, project, undo), session.caller, session.site, screen.doing)


@kernel.command(context_settings={"allow_interspersed_args": False})
@name_argument
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED, help="The command and its words.")
@click.pass_obj
def run(session: Session, name: str, command: tuple[str, ...]) -> Any:
    """Run a command in a kernel's environment."""
    from sesync_cli.kernel.spec_writing import env_of_kernel
    from sesync_cli.run import become

    command = command[1:] if command[0] == "--" else command
    if not command:
        raise WrongWords("there is no command", hint="Say for instance: 'sesync kernel run NAME python --version'.")
    become(command, env_of_kernel(find_kernel(name, kernel_folders(session.caller, session.site)), session.whole_env))


@kernel.command()
@names_argument
@all_option
@plans
@click.pass_obj
def remove(session: Session, names: tuple[str, ...], every: bool) -> Plan:
    """Remove kernels and their packages."""
    from sesync_cli.kernel.plans import plan_remove
    from sesync_cli.kernel.request import KernelChoice, RemoveRequest

    return plan_remove(RemoveRequest(KernelChoice.of(names, every, "remove")), session.caller, session.site)

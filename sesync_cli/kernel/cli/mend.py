"""sesync kernel repair, update"""

from dataclasses import replace

import click

from sesync_cli import screen
from sesync_cli.answer import plans
from sesync_cli.errors import NoAnswer, NotFound, NotReady
from sesync_cli.kernel.cli.options import module_option, name_argument, python_option
from sesync_cli.kernel.context import folders, interpreter, kernel_context, shell
from sesync_cli.kernel.specs import Kernel
from sesync_cli.kernel.survey import find
from sesync_cli.plan import Plan
from sesync_cli.session import Session


@click.command()
@name_argument
@python_option
@module_option
@plans
@click.pass_obj
def repair(session: Session, name: str, python: str | None, modules: tuple[str, ...]) -> Plan:
    """Make a broken kernel anew, as it was.

    It keeps its name, so that notebooks go on with it, and the versions of its packages. Where the home has moved, all
    its kernels are told at once.
    """
    from sesync_cli.kernel.activation import checked_module, module_variables
    from sesync_cli.kernel.again import checked_again, damage_of, follows, plan_follow, recipe_of, wanted_repaired
    from sesync_cli.kernel.create import plan_again

    one = checked_again(find(name, folders(session.caller, session.site)))
    if follows(one) and not (python or modules):
        return plan_follow(one, folders(session.caller, session.site))
    recipe = recipe_of(one)
    if modules:
        recipe = replace(recipe, modules=tuple(map(checked_module, modules)))
    loaded = module_variables(recipe.modules, shell(session.caller, session.site))
    try:
        chosen, warnings = interpreter(session.caller, session.site, python or recipe.minor, modules=loaded)
    except NotFound as error:
        hint = error.hint if python else error.hint.replace("'--python", f"'sesync kernel repair {one.name} --python")
        raise NotFound(str(error), hint=hint) from None
    if damage := damage_of(one):
        warnings += (f"{damage}: the packages come in the versions of today",)
    ask = ""
    if one.state == "ok" and python is None and not _edited(one):
        ask = f"The kernel {one.name} looks whole, and 'sesync kernel check {one.name}' tries it. Make it anew?"
    return plan_again(
        one,
        wanted_repaired(one, recipe, chosen),
        kernel_context(session.caller, session.site, loaded),
        warnings,
        ask=ask,
    )


def _edited(kernel: Kernel) -> bool:
    """Whether a file in it is not as its package brought it."""
    from sesync_cli.kernel.checking import edited_files

    with screen.doing(f"Looking at the files of {kernel.name}"):
        return bool(edited_files(kernel))


@click.command()
@name_argument
@python_option
@click.option("--upgrade", is_flag=True, help="Take the newest versions of all packages that its files allow.")
@plans
@click.pass_obj
def update(session: Session, name: str, python: str | None, upgrade: bool) -> Plan:
    """Make a kernel anew after its files changed.

    The files are those that it was made from: a requirements.txt or the like, or what the group shares.
    """
    from sesync_cli.kernel.activation import module_variables
    from sesync_cli.kernel.again import checked_again, order_of, recipe_of, wanted_updated
    from sesync_cli.kernel.create import plan_again
    from sesync_cli.kernel.recipe import changed_files
    from sesync_cli.python.interpreters import fits

    one = checked_again(find(name, folders(session.caller, session.site)))
    if not one.managed:
        hint = f"'sesync kernel repair {one.name}' makes one like it with sesync."
        raise NotReady(f"sesync did not make the kernel {one.name}, and cannot update it", hint=hint)
    recipe = recipe_of(one)
    changed, silent = changed_files(recipe, session.site.data_patience_seconds, screen.doing)
    if silent:
        raise NoAnswer(f"the file server of {silent[0]} does not answer", hint="Try again in a few minutes.")
    if not (changed or upgrade or python):
        says = "as its files say" if recipe.files else "as you asked for it, and follows no file"
        return Plan((), f"The kernel {one.name} is {says} ('--upgrade' takes newer versions).", {"name": one.name})
    order = order_of(recipe)
    asked = order.asked.python if order.asked else ""
    same = recipe.minor if not asked or fits(asked)(recipe.python) else ""
    loaded = module_variables(order.modules, shell(session.caller, session.site))
    chosen, warnings = interpreter(session.caller, session.site, python or same or None, asked, loaded)
    return plan_again(
        one, wanted_updated(one, chosen, order, upgrade), kernel_context(session.caller, session.site, loaded), warnings
    )

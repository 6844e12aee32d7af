"""The plans that make a kernel, repair it, follow its files, and remove it.

The plan for an environment that sesync did not make is in `adopt`, those that write a kernel down are in `sharing`.
"""

from dataclasses import replace
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.errors import NoAnswer, NotFound, NotReady, WrongWords
from sesync_cli.kernel.activation import module_variables
from sesync_cli.kernel.context import KernelContext, interpreter, kernel_folders, shell
from sesync_cli.kernel.ingredients import Ingredients
from sesync_cli.kernel.layout import is_conda
from sesync_cli.kernel.making import KernelToMake, facts_of, plan_again, plan_new, plan_removal, removal_question
from sesync_cli.kernel.mending import mending
from sesync_cli.kernel.new_place import is_gone, with_files_at
from sesync_cli.kernel.rebuild import (
    checked_again,
    damage_of,
    follows,
    ingredients_of,
    plan_follow,
    recipe_of,
    wanted_repaired,
    wanted_updated,
)
from sesync_cli.kernel.recipe import changed_files, name_of
from sesync_cli.kernel.request import (
    CreateRequest,
    RemoveRequest,
    RepairRequest,
    UpdateRequest,
    checked_module,
    checked_package,
    from_anywhere,
    variable,
)
from sesync_cli.kernel.several import Apart, meant, plan_each
from sesync_cli.kernel.shared import shared_states, told
from sesync_cli.kernel.sources import Source, has_packages, source_at, source_in
from sesync_cli.kernel.specs import Kernel
from sesync_cli.names import checked
from sesync_cli.plan import Plan, Watch, asking
from sesync_cli.python.specifier import fits
from sesync_cli.site.settings import Site


def plan_create(request: CreateRequest, caller: Caller, site: Site, watch: Watch) -> Plan:
    """Make the kernel that is wanted, or say that it is there; `Conflict` where another kernel has the name."""
    folder, called = _place(request.source, caller, site, watch) if request.source else (caller.cwd, "")
    packages, guess, asked = tuple(from_anywhere(checked_package(one), caller.cwd) for one in request.packages), "", ""
    source: Source | None = None
    if request.guess or (request.source and folder.is_file() and not has_packages(folder)):
        guessed, asked, guess = _guessed(folder)
        packages += tuple(map(checked_package, guessed))
    elif request.source or (request.name is None and not request.requirements):
        source = (source_in if folder.is_dir() else source_at)(folder, request.dev)
        source = replace(source, called=called or source.called)
    name = request.name
    if name is None:
        name = (source.name if source else "") or name_of(folder if folder.is_dir() else folder.parent)
    modules = tuple(map(checked_module, request.modules or (source.modules if source else ())))
    env = tuple(map(variable, request.env))
    ingredients = Ingredients(packages, request.requirements, source, request.dev, modules, env)
    loaded = module_variables(modules, shell(caller, site))
    chosen, warnings = interpreter(caller, site, request.python, ingredients.python or asked, loaded)
    title = request.display_name or (source.display_name if source and request.name is None else "")
    wanted = KernelToMake(
        checked(name, "kernel"), chosen, ingredients.recipe(chosen.version), ingredients.required, title
    )
    context = KernelContext(caller, site, loaded)
    plan = plan_new(wanted, context, (*warnings, *ingredients.remarks), told=ingredients.told)
    mends = mending(request, name, wanted.required, chosen, context.inside, caller, site)
    return replace(plan, questions=asking(guess, *ingredients.questions), note=ingredients.note, mends=mends)


def plan_repair(request: RepairRequest, caller: Caller, site: Site, watch: Watch) -> Plan:
    """Make broken kernels anew as they were, or tell all kernels of a home that has moved where they are."""

    def repaired(kernel: Kernel) -> Plan:
        plan = _repaired(kernel, request, caller, site, watch)
        return replace(plan, result={**plan.result, "moved": plan.result.get("moved", [])})

    whole = "All your kernels look whole, and 'sesync kernel check --all' tries them."
    return plan_each(request.kernels, kernel_folders(caller, site), repaired, whole)


def _repaired(kernel: Kernel, request: RepairRequest, caller: Caller, site: Site, watch: Watch) -> Plan:
    where, python = kernel_folders(caller, site), request.python
    one = checked_again(kernel)
    if follows(one) and not (python or request.modules):
        return plan_follow(one, where)
    every = not request.kernels.names
    if every and one.works and not (python or request.modules or _edited(one, watch)):
        return Plan((), "", facts_of(one))
    recipe = recipe_of(one)
    if request.modules:
        recipe = replace(recipe, modules=tuple(map(checked_module, request.modules)))
    loaded = module_variables(recipe.modules, shell(caller, site))
    try:
        chosen, warnings = interpreter(caller, site, python or recipe.minor, modules=loaded)
    except NotFound as error:
        hint = error.hint if python else error.hint.replace("'--python", f"'sesync kernel repair {one.name} --python")
        raise NotFound(str(error), hint=hint) from None
    if damage := damage_of(one):
        warnings += (f"{damage}: the packages come in the versions of today",)
    if gone := changed_files(recipe, site.data_patience_seconds, watch).gone:
        follow = f"'sesync kernel update {one.name} --from DIR' says where it is"
        warnings += (f"{gone[0]} is gone: the packages stay those that {one.name} had, and {follow}",)
    ask = ""
    if one.state == "ok" and not (python or every or _edited(one, watch)):
        if one.name in request.broken and not request.modules:
            return Plan((), f"The kernel {one.name} was mended meanwhile.", facts_of(one))
        ask = f"The kernel {one.name} looks whole, and 'sesync kernel check {one.name}' tries it. Make it anew?"
    wanted = wanted_repaired(one, recipe, chosen)
    return plan_again(one, wanted, KernelContext(caller, site, loaded), warnings, ask=ask)


def plan_update(request: UpdateRequest, caller: Caller, site: Site, watch: Watch) -> Plan:
    """Make kernels anew as their files say by now; nothing is to do if that is the same and nothing newer is wanted."""

    if request.source and len(request.kernels.names) != 1:
        hint = "'sesync kernel update NAME --from DIR' says it of one kernel."
        raise WrongWords("--from says where the files of one kernel are", hint=hint)

    def updated(kernel: Kernel) -> Plan:
        return _updated(kernel, request, caller, site, watch)

    return plan_each(request.kernels, kernel_folders(caller, site), updated, "You have no kernels that follow files.")


def _updated(kernel: Kernel, request: UpdateRequest, caller: Caller, site: Site, watch: Watch) -> Plan:
    one = checked_again(kernel)
    if not one.managed:
        if one.environment and is_conda(one.environment):
            recipe_of(one)  # which says what conda does
        hint = f"'sesync kernel repair {one.name}' makes one like it with sesync."
        raise NotReady(f"sesync did not make the kernel {one.name}, and cannot update it", hint=hint)
    recipe, place = recipe_of(one), request.source
    if place:
        recipe = with_files_at(recipe, _place(place, caller, site, watch)[0])
    changed, gone, silent = changed_files(recipe, site.data_patience_seconds, watch)
    if silent and not place:
        raise NoAnswer(f"the file server of {silent[0]} does not answer", hint="Try again in a few minutes.")
    if gone and not place:
        raise is_gone(one.name, recipe, gone[0], caller.cwd)
    if not (changed or place or request.upgrade or request.python):
        says = "as its files say" if recipe.files else "as you asked for it, and follows no file"
        done, facts = f"The kernel {one.name} is {says} ('--upgrade' takes newer versions).", facts_of(one)
        states = tuple(state for state in shared_states(one, caller, site, watch) if state.newer)
        return Plan((), done, facts, warnings=(told(states),) if states else ())
    ingredients = ingredients_of(recipe)
    python = ingredients.python
    same = recipe.minor if not python or fits(python)(recipe.python) else ""
    loaded = module_variables(ingredients.modules, shell(caller, site))
    chosen, warnings = interpreter(caller, site, request.python or same or None, python, loaded)
    wanted = wanted_updated(one, chosen, ingredients, request.upgrade)
    return plan_again(one, wanted, KernelContext(caller, site, loaded), (*warnings, *ingredients.remarks))


def plan_remove(request: RemoveRequest, caller: Caller, site: Site) -> Plan:
    """Take kernels out of Jupyter, and then the environments away that sesync made; all are asked about at once."""
    where = kernel_folders(caller, site)
    plan = plan_each(request.kernels, where, lambda kernel: plan_removal(kernel, where), "You have no kernels.")
    if not isinstance(plan, Apart):
        return plan
    kernels = [one for one in meant(request.kernels, where) if one.name in plan.parts]
    return replace(plan, questions=asking(removal_question(kernels)))


def _place(source: str, caller: Caller, site: Site, watch: Watch) -> tuple[Path, str]:
    """The file or folder that is meant, and what it is called where it is what a project shares."""
    path = caller.cwd / Path(source).expanduser()
    if path.exists():
        return path, ""
    from sesync_cli.directory import reached
    from sesync_cli.kernel.sharing import shared_kernel

    word, _, kernel = source.partition(":")
    if "/" in source or "." in word:
        raise NotFound(f"there is no file or folder {source}", hint="Is it spelt rightly?")
    if not site.has("data_path"):
        raise site.off("data_path", f"There is no file or folder {word} either.")
    project = site.project(checked(word, "project"))
    path = shared_kernel(reached(project, site, watch), project, kernel)
    return path, f"what {project} shares as {path.parent.name}"


def _guessed(place: Path) -> tuple[tuple[str, ...], str, str]:
    """The packages that notebooks and scripts seem to need, the Python that they ask for, and the question to agree."""
    from sesync_cli.requirements.imports import guessed

    found, count = guessed(place)
    if not found.words:
        what = (
            f"{place} imports no package" if place.is_file() else f"no notebook or script in {place} imports a package"
        )
        raise NotFound(what, hint="Name them: 'sesync kernel create NAME PACKAGE...'.")
    files = place.name if place.is_file() else f"The {'1 file' if count == 1 else f'{count} files'}"
    what = f"{files} import{'s' * (count == 1)} what these packages seem to be: {', '.join(found.words)}."
    return found.words, found.python, f"{what} Make the kernel with them?"


def _edited(kernel: Kernel, watch: Watch) -> bool:
    """Whether a file in it is not as its package brought it."""
    from sesync_cli.kernel.checking import edited_files

    with watch(f"Looking at the files of {kernel.name}"):
        return bool(edited_files(kernel))

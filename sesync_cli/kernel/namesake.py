"""The kernel that has a name already: whether it is the one that is wanted, and else the command that makes it so."""

import shlex
from dataclasses import replace

from sesync_cli.errors import Conflict
from sesync_cli.kernel.recipe import Recipe
from sesync_cli.kernel.specs import Folders, Kernel, kernel_in, spec_in_the_way
from sesync_cli.leftovers import is_unfinished

_JUPYTERS_OWN = ("python2", "python3")  # Jupyter offers them without a spec, and one of the user's would replace them


def existing_kernel(name: str, folders: Folders) -> Kernel | None:
    """The user's kernel of this name; `Conflict` where something else has the name or stands in its place."""
    if name.lower() in _JUPYTERS_OWN:
        raise Conflict(f"{name} is the name of Jupyter's own kernel", hint="Choose another name.")
    for folder in folders.server:
        if taken := kernel_in(folder, name, folders):
            hint = "Choose another name."
            raise Conflict(f"the server has a kernel named {taken.name} ('{taken.display_name}')", hint=hint)
    if stranger := spec_in_the_way(name, folders):
        raise Conflict(f"{stranger} is in the way, and is no kernel", hint="Choose another name, or move it away.")
    environment = folders.environment(name)
    # looked at before the spec: a run that makes this kernel right now writes the spec, and then calls it finished
    finished = environment.exists() and not is_unfinished(environment)
    existing = kernel_in(folders.specs, name, folders)
    if finished and existing is None:
        hint = f"'sesync kernel remove {name.lower()}' deletes it; or choose another name."
        raise Conflict(f"{environment} is left from a kernel that Jupyter does not offer any more", hint=hint)
    return existing


def same_or_conflict(existing: Kernel, asked: Recipe, display_name: str) -> None:
    """Nothing if this kernel is the one that is asked for; an error that says what is otherwise, and what helps."""
    name, hint = existing.name, ""
    if existing.recipe is None or not existing.managed:
        what = "which sesync did not make"
    elif not existing.recipe.same_as(asked):
        what, hint = _difference(existing.recipe, asked), _way(name, existing.recipe, asked)
    elif existing.state != "ok":
        what, hint = f"which is broken ({existing.state})", f"{_typed('kernel', 'repair', name)} mends it"
    elif display_name not in ("", existing.display_name):
        what = f"which Jupyter shows as '{existing.display_name}'"
    elif any(existing.env.get(name) != value for name, value in asked.env):
        what = "which sets other variables"
    else:
        return
    hint = f"{hint or 'Choose another name'}, or {_typed('kernel', 'remove', name)} makes room for another."
    raise Conflict(f"there is another kernel named {name}, {what}", hint=hint)


def _difference(made: Recipe, asked: Recipe) -> str:
    if made.same_as(replace(asked, files=made.files)):
        return "made from other requirements"
    if made.same_as(replace(asked, modules=made.modules)):
        return f"made with the modules {' and '.join(made.modules)}" if made.modules else "made without modules"
    return f"made with Python {made.python} and {', '.join(made.packages) or 'no packages named'}"


def _way(name: str, made: Recipe, asked: Recipe) -> str:
    """The command that gives this kernel what is asked for; empty where there is none."""
    if made.same_as(replace(asked, python=made.python)):
        return f"{_typed('kernel', 'repair', name, '--python', asked.minor)} gives it that Python"
    if made.same_as(replace(asked, modules=made.modules)) and asked.modules:
        modules = (word for module in asked.modules for word in ("--module", module))
        return f"{_typed('kernel', 'repair', name, *modules)} gives it these modules"
    if made.same_as(replace(asked, files=made.files)):
        if made.files and (made.source, made.requirements) == (asked.source, asked.requirements):
            return f"{_typed('kernel', 'update', name)} follows its files"
        if asked.source and not asked.requirements:
            return f"{_typed('kernel', 'update', name, '--from', asked.source)} has it follow that file"
    more = [word for word in asked.packages if word not in made.packages]
    if made.same_as(replace(asked, packages=made.packages)) and more and set(made.packages) <= set(asked.packages):
        return f"{_typed('install', '--kernel', name, *more)} adds to it"
    return ""


def _typed(*words: str) -> str:
    said = (word if shlex.quote(word) == word else f'"{word}"' for word in words)
    return f"'sesync {' '.join(said)}'"

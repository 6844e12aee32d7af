"""All kernels at once, each with what is wrong with it: the list that people see."""

import os
import shlex
from dataclasses import replace
from pathlib import Path

from sesync_cli.check import Finding
from sesync_cli.errors import NotFound
from sesync_cli.kernel.layout import command_of, environment_of
from sesync_cli.kernel.specs import AGAIN, Folders, Kernel, entries, read_kernel, specs_in
from sesync_cli.leftovers import in_the_making
from sesync_cli.names import did_you_mean, near, shortened

_MOST = 3  # names of others in a sentence


def find_kernels(folders: Folders) -> list[Kernel]:
    """Every kernel that Jupyter offers, and what sesync made or makes that it does not; the user's come first."""
    found: dict[str, Kernel] = {}
    hidden: list[Kernel] = []
    for folder in (folders.specs, *folders.server):
        for spec in specs_in(folder):
            kernel = read_kernel(spec, folders)
            if found.setdefault(spec.name.lower(), kernel) is not kernel:
                hidden.append(kernel)
    _mark_moved(found)
    _add_unoffered(found, folders)
    for other in hidden:
        _mark_namesake(found, other, folders)
    _mark_twins(found)
    return sorted(found.values(), key=lambda kernel: (kernel.server, kernel.name))


def find_kernel(name: str, folders: Folders) -> Kernel:
    """The kernel of this name, in any case; `NotFound` with near names otherwise."""
    kernels = {kernel.name.lower(): kernel for kernel in find_kernels(folders)}
    if name.lower() in kernels:
        return kernels[name.lower()]
    meant = did_you_mean(near(name, kernels))
    hint = f"{meant} 'sesync kernel list' shows your kernels.".lstrip()
    raise NotFound(f"there is no kernel named {shlex.quote(name)}", hint=hint)


def _add_unoffered(found: dict[str, Kernel], folders: Folders) -> None:
    """Add what runs are making or have left, and environments of kernels that are not in Jupyter any more."""
    made: set[Path] = set()
    for folder in (folders.environments, folders.specs.parent):
        for path, final, busy in in_the_making(folder):
            made.add(path)
            name = final.removesuffix(AGAIN)
            trouble = Finding("left over", f"a run that was broken off has left {path}")
            if busy:
                trouble = Finding("being made", "another run of sesync is making it right now")
            if name not in found:
                found[name] = Kernel(name, name, folders.spec(name), environment=path, managed=True, known=trouble)
            elif busy and not found[name].works:
                found[name] = replace(found[name], known=trouble)
    made.update(kernel.environment for kernel in found.values() if kernel.environment)
    left = [path for path in entries(folders.environments) if path not in made and not path.name.startswith(".")]
    real = {os.path.realpath(path) for path in made if left}
    for path in left:
        if os.path.realpath(path) not in real:
            name = path.name.removesuffix(AGAIN)
            known = Finding("not in Jupyter", f"its packages are in {path}, and nothing in Jupyter names them")
            orphan = Kernel(name, name, folders.spec(name), environment=path, managed=True, known=known)
            found.setdefault(name, orphan)


def _mark_moved(found: dict[str, Kernel]) -> None:
    """Mark the user's kernels that start what has moved with the home, which those that sesync made tell."""
    moves = {kernel.move for kernel in found.values() if kernel.move}
    for name, kernel in found.items() if moves else ():
        for move in moves if kernel.argv and not (kernel.server or kernel.move or kernel.works) else ():
            argv = move.follow_all(kernel.argv)
            program, now = command_of(kernel.argv)[0], command_of(argv)[0]
            if program != now and os.access(now, os.X_OK):
                known = Finding("moved", f"your home has moved: it starts {program}, which is {now} by now")
                found[name] = replace(kernel, environment=environment_of(argv), known=known, move=move)


def _mark_namesake(found: dict[str, Kernel], other: Kernel, folders: Folders) -> None:
    """Mark the user's kernel beside another that has its name, in any case: Jupyter offers one of the two."""
    kernel = found[other.name.lower()]
    if kernel.server or not kernel.works:
        return
    problem = f"Jupyter offers it, and not the server's kernel of that name, {other.spec}"
    if other.spec.parent in folders.first:
        problem = f"Jupyter offers the server's kernel of that name, {other.spec}, and not this one"
    elif not other.server:
        problem = f"Jupyter offers either it or {other.spec}, whose name differs in capitals only"
    found[other.name.lower()] = replace(kernel, known=Finding("same name", problem))


def _mark_twins(found: dict[str, Kernel]) -> None:
    """Mark the user's kernels that Jupyter shows under the title of another."""
    shown: dict[str, list[str]] = {}
    for name, kernel in found.items():
        if kernel.argv:
            shown.setdefault(kernel.display_name, []).append(name)
    for title, names in shown.items():
        for name in names if len(names) > 1 else ():
            if not found[name].server and found[name].state == "ok":
                others = shortened([found[one].name for one in names if one != name], _MOST)
                known = Finding("same title", f"Jupyter shows it as '{title}', and {others} too")
                found[name] = replace(found[name], known=known)

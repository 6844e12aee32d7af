"""One's own kernels, whoever made them, each with the folders that tell which project it is of."""

import os
from typing import TYPE_CHECKING, Any

from sesync_cli.caller import Caller
from sesync_cli.last_look import LookKind
from sesync_cli.site.settings import Site

if TYPE_CHECKING:
    from sesync_cli.kernel.specs import Kernel

_KERNEL = {
    **{"name": str, "display_name": str, "python_version": str | None, "works": bool},
    **{"state": str, "problem": str | None, "command": str | None, "is_mendable": bool, "places": [str]},
}
KIND = LookKind("kernels", [_KERNEL])


def look(caller: Caller, site: Site) -> list[dict[str, Any]]:
    """All of them, by name; `command` is what to type about one that does not work."""
    # imported by the child that looks
    from sesync_cli.kernel.context import kernel_folders
    from sesync_cli.kernel.discovery import find_kernels

    return [_facts(one) for one in find_kernels(kernel_folders(caller, site)) if not one.server]


def _facts(kernel: "Kernel") -> dict[str, Any]:
    from sesync_cli.kernel.advice import SHOW, advised, verb_for

    return {
        "name": kernel.name,
        "display_name": kernel.display_name,
        "python_version": kernel.python or None,
        "works": kernel.works,
        "state": kernel.state,
        "problem": kernel.problem or None,
        "command": advised(kernel) or None,
        "is_mendable": verb_for(kernel) not in ("", SHOW),
        "places": places_of(kernel),
    }


def places_of(kernel: "Kernel") -> list[str]:
    """The folders that a kernel was made from or is in, its project's first."""
    recipe, environment = kernel.recipe, kernel.environment
    asked = [recipe.source, *recipe.requirements] if recipe else []
    project = ""
    if environment:
        try:  # pipenv writes there which folder an environment is for
            project = (environment / ".project").read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            project = ""
    return [place for place in (*asked, project, str(environment or "")) if place.startswith(os.sep)]

"""Where each surveyed file is: its place, what git has of it, and its project."""

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

from sesync_cli.git.tracked import Tree, tree_of
from sesync_cli.where.facts import Facts
from sesync_cli.where.places import Place, WhereContext, place_of_path, project_of
from sesync_cli.where.rules import Spot


def spots(facts: Facts, context: WhereContext) -> Callable[[str], Spot]:
    """Gives where a path of the survey is. Git is asked in home only, once for each repository."""
    repositories = set(facts.repositories)
    patience = context.site.data_patience_seconds

    @cache
    def of_folder(folder: str) -> tuple[Place, str, str, Tree | None]:
        real = _real(folder, facts)
        place = place_of_path(Path(real), context)
        if place != Place.HOME:
            return place, "", project_of(Path(real, "x"), "", context), None
        inner = folder if facts.folder else facts.top
        while inner not in repositories and len(inner) > len(facts.top):
            inner = os.path.dirname(inner)
        tree = _real(inner, facts) if inner in repositories else facts.tree
        project = project_of(Path(real, "x"), tree, context)
        return (Place.GIT, tree, project, known(tree)) if tree else (place, tree, project, None)

    @cache
    def known(tree: str) -> Tree:
        # of a repository above what was named, only that much is asked for
        above = Path(facts.at).is_relative_to(tree)
        if above and not facts.folder:
            return tree_of(os.path.dirname(facts.at), patience, os.path.basename(facts.at))
        return tree_of(facts.at if above else tree, patience)

    def spot(path: str) -> Spot:
        place, tree, project, has = of_folder(os.path.dirname(path) if facts.folder else os.path.dirname(facts.at))
        return Spot(place, has.of(_real(path, facts)) if has else None, tree, project)

    return spot


def _real(path: str, facts: Facts) -> str:
    if not facts.folder:
        return facts.at if path == facts.top else path
    # links are not followed on the way down
    return os.path.join(facts.at, path[len(facts.top) :].lstrip("/")).rstrip("/") or "/"

"""The plans that make a link to a data directory, and take one away."""

import os
import time
from dataclasses import replace
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.directory import Directory, State, look_at_directories, unreachable
from sesync_cli.errors import Conflict, Refused, Unanswered
from sesync_cli.link.links import Link, find_links, folder_of, no_such_project, read_link
from sesync_cli.link.request import LinkRequest, UnlinkRequest
from sesync_cli.names import checked, did_you_mean, listed, near
from sesync_cli.plan import Plan, Step, Watch, by_hand
from sesync_cli.site.settings import Site


def plan_link(request: LinkRequest, caller: Caller, site: Site, watch: Watch) -> Plan:
    """How to come to the link that is wished for."""
    folder = folder_of(request.folder, caller, site, watch)
    project = site.project(checked(request.project, "project"))
    target = site.data_directory(project)
    at = folder / checked(request.name or target.name, "link")
    until = time.monotonic() + site.data_patience_seconds
    taken = os.path.lexists(at)  # looked at once: it may appear while we look at the rest
    link = read_link(at, site.data_root)
    unsure = [at] if link and link.below != target.name else []
    seen = look_at_directories([target, *unsure], site.data_root, until, watch)
    directory = seen[target]
    if not directory.reached:
        _keep_in_mind(target, directory, caller)
    if directory.state == State.MISSING:
        raise no_such_project(project, caller, site, until, watch)
    if not directory.reached:
        raise unreachable(target, directory, site)
    done = Plan(
        (),
        f"{at} is linked to {target} already.",
        {"project": project, "link": at, "target": target, "state": directory.state},
        warnings=(f"you can read {target}, but not write to it",) if directory.state == State.READ_ONLY else (),
    )
    if link and (not unsure or seen[at].identity == directory.identity):
        return done
    if taken and not (link and request.replace):
        raise _in_the_way(at, link, target)
    return _linking(at, target, link, replace(done, done=f"Linked {at} to {target}."))


def _linking(at: Path, target: Path, link: Link | None, done: Plan) -> Plan:
    # imported here since nobody who has the link already shall wait for it
    from sesync_cli.git.ignore import ignoring
    from sesync_cli.steps import Symlink

    ignored, warnings = ignoring([at])
    steps: tuple[Step, ...] = (*ignored, Symlink(target, at, replaces=link.text if link else ""))
    return replace(
        done,
        steps=steps,
        warnings=(*done.warnings, *warnings),
        locks=(at,),
        sweeps=(at.parent,),
    )


def _keep_in_mind(target: Path, directory: Directory, caller: Caller) -> None:
    from sesync_cli.last_look import DATA, keep_looks

    keep_looks(caller.state, DATA, {target.name: directory.state.value})


def plan_unlink(request: UnlinkRequest, caller: Caller, site: Site, watch: Watch) -> Plan:
    """How to be without the link of this name or to this project; no data directory is asked."""
    from sesync_cli.git.ignore import forgetting
    from sesync_cli.steps import RemoveLink

    folder = folder_of(request.folder, caller, site, watch)
    name = request.name.removesuffix("/")  # a shell that completes a link to a folder adds the slash
    if "/" in name or not os.path.lexists(folder / name):
        checked(name, "link")
    link = _meant(name, folder, site)
    if link is None:
        meant = did_you_mean(near(name, [one.at.name for one in find_links(folder, site.data_root)]))
        return Plan((), f"There is no link {name} in {folder}. {meant}".rstrip(), {"link": None, "target": None})
    target = site.data_root / link.below
    result = {"link": link.at, "target": target}
    steps: tuple[Step, ...] = (RemoveLink(link.at, link.text), *forgetting(link.at))
    done = f"Removed the link {link.at}; the data in {target} stays."
    return Plan(steps, done, result, locks=(link.at,), sweeps=(folder,))


def _meant(name: str, folder: Path, site: Site) -> Link | None:
    directory = site.data_directory(site.project(name)).name
    links = {link.at.name: link for link in find_links(folder, site.data_root)}
    if name in links:
        return links[name]
    behind = [link for link in links.values() if link.below == directory]
    if directory in links:
        return links[directory]
    if len(behind) > 1:
        names = listed(f"'{by_hand('sesync', 'unlink', link.at.name)}'" for link in behind)
        raise Unanswered(f"several links point to {directory}", hint=f"Say which: {names}.")
    if behind:
        return behind[0]
    for there in (folder / name, folder / directory):
        if os.path.lexists(there):
            raise Refused(
                f"{there} is {_what(there)}, and it stays",
                hint=f"'sesync unlink' removes links to what is below {site.data_root}, and nothing else.",
            )
    return None


def _what(there: Path) -> str:
    if there.is_symlink():
        return f"a link to {os.readlink(there)}"
    return "a folder" if there.is_dir() else "a file"


def _in_the_way(at: Path, link: Link | None, target: Path) -> Conflict:
    hint = "Choose another name with '--as NAME'."
    if link:
        hint = f"Choose another name with '--as NAME', or let it point to {target} with '--replace'."
    return Conflict(f"{at} is {_what(at)}, and it stays", hint=hint)

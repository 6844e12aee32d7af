"""The plan that sets up all that it takes to work in a project, and the one that lists its code for others."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.directory import reached
from sesync_cli.errors import Conflict, SesyncError, WrongWords
from sesync_cli.home.projects import seen_once
from sesync_cli.home.seen import DataSeen
from sesync_cli.kernel.context import kernel_folders
from sesync_cli.kernel.discovery import find_kernels
from sesync_cli.link.plans import plan_link
from sesync_cli.link.request import LinkRequest
from sesync_cli.parted import PartedPlan, PlanPart, failure_of
from sesync_cli.plan import Plan, Question, Watch, by_hand
from sesync_cli.prompter import Prompter
from sesync_cli.site.settings import Site
from sesync_cli.start.account import key_parts, name_parts, server
from sesync_cli.start.clones import clone_parts
from sesync_cli.start.code import CodeSearch, KnownCode, Repository
from sesync_cli.start.context import CODE, DATA, StartContext
from sesync_cli.start.ending import Ending, proposal
from sesync_cli.start.kernels import KernelParts, SharedKernel, kernels_shared, worth_making
from sesync_cli.start.request import StartRequest
from sesync_cli.start.shared_list import plan_sharing
from sesync_cli.steps import later


def plan_start(request: StartRequest, caller: Caller, site: Site, watch: Watch, prompter: Prompter) -> Plan:
    """What is missing of a project's data, code and kernels, of one's key and name; what cannot be had is told."""
    context = StartContext(request, caller, site, watch, prompter)
    seen = seen_once(caller, site, watch, prompter)
    data, directory = _data(seen.data, context)
    shared, untold = _shared(directory)
    code = CodeSearch(context, directory, seen.clones, shared).found()
    parts, unnamed = _parts(data, code, shared, context)
    warnings = (*code.warnings, *untold, *unnamed)
    ending = Ending(context, parts, {one.name: f"{context.project}:{one.name}" for one in shared}, warnings)
    failed = {one: one.failure for one in parts if one.failure}
    failure = failure_of(failed, len(parts))
    if failure and len(failed) == len(parts):
        raise failure
    if not any(one.is_wanted for one in parts):
        return Plan((), **ending.told({}))
    plan = PartedPlan(
        tuple(step for one in parts for step in one.plan.steps),
        f"{context.project} is set up{', but for what cannot be done' if failed else ''}.",
        ending.result({}),
        (Question(proposal(context.project, parts, code.source, warnings)),),
        warnings,
        failure=failure,
        parts=parts,
        home=caller.home,
    )
    return ending.after(plan)


def _parts(
    data: Sequence[PlanPart], code: KnownCode, shared: Sequence[SharedKernel], context: StartContext
) -> tuple[tuple[PlanPart, ...], tuple[str, ...]]:
    """All parts, in the order in which they are done; and what one should do oneself."""
    bare = clone_parts(code.repositories, context)
    keys = key_parts(bare, context)
    clones = {one: part.resting_on(keys.get(server(one.address))) for one, part in bare.items()}
    lost = [PlanPart(CODE, "find its code", failure=code.failure)] if code.failure else []
    folders = tuple(part.folder for part in clones.values() if part.folder)
    names, kernels = name_parts(folders, context), _kernels(shared, clones, context)
    parts = (*data, *keys.values(), *names.before, *clones.values(), *lost, *names.after, *kernels)
    return parts, names.warnings


def plan_share_repositories(
    request: StartRequest, caller: Caller, site: Site, watch: Watch, prompter: Prompter
) -> Plan:
    """Write into a project's data directory which repositories its code is in: those named, or cloned here."""
    project, context = request.project, StartContext(request, caller, site, watch, prompter)
    directory = reached(project, site, watch)
    search = CodeSearch(context, directory, seen_once(caller, site, watch, prompter).clones)
    named = search.named()
    if named.failure:
        raise named.failure
    found = named.repositories or [one for one in search.here() if one.can_be_shared(site)]
    if not found:
        way = by_hand("sesync", "start", project, "--share")
        raise WrongWords(f"no clone of yours is of {project}", hint=f"Name its repositories: '{way} GROUP/NAME'.")
    listed = {one.name(site): one for one in search.listed().repositories}
    everything = {**listed, **{one.name(site): one for one in found}}
    facts = [one.facts(site, one.clone) for one in everything.values()]
    return plan_sharing([one.name(site) for one in found], [*listed], facts, project, directory)


def _data(seen: Sequence[DataSeen], context: StartContext) -> tuple[list[PlanPart], Path | None]:
    """The part that is a link to the data; and the data directory, if it can be reached."""
    project, site, watch = context.project, context.site, context.watch
    if not site.has("data_path"):
        return [], None
    directory, says = site.data_directory(project), f"link the data of {project}"
    have = next((one for one in seen if one.target == directory and one.whole), None)

    def make() -> Plan:
        return plan_link(LinkRequest(project), context.caller, site, watch)

    try:
        if have:
            reached(project, site, watch)
            facts = {"project": project, "link": have.links[0], "target": directory, "state": have.state}
            return [PlanPart(DATA, str(have.links[0]), result=facts)], directory
        plan = make()
    except SesyncError as error:  # where only the link's name is taken, the group's own words can be read
        is_there = isinstance(error, Conflict) and directory.is_dir()
        if is_there:
            way = by_hand("sesync", "link", project, "--as", "NAME")
            error.hint = f"'{way}' links the data under another name."
        return [PlanPart(DATA, says, failure=error)], directory if is_there else None
    wanted = later(make, "Linking the data", "\n".join(map(str, plan.steps)))
    return [PlanPart(DATA, f"link {plan.result['link']} to {directory}", wanted)], directory


def _shared(directory: Path | None) -> tuple[list[SharedKernel], tuple[str, ...]]:
    """The kernels that the group shares, and why they cannot be known."""
    try:
        return kernels_shared(directory), ()
    except SesyncError as error:
        return [], (error.warning,)


def _kernels(
    shared: Sequence[SharedKernel], clones: Mapping[Repository, PlanPart], context: StartContext
) -> Iterator[PlanPart]:
    """The kernels of the group, and those that clones ask for which none of these is for."""
    existing = find_kernels(kernel_folders(context.caller, context.site))
    parts, names = KernelParts(context, existing), [one.name(context.site) for one in clones]
    made = {one: parts.of_group(one) for one in worth_making(shared, context.project, names)}
    yield from made.values()
    for clone, name in zip(clones.values(), names, strict=True):
        if not clone.folder or any(one.is_for(name) and not part.failure for one, part in made.items()):
            continue
        if clone.is_wanted:
            yield parts.of_clone(clone.folder, name, clone)
        elif part := parts.of_folder(clone.folder):
            yield part

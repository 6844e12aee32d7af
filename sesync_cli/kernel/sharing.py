"""The plans that write a kernel's lock down: for oneself, or for the group into a project's data directory."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.directory import reached
from sesync_cli.errors import Conflict, NotFound, Refused, SesyncError, Unanswered, WrongWords
from sesync_cli.git.address import public_name, read_address
from sesync_cli.git.client import origin
from sesync_cli.git.work_tree import project_tree
from sesync_cli.kernel.context import kernel_folders
from sesync_cli.kernel.discovery import find_kernel
from sesync_cli.kernel.freeze import Contents, WriteLock, contents_of
from sesync_cli.kernel.pylock import NAME, checked_lock_name, read_lock
from sesync_cli.kernel.request import LockRequest, ShareRequest
from sesync_cli.kernel.several import plan_each
from sesync_cli.kernel.shared import FOLDER, PREVIOUS, RememberShared, StepBack, differences, is_shared, shared_by
from sesync_cli.kernel.specs import Kernel
from sesync_cli.names import checked, did_you_mean, listed, near
from sesync_cli.plan import Plan, Watch, asking, by_hand
from sesync_cli.python.distributions import known_versions
from sesync_cli.site.settings import Site

_GROUP, _OTHERS = 0o640, 0o004


def plan_lock(request: LockRequest, caller: Caller, site: Site) -> Plan:
    """Write every version of kernels to files; another file that is there stays, unless it may be replaced."""
    where, said = kernel_folders(caller, site), caller.cwd / Path(request.file).expanduser()
    if len(request.kernels.names) == 1:
        at = said if request.file else caller.cwd / NAME
        at = at / f"pylock.{_plain(request.kernels.names[0])}.toml" if at.is_dir() else at
        return _written(find_kernel(request.kernels.names[0], where), checked_lock_name(at), request.replace, caller)
    if not said.is_dir():
        hint = "Say a folder, which has a file for each then: '-o DIR'."
        raise WrongWords(f"{said} is no folder, and one file holds one kernel", hint=hint)

    taken: dict[Path, str] = {}

    def written(kernel: Kernel) -> Plan:
        at = said / f"pylock.{_plain(kernel.name)}.toml"
        if taken.setdefault(at, kernel.name) != kernel.name:
            hint = f"'sesync kernel lock {kernel.name} -o pylock.other.toml' writes it elsewhere."
            raise Conflict(f"{at} is the file of {taken[at]}, and {kernel.name}'s would have that name too", hint=hint)
        return _written(kernel, checked_lock_name(at), request.replace, caller)

    return plan_each(request.kernels, where, written, "You have no kernels that can be written down.")


def _written(kernel: Kernel, at: Path, replace: bool, caller: Caller) -> Plan:
    contents = contents_of(kernel)
    name, result = kernel.name, {"name": kernel.name, "file": at, "packages": known_versions(contents.versions)}
    if at.is_dir():
        raise Conflict(
            f"{at} is a folder", hint=f"'{_typed(name, at / f'pylock.{_plain(name)}.toml')}' has a file in it."
        )
    if at.exists() and _says_so(at, contents):
        return Plan((), f"{at} has all versions of the kernel {name} already.", result)
    if at.exists() and not replace:
        raise Conflict(
            f"{at} is there already, and it stays", hint=f"'{_typed(name, at)} --replace' puts the lock in its place."
        )
    way = by_hand("sesync", "kernel", "create", "--from", at.name if at.parent == caller.cwd else at)
    done = f"Wrote {contents.count} packages with versions and hashes to {at}: '{way}'."
    step = WriteLock(contents, at, caller.env, caller.state / f"logs/kernel-lock-{name}.log", replaces=at.exists())
    return Plan((step,), done, result, locks=(at,), sweeps=(at.parent,))


def _plain(name: str) -> str:
    """A kernel's name as a lock's file can have it."""
    return name.lower().replace(".", "-")


def _typed(name: str, at: Path) -> str:
    return by_hand("sesync", "kernel", "lock", name, "-o", at)


def plan_share(request: ShareRequest, caller: Caller, site: Site, watch: Watch) -> Plan:
    """Put a kernel's recipe and lock into a data directory, readable for whoever may read that; or step back."""
    project, name = site.project(checked(request.project, "project")), checked(request.name, "kernel").lower()
    if request.undo:
        return _back(name, project, reached(project, site, watch), caller)
    kernel = _theirs(find_kernel(name, kernel_folders(caller, site)))
    directory = reached(project, site, watch)
    contents = replace(contents_of(kernel), repository=repository_of(kernel, site))
    at = directory / FOLDER / name / NAME
    packages = known_versions(contents.versions)
    result = {"name": kernel.name, "project": project, "file": at, "packages": packages}
    way = f"'sesync kernel create --from {project}:{kernel.name}'"
    ask, back = "", ""
    remember = RememberShared(kernel.name, at, caller.state)
    if at.exists():
        if _says_so(at, contents):
            return Plan((), f"{project} has the kernel {kernel.name} already, just as it is.", result)
        news = differences(_versions(at), contents.versions)
        ask = f"{project} has a kernel {kernel.name} already: {shared_by(at)} shared another state. {news} Replace it?"
        back = f" 'sesync kernel share {kernel.name} {project} --undo' puts back what was there."
    mode = _GROUP | (directory.stat().st_mode & _OTHERS) | (0o020 if directory.stat().st_mode & 0o020 else 0)
    log = caller.state / f"logs/kernel-share-{kernel.name}.log"
    step = WriteLock(contents, at, caller.env, log, directory, mode, at.exists(), doing="Sharing every version")
    done = f"Shared the kernel {kernel.name} with {project}. Others make theirs with {way}.{back}"
    return Plan((step, remember), done, result, questions=asking(ask), locks=(at,), sweeps=(at.parent,))


def _back(name: str, project: str, directory: Path, caller: Caller) -> Plan:
    """Put back what a project shared before; whoever is in its group may, and may take that back too."""
    at = shared_kernel(directory, project, name)
    before = at.with_name(PREVIOUS)
    if not before.exists():
        hint = f"'sesync kernel share {name} {project}' shares yours, and keeps what is there now."
        raise NotFound(f"{project} has had no other state of the kernel {name}", hint=hint)
    now, then, versions = shared_by(at), shared_by(before), _versions(before)
    ask = f"{project} has the kernel {name} as {now} shared it. {differences(_versions(at), versions)} "
    again = f"'sesync kernel share {name} {project} --undo' takes that back."
    return Plan(
        (StepBack(at), RememberShared(name, at, caller.state)),
        f"{project} has the kernel {name} again as {then} shared it. {again}",
        {"name": name, "project": project, "file": at, "packages": known_versions(versions)},
        questions=asking(f"{ask}Put back what {then} shared?"),
        locks=(at,),
        sweeps=(at.parent,),
    )


def _versions(at: Path) -> Mapping[str, str]:
    """The versions in a lock; none of one that cannot be read."""
    try:
        return read_lock(at).versions
    except SesyncError:
        return {}


def _theirs(kernel: Kernel) -> Kernel:
    if kernel.server:
        raise Refused(
            f"{kernel.name} is a kernel of the server, which all have",
            hint="'sesync kernel list' shows which are yours.",
        )
    return kernel


def shared_kernel(directory: Path, project: str, kernel: str) -> Path:
    """The lock of a kernel that a project shares: the one of that name, or the only one where none is named."""
    there = shared_kernels(directory)
    if kernel.lower() in there:
        return there[kernel.lower()]
    if not there:
        hint = f"Whoever has it types 'sesync kernel share {kernel or 'NAME'} {project}'."
        raise NotFound(f"{project} shares no kernel", hint=hint)
    if not kernel and len(there) == 1:
        return next(iter(there.values()))
    if kernel:
        meant = did_you_mean(f"{project}:{one}" for one in near(kernel, there) or sorted(there))
        raise NotFound(f"{project} shares no kernel named {kernel}", hint=meant)
    ways = listed(f"'sesync kernel create --from {project}:{one}'" for one in sorted(there))
    raise Unanswered(f"{project} shares {len(there)} kernels", hint=f"Say which: {ways}.")


def shared_kernels(directory: Path) -> dict[str, Path]:
    """The locks of the kernels that are shared in a data directory, by the kernels' names."""
    try:
        found = sorted((directory / FOLDER).glob(f"*/{NAME}"))
        return {path.parent.name: path for path in found if path.is_file()}  # else it might be a pipe, which hangs
    except OSError as error:
        raise SesyncError(f"{directory / FOLDER} cannot be read: {error.strerror}", hint="Tell its owner.") from None


def repository_of(kernel: Kernel, site: Site) -> str:
    """The repository that a kernel was made for, GROUP/NAME or its address; empty where it was for none."""
    recipe = kernel.recipe
    if recipe is None:
        return ""
    for place in (recipe.source, *recipe.requirements):
        if not place.startswith("/"):
            continue
        at = Path(place)
        if is_shared(at):
            return told_repository(at)
        tree = project_tree(at if at.is_dir() else at.parent)
        address = read_address(origin(tree) or "") if tree else None
        if address and address.host:
            return public_name(address, site)
    return ""


def told_repository(lock: Path) -> str:
    """The repository that a shared kernel is for, as its lock says it; empty where it does not, or cannot be read."""
    with suppress(SesyncError):
        return str(read_lock(lock).about.get("repository", ""))
    return ""


def _says_so(at: Path, contents: Contents) -> bool:
    """Whether this file is the lock of what is there."""
    try:
        written = read_lock(at)
    except SesyncError:
        return False
    told = {name: list(one) if isinstance(one, tuple) else one for name, one in contents.about.items()}
    return written.versions == contents.versions and {**told, **written.about} == told

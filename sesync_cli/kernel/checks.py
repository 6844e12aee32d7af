"""What can be wrong with kernels, as far as one sees from outside, and with the cache that has their files too."""

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.check import NO_ANSWER, Check, Finding
from sesync_cli.kernel.advice import REMOVE, REPAIR, SHOW, advised, command, verb_for
from sesync_cli.kernel.context import kernel_folders
from sesync_cli.kernel.discovery import find_kernel, find_kernels
from sesync_cli.kernel.record import changed
from sesync_cli.kernel.specs import Folders, Kernel
from sesync_cli.kernel.uv_cache import own_cache
from sesync_cli.names import shortened
from sesync_cli.plan import Plan, Watch, by_hand
from sesync_cli.python.uv_settings import uv_files
from sesync_cli.site.settings import Site
from sesync_cli.steps import later
from sesync_cli.workers import ask

_MOST = 3  # files in a sentence
_CACHE = "UV_CACHE_DIR"


def checks(caller: Caller, site: Site, watch: Watch) -> tuple[Check, ...]:
    """One's own kernels, none of which is started, and uv's cache."""
    where = kernel_folders(caller, site)
    seconds, patience = site.kernels_start_seconds, site.data_patience_seconds
    return (
        Check("kernels", seconds + patience, lambda: _kernels(where, seconds, watch)),
        Check("cache", patience, lambda: _cache(caller, where)),
    )


def _kernels(where: Folders, seconds: float, watch: Watch) -> Iterator[Finding]:
    until = time.monotonic() + seconds
    told: set[str] = set()
    whole = {}
    for kernel in find_kernels(where):
        finding = kernel.finding
        if kernel.managed and kernel.works:
            whole[kernel.name] = kernel.environment
        if finding is None or kernel.server or kernel.state in ("elsewhere", "being made"):
            continue
        if kernel.state == "moved" and "moved" in told:
            continue  # one command tells them all
        told.add(kernel.state)
        yield _odd(kernel, finding) if kernel.works else _broken(kernel, finding, where)
    # by a child each: a large kernel has ten thousand files, and a thread would wait for the others
    questions = {name: partial(_changed, environment) for name, environment in whole.items() if environment}
    for name, files in ask(questions, until, watch).items():
        if files is None:
            message = f"the files of the kernel {name} could not be looked at within {seconds:g} seconds"
            yield Finding(NO_ANSWER, message, command=by_hand("sesync", "report", message))
        elif files:
            yield _edited(name, files)


def _broken(kernel: Kernel, finding: Finding, where: Folders) -> Finding:
    return replace(
        finding,
        message=f"the kernel {kernel.name} does not work: {finding.message}",
        hint=_hint(kernel),
        mend=_mend(kernel, where),
        why="" if kernel.state == "left over" else "Notebooks that ask for it do not start.",
        command=advised(kernel),
    )


def _odd(kernel: Kernel, finding: Finding) -> Finding:
    """What works, and may not be what somebody means."""
    show = command(SHOW, kernel.name)
    message, hint = f"about the kernel {kernel.name}: {finding.message}", f"'{show}' says more."
    return replace(finding, message=message, hint=hint, command=show, broken=False)


def _changed(environment: Path) -> list[str]:
    """Files of its packages that are gone, or of another size than when they came; each byte is for kernel check."""
    return [path for paths in changed(environment, every_byte=False).values() for path in paths]


def _edited(name: str, files: Sequence[str]) -> Finding:
    repair = command(REPAIR, name)
    what = "a file is" if len(files) == 1 else f"{len(files)} files are"
    message = f"the kernel {name} is not whole: {what} not as installed ({shortened(files, _MOST)})"
    why = "What it computes may not be what its versions promise, or fail."
    return Finding("edited", message, f"'{repair}' makes it anew.", why=why, command=repair)


def _hint(kernel: Kernel) -> str:
    if kernel.state == "moved":
        return f"'{advised(kernel)}' tells all kernels of that home where they are."
    helps = {REPAIR: "mends it", SHOW: "says more", REMOVE: "removes it"}
    verbs = dict.fromkeys((verb_for(kernel), REMOVE))
    told = [f"'{command(verb, kernel.name)}' {helps[verb]}" for verb in verbs]
    return f"{', '.join(told)}."


def _mend(kernel: Kernel, where: Folders) -> Plan | None:
    """What can be done without a question: nothing is lost by telling where things are, or by sweeping."""
    if kernel.state == "moved":
        return later(lambda: _following(kernel, where), "Following", f"sesync kernel repair {kernel.name}")
    if kernel.state == "left over":
        return later(lambda: _removing(kernel, where), "Sweeping", f"sesync kernel remove {kernel.name}")
    return None


def _following(kernel: Kernel, where: Folders) -> Plan:
    from sesync_cli.kernel.rebuild import plan_follow

    return plan_follow(find_kernel(kernel.name, where), where)


def _removing(kernel: Kernel, where: Folders) -> Plan:
    from sesync_cli.kernel.making import plan_removal

    return replace(plan_removal(find_kernel(kernel.name, where), where), questions=())


def _cache(caller: Caller, where: Folders) -> Iterator[Finding]:
    """That what is installed cannot be shared with uv's cache by hard links, or not be kept there at all."""
    if not os.path.isdir(where.environments):
        return
    said = caller.env.get(_CACHE) or uv_files(caller.env).variables.get(_CACHE, "")
    cache = Path(os.path.abspath(said or own_cache(caller.env)))
    place = next(one for one in (cache, *cache.parents) if os.path.exists(one))
    if not os.access(place, os.W_OK | os.X_OK):
        message = f"you may not write in uv's cache {cache}"
        yield _of_cache("no access", message, "Every kernel loads all that it needs once more.", said, caller)
    elif os.stat(place).st_dev != os.stat(where.environments).st_dev:
        message = f"uv's cache {cache} is on another file system than your kernels"
        yield _of_cache("other file system", message, "Each kernel takes all of its room for itself.", said, caller)


def _of_cache(kind: str, message: str, why: str, said: str, caller: Caller) -> Finding:
    own = own_cache(caller.env)
    if caller.env.get(_CACHE):
        hint = f"'unset {_CACHE}' has uv use your own, {own}."
        return Finding(kind, message, hint, why=why, command=f"unset {_CACHE}", broken=False)
    hint = f"{'Take cache-dir out of your uv.toml' if said else f'See where {own} leads'}."
    return Finding(kind, message, hint, why=why, broken=False)

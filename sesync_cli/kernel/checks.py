"""What can be wrong with kernels, as far as one sees from outside."""

from collections.abc import Iterator
from dataclasses import replace

from sesync_cli.caller import Caller
from sesync_cli.check import Check, Finding
from sesync_cli.kernel.advice import REMOVE, REPAIR, SHOW, advised, command, verb_for
from sesync_cli.kernel.context import kernel_folders
from sesync_cli.kernel.discovery import find_kernel, find_kernels
from sesync_cli.kernel.specs import Folders, Kernel
from sesync_cli.plan import Plan, Watch
from sesync_cli.site.settings import Site
from sesync_cli.steps import later


def checks(caller: Caller, site: Site, watch: Watch) -> tuple[Check, ...]:
    """One's own kernels, none of which is started."""
    return (Check("kernels", site.kernels_start_seconds, lambda: _kernels(kernel_folders(caller, site))),)


def _kernels(where: Folders) -> Iterator[Finding]:
    told: set[str] = set()
    for kernel in find_kernels(where):
        finding = kernel.finding
        if finding is None or not advised(kernel):
            continue
        if kernel.state == "moved" and "moved" in told:
            continue  # one command tells them all
        told.add(kernel.state)
        message = f"the kernel {kernel.name} does not work: {finding.message}"
        yield replace(finding, message=message, hint=_hint(kernel), mend=_mend(kernel, where))


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

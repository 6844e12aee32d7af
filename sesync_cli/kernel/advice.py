"""What to type about a kernel that does not work: one rule for all who tell of kernels."""

from sesync_cli.kernel.layout import is_conda
from sesync_cli.kernel.specs import Kernel
from sesync_cli.plan import by_hand, operand

REPAIR, REMOVE, SHOW = "repair", "remove", "show"


def advised(kernel: Kernel) -> str:
    """The command that mends this kernel, or removes what a killed run has left of it, or else shows it.

    What is only out of reach today (a project's folder, a module that is not loaded) is nobody's to remove. Empty for
    a kernel that works, one of the server's, and one that is being made.
    """
    verb = verb_for(kernel)
    return command(verb, kernel.name) if verb else ""


def verb_for(kernel: Kernel) -> str:
    """The same as the word of `sesync kernel`."""
    if kernel.works or kernel.server or kernel.state == "being made":
        return ""
    if kernel.state == "left over":
        return REMOVE
    return REPAIR if kernel.move or kernel.managed or _tells_its_packages(kernel) else SHOW


def command(verb: str, name: str) -> str:
    """What does this to the kernel of this name, which may be any that people give to a folder."""
    return by_hand("sesync", "kernel", verb, *operand(name))


def _tells_its_packages(kernel: Kernel) -> bool:
    """Whether it was made by hand, and has an environment that tells what one like it needs; conda mends its own."""
    environment = kernel.environment
    return environment is not None and environment.is_dir() and not is_conda(environment)

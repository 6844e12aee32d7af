"""How a kernel that could not be made could be asked for otherwise, and where on this machine that is tried."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.diagnosis.dry_run import Wanted
from sesync_cli.diagnosis.ideas import Command, Ways
from sesync_cli.diagnosis.remedies import remedies
from sesync_cli.errors import Remedy, SesyncError
from sesync_cli.kernel.available_modules import available_modules
from sesync_cli.kernel.context import kernel_folders, places, shell
from sesync_cli.kernel.packages import NEEDED, Requirements
from sesync_cli.kernel.recipe import plain_name
from sesync_cli.kernel.request import CreateRequest
from sesync_cli.kernel.specs import specs_in
from sesync_cli.names import checked
from sesync_cli.python.interpreters import Interpreter, programs
from sesync_cli.site.settings import Site

_LONGEST = 60  # letters of a name


def mending(
    request: CreateRequest,
    name: str,
    required: Requirements,
    python: Interpreter,
    env: Mapping[str, str],
    caller: Caller,
    site: Site,
) -> Callable[[SesyncError], tuple[Remedy, ...]] | None:
    """What tries how else the kernel could be made; None for versions of a lock, or variables, which are secret."""
    if required.lock or request.env:
        return None
    of_files = (word for word in required.packages if word not in request.packages)
    lines = (*required.heading, *required.listing.splitlines(), *of_files)
    wanted = Wanted(request.packages, required.requirements, lines, required.constraints, required.options)
    ways = replace(
        ways_for(wanted, python.executable, python.minor, env, caller, site),
        here=lambda packages: _command(request, name, packages, request.python),
        elsewhere=lambda packages, minor: _command(request, name, packages, minor),
    )
    return lambda error: remedies(error, ways)


def ways_for(wanted: Wanted, python: Path, minor: str, env: Mapping[str, str], caller: Caller, site: Site) -> Ways:
    """What all have in common who look for another way: how long, where the Pythons and the modules are."""
    return Ways(
        wanted,
        python,
        minor,
        env,
        caller.cwd,
        site.python_advice_seconds,
        needs=NEEDED,
        others=lambda: programs(places(caller, site)),
        modules=lambda stems, until: available_modules(stems, shell(caller, site), until),
    )


def new_name(wishes: Iterable[str], minor: str, caller: Caller, site: Site) -> str:
    """A name that no kernel has yet: the first wish that can be one, with the Python's version if it is taken."""
    folders = kernel_folders(caller, site)
    taken = {spec.name.lower() for folder in (folders.specs, *folders.server) for spec in specs_in(folder)}
    plain = next(filter(None, (plain_name(wish[:_LONGEST]).lower() for wish in wishes)), "packages")
    names = [plain, *(f"{plain}-{minor}{more}" for more in ("", *(f"-{number}" for number in range(2, 100))))]
    return checked(next(one for one in names if one not in taken), "kernel")


def _command(request: CreateRequest, name: str, packages: tuple[str, ...], python: str | None) -> Command:
    """The command line that makes the same kernel with these packages beside what its files ask for."""
    of_folder = request.name is None and not request.requirements and not request.source
    called = () if request.name is None and not packages else (name,)
    words = [*called, *packages, *(word for file in request.requirements for word in ("-r", str(file)))]
    words += ["--from", request.source or "."] if request.source or (of_folder and packages) else []
    words += ["--python", python] if python else []
    words += [word for module in request.modules for word in ("--module", module)]
    words += ["--display-name", request.display_name] if request.display_name else []
    flags = (("--dev", request.dev), ("--guess", request.guess))
    return ("sesync", "kernel", "create", *words, *(word for word, on in flags if on))

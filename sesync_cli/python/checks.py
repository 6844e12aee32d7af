"""What can be wrong with the Python that new kernels get, and with what uv is told of the way to packages."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.check import Check, Finding
from sesync_cli.plan import Watch, by_hand, opening
from sesync_cli.python.broken import STARTS, why_not
from sesync_cli.python.interpreters import BrokenPython, Places, find_python, programs, versions
from sesync_cli.python.uv_settings import uv_files
from sesync_cli.site.reading import read_site, site_file
from sesync_cli.site.settings import Site
from sesync_cli.steps import SetAside, aside

_PLACE = re.compile(r"^(?P<file>/.+) is not TOML: .*\bline (?P<line>\d+)", re.DOTALL)


def checks(caller: Caller, site: Site, watch: Watch) -> tuple[Check, ...]:
    """The site's default Python and the person's own, and uv's own files."""
    return (
        Check("python", site.kernels_start_seconds, lambda: _python(caller, site)),
        Check("uv", site.data_patience_seconds, lambda: _uv(caller)),
    )


def _python(caller: Caller, site: Site) -> Iterator[Finding]:
    places = Places(caller.env, site.python_places)
    here = versions(places)
    yield from _own(caller)
    if not site.has("python_default"):
        return
    if site.python_default not in here and not _says(caller):
        return  # what is built in holds for SESYNC, and maybe not here
    if site.python_default not in here:
        message = f"the site's default, Python {site.python_default}, is not on this machine"
        hint = f"'--python' names another: {', '.join(here)}." if here else f"Ask {site.support} for it."
        why, way = "A new kernel has another Python than its group's.", by_hand("sesync", "report", message)
        yield Finding("default Python", message, hint, why=why, command=way, broken=False)
        return
    if _starts(programs(places).get(site.python_default), caller):
        return
    try:  # another of this version may start; what is found out then is kept
        find_python(site.python_default, places, caller.cache / "sesync")
    except BrokenPython as error:
        yield Finding("broken Python", str(error), error.hint, why="No kernel can be made with it.")


def _says(caller: Caller) -> bool:
    """Whether the site's own file names the default Python."""
    path = site_file(caller.env)
    if path is None:
        return False
    return any(one.name == "python.default" and one.source == str(path) for one in read_site(path, caller.env).settings)


def _starts(program: Path | None, caller: Caller) -> bool:
    return program is not None and _why_not(program, caller).startswith(STARTS)


def _why_not(program: Path, caller: Caller) -> str:
    return why_not(program, {name: value for name, value in caller.env.items() if not name.startswith("PYTHON")})


def _own(caller: Caller) -> Iterator[Finding]:
    """That a `python3` in home comes first on PATH, and does not start."""
    found = shutil.which("python3", path=caller.env.get("PATH"))
    if not found or not Path(found).is_relative_to(caller.home):
        return
    why = _why_not(Path(found), caller)
    if not why.startswith(STARTS):
        away = SetAside(Path(found), aside(Path(found)))
        hint = f"'{away}' sets it aside, and the next one on PATH counts."
        message = f"{found} does not start: {why}"
        yield Finding("broken Python", message, hint, why="'python3' means this one.", command=str(away))


def _uv(caller: Caller) -> Iterator[Finding]:
    for broken in uv_files(caller.env).broken:
        place = _PLACE.search(broken)
        way = opening(place["file"], int(place["line"])) if place else ""
        hint = f"'{way}' opens it there." if place else "Mend it, or remove it."
        why = "What it says of the package index does not count until it is mended."
        yield Finding("settings of uv", broken, hint, why=why, command=way)

"""What can be wrong with the Python that new kernels get, and with what uv is told of the way to packages."""

from collections.abc import Iterator

from sesync_cli.caller import Caller
from sesync_cli.check import Check, Finding
from sesync_cli.plan import Watch
from sesync_cli.site.settings import Site


def checks(caller: Caller, site: Site, watch: Watch) -> tuple[Check, ...]:
    """The site's default Python, which is looked for by the names of programs, and uv's own files."""
    return (
        Check("Python", site.kernels_start_seconds, lambda: _python(caller, site)),
        Check("settings of uv", site.data_patience_seconds, lambda: _uv(caller)),
    )


def _python(caller: Caller, site: Site) -> Iterator[Finding]:
    from sesync_cli.python.interpreters import Places, versions

    here = versions(Places(caller.env, site.python_places))
    if site.has("python_default") and site.python_default not in here:
        message = f"the site's default, Python {site.python_default}, is not on this machine"
        hint = f"'--python' names another: {', '.join(here)}." if here else f"Ask {site.support} for it."
        yield Finding("default Python", message, hint)


def _uv(caller: Caller) -> Iterator[Finding]:
    from sesync_cli.python.uv_settings import uv_files

    for broken in uv_files(caller.env).broken:
        yield Finding("settings of uv", broken, "What it says of the package index does not count until it is mended.")

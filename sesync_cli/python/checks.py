"""What can be wrong with the Python that new kernels get."""

from collections.abc import Iterator

from sesync_cli.caller import Caller
from sesync_cli.check import Check, Finding
from sesync_cli.plan import Watch
from sesync_cli.site.settings import Site


def checks(caller: Caller, site: Site, watch: Watch) -> tuple[Check, ...]:
    """The site's default Python, which is looked for by the names of programs."""
    return (Check("Python", site.kernels_start_seconds, lambda: _python(caller, site)),)


def _python(caller: Caller, site: Site) -> Iterator[Finding]:
    from sesync_cli.python.interpreters import Places, versions

    here = versions(Places(caller.env, site.python_places))
    if site.has("python_default") and site.python_default not in here:
        message = f"the site's default, Python {site.python_default}, is not on this machine"
        hint = f"'--python' names another: {', '.join(here)}." if here else f"Ask {site.support} for it."
        yield Finding("default Python", message, hint)

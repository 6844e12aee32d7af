"""What can be wrong with what no other command is about: home itself, the shell, Jupyter, the clock, and sesync."""

from itertools import chain

from sesync_cli.caller import Caller
from sesync_cli.check import Check
from sesync_cli.doctor import clock, home_folder, installation, jupyter, kernel_traffic, pip_files, shell
from sesync_cli.plan import Watch
from sesync_cli.site.settings import Site


def checks(caller: Caller, site: Site, watch: Watch) -> tuple[Check, ...]:
    """Each by its own files and programs; only the clock is compared with that of a server."""
    seconds = site.data_patience_seconds
    return (
        Check("files", seconds, lambda: home_folder.findings(caller, site)),
        Check("shell", seconds, lambda: chain(shell.findings(caller), pip_files.findings(caller))),
        Check("jupyter", seconds, lambda: jupyter.findings(caller)),
        Check("clock", seconds, lambda: clock.findings(caller, site)),
        Check("sesync", seconds, lambda: installation.findings(caller)),
        Check("server", seconds, lambda: kernel_traffic.findings(caller)),
    )

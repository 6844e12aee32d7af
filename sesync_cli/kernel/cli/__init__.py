"""sesync kernel: the table of its commands

What makes kernels is imported by the commands that make them, so that the list does not wait for it.
"""

import click

from sesync_cli.kernel.cli.adopt import adopt
from sesync_cli.kernel.cli.check import check
from sesync_cli.kernel.cli.keep import lock, share
from sesync_cli.kernel.cli.look import list_kernels, run, show
from sesync_cli.kernel.cli.make import create, remove
from sesync_cli.kernel.cli.mend import repair, update


@click.group()
def kernel() -> None:
    """Make and manage Jupyter kernels.

    A kernel is a Python with packages of its own, which Jupyter offers for notebooks.
    """


for command in (create, adopt, list_kernels, show, check, repair, update, lock, share, run, remove):
    kernel.add_command(command)

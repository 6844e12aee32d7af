"""sesync kernel create, adopt, list, show, check, run, remove

What makes kernels is imported by the commands that make them, so that the list does not wait for it.
"""

import click

from sesync_cli.kernel.cli.adopt import adopt
from sesync_cli.kernel.cli.check import check
from sesync_cli.kernel.cli.look import list_kernels, run, show
from sesync_cli.kernel.cli.make import create, remove


@click.group()
def kernel() -> None:
    """Make and manage Jupyter kernels.

    A kernel is a Python with packages of its own, which Jupyter offers for notebooks.
    """


for command in (create, adopt, list_kernels, show, check, run, remove):
    kernel.add_command(command)

"""sesync usage"""

import click

from sesync_cli import screen
from sesync_cli.answer import complete_file, plans_or_answers
from sesync_cli.errors import WrongWords
from sesync_cli.help import WithExamples
from sesync_cli.plan import Plan
from sesync_cli.session import Session
from sesync_cli.usage.breakdown import Usage, usage_of
from sesync_cli.usage.grouping import AGE, OWNER
from sesync_cli.usage.request import UsageRequest
from sesync_cli.usage.view import page


@click.command(cls=WithExamples)
@click.argument(
    "path", required=False, default="", shell_complete=complete_file, help="A file or folder; without it, your home."
)
@click.option(
    "--by",
    type=click.Choice([OWNER, AGE]),
    help="Show whose files they are, or how old, not what they are.",
)
@click.option("--clean", is_flag=True, help="Ask what may go, one thing after the other.")
@plans_or_answers(page)
@click.pass_obj
def usage(session: Session, path: str, by: str | None, clean: bool) -> Plan | Usage:
    """Show what fills your home, and what can go.

    It is told as a tree, and each file is counted once. With --clean: caches that are filled again when needed, the
    trash, checkpoints of notebooks that are gone, what broken-off runs left, and kernels that nothing can mend.
    """
    request = UsageRequest(path, by=by or "")
    if clean:
        if by:
            raise WrongWords("'--by' shows, and '--clean' asks what may go", hint="Leave out one of them.")
        from sesync_cli.usage.plans import plan_clean

        return plan_clean(request, session.caller, session.site, screen.doing)
    return usage_of(request, session.caller, session.site, screen.doing)

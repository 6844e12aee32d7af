"""sesync ssh-key"""

import click

from sesync_cli import screen
from sesync_cli.answer import plans_or_answers
from sesync_cli.errors import WrongWords
from sesync_cli.help import WithExamples
from sesync_cli.plan import Plan
from sesync_cli.session import Session
from sesync_cli.sshkey.checking import ShownKey, Standing, check_ssh, show_key
from sesync_cli.sshkey.plans import plan_key
from sesync_cli.sshkey.request import KeyRequest
from sesync_cli.terminal import terminal
from sesync_cli.view import Letter, View


def _view(answer: ShownKey | Standing) -> View:
    if isinstance(answer, ShownKey):
        return Letter(answer.public_key)
    lines = [f"Note: {warning}." for warning in answer.warnings]
    if answer.works:
        key = f"your key {answer.key}" if answer.key else "a key of yours"
        return "\n".join([f"{answer.host} knows {key}{f': {answer.greeting}' if answer.greeting else '.'}", *lines])
    for finding in answer.findings:
        lines += [f"- {finding['message']}.", f"  {finding['hint'] or ''}"]
    heading = f"{answer.host} knows your key, but:" if answer.enters else f"Ssh to {answer.host} does not work yet:"
    return "\n".join([heading, *lines])


@click.command("ssh-key", cls=WithExamples)
@click.argument("host", required=False, help="Another server, as 'github.com'; without it, the site's GitLab.")
@click.option("--show", "shows", is_flag=True, help="Print your public key, and nothing else.")
@click.option("--check", "checks", is_flag=True, help="Say what is wrong, and change nothing.")
@click.option("--no-passphrase", is_flag=True, help="Make the key without a passphrase, and do not ask for one.")
@plans_or_answers(_view, failed=lambda answer: isinstance(answer, Standing) and not answer.works)
@click.pass_obj
def ssh_key(
    session: Session, host: str | None, shows: bool, checks: bool, no_passphrase: bool
) -> Plan | ShownKey | Standing:
    """Set up your ssh key for the site's GitLab.

    It makes a key if you have none, closes what others can read, and sees to it that the server knows the key: by your
    token, or by what you paste there. Then it asks the server. What works already stays as it is.
    """
    if shows and checks:
        raise WrongWords("--show and --check are two questions", hint="Ask one at a time.")
    caller, site = session.caller, session.site
    if shows:
        return show_key(host, caller, site)
    if checks:
        return check_ssh(host, caller, site, screen.doing)
    request = KeyRequest(host, passphrase=not no_passphrase)
    return plan_key(request, caller, site, screen.doing, terminal(session))

"""What a person needs beside the code itself: a key that servers know, and a name for their commits."""

from collections.abc import Mapping
from pathlib import Path

from sesync_cli.clone.offers import introduction
from sesync_cli.errors import Refused, SesyncError
from sesync_cli.git import identity
from sesync_cli.git.address import Address, ssh_key_command
from sesync_cli.git.identity import Identity, Introduce
from sesync_cli.gitlab.account import my_identity
from sesync_cli.plan import Plan
from sesync_cli.sshkey.plans import plan_key
from sesync_cli.sshkey.request import KeyRequest
from sesync_cli.start.code import Repository
from sesync_cli.start.context import StartContext
from sesync_cli.start.parts import KEY, NAME, StartPart
from sesync_cli.steps import later


def key_parts(clones: Mapping[Repository, StartPart], context: StartContext) -> dict[str, StartPart]:
    """For each ssh server that clones are to come from, by the words of `server`: that it knows one's key."""
    wanted = [one for one, part in clones.items() if part.is_wanted and one.address.scheme == "ssh"]
    return {server(one.address): _key(one, context) for one in wanted}


def server(address: Address) -> str:
    """Which server an address leads to."""
    return f"{address.scheme}://{address.host}:{address.port}"


def _key(repository: Repository, context: StartContext) -> StartPart:
    address = repository.address
    says = f"have {address.host} know your ssh key"
    command = ssh_key_command(address, context.site)
    request = KeyRequest(next(iter(command.split()[2:]), None), passphrase=False)  # no word for the site's own server

    def make() -> Plan:
        return plan_key(request, context.caller, context.site, context.watch, context.prompter)

    try:
        plan = make()
    except SesyncError as error:
        return StartPart(KEY, says, failure=error)
    if not plan.steps:
        return StartPart(KEY, "your ssh key", result=plan.result, warnings=plan.warnings)
    if plan.questions and repository.is_told and request.host and not context.prompter.may_ask:
        # a yes beforehand is none to a server that somebody else has written down
        unknown = Refused(f"nobody has confirmed the key of {address.host}", hint=f"'{command}' shows it, and asks.")
        return StartPart(KEY, says, failure=unknown)
    return StartPart(KEY, says, later(make, "Setting up your ssh key", "\n".join(map(str, plan.steps))))


def known_name(folders: tuple[Path, ...], context: StartContext) -> tuple[StartPart, ...]:
    """That git knows who commits, where GitLab tells it; nothing where git knows already, or there is no code."""
    if not folders or identity.has_identity(Path("/")):
        return ()
    offer = _offer(context)
    if not offer.is_whole:
        return ()
    name = f"'{offer.name} <{offer.email}>'"
    return (
        StartPart(NAME, f"have your commits carry {name}", Plan((Introduce(offer),), f"Your commits carry {name}.")),
    )


def asked_name(folders: tuple[Path, ...], context: StartContext) -> tuple[tuple[StartPart, ...], tuple[str, ...]]:
    """That the person is asked for it, once these folders are there; what to do oneself where nobody is there."""
    if not folders or identity.has_identity(Path("/")) or _offer(context).is_whole:
        return (), ()
    who = introduction(folders, context.caller, context.site, context.prompter)
    if not who.steps:
        return (), tuple(who.warnings)
    plan = Plan(who.steps, "", after=lambda: {"warnings": tuple(who.warnings)})
    return (StartPart(NAME, "ask which name your commits shall carry", plan),), ()


def _offer(context: StartContext) -> Identity:
    return context.prompter.once("offer", lambda: my_identity(context.site, context.caller))

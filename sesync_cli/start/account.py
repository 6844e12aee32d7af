"""What a person needs beside the code itself: a key that servers know, and a name for their commits."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from sesync_cli.clone.offers import introduction, offered_name
from sesync_cli.errors import Refused, SesyncError
from sesync_cli.git import identity
from sesync_cli.git.address import Address, ssh_key_command, ssh_server_words
from sesync_cli.git.identity import Introduce
from sesync_cli.parted import PlanPart
from sesync_cli.plan import Plan
from sesync_cli.sshkey.plans import plan_key
from sesync_cli.sshkey.request import KeyRequest
from sesync_cli.start.code import Repository
from sesync_cli.start.context import KEY, NAME, StartContext
from sesync_cli.steps import later


def key_parts(clones: Mapping[Repository, PlanPart], context: StartContext) -> dict[str, PlanPart]:
    """For each ssh server that clones are to come from, by the words of `server`: that it knows one's key."""
    wanted = [one for one, part in clones.items() if part.is_wanted and one.address.scheme == "ssh"]
    servers = {server(one.address): one for one in wanted}
    return {name: _key(one, context) for name, one in servers.items()}


def server(address: Address) -> str:
    """Which server an address leads to."""
    return f"{address.scheme}://{address.host}:{address.port}"


def _key(repository: Repository, context: StartContext) -> PlanPart:
    address = repository.address
    says = f"have {address.host} know your ssh key"
    request = KeyRequest(next(iter(ssh_server_words(address, context.site)), None), passphrase=False)

    def make() -> Plan:
        return plan_key(request, context.caller, context.site, context.watch, context.prompter)

    try:
        plan = make()
    except SesyncError as error:
        return PlanPart(KEY, says, failure=error)
    if not plan.steps:
        return PlanPart(KEY, "your ssh key", result=plan.result, warnings=plan.warnings)
    if plan.questions and repository.is_told and request.host and not context.prompter.may_ask:
        # a yes beforehand is none to a server that somebody else has written down
        hint = f"'{ssh_key_command(address, context.site)}' shows it, and asks."
        return PlanPart(KEY, says, failure=Refused(f"nobody has confirmed the key of {address.host}", hint=hint))
    return PlanPart(KEY, says, later(make, "Setting up your ssh key", "\n".join(map(str, plan.steps))))


class NameParts(NamedTuple):
    """That commits carry one's name: what is done before there are clones, and after; and what to do oneself."""

    before: tuple[PlanPart, ...] = ()
    after: tuple[PlanPart, ...] = ()
    warnings: tuple[str, ...] = ()


def name_parts(folders: tuple[Path, ...], context: StartContext) -> NameParts:
    """Git is told the name that GitLab knows, else the person is asked once these folders are there.

    Nothing where git knows it already, or there is no code.
    """
    if not folders or identity.has_identity(Path("/")):
        return NameParts()
    offer = offered_name(context.caller, context.site, context.prompter)
    if offer.is_whole:
        name = f"'{offer.name} <{offer.email}>'"
        plan = Plan((Introduce(offer),), f"Your commits carry {name}.")
        return NameParts(before=(PlanPart(NAME, f"have your commits carry {name}", plan),))
    who = introduction(folders, context.caller, context.site, context.prompter)
    if not who.steps:
        return NameParts(warnings=tuple(who.warnings))
    plan = Plan(who.steps, "", after=lambda: {"warnings": tuple(who.warnings)})
    return NameParts(after=(PlanPart(NAME, "ask which name your commits shall carry", plan),))

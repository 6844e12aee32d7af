"""What all of a start is planned in: what somebody wants, who that is, where, and how they are asked."""

from dataclasses import dataclass

from sesync_cli.caller import Caller
from sesync_cli.clone.offers import offer_without_server
from sesync_cli.plan import Watch
from sesync_cli.prompter import Prompter
from sesync_cli.site.settings import Site
from sesync_cli.start.request import StartRequest

DATA, KEY, NAME, CODE, KERNEL = "data", "key", "name", "code", "kernel"
"""The kinds of parts that a start has."""


@dataclass(frozen=True)
class StartContext:
    """The request, and all that a plan is made from."""

    request: StartRequest
    caller: Caller
    site: Site
    watch: Watch
    prompter: Prompter

    @property
    def project(self) -> str:
        return self.request.project

    def gitlab_is_silent(self) -> None:
        """Keep in mind that the site's GitLab does not answer: it is not waited for again."""
        self.prompter.once("GitLab answers", lambda: False)
        offer_without_server(self.prompter)

    @property
    def gitlab_answers(self) -> bool:
        return self.prompter.once("GitLab answers", lambda: True)

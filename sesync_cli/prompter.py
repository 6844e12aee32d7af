"""Whoever can be asked while a plan is made, for plans that have to know more than a yes or a no."""

from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Prompter(Protocol):
    """Asks the person who calls, if one is there; every answer is theirs, and words for them never mix with an answer.

    A plan may be made twice: what is asked, of them or of a server, is asked `once`. To ask where nobody is there is an
    error.
    """

    @property
    def interactive(self) -> bool:
        """Whether somebody is there."""

    @property
    def dry_run(self) -> bool:
        """Whether nothing will be done, whatever the plan is."""

    @property
    def may_ask(self) -> bool:
        """Whether somebody is there to decide, who has not agreed to all beforehand, and something will be done."""

    @property
    def watched(self) -> bool:
        """Whether that person sees the answer, and no program or file takes it."""

    def once(self, what: str, find: Callable[[], T]) -> T:
        """What was found or answered under this name before; else what `find` gives now."""

    def text(self, question: str, default: str = "") -> str:
        """A line, or the default for an empty one."""

    def secret(self, question: str) -> str:
        """A line that is typed unseen, and is not empty."""

    def confirm(self, question: str, default: bool) -> bool:
        """Yes or no."""

    def number(self, question: str, most: int) -> int:
        """A number from 1 to this."""

    def note(self, words: str) -> None:
        """Tell them something that is no answer."""

    def line(self, text: str) -> None:
        """A line for them to copy: it stays one, however long it is."""

    def warn(self, words: str) -> None:
        """Tell them what they should know although it goes on."""

    def columns(self, most: int) -> int:
        """How many columns their screen has, if not more than this."""

    def pause(self, seconds: float | None) -> None:
        """Until Enter is pressed, or so many seconds have gone by."""

"""A rule that tells where a secret may stand, and lists of rules, of which most texts need none."""

import re
from collections.abc import Callable, Collection
from typing import NamedTuple

from sesync_cli.secrets.values import Found, not_a_placeholder

_LONG = re.compile(r"[^\s()\"'<>,;{}|`]{12,}")


class Rule(NamedTuple):
    """Where a secret may stand: the group `it` of the pattern, looked for in texts that have one of the hints."""

    hints: tuple[str, ...]  # in lower case
    pattern: str
    strikes: Callable[[Found], bool] = not_a_placeholder  # whether to strike it out of what others read
    certain: Callable[[Found], bool] | None = None  # whether a file with it should never be shared


class Rules:
    """Rules to try one after another, and which of them a text needs: most lines of most logs have no hint at all."""

    def __init__(self, *rules: Rule) -> None:
        self._rules = rules
        hints = {hint for rule in rules for hint in rule.hints}
        self._always = "" in hints
        hints.discard("")
        # what has no root in it has none of the hints that the root is a part of
        roots = [hint for hint in hints if not any(other in hint for other in hints if other != hint)]
        self._below = {root: [hint for hint in hints if root in hint] for root in roots}
        self._roots = tuple(roots)
        self._ascii = tuple(filter(str.isascii, roots))

    def hinted(self, text: str) -> list[Rule]:
        """Those that may find something in the text."""
        if not text:
            return []
        lower = text.lower()
        roots = [root for root in (self._ascii if lower.isascii() else self._roots) if root in lower]
        if not roots and not self._always:
            return []
        said = {"", *(hint for root in roots for hint in self._below[root] if hint in lower)}
        return [rule for rule in self._rules if not said.isdisjoint(rule.hints)]

    def hinted_by_long_words(self, text: str) -> list[Rule]:
        """Those that may find something, if that has no space in it and is as long as a token."""
        return self.hinted(" ".join(word for word in text.split() if len(word) >= 12 and _LONG.search(word)))

    def certain(self, but: Collection[Rule] = ()) -> "Rules":
        """Those that tell of a file that it should never be shared, but for some."""
        return Rules(*(rule for rule in self._rules if rule.certain and rule not in but))

"""The mail to support as a value: its sections put together, cleaned of secrets, and as a link for a mail program."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from sesync_cli.secrets import without_people, without_secrets
from sesync_cli.site.settings import Site

GIVE = "give it to whoever runs this server"
_LONGEST = 2_000  # letters of a mailto: link that browsers and mail programs take
_SUBJECT = 140  # letters that mail programs show of a subject
_WIDTH = 90  # letters of a line of facts


@dataclass(frozen=True)
class Section:
    """A part of the mail: a heading and lines."""

    title: str
    lines: Sequence[str]


@dataclass(frozen=True)
class Draft:
    """A mail that is ready to be read: to whom (None where nobody is named), about what, what it says, and a link."""

    to: str | None
    subject: str
    body: str
    mailto: str

    @property
    def text(self) -> str:
        """All of it, as it is shown and saved."""
        to = f"To: {self.to}\n" if self.to else ""
        return f"{to}Subject: {self.subject}\n\n{self.body}"

    def saved_in(self, place: str) -> "Draft":
        """The same mail with a link that says where the whole of it is."""
        return replace(self, mailto=_link(self, f"[shortened; the whole mail is in {place}]"))


def drafted(to: str | None, subject: str, sections: Iterable[Section]) -> Draft:
    """The mail with these sections; those without lines are left out."""
    parts = (f"{section.title}\n{_indented(section.lines)}" for section in sections if section.lines)
    body = _clean("\n\n".join(parts), to) + "\n"
    one_line = " ".join(_clean(subject, to).split())
    short = one_line if len(one_line) <= _SUBJECT else f"{one_line[: _SUBJECT - 1]}…"
    draft = Draft(to, short, body, "")
    return replace(draft, mailto=_link(draft, "[shortened; 'sesync report' prints the whole mail]"))


def aligned(facts: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Lines of facts, each behind its name; those that have several lines have them below each other."""
    told = [(f"{name}:", text.split("\n")) for name, text in facts]
    wide = max((len(name) for name, _ in told), default=0)
    return tuple(f"{name if not at else '':<{wide}} {line}" for name, lines in told for at, line in enumerate(lines))


def folded(words: Iterable[str], mark: str) -> str:
    """Words with a mark between them, in lines of a width that one can read."""
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + len(mark) + len(word) <= _WIDTH:
            lines[-1] += mark + word
        else:
            lines[-1:] = [lines[-1] + mark.rstrip()] if lines else []
            lines.append(word)
    return "\n".join(lines)


def ways(site: Site) -> str:
    """How a mail that is only drafted can get to support."""
    sends = ", '--send' sends it" if site.support_mailer else ""
    whom = "" if site.has("support_email") else f"This site names no address of support: {GIVE}. "
    return (
        f"{whom}Copy it into a mail, or: '-o FILE' saves it, '--link' prints a link that opens a mail program{sends}."
    )


def _link(draft: Draft, end: str) -> str:
    """A mailto: link (RFC 6068) with as many whole lines of the body as fit; `end` says where the rest is."""
    head = f"mailto:{quote(draft.to or '', safe='@')}?subject={quote(draft.subject, safe='')}&body="
    lines = [quote(f"{line}\r\n", safe="", errors="replace") for line in draft.body.splitlines()]
    if len(head) + sum(map(len, lines)) <= _LONGEST:
        return head + "".join(lines)
    last = quote(end, safe="", errors="replace")
    left, taken = _LONGEST - len(head) - len(last), ""
    for line in lines:
        if len(taken) + len(line) > left:
            break
        taken += line
    return (head + taken + last)[:_LONGEST] if len(last) <= _LONGEST - len(head) else head


def _indented(lines: Iterable[str]) -> str:
    return "\n".join(f"  {line}".rstrip() for one in lines for line in one.splitlines() or [""])


def _clean(text: str, to: str | None) -> str:
    """The text without secrets, other people's addresses, and letters that command a terminal."""
    letters = (one if one.isprintable() or one in "\n\t" else one.encode("unicode_escape").decode() for one in text)
    return without_people(without_secrets("".join(letters)), {to or ""})

"""What was found, as people read it: each thing with why it matters and what to type; then what is well."""

from collections.abc import Iterator

from sesync_cli.doctor.examination import Examination
from sesync_cli.names import joined, one_line
from sesync_cli.view import Notice, Page, View, bad, odd

_MARKS = {True: bad("✗"), False: odd("!")}


def examined(answer: Examination) -> View:
    """Each finding, and in one line all that is well."""
    return Page([*_parts(answer)])


def _parts(answer: Examination) -> Iterator[View]:
    told = {one.check for one in answer.findings}
    well = joined([name for name in answer.checks if name not in told])
    if not answer.findings:
        yield f"All is well: {well}."
        return
    for number, one in enumerate(answer.findings):
        message = one_line(one.message)
        more = one.why if one.command else " ".join(filter(None, (one.why, one.hint)))
        yield from [""] * bool(number)
        yield Notice(_MARKS[one.broken], f"{message[:1].upper()}{message[1:]}.", more or "", one.command or "")
    fixable = sum(one.fixable for one in answer.findings)
    if well or fixable:
        yield ""
    if well:
        yield f"All else is well: {well}."
    if fixable:
        some = f"{fixable} of these" if fixable < len(answer.findings) else "it" if fixable == 1 else "them"
        yield f"'sesync doctor --fix' mends {some}, once you agree."

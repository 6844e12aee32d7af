"""How tables and facts are laid out: as lines, parts of which have a style."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from sesync_cli.view import Command, Facts, Notice, Signpost, Table, Tone, Toned, Url
from sesync_cli.wrapping import cells, folded, printable, shown, typed, wrapped

_STYLES = {Tone.GOOD: "green", Tone.ODD: "yellow", Tone.BAD: "red"}
_GAP = "  "
_LEAST = 20  # columns in which a value stands beside its name


class Span(NamedTuple):
    """A part of a line, and its style as Rich names it."""

    text: str
    style: str = ""


Line = Sequence[Span]


def drawn(view: Table | Facts | Notice | Signpost, width: int) -> Iterator[Line]:
    """The lines of a view in so many columns. A table that would have to break a word becomes a list."""
    if isinstance(view, Facts):
        yield from _facts(view.title, view.facts, width)
        return
    if isinstance(view, Notice):
        yield from _notice(view, width)
        return
    if isinstance(view, Signpost):
        yield from _signpost(view, width)
        return
    heading = [Span(name, "bold") for name in view.columns]
    rows = [[_span(cell) for cell in row] for row in view.rows]
    if widths := _widths([heading, *rows], width):
        for row in (heading, *rows):
            yield from _row(row, widths)
        return
    for first, *others in view.rows:
        facts = [(name, cell) for name, cell in zip(view.columns[1:], others, strict=True) if cell]
        yield from _facts(first, facts, width)


def _span(text: str, style: str = "") -> Span:
    if isinstance(text, Toned):
        style = _STYLES[text.tone]
    elif isinstance(text, Url):
        style = f"underline link {printable(text)}"
    return Span(printable(text) if isinstance(text, Command) else shown(text), style)


def _widths(rows: Sequence[Line], width: int) -> list[int] | None:
    """How wide each column is; none if words would have to be broken."""
    columns = list(zip(*rows, strict=True))
    widths = [max(cells(line) for cell in column for line in cell.text.split("\n")) for column in columns]
    room = width - len(_GAP) * (len(widths) - 1)
    if sum(widths) <= room:
        return widths
    least = [max(cells(word) for cell in column for word in cell.text.split() or [""]) for column in columns]
    if sum(least) > room:
        return None
    while sum(widths) > room:
        widest = max((number for number, one in enumerate(widths) if one > least[number]), key=lambda n: widths[n])
        widths[widest] -= 1
    return widths


def _row(row: Line, widths: Sequence[int]) -> Iterator[Line]:
    """The lines of a row, in which a cell may have several."""
    parts = [wrapped(cell.text, width, least=1) for cell, width in zip(row, widths, strict=True)]
    for lines in zip_longest(*parts, fillvalue=""):
        last = max((number for number, line in enumerate(lines) if line), default=0)
        filled = [
            line + " " * (width - cells(line)) + _GAP for line, width in zip(lines[:last], widths[:last], strict=True)
        ]
        yield [Span(text, cell.style) for text, cell in zip([*filled, lines[last]], row, strict=False)]


def _notice(view: Notice, width: int) -> Iterator[Line]:
    """A mark, and to the right of it what there is to say."""
    mark = _span(view.mark)
    at = cells(mark.text) + 1
    for number, line in enumerate(wrapped(shown(view.message), max(width - at, _LEAST))):
        yield [Span(" " * at), Span(line)] if number else [mark, Span(f" {line}")]
    more = wrapped(shown(view.more), max(width - at, _LEAST)) if view.more else []
    command = folded(typed(view.command), max(width - at, _LEAST)) if view.command else []
    yield from ([Span(" " * at + line)] for line in (*more, *command))


def _signpost(view: Signpost, width: int) -> Iterator[Line]:
    """A sentence, and below it each line whole: on another computer, the shell may have other ways to go on."""
    yield from ([Span(line)] for line in wrapped(shown(view.says), width))
    yield from ([Span("  "), _span(line)] for line in view.lines)


def _facts(title: str, facts: Sequence[tuple[str, str]], width: int) -> Iterator[Line]:
    """A title, and below it names and values; what has no room beside its name stands below that."""
    yield [_span(title, "bold")]
    indent = max((2 + cells(name) for name, _ in facts), default=0) + len(_GAP)
    for name, value in facts:
        if isinstance(value, Command):
            yield from _command(name, value, indent, width)
            continue
        span = _span(value)
        beside = not _better_below(span.text, width - indent, width - 4)
        if not beside:
            yield [Span(f"  {name.lower()}", "dim")]
        at = indent if beside else 4
        for number, line in enumerate(wrapped(span.text, max(width - at, _LEAST))):
            lead = Span(f"  {name.lower()}".ljust(at) if beside and not number else " " * at, "dim")
            yield [lead, Span(line, span.style)] if line else [Span(lead.text.rstrip(), "dim")]


def _command(name: str, command: str, indent: int, width: int) -> Iterator[Line]:
    """A command beside its name, or below it where it goes on in more lines: those can be typed as they are."""
    beside = list(folded(typed(command), width - indent))
    if len(beside) == 1:
        yield [Span(f"  {name.lower()}".ljust(indent), "dim"), Span(beside[0])]
        return
    yield [Span(f"  {name.lower()}", "dim")]
    yield from ([Span(f"    {line}")] for line in folded(typed(command), width - 4))


def _better_below(text: str, beside: int, below: int) -> bool:
    """Whether a value has more room in a line of its own, where beside its name a word would not be whole."""
    longest = max(map(cells, text.split()), default=0)
    return longest > beside and (longest <= below or " " not in text)

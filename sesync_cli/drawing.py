"""How tables and facts are laid out: as lines of text, and as Rich draws them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sesync_cli.view import Facts, Table

if TYPE_CHECKING:
    from rich.console import RenderableType

_NARROW = 60  # columns below which a table that does not fit is shown as a list


def printable(text: str) -> str:
    """The text with control characters and undecodable bytes made visible, so that no name can command a terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)


def drawn(view: Table | Facts, width: int) -> "RenderableType":
    from rich.console import Group
    from rich.text import Text

    if isinstance(view, Facts):
        return _facts(view.facts, view.title)
    heading, *lines = aligned(view)
    if max(map(cells, (heading, *lines))) <= width:
        # what fits is laid out here: Rich's own tables take their time over hundreds of rows
        return Group(Text(heading, style="bold"), Text("\n".join(lines)))
    if width < _NARROW:
        named = (tuple(zip(view.columns, row, strict=True)) for row in view.rows)
        return Group(*(_facts([fact for fact in facts[1:] if fact[1]], facts[0][1]) for facts in named))
    return _table(view)


def aligned(view: Table) -> list[str]:
    """The heading and the rows as lines, each column as wide as its widest cell."""
    rows = [view.columns, *(tuple(map(printable, row)) for row in view.rows)]
    widths = [max(map(cells, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(c + " " * (n - cells(c)) for c, n in zip(row, widths, strict=True)).rstrip() for row in rows]


def cells(text: str) -> int:
    """The columns of a terminal that a text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def _table(view: Table) -> "RenderableType":
    from rich.table import Table as RichTable
    from rich.text import Text

    table = RichTable(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in view.columns:
        table.add_column(Text(column), overflow="fold")
    for row in view.rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    return table


def _facts(facts: Sequence[tuple[str, str]], title: str) -> "RenderableType":
    from rich.console import Group
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in facts:
        grid.add_row(Text(f"  {name.lower()}", style="dim"), Text(printable(value)))
    return Group(Text(printable(title), style="bold"), grid)

"""The only module that draws. Rich is imported when there is something to draw with it."""

import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from sesync_cli.plan import Report
from sesync_cli.view import Facts, Page, Table, View

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.progress import Progress

_NARROW = 60  # columns below which a table that does not fit is shown as a list
_ENDLESS = 10_000  # columns where nobody looks
_PATIENCE = 0.4  # seconds of work that go by before progress is shown


def show(view: View) -> None:
    """The answer, on standard output."""
    if isinstance(view, str):
        print(printable(view))
    elif isinstance(view, Page):
        for part in view.views:
            show(part)
    elif not isinstance(view, Table | Facts):
        print("\n".join(map(printable, view.lines(_ENDLESS if _unseen(sys.stdout) else width(_ENDLESS)))))
    elif isinstance(view, Table) and not view.rows:
        print(printable(view.empty), file=sys.stderr)
    elif isinstance(view, Table) and _unseen(sys.stdout):
        print("\n".join(_aligned(view)))
    else:
        console = _console(sys.stdout)
        with console.capture() as drawn:
            console.print(_drawn(view, console))
        print("\n".join(line.rstrip() for line in drawn.get().splitlines()))
    if isinstance(view, Table) and view.note:
        sys.stdout.flush()
        note(view.note)


def fail(message: str, hint: str = "") -> None:
    """What went wrong and what to do, on standard error."""
    _labelled("Error: ", message, "bold red")
    if hint:
        _labelled("Hint:  ", hint, "bold")


def warn(message: str) -> None:
    """What the person should know although it went well, on standard error."""
    _labelled("Warning: ", message, "yellow")


def note(message: str) -> None:
    """A word beside the answer, on standard error."""
    print(printable(message), file=sys.stderr)


def scene(sentence: str, line: str) -> None:
    """A sentence and a command line, on standard output, before the command's own words."""
    if sys.stdout.isatty():
        from rich.text import Text

        console = _console(sys.stdout)
        console.print(Text(f"\n{sentence}", style="italic cyan"))
        if line:
            prompt, dollar, command = line.partition("$ ")
            console.print(Text.assemble((prompt + dollar, "green"), (command, "bold")), soft_wrap=True)
    else:
        print(f"\n{sentence}" + (f"\n{line}" if line else ""))
    sys.stdout.flush()


def width(most: int) -> int:
    """The columns that can be drawn in, at most this many."""
    import shutil

    return min(most, shutil.get_terminal_size().columns)


def raw(text: str) -> None:
    """Text for programs (JSON, a completion script), on standard output, as it is."""
    print(text)


@contextmanager
def doing(words: str) -> Iterator[Report]:
    """A spinner or a bar while something is done that takes its time; silence where nobody is looking.

    Words that end in `...` are a line of their own, and the bar waits for the first report: until then the program that
    does the work may ask the person for a password on this terminal.
    """
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda fraction, detail: None
        return
    display = _Display(words)
    if words.endswith("..."):
        note(words)
    else:
        display.start_late()
    try:
        yield display.update
    finally:
        display.stop()


class _Display:
    """A progress line that appears late and goes away without a trace."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.state: tuple[float | None, str] = (None, "")
        self.lock = threading.Lock()
        self.over = False
        self.progress: Progress | None = None
        self.timer: threading.Timer | None = None

    def start_late(self) -> None:
        self.timer = threading.Timer(_PATIENCE, self.start)
        self.timer.daemon = True
        self.timer.start()

    def start(self) -> None:
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        text = TextColumn("{task.description}", markup=False)
        detail = TextColumn("{task.fields[detail]}", markup=False, style="dim")
        columns = (SpinnerColumn(), text, BarColumn(bar_width=20), TimeElapsedColumn(), detail)
        with self.lock:
            if self.over:
                return
            self.progress = Progress(*columns, console=_console(sys.stderr), transient=True, expand=False)
            self.task = self.progress.add_task(self.words, total=None, detail="")
            self.progress.start()
            self._draw()

    def update(self, fraction: float | None, detail: str) -> None:
        self.state = (fraction, printable(detail).strip()[:60])
        if self.timer is None:
            self.start_late()
        with self.lock:
            self._draw()

    def stop(self) -> None:
        with self.lock:
            self.over = True
            if self.timer:
                self.timer.cancel()
            if self.progress:
                self.progress.stop()

    def _draw(self) -> None:
        if self.progress and not self.over:
            fraction, detail = self.state
            total, completed = (1.0, fraction) if fraction is not None else (None, 0.0)
            self.progress.update(self.task, total=total, completed=completed, detail=detail)


def printable(text: str) -> str:
    """The text with control characters and undecodable bytes made visible, so that no name can command a terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)


def _labelled(label: str, message: str, style: str) -> None:
    if not sys.stderr.isatty():
        print(label + printable(message), file=sys.stderr)
        return
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid.grid(padding=0)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(Text(label, style=style), Text(printable(message)))
    _console(sys.stderr).print(grid)


def _drawn(view: Table | Facts, console: "Console") -> "RenderableType":
    from rich.console import Group
    from rich.text import Text

    if isinstance(view, Facts):
        return _facts(view.facts, view.title)
    heading, *lines = _aligned(view)
    if max(map(cells, (heading, *lines))) <= console.width:
        # what fits is laid out here: Rich's own tables take their time over hundreds of rows
        return Group(Text(heading, style="bold"), Text("\n".join(lines)))
    if console.width < _NARROW:
        named = (tuple(zip(view.columns, row, strict=True)) for row in view.rows)
        return Group(*(_facts([fact for fact in facts[1:] if fact[1]], facts[0][1]) for facts in named))
    return _table(view)


def _aligned(view: Table) -> list[str]:
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


def _console(stream: TextIO) -> "Console":
    from rich.console import Console

    return Console(file=stream, width=_ENDLESS if _unseen(stream) else None, highlight=False, markup=False, emoji=False)


def _unseen(stream: TextIO) -> bool:
    return not stream.isatty() and "COLUMNS" not in os.environ  # then a line stays a line, for grep and for logs

"""What is shown, on which stream, and progress while one waits. Rich is imported when there is something to draw."""

import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from sesync_cli.drawing import aligned, drawn, printable
from sesync_cli.errors import Remedy
from sesync_cli.plan import Report
from sesync_cli.view import Facts, Page, Table, View

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

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
        print("\n".join(aligned(view)))
    else:
        console = _console(sys.stdout)
        with console.capture() as text:
            console.print(drawn(view, console.width))
        print("\n".join(line.rstrip() for line in text.get().splitlines()))
    if isinstance(view, Table) and view.end:
        print(printable(view.end))
    if isinstance(view, Table) and view.note:
        sys.stdout.flush()
        note(view.note)


def fail(message: str, hint: str = "", lines: Sequence[str] = (), remedies: Sequence[Remedy] = ()) -> None:
    """What went wrong, the lines of a log that say more, what would work, and what else to do, on standard error."""
    _labelled("Error: ", message, "bold red")
    for line in lines:
        note(f"  {line}")
    for remedy in remedies:
        _labelled("Try:   ", f"{remedy.says}:", "bold")
        for command in remedy.typed:
            note(f"       {command}")
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
    """A progress line that appears late and goes away without a trace; several at once stand under each other."""

    lock = threading.Lock()
    progress: "Progress | None" = None

    def __init__(self, words: str) -> None:
        self.words = words
        self.state: tuple[float | None, str] = (None, "")
        self.over = False
        self.task: TaskID | None = None
        self.timer: threading.Timer | None = None

    def start_late(self) -> None:
        self.timer = threading.Timer(_PATIENCE, self.start)
        self.timer.daemon = True
        self.timer.start()

    def start(self) -> None:
        with self.lock:
            if self.over:
                return
            progress = _Display.progress = _Display.progress or _progress()
            self.task = progress.add_task(self.words, total=None, detail="")
            progress.start()
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
            if self.progress and self.task is not None:
                self.progress.remove_task(self.task)
                if not self.progress.task_ids:
                    self.progress.stop()
                    _Display.progress = None

    def _draw(self) -> None:
        if self.progress and self.task is not None and not self.over:
            share, detail = self.state
            self.progress.update(self.task, total=share if share is None else 1, completed=share or 0, detail=detail)


def _progress() -> "Progress":
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    words = (TextColumn("{task.description}", markup=False), BarColumn(bar_width=20), TimeElapsedColumn())
    detail = TextColumn("{task.fields[detail]}", markup=False, style="dim")
    return Progress(SpinnerColumn(), *words, detail, console=_console(sys.stderr), transient=True, expand=False)


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


def _console(stream: TextIO) -> "Console":
    from rich.console import Console

    return Console(file=stream, width=_ENDLESS if _unseen(stream) else None, highlight=False, markup=False, emoji=False)


def _unseen(stream: TextIO) -> bool:
    return not stream.isatty() and "COLUMNS" not in os.environ  # then a line stays a line, for grep and for logs

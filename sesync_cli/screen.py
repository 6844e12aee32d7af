"""What is shown, on which stream, and progress while one waits. What draws, Rich too, is imported only for that."""

import os
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO

from sesync_cli.errors import Remedy
from sesync_cli.plan import Report
from sesync_cli.view import Commands, Facts, Letter, Notice, Page, Signpost, Table, View
from sesync_cli.wrapping import folded, printable, shown, typed, wrapped

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

    from sesync_cli.drawing import Line

_ENDLESS = 10_000  # columns where nobody looks
_ANSWER = 8  # columns for what a prompt adds, and for an answer
_PATIENCE = 0.4  # seconds of work that go by before progress is shown


def show(view: View) -> None:
    """The answer, on standard output."""
    if isinstance(view, Page):
        for part in view.views:
            show(part)
    elif isinstance(view, str):
        _say(view, sys.stdout)
    elif isinstance(view, Letter):
        print(printable(view.text))
    elif isinstance(view, Commands):
        print("\n".join(part for line in view.lines for part in folded(typed(line), _reading_width(sys.stdout))))
    elif isinstance(view, Table) and not view.rows:
        note(view.empty)
    elif isinstance(view, Table | Facts | Notice | Signpost):
        from sesync_cli.drawing import drawn

        _draw(drawn(view, _width(sys.stdout)), sys.stdout)
    else:
        from sesync_cli.tree import branching

        print("\n".join(branching(view, _width(sys.stdout))))
    if isinstance(view, Table) and view.end:
        _say(view.end, sys.stdout)
    if isinstance(view, Table) and view.note:
        sys.stdout.flush()
        note(view.note)


def fail(message: str, hint: str = "", lines: Sequence[str] = (), remedies: Sequence[Remedy] = ()) -> None:
    """What went wrong, the lines of a log that say more, what would work, and what else to do, on standard error."""
    _labelled("Error: ", message, "bold red")
    for line in lines:
        print(f"  {shown(line)}", file=sys.stderr)
    for remedy in remedies:
        _labelled("Try:   ", f"{remedy.says}:", "bold")
        for command in remedy.typed:
            for line in folded(typed(command), _reading_width(sys.stderr) - 7):
                print(f"       {line}", file=sys.stderr)
    if hint:
        _labelled("Hint:  ", hint, "bold")


def end(message: str, hint: str = "") -> None:
    """What the person ended themselves, by a no or by an interrupt, on standard error."""
    note(f"{message[:1].upper()}{message[1:]}.")
    if hint:
        _labelled("Hint:  ", hint, "bold")


def warn(message: str) -> None:
    """What the person should know although it went well, on standard error."""
    _labelled("Warning: ", message, "yellow")


def note(message: str) -> None:
    """A word beside the answer, on standard error."""
    _say(message, sys.stderr)


def question(text: str) -> str:
    """The last line of a question, for a prompt; what stands before that is said here, on standard error."""
    *before, last = wrapped(shown(text), _reading_width(sys.stderr) - _ANSWER)
    for line in before:
        print(line, file=sys.stderr)
    return last


def letter(text: str) -> None:
    """Words for somebody else, on standard error, for the person to see; nothing where there are none."""
    if text:
        print(printable(text), file=sys.stderr)


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
    """The columns that can be drawn in, at most this many: as COLUMNS says, else those of the terminal."""
    said = os.environ.get("COLUMNS", "")
    if said.isdecimal() and int(said):
        return min(most, int(said))
    for stream in (sys.stdout, sys.stderr, sys.stdin):  # one of them may be a file
        with suppress(OSError, ValueError, AttributeError):
            if columns := os.get_terminal_size(stream.fileno()).columns:
                return min(most, columns)
    return min(most, 80)


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
        self.words = shown(words)
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
        self.state = (fraction, shown(detail).strip()[:60])
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


def _say(text: str, stream: TextIO) -> None:
    print("\n".join(wrapped(shown(text), _reading_width(stream))), file=stream)


def _labelled(label: str, message: str, style: str) -> None:
    """A label, and a message that stays to the right of it where people read it."""
    if not sys.stderr.isatty():
        print(label + shown(message), file=sys.stderr)
        return
    from sesync_cli.drawing import Span

    first, *rest = wrapped(shown(message), _reading_width(sys.stderr) - len(label))
    _draw([[Span(label, style), Span(first)], *([Span(" " * len(label) + line)] for line in rest)], sys.stderr)


def _draw(lines: "Iterable[Line]", stream: TextIO) -> None:
    """Lines with their styles, where somebody sees these."""
    if not stream.isatty():
        print("\n".join("".join(span.text for span in line) for line in lines), file=stream)
        return
    from rich.text import Text

    text = Text("\n").join(Text.assemble(*line) for line in lines)
    _console(stream).print(text, soft_wrap=True)


def _width(stream: TextIO) -> int:
    """The columns for tables; where nobody looks, a line stays a line, for grep and for logs."""
    return width(_ENDLESS) if "COLUMNS" in os.environ else _reading_width(stream)


def _reading_width(stream: TextIO) -> int:
    """The columns for sentences, which are wrapped for people alone."""
    return width(_ENDLESS) if stream.isatty() else _ENDLESS


def _console(stream: TextIO) -> "Console":
    from rich.console import Console

    return Console(file=stream, highlight=False, markup=False, emoji=False)

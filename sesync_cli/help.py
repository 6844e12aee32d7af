"""How `--help` is laid out: no word is broken, also where there are 40 columns."""

from collections.abc import Iterable

import click

from sesync_cli.lazy import LazyGroup
from sesync_cli.screen import width
from sesync_cli.wrapping import cells, wrapped

_LIST = 60  # columns below which what a word means stands below it
_SHORT = 12  # columns of words that stand beside what they mean all the same
_WHOLE = 1000  # letters that no sentence has
_MARGIN = 2
_RAW = "\b\n"  # click's sign for lines that stay as they are


class Help(click.HelpFormatter):
    """Click's own, which takes 50 columns where there are fewer, and breaks words that begin with dashes."""

    def __init__(self, indent_increment: int = 2, width: int | None = None, max_width: int | None = None) -> None:
        super().__init__(indent_increment, width or _columns(max_width or 80), max_width)

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        start = f"{prefix or 'Usage: '}{prog} "
        first, *rest = wrapped(args, self._room - cells(start))
        lines = [f"{start}{first}", *(" " * cells(start) + line for line in rest)]
        if max(map(cells, lines)) > self.width:  # the words of the command leave too little of the line
            lines = [start, *(f"           {line}" for line in wrapped(args, self._room - 11))]
        self.write("".join(f"{line.rstrip()}\n" for line in lines))

    def write_text(self, text: str) -> None:
        indent = " " * self.current_indent
        for number, paragraph in enumerate(text.expandtabs().split("\n\n")):
            raw = paragraph.startswith(_RAW)
            lines = paragraph.removeprefix(_RAW).splitlines() if raw else wrapped(_joined(paragraph), self._room)
            self.write("\n" * bool(number) + "".join(f"{indent}{line}".rstrip() + "\n" for line in lines))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        rows, indent = list(rows), " " * self.current_indent
        longest = max((cells(term) for term, _ in rows), default=0)
        first = min(longest, col_max) + col_spacing
        if self.width < _LIST and longest > _SHORT:
            first = 6
        for term, meaning in rows:
            lines = list(wrapped(_joined(meaning), self._room - first))
            if lines and cells(term) <= first - col_spacing:
                term = term.ljust(first) + lines.pop(0)
            self.write(
                "".join(f"{indent}{line}".rstrip() + "\n" for line in (term, *(" " * first + one for one in lines)))
            )

    @property
    def _room(self) -> int:
        return self.width - self.current_indent


class Group(LazyGroup):
    """Commands in the order in which they are written, each with its whole first sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, one.get_short_help_str(limit=_WHOLE)) for name, one in self.commands.items()])


def _columns(most: int) -> int:
    return width(most) - _MARGIN


def _joined(paragraph: str) -> str:
    return " ".join(paragraph.split())

"""How `--help` is laid out: no word is broken, also where there are 40 columns; and how it ends: with two examples."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import click

from sesync_cli.errors import SesyncError
from sesync_cli.lazy import LazyGroup
from sesync_cli.screen import width
from sesync_cli.session import Session
from sesync_cli.synonyms import same_as
from sesync_cli.wrapping import cells, folded, wrapped

EXAMPLES = Path(__file__).with_name("examples.toml")

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

    def write_examples(self, examples: Mapping[str, str]) -> None:
        """Command lines that can be copied as they stand, and below each what comes of it."""
        indent = " " * self.current_indent
        for command, meaning in examples.items():
            lines = [*folded(command, self._room), *(f"    {line}" for line in wrapped(meaning, self._room - 4))]
            self.write("".join(f"{indent}{line}\n" for line in lines))

    @property
    def _room(self) -> int:
        return self.width - self.current_indent


class WithExamples(click.Command):
    """A command whose help ends with its examples."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Two examples, and where there is more to read."""
        examples = examples_of(ctx.command_path.split()[1:])
        if examples and isinstance(formatter, Help):
            with formatter.section("Examples"):
                formatter.write_examples(examples)
        if address := _documentation(ctx):
            lines = wrapped(f"Documentation: {address}", formatter.width)
            formatter.write("".join(f"{line}\n" for line in ("", *lines)))


class Group(WithExamples, LazyGroup):
    """Commands in the order in which they are written, each with its whole first sentence.

    `tasks` are headings, each with the commands below it; `others` are commands that are not listed, and known all the
    same. A word that means the same as one of the commands is taken for it.
    """

    command_class = WithExamples
    tasks: Mapping[str, Sequence[str]] = {}
    others: Mapping[str, click.Command] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if found := super().get_command(ctx, cmd_name) or self.others.get(cmd_name):
            return found
        same = same_as(cmd_name, self.commands)
        return super().get_command(ctx, same) if same else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        _, command, rest = super().resolve_command(ctx, args)
        return command.name if command else None, command, rest

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for task, names in (self.tasks or {"Commands": list(self.commands)}).items():
            with formatter.section(task):
                formatter.write_dl([(name, self.commands[name].get_short_help_str(limit=_WHOLE)) for name in names])


def examples_of(path: Sequence[str]) -> dict[str, str]:
    """The examples of the command with this path: each command line, and what comes of it."""
    if not path:
        return {}
    import tomllib

    table = tomllib.loads(EXAMPLES.read_text(encoding="utf-8"))
    for word in path:
        table = table.get(word, {})
    return {command: meaning for command, meaning in table.items() if isinstance(meaning, str)}


def _documentation(ctx: click.Context) -> str:
    """The address of the site's documentation; empty where it has none, or nobody can say."""
    session = ctx.parent and ctx.find_object(Session)
    try:
        return session.site.support_url if session and session.site.has("support_url") else ""
    except SesyncError:
        return ""


def _columns(most: int) -> int:
    return width(most) - _MARGIN


def _joined(paragraph: str) -> str:
    return " ".join(paragraph.split())

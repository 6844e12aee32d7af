"""What the tour shows: the commands of J. Smith's first day, run for real in the sandbox."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.errors import SesyncError
from sesync_cli.plan import by_hand
from sesync_cli.run import attended
from sesync_cli.tour.sandbox import FILES, Sandbox


@dataclass(frozen=True)
class Scene:
    """A command in a folder of the home, with the sentence that comes before it; `typed` if a person would type it."""

    sentence: str
    argv: tuple[str, ...]
    folder: str = ""
    typed: bool = True

    @property
    def line(self) -> str:
        """The command behind its prompt."""
        place = f"~/{self.folder}" if self.folder else "~"
        return f"jsmith@sesync:{place}$ {by_hand(*self.argv)}" if self.typed else ""


@dataclass(frozen=True)
class ShownScene:
    """A scene that was shown: the command, its exit code, and its output where it was caught."""

    command: str
    exit_code: int
    output: str


Watch = Callable[[Scene], None]
"""Hears of a scene before it is run."""


def scenes(plot: Path, columns: int) -> tuple[Scene, ...]:
    """The tour's scenes; the plot is drawn that many columns wide."""
    draw = ("sesync", "kernel", "run", "analysis", "--", "python", str(FILES / "draw.py"), str(plot), str(columns))
    return (
        Scene("The group's data directory, beside one's own files.", ("sesync", "link", "cooltrees")),
        Scene("The group's code, from the centre's GitLab.", ("sesync", "clone", "cooltrees/analysis")),
        Scene("A kernel with the packages that this code asks for.", ("sesync", "kernel", "create"), "analysis"),
        Scene("One package more, for every notebook of this Python.", ("sesync", "install", "tabulate")),
        Scene("All kernels, and what they take.", ("sesync", "kernel", "list")),
        Scene(
            "The analysis, run by that kernel.",
            ("sesync", "kernel", "run", "analysis", "--", "python", "heat.py"),
            "analysis",
        ),
        Scene("The plot, which everybody in the group now finds in the data directory.", draw, typed=False),
    )


def play(box: Sandbox, inside: Mapping[str, str], watch: Watch, *, columns: int, catch: bool) -> list[ShownScene]:
    """Run the scenes one after the other; one that fails ends the tour with an error."""
    shown = []
    for scene in scenes(box.data / "crown_and_heat.png", columns):
        watch(scene)
        ended = attended(scene.argv, env=inside, cwd=box.home / scene.folder, catch=catch)
        shown.append(ShownScene(by_hand(*scene.argv), ended.code, ended.out))
        if ended.code:
            why = f": {ended.err.strip()}" if ended.err else ""
            raise SesyncError(f"the tour ended early, at '{by_hand(*scene.argv)}'{why}")
    return shown

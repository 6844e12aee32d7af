"""What is to be in a kernel: packages that somebody names, and what files ask for."""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from sesync_cli.kernel.packages import Requirements
from sesync_cli.kernel.recipe import Recipe, digests
from sesync_cli.kernel.sources import Source, source_of
from sesync_cli.names import few


@dataclass(frozen=True)
class Ingredients:
    """What is to be in a kernel: packages in words, files as for pip, what a source asks for, modules."""

    packages: tuple[str, ...] = ()
    requirements: tuple[Path, ...] = ()
    source: Source | None = None
    dev: bool = False
    modules: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    added: tuple[str, ...] = ()

    @cached_property
    def sources(self) -> list[Source]:
        """All that files say, the source first."""
        return [*([self.source] if self.source else []), *map(source_of, self.requirements)]

    @property
    def required(self) -> Requirements:
        """What an installer is told."""
        first, *more = [*(one.required for one in self.sources), Requirements()]
        for one in more:
            first = first.with_more(one)
        return replace(first, packages=(*first.packages, *self.packages, *self.added))

    @property
    def remarks(self) -> tuple[str, ...]:
        return tuple(remark for one in self.sources for remark in one.remarks)

    @property
    def questions(self) -> tuple[str, ...]:
        return tuple(one.question for one in self.sources if one.question)

    @property
    def note(self) -> str:
        return "\n".join(one.note for one in self.sources if one.note)

    @property
    def python(self) -> str:
        """The Python that is asked for, by the first file that does."""
        return next((one.python for one in self.sources if one.python), "")

    def recipe(self, python: str) -> Recipe:
        """What the kernel's spec will keep."""
        return Recipe(
            python=python,
            packages=self.packages,
            requirements=tuple(map(str, self.requirements)),
            source=str(self.source.path) if self.source else "",
            dev=self.dev,
            modules=self.modules,
            env=self.env,
            files=digests([file for one in self.sources for file in one.files]),
            added=self.added,
        )

    @property
    def told(self) -> str:
        """Where it comes from, for the end of a sentence."""
        if not self.source:
            return ""
        others = few([path.name for path in self.source.passed_over])
        return f" from {self.source.called or self.source.path.name}" + (f", not {others}" if others else "")

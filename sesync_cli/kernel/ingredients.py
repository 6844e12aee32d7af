"""What is to be in a kernel: packages that somebody names, and what files ask for."""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from sesync_cli.errors import WrongWords
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
        said = sorted((one.required for one in self.sources), key=lambda one: not one.is_lock)
        if len([one for one in said if one.is_lock]) > 1:
            raise WrongWords("only one lock can be followed", hint="Give one, and lists of packages beside it.")
        base = said[0] if said else Requirements()
        for one in said[1:]:
            base = base.with_more(one)
        return replace(base, packages=(*base.packages, *self.packages, *self.added))

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

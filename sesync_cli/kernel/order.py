"""From what somebody says to the kernel that is wanted: words, files and a source become a wish and a recipe."""

from dataclasses import dataclass, replace
from pathlib import Path

from sesync_cli.kernel.asked import Asked
from sesync_cli.kernel.create import Wanted
from sesync_cli.kernel.packages import Wish
from sesync_cli.kernel.recipe import Recipe, digests
from sesync_cli.kernel.requirements import hashes, included
from sesync_cli.kernel.specs import Kernel
from sesync_cli.python.interpreters import Interpreter


@dataclass(frozen=True)
class Order:
    """What is to be in a kernel: packages in words, files as for pip, what a source asks for, modules."""

    packages: tuple[str, ...] = ()
    requirements: tuple[Path, ...] = ()
    asked: Asked | None = None
    dev: bool = False
    modules: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    added: tuple[str, ...] = ()

    @property
    def wish(self) -> Wish:
        """What an installer is told."""
        base = self.asked.wish if self.asked else Wish()
        return replace(
            base,
            packages=(*base.packages, *self.packages, *self.added),
            requirements=(*base.requirements, *self.requirements),
            hashes={**base.hashes, **hashes(self._included)},
        )

    def recipe(self, python: str) -> Recipe:
        """What the kernel's spec will keep."""
        return Recipe(
            python=python,
            packages=self.packages,
            requirements=tuple(map(str, self.requirements)),
            source=str(self.asked.source) if self.asked else "",
            dev=self.dev,
            modules=self.modules,
            env=self.env,
            files=digests([*(self.asked.files if self.asked else ()), *self._included]),
            added=self.added,
        )

    @property
    def told(self) -> str:
        """Where it comes from, for the end of a sentence."""
        if not self.asked:
            return ""
        others = " and ".join(path.name for path in self.asked.passed_over)
        return f" from {self.asked.called or self.asked.source.name}" + (f", not {others}" if others else "")

    @property
    def _included(self) -> list[Path]:
        return [file for path in self.requirements for file in included(path)]


def wanted_again(kernel: Kernel, order: Order, interpreter: Interpreter) -> Wanted:
    """The same kernel with this order and this Python: its name, its title and the variables that it sets are kept."""
    usual = kernel.recipe is not None and kernel.display_name == f"{kernel.name} (Python {kernel.recipe.minor})"
    title = "" if usual else kernel.display_name
    return Wanted(kernel.name, interpreter, order.recipe(interpreter.version), order.wish, title)

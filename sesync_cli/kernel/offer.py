"""The writing of a kernel's spec, which is what makes Jupyter offer the kernel."""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sesync_cli.errors import Conflict
from sesync_cli.kernel.recipe import Recipe
from sesync_cli.kernel.size import remember_size, site_packages
from sesync_cli.kernel.specs import Folders, kernel_in
from sesync_cli.lock import mark_finished, remove, vanish
from sesync_cli.plan import Report, by_hand


def kernel_env(environment: Path, python: str) -> dict[str, str]:
    """What a kernel's spec sets: its own programs first, and nothing of the user's other Pythons."""
    # Python 3.6 takes an empty PYTHONHOME for a folder, and does not start
    home = {} if python == "3.6" else {"PYTHONHOME": ""}
    others = {"PYTHONNOUSERSITE": "1", "PYTHONPATH": "", "PYTHONSTARTUP": "", "PIP_USER": "0"}
    return home | command_env(environment) | others


def command_env(environment: Path) -> dict[str, str]:
    """What makes an environment's own programs the first to be found."""
    place = str(environment).replace("$", "$$")  # Jupyter fills in what follows a single one
    return {"PATH": f"{place}/bin:${{PATH}}", "VIRTUAL_ENV": place}


def kernel_argv(environment: Path) -> tuple[str, ...]:
    return (str(environment / "bin/python"), "-m", "ipykernel_launcher", "-f", "{connection_file}")


@dataclass(frozen=True)
class OfferKernel:
    """Write a kernel's spec, which makes Jupyter offer it; the last step of all."""

    name: str
    display_name: str
    folders: Folders
    env: Mapping[str, str]
    recipe: Recipe
    version: str
    doing: str = "Offering the kernel in Jupyter"

    def do(self, report: Report) -> None:
        environment, spec = self.folders.environment(self.name), self.folders.spec(self.name)
        remember_size(environment)
        beside = self.folders.aside(self.name)
        remove(beside)
        self.folders.specs.mkdir(parents=True, exist_ok=True)
        beside.mkdir()
        _write_private(beside / "kernel.json", json.dumps(self._spec(environment), indent=1))
        for logo in (site_packages(environment) or environment).glob("ipykernel/resources/logo-*"):
            shutil.copyfile(logo, beside / logo.name)
        try:
            beside.rename(spec)
        except OSError as error:
            if not os.path.lexists(spec):
                raise
            raise Conflict(f"{spec} is in the way: {error.strerror}", hint="Run the command again.") from None
        mark_finished(environment)

    def undo(self) -> None:
        aside = self.folders.aside(self.name)
        remove(aside)
        ours = kernel_in(self.folders.specs, self.name, self.folders)
        if ours and ours.managed:
            vanish(ours.spec, aside)

    @property
    def _environment(self) -> Path:
        return self.folders.environment(self.name)

    def _spec(self, environment: Path) -> dict[str, Any]:
        return {
            "argv": kernel_argv(environment),
            "display_name": self.display_name,
            "language": "python",
            "interrupt_mode": "signal",
            "metadata": {
                "debugger": True,
                "sesync": {
                    "version": self.version,
                    "environment": str(environment),
                    "recipe": {
                        "python": self.recipe.python,
                        "packages": self.recipe.packages,
                        "requirements": self.recipe.requirements,
                    },
                },
            },
            "env": dict(self.env),
        }

    def __str__(self) -> str:
        python = self._environment / "bin/python"
        words = ("--user", "--name", self.name.lower(), "--display-name", self.display_name)
        return by_hand(python, "-m", "ipykernel", "install", *words)


def _write_private(path: Path, text: str) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)

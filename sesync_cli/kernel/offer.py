"""The writing of a kernel's spec, which is what makes Jupyter offer the kernel."""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sesync_cli.errors import Conflict
from sesync_cli.kernel.environment import remember_size, site_packages
from sesync_cli.kernel.recipe import Recipe
from sesync_cli.kernel.specs import Folders, kernel_in
from sesync_cli.lock import mark_finished, remove
from sesync_cli.plan import Report, by_hand


def kernel_env(environment: Path) -> dict[str, str]:
    """What a kernel's spec sets: its own programs first, and nothing of the user's other Pythons."""
    return {
        "PATH": f"{environment}/bin:${{PATH}}",
        "VIRTUAL_ENV": str(environment),
        "PYTHONNOUSERSITE": "1",
        "PYTHONPATH": "",
        "PYTHONHOME": "",
        "PYTHONSTARTUP": "",
        "PIP_USER": "0",
    }


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
        except OSError:
            if (spec / "kernel.json").exists():
                raise Conflict(f"{spec} has appeared meanwhile", hint="Run the command again.") from None
            raise
        mark_finished(environment)

    def undo(self) -> None:
        remove(self.folders.aside(self.name))
        ours = kernel_in(self.folders.specs, self.name)
        if ours and ours.managed and ours.environment == self._environment:
            remove(ours.spec)

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

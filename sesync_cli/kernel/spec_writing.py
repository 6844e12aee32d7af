"""The writing of a kernel's spec, which is what makes Jupyter offer the kernel."""

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sesync_cli.errors import Conflict, NotReady
from sesync_cli.kernel.environment import OWN_ONLY, STRANGERS, clean_env, python_in_spec
from sesync_cli.kernel.layout import WITHOUT_PYTHONHOME
from sesync_cli.kernel.logo import logos
from sesync_cli.kernel.pylock import NAME
from sesync_cli.kernel.recipe import Recipe
from sesync_cli.kernel.size import remember_size
from sesync_cli.kernel.specs import Folders, Kernel, kernel_in, lock_name
from sesync_cli.kernel.start_test import expanded
from sesync_cli.leftovers import mark_finished, mark_unfinished, remove, vanish, written_whole
from sesync_cli.plan import Report, by_hand
from sesync_cli.secrets import without_secrets

ORDINARY = {*STRANGERS, *OWN_ONLY, "PYTHONNOUSERSITE", "PATH"}  # the variables that each kernel sets


def kernel_env(environment: Path, python: str) -> dict[str, str]:
    """What a kernel's spec sets: its own programs first, and nothing of the user's other Pythons."""
    emptied = {name: "" for name in STRANGERS if (python, name) != ("3.6", "PYTHONHOME")}
    return emptied | {"PYTHONNOUSERSITE": "1"} | OWN_ONLY | command_env(environment)


def command_env(environment: Path) -> dict[str, str]:
    """What makes an environment's own programs the first to be found."""
    place = str(environment).replace("$", "$$")  # Jupyter fills in what follows a single one
    return {"PATH": f"{place}/bin:${{PATH}}", "VIRTUAL_ENV": place}


def env_of_kernel(kernel: Kernel, env: Mapping[str, str]) -> dict[str, str]:
    """This environment as commands have it in a kernel's; `NotReady` for a kernel that cannot run any."""
    if kernel.environment is None or not (kernel.works or kernel.state == "not in Jupyter"):
        why = "it has no environment of its own" if kernel.works else kernel.problem
        what, helps = ("repair", "mends it") if kernel.move else ("show", "says more")
        hint = f"'sesync kernel {what} {kernel.name}' {helps}."
        raise NotReady(f"the kernel {kernel.name} cannot run commands: {why}", hint=hint)
    return expanded(command_env(kernel.environment) | dict(kernel.env), clean_env(env))


def kernel_argv(environment: Path, python: str) -> tuple[str, ...]:
    """What a kernel's spec starts; `python` is the minor version, as 3.11."""
    # Python 3.6 takes an empty PYTHONHOME for a folder, and does not start
    before = WITHOUT_PYTHONHOME if python == "3.6" else ()
    return (*before, str(environment / "bin/python"), "-m", "ipykernel_launcher", "-f", "{connection_file}")


@dataclass(frozen=True)
class Offer:
    """What a kernel's spec will say."""

    name: str
    display_name: str
    spec: Path
    environment: Path
    env: Mapping[str, str]
    recipe: Recipe
    version: str

    def write(self, folder: Path) -> None:
        """Write the spec's files into a folder: kernel.json, the logos, and the lock."""
        with open(
            os.open(folder / "kernel.json", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
        ) as file:
            json.dump(self._spec, file, indent=1)
        for logo, picture in logos(self.name, self.recipe.minor).items():
            (folder / logo).write_bytes(picture)
        if (self.environment / NAME).is_file():
            shutil.copyfile(self.environment / NAME, folder / lock_name(self.environment))

    @property
    def _spec(self) -> dict[str, Any]:
        ours = {"version": self.version, "environment": str(self.environment), "recipe": self.recipe.as_dict()}
        return {
            "argv": kernel_argv(self.environment, self.recipe.minor),
            "display_name": self.display_name,
            "language": "python",
            "interrupt_mode": "signal",
            "metadata": {"debugger": True, "sesync": ours},
            "env": dict(self.env),
        }

    @property
    def by_hand(self) -> str:
        """The commands that offer the kernel: ipykernel's own, and then what only sesync's kernels say."""
        words = ("--user", "--name", self.name, "--display-name", self.display_name)
        return f"{by_hand(self.environment / 'bin/python', '-m', 'ipykernel', 'install', *words)}\n{self.kernel_json}"

    @property
    def kernel_json(self) -> str:
        """The command that writes what the kernel is into its spec, for its owner alone; its secrets are struck out."""
        env = dict(_without_secrets(self.env.items()))
        shown = replace(self, env=env, recipe=replace(self.recipe, env=_without_secrets(self.recipe.env)))
        said = by_hand("printf", "%s\\n", json.dumps(shown._spec))
        return f"{said} | {by_hand('install', '-m', '600', '/dev/stdin', self.spec / 'kernel.json')}"


def _without_secrets(env: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Variables as they can be shown: a token is struck out."""
    said = ((name, f"{name}={value}") for name, value in env)
    return tuple((name, (text if name in ORDINARY else without_secrets(text)).partition("=")[2]) for name, text in said)


@dataclass(frozen=True)
class OfferKernel:
    """Write a kernel's spec, which makes Jupyter offer it; the last step of all."""

    offer: Offer
    folders: Folders
    doing: str = "Offering the kernel in Jupyter"

    def do(self, report: Report) -> None:
        environment, spec = self.offer.environment, self.offer.spec
        if own := self.folders.own(self.offer.name, environment):
            remember_size(environment)
        beside = self.folders.aside(self.offer.name)
        remove(beside)
        spec.parent.mkdir(parents=True, exist_ok=True)
        beside.mkdir()
        self.offer.write(beside)
        try:
            beside.rename(spec)
        except OSError as error:
            if not os.path.lexists(spec):
                raise
            raise Conflict(f"{spec} is in the way: {error.strerror}", hint="Run the command again.") from None
        if own:
            mark_finished(environment)

    def undo(self) -> None:
        aside = self.folders.aside(self.offer.name)
        remove(aside)
        ours = kernel_in(self.folders.specs, self.offer.name, self.folders)
        if ours and ours.environment == self.offer.environment:
            _mark(self.offer, self.folders, self.offer.environment)
            vanish(ours.spec, aside)

    def __str__(self) -> str:
        return self.offer.by_hand


@dataclass(frozen=True)
class ReplaceSpec:
    """Have a kernel's spec name another environment, in one rename; `before` is what its kernel.json said, if any.

    From that moment on the environment that it had counts for nothing, and the next run removes what is left of it.
    """

    offer: Offer
    folders: Folders
    old: Path | None
    before: bytes | None
    doing: str = "Putting it in the place of the old one"

    def do(self, report: Report) -> None:
        spec, beside = self.offer.spec, self.folders.aside(self.offer.name)
        remember_size(self.offer.environment)
        if self.old:
            _mark(self.offer, self.folders, self.old)
        remove(beside)
        spec.mkdir(parents=True, exist_ok=True)
        beside.mkdir()
        self.offer.write(beside)
        for file in sorted(beside.iterdir(), key=lambda file: file.name == "kernel.json"):
            file.replace(spec / file.name)
        beside.rmdir()
        mark_finished(self.offer.environment)
        for lock in spec.glob("pylock.*"):
            if lock.name != lock_name(self.offer.environment):
                lock.unlink()

    def undo(self) -> None:
        beside, spec = self.folders.aside(self.offer.name), self.offer.spec
        remove(beside)
        if self.old and not self.old.exists():
            return  # its removal has begun, so the new one stays
        if self.before is None:
            _mark(self.offer, self.folders, self.offer.environment)
            return vanish(spec, beside)
        if (spec / "kernel.json").read_bytes() != self.before:
            _mark(self.offer, self.folders, self.offer.environment)
            with written_whole(spec / "kernel.json", self.folders.environment(self.offer.name), beside=beside) as file:
                file.write(self.before)
        (spec / lock_name(self.offer.environment)).unlink(missing_ok=True)
        if self.old:
            mark_finished(self.old)

    def __str__(self) -> str:
        spec = self.offer.spec
        old_lock = spec / lock_name(self.offer.environment)  # of an environment that had this place before
        return f"{by_hand('mkdir', '-p', spec)} && {by_hand('rm', '-f', old_lock)} && {self.offer.kernel_json}"


def _mark(offer: Offer, folders: Folders, environment: Path) -> None:
    """Have an environment count for nothing once the kernel's spec does not name it."""
    if folders.own(offer.name, environment) and environment.is_dir():
        named_in, owner = offer.spec / "kernel.json", folders.environment(offer.name)
        mark_unfinished(environment, owner, named_in, as_=python_in_spec(environment))


@dataclass(frozen=True)
class RememberAdded:
    """Keep in a kernel's recipe what was added to it, or taken away again, since it was made."""

    spec: Path
    owner: Path
    added: tuple[str, ...]
    doing: str = "Keeping that in mind"

    def do(self, report: Report) -> None:
        file = self.spec / "kernel.json"
        data = json.loads(file.read_bytes())
        data["metadata"]["sesync"]["recipe"]["added"] = self.added
        with written_whole(file, self.owner) as stream:
            stream.write(json.dumps(data, indent=1).encode())

    def undo(self) -> None:
        # what was kept in mind is what was installed, as far as one knows
        return

    def __str__(self) -> str:
        return f"# the recipe in {self.spec / 'kernel.json'} keeps: {', '.join(self.added) or 'nothing more'}"

"""Who sees what a user installs for a Python: its kernels, and what of theirs that takes the place of."""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from sesync_cli.git.work_tree import project_tree
from sesync_cli.install.request import InstallRequest, quoted
from sesync_cli.install.usersite import UserSite
from sesync_cli.kernel.layout import command_of
from sesync_cli.kernel.recipe import name_of
from sesync_cli.kernel.specs import Kernel
from sesync_cli.names import joined
from sesync_cli.python.distributions import Package, packages_in
from sesync_cli.python.environments import settings_of, version_in


@dataclass(frozen=True)
class Audience:
    """The kernels that see ~/.local, each with what it has itself, and the kernel of the project that one is in.

    `project` is that kernel's name, which sees nothing of ~/.local; `new` is the name of a kernel that the project does
    not have yet.
    """

    seers: Mapping[str, Mapping[str, Package]] = field(default_factory=dict)
    project: str = ""
    new: str = ""

    def note(self, request: InstallRequest, title: str) -> str:
        """What a person should know before it is done; empty where no kernel is touched."""
        if not self.seers or self.project:
            return ""
        name = self.new or "NAME"
        alone = f"'sesync kernel create {name} {quoted(request.packages)}".rstrip() + "'"
        whose = "this project" if self.new else "one project"
        return f"Every kernel of {title} will see it: {joined(self.seers)}. A kernel for {whose} alone: {alone}."

    def question(self, request: InstallRequest, title: str) -> str:
        """What to ask where somebody may have meant the project's kernel; empty elsewhere."""
        if not self.project:
            return ""
        files = [f"-r {quoted([str(file)])}" for file in request.requirements]
        files += [f"-e {quoted([folder])}" for folder in request.editable]
        there = " ".join(["sesync install --kernel", self.project, *files, quoted(request.packages)]).rstrip()
        return (
            f"The kernel {self.project} of this project would not see it: '{there}' installs it there. "
            f"Install it for all other notebooks of {title}?"
        )

    def shadows(self, new: Iterable[Package]) -> tuple[str, ...]:
        """A warning for each package of kernels whose place is taken by one of these, in another version."""
        return tuple(
            f"{package} takes the place of {theirs} in the kernel{'s' if len(names) > 1 else ''} {joined(names)}"
            for package in new
            for theirs, names in self._hidden(package).items()
        )

    def _hidden(self, package: Package) -> dict[str, list[str]]:
        """The other versions of a package that kernels have, each with the names of these kernels."""
        hidden: dict[str, list[str]] = {}
        for kernel, packages in self.seers.items():
            there = packages.get(package.name)
            if there and there.version != package.version:
                hidden.setdefault(str(there), []).append(kernel)
        return hidden


def audience(kernels: Iterable[Kernel], site: UserSite, folder: Path) -> Audience:
    """Who will see what is installed in this user site, for somebody in this folder."""
    found = list(kernels)
    seers = {one.name: packages for one in found if (packages := _seen_from(one, site)) is not None}
    root = project_tree(folder)
    if root is None:
        return Audience(seers)
    name = name_of(root).lower()
    project = next((one.name for one in found if one.managed and one.works and _is_of(one, root, name)), "")
    return Audience(seers, project, "" if project else name)


def _is_of(kernel: Kernel, root: Path, name: str) -> bool:
    """Whether a kernel was made from what this repository asks for, or has its name."""
    recipe = kernel.recipe
    files = (recipe.source, *recipe.requirements) if recipe else ()
    return kernel.name.lower() == name or any(file and Path(file).is_relative_to(root) for file in files)


def _seen_from(kernel: Kernel, site: UserSite) -> Mapping[str, Package] | None:
    """The packages of a kernel's own that ~/.local goes before; None for a kernel that does not see this user site."""
    around = around_user_site(kernel, site.minor)
    if around is None:
        return None
    same = not around.before and os.path.realpath(around.python) == os.path.realpath(site.python)
    own = packages_in(around.before)
    found = packages_in(site.elsewhere if same else around.behind)
    return {name: package for name, package in found.items() if name not in own}


class UserSiteView(NamedTuple):
    """A kernel's Python, the folders of packages into which it looks before the user site, and those behind that."""

    python: Path
    before: Sequence[Path]
    behind: Sequence[Path]


def around_user_site(kernel: Kernel, minor: str) -> UserSiteView | None:
    """Where a kernel looks beside the user site of this Python (3.8); None for a kernel that does not see that."""
    command = command_of(kernel.argv)
    if not kernel.works or not command or kernel.env.get("PYTHONNOUSERSITE"):
        return None
    python = Path(command[0]) if os.path.isabs(command[0]) else kernel.spec.parents[3] / "bin" / command[0]
    if not python.name.startswith("python") or {"-s", "-I", "-sE", "-Es"} & set(command[1:3]):
        return None
    prefix = python.parent.parent
    settings = settings_of(prefix)
    if settings and settings.get("include-system-site-packages", "").lower() != "true":
        return None
    if (".".join(version_in(prefix).split(".")[:2]) if settings else _minor(python)) != minor:
        return None
    if not settings:
        return UserSiteView(python, (), _folders(prefix, minor))
    return UserSiteView(python, _folders(prefix, minor), _folders(Path(settings.get("home", "")).parent, minor))


def _minor(python: Path) -> str:
    """The version of a Python by the name of its program."""
    named = re.fullmatch(r"python(3\.\d+)", os.path.basename(os.path.realpath(python)))
    return named[1] if named else ""


def _folders(prefix: Path, minor: str) -> list[Path]:
    """Where a Python keeps packages: as its makers have it, and as Debian has it."""
    debian = [prefix / "local/lib" / f"python{minor}" / "dist-packages", prefix / "lib/python3/dist-packages"]
    return [prefix / f"lib/python{minor}/site-packages", prefix / f"lib64/python{minor}/site-packages", *debian]

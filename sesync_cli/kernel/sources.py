"""What a folder or a file asks for, whichever tool's file says it, and with it what somebody names: an order."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from sesync_cli.errors import NotReady, WrongWords
from sesync_cli.git.work_tree import work_tree
from sesync_cli.kernel.installer import exported
from sesync_cli.kernel.packages import Wish
from sesync_cli.kernel.pipfile import read_pipfile, read_pipfile_lock
from sesync_cli.kernel.pylock import read_lock
from sesync_cli.kernel.pyproject import read_pyproject
from sesync_cli.kernel.recipe import Recipe, digests
from sesync_cli.kernel.requirements import hashes, included
from sesync_cli.plan import by_hand

_CONDA = ("environment.yml", "environment.yaml")
_PYLOCK = re.compile(r"pylock(\.[^.]+)?\.toml")


@dataclass(frozen=True)
class Asked:
    """What is asked for: the file that says it, and all that it rests on; what is to be installed, and on which Python.

    `python` is a version or a specifier, or empty. `passed_over` are files beside it that say it too. `called` is what
    people call the source, if not by its file's name.
    """

    source: Path
    files: tuple[Path, ...]
    wish: Wish
    python: str = ""
    name: str = ""
    display_name: str = ""
    passed_over: tuple[Path, ...] = ()
    called: str = ""
    modules: tuple[str, ...] = ()


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


Reader = Callable[[Path, bool], Asked | None]


def asked_in(folder: Path, dev: bool = False) -> Asked:
    """What a folder asks for, or the repository that it is in; `NotReady` where it is conda's to do."""
    places = list(dict.fromkeys((folder, work_tree(folder) or folder)))
    for place in places:
        there = [place / name for name in _READERS if (place / name).exists()]
        found = (asked for path in there if (asked := _READERS[path.name](path, dev)))
        if asked := next(found, None):
            others = tuple(path for path in there if path != asked.source)
            return Asked(**{**vars(asked), "passed_over": others})
    for place in places:
        if conda := next((place / name for name in _CONDA if (place / name).exists()), None):
            raise _for_conda(conda)
    hint = (
        "Give the kernel a name and packages: 'sesync kernel create NAME [PACKAGE]...'; "
        "or '--guess' them from what its notebooks import."
    )
    raise WrongWords(f"{folder} has no file that says which packages it needs", hint=hint)


def asked_by(file: Path, dev: bool = False) -> Asked:
    """What one file asks for, known by its name; what has no name that tells is a list for pip."""
    if file.name in _CONDA:
        raise _for_conda(file)
    reader = _lock if _PYLOCK.fullmatch(file.name) else _READERS.get(file.name, _requirements)
    asked = reader(file, dev)
    if asked is None:
        raise NotReady(f"{file} does not say which packages are needed", hint="Use '-r FILE', or name the packages.")
    return asked


def _lock(path: Path, dev: bool) -> Asked:
    lock = read_lock(path)
    about = {name: str(value) for name, value in lock.about.items()}
    python = ".".join(about.get("python", "").split(".")[:2]) or lock.python
    wish = Wish(lock=lock, lock_by_hand=str(path))
    modules = tuple(map(str, lock.about.get("modules", ())))
    return Asked(path, (path,), wish, python, about.get("name", ""), about.get("display_name", ""), modules=modules)


def _uv_lock(path: Path, dev: bool) -> Asked:
    if not (path.parent / "pyproject.toml").is_file():
        raise NotReady(f"{path} says nothing without the pyproject.toml beside it")
    lock, command = exported(path.parent, dev)
    return Asked(
        path, (path, path.parent / "pyproject.toml"), Wish(lock=lock, lock_by_hand=f"<({command})"), lock.python
    )


def _pipfile_lock(path: Path, dev: bool) -> Asked:
    lines, python = read_pipfile_lock(path, dev)
    command = f"{by_hand('cd', path.parent)}; pipenv requirements --hash{' --dev' * dev}"
    text = "\n".join([*lines, ""])
    return Asked(path, (path,), Wish(listing=text, listing_by_hand=command, hashes=hashes((), text)), python)


def _pipfile(path: Path, dev: bool) -> Asked:
    lines, python = read_pipfile(path, dev)
    options = tuple(word for line in lines if line.startswith("--") for word in line.split(" "))
    words = tuple(line for line in lines if not line.startswith("--"))
    return Asked(path, (path,), Wish(words, options=options), python)


def _requirements(path: Path, dev: bool) -> Asked:
    files = included(path)
    return Asked(path, files, Wish(requirements=(path,), hashes=hashes(files)))


def _pyproject(path: Path, dev: bool) -> Asked | None:
    project = read_pyproject(path, dev)
    if project is None:
        return None
    files = (path,) if project.standard else ()
    return Asked(path, (path,), Wish(project.words, files, project.options), project.python)


_READERS: dict[str, Reader] = {  # the first that a folder has is the one that counts
    "pylock.toml": _lock,
    "uv.lock": _uv_lock,
    "Pipfile.lock": _pipfile_lock,
    "requirements.txt": _requirements,
    "Pipfile": _pipfile,
    "pyproject.toml": _pyproject,
}


def _for_conda(path: Path) -> NotReady:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")[:100_000]
    except OSError:
        text = ""
    named = re.search(r"^name:[ \t]*['\"]?([\w.-]+)", text, re.MULTILINE)
    name = named[1] if named else "NAME"
    hint = f"Conda makes it: {by_hand('conda', 'env', 'create', '--file', path)}, then 'sesync kernel adopt {name}'."
    return NotReady(f"{path} asks for a conda environment, which pip's packages cannot replace", hint=hint)

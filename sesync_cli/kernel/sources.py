"""What a folder or a file asks for, whichever tool's file says it, and with it what somebody names: ingredients."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from sesync_cli.errors import NotReady, WrongWords
from sesync_cli.git.work_tree import work_tree
from sesync_cli.kernel.installer import exported
from sesync_cli.kernel.packages import Requirements
from sesync_cli.kernel.pipfile import read_pipfile, read_pipfile_lock
from sesync_cli.kernel.pylock import read_lock
from sesync_cli.kernel.pyproject import read_pyproject
from sesync_cli.kernel.recipe import Recipe, digests
from sesync_cli.kernel.requirements import hashes, included
from sesync_cli.plan import by_hand

_CONDA = ("environment.yml", "environment.yaml")
_PYLOCK = re.compile(r"pylock(\.[^.]+)?\.toml")


@dataclass(frozen=True)
class Source:
    """What is asked for: the file that says it, and all that it rests on; what is to be installed, and on which Python.

    `python` is a version or a specifier, or empty. `passed_over` are files beside it that say it too. `called` is what
    people call the source, if not by its file's name.
    """

    path: Path
    files: tuple[Path, ...]
    required: Requirements
    python: str = ""
    name: str = ""
    display_name: str = ""
    passed_over: tuple[Path, ...] = ()
    called: str = ""
    modules: tuple[str, ...] = ()


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

    @property
    def required(self) -> Requirements:
        """What an installer is told."""
        base = self.source.required if self.source else Requirements()
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
            source=str(self.source.path) if self.source else "",
            dev=self.dev,
            modules=self.modules,
            env=self.env,
            files=digests([*(self.source.files if self.source else ()), *self._included]),
            added=self.added,
        )

    @property
    def told(self) -> str:
        """Where it comes from, for the end of a sentence."""
        if not self.source:
            return ""
        others = " and ".join(path.name for path in self.source.passed_over)
        return f" from {self.source.called or self.source.path.name}" + (f", not {others}" if others else "")

    @property
    def _included(self) -> list[Path]:
        return [file for path in self.requirements for file in included(path)]


Reader = Callable[[Path, bool], Source | None]


def source_in(folder: Path, dev: bool = False) -> Source:
    """What a folder asks for, or the repository that it is in; `NotReady` where it is conda's to do."""
    places = list(dict.fromkeys((folder, work_tree(folder) or folder)))
    for place in places:
        there = [place / name for name in _READERS if (place / name).exists()]
        found = (source for path in there if (source := _READERS[path.name](path, dev)))
        if source := next(found, None):
            others = tuple(path for path in there if path != source.path)
            return Source(**{**vars(source), "passed_over": others})
    for place in places:
        if conda := next((place / name for name in _CONDA if (place / name).exists()), None):
            raise _for_conda(conda)
    hint = (
        "Give the kernel a name and packages: 'sesync kernel create NAME [PACKAGE]...'; "
        "or '--guess' them from what its notebooks import."
    )
    raise WrongWords(f"{folder} has no file that says which packages it needs", hint=hint)


def source_of(file: Path, dev: bool = False) -> Source:
    """What one file asks for, known by its name; what has no name that tells is a list for pip."""
    if file.name in _CONDA:
        raise _for_conda(file)
    reader = _lock if _PYLOCK.fullmatch(file.name) else _READERS.get(file.name, _requirements)
    source = reader(file, dev)
    if source is None:
        raise NotReady(f"{file} does not say which packages are needed", hint="Use '-r FILE', or name the packages.")
    return source


def _lock(path: Path, dev: bool) -> Source:
    lock = read_lock(path)
    about = {name: str(value) for name, value in lock.about.items()}
    python = ".".join(about.get("python", "").split(".")[:2]) or lock.python
    required = Requirements(lock=lock, lock_by_hand=str(path))
    modules = tuple(map(str, lock.about.get("modules", ())))
    return Source(
        path, (path,), required, python, about.get("name", ""), about.get("display_name", ""), modules=modules
    )


def _uv_lock(path: Path, dev: bool) -> Source:
    if not (path.parent / "pyproject.toml").is_file():
        raise NotReady(f"{path} says nothing without the pyproject.toml beside it")
    lock, command = exported(path.parent, dev)
    return Source(
        path,
        (path, path.parent / "pyproject.toml"),
        Requirements(lock=lock, lock_by_hand=f"<({command})"),
        lock.python,
    )


def _pipfile_lock(path: Path, dev: bool) -> Source:
    lines, python = read_pipfile_lock(path, dev)
    command = f"{by_hand('cd', path.parent)}; pipenv requirements --hash{' --dev' * dev}"
    text = "\n".join([*lines, ""])
    return Source(path, (path,), Requirements(listing=text, listing_by_hand=command, hashes=hashes((), text)), python)


def _pipfile(path: Path, dev: bool) -> Source:
    lines, python = read_pipfile(path, dev)
    options = tuple(word for line in lines if line.startswith("--") for word in line.split(" "))
    words = tuple(line for line in lines if not line.startswith("--"))
    return Source(path, (path,), Requirements(words, options=options), python)


def _requirements(path: Path, dev: bool) -> Source:
    files = included(path)
    return Source(path, files, Requirements(requirements=(path,), hashes=hashes(files)))


def _pyproject(path: Path, dev: bool) -> Source | None:
    project = read_pyproject(path, dev)
    if project is None:
        return None
    files = (path,) if project.standard else ()
    return Source(path, (path,), Requirements(project.words, files, project.options), project.python)


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

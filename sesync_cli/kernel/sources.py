"""What a folder or a file asks for, whichever tool's file says it."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from sesync_cli.errors import NotReady, SesyncError, WrongWords
from sesync_cli.git.work_tree import project_tree
from sesync_cli.kernel.installer import exported
from sesync_cli.kernel.packages import Requirements
from sesync_cli.kernel.pylock import read_lock
from sesync_cli.names import few, listed
from sesync_cli.plan import by_hand
from sesync_cli.requirements.environment_file import environment_name, is_environment_file, read_environment_file
from sesync_cli.requirements.folder import lists_in
from sesync_cli.requirements.listing import for_uv, hashes_in, read_listing
from sesync_cli.requirements.package_list import PackageList, merged
from sesync_cli.requirements.pins import read_pins
from sesync_cli.requirements.pipfile import read_pipfile, read_pipfile_lock
from sesync_cli.requirements.pyproject import read_pyproject
from sesync_cli.requirements.python_version import python_beside
from sesync_cli.requirements.script import read_script
from sesync_cli.requirements.setup_files import read_setup_cfg, read_setup_py
from sesync_cli.requirements.strangers import is_plumbing
from sesync_cli.requirements.text import read_text

_PYLOCK = re.compile(r"pylock(\.[^.]+)?\.toml")
_MOST = 4  # files that are named
_BINDER = ("binder", ".binder")  # folders that mybinder.org looks into, too


@dataclass(frozen=True)
class Source:
    """What is asked for: the file that says it, and all that it rests on; what is to be installed, and on which Python.

    `python` is a version or a specifier, or empty. `passed_over` are files beside it that say it too. `called` is what
    people call the source, if not by its file's name. `remarks` say how it was read, `question` is to be agreed to,
    and `note` is what one should know before.
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
    remarks: tuple[str, ...] = ()
    question: str = ""
    note: str = ""


Reader = Callable[[Path, bool], Source | None]


def source_in(folder: Path, dev: bool = False) -> Source:
    """What a folder asks for, or the repository that it is in; `NotReady` where that is for conda alone."""
    for place in _places(folder):
        there = [place / name for name in _READERS if (place / name).exists()]
        for number, path in enumerate(there):
            if source := _READERS[path.name](path, dev):
                passed_over = tuple(one for one in there[number + 1 :] if _says_something(one, dev))
                return replace(source, python=python_beside(place, source.python), passed_over=passed_over)
    raise _says_nothing(folder)


def source_of(file: Path, dev: bool = False) -> Source:
    """What one file asks for, known by its name; what has no name that tells is a list of packages."""
    source = _reader_of(file)(file, dev)
    if source is None:
        raise NotReady(f"{file} does not say which packages are needed", hint="Use '-r FILE', or name the packages.")
    return source


def source_at(file: Path, dev: bool = False) -> Source:
    """The same, for the Python that the folder says which the file is in."""
    source = source_of(file, dev)
    return replace(source, python=python_beside(file.parent, source.python))


def has_packages(file: Path) -> bool:
    """Whether a file says itself which packages it needs, as notebooks and most scripts do not."""
    if file.suffix == ".ipynb":
        return False
    return file.suffix != ".py" or file.name == "setup.py" or read_script(read_text(file), file) is not None


def _places(folder: Path) -> list[Path]:
    """Where a folder's files may be: in it or for mybinder.org, then the same of its repository."""
    tops = dict.fromkeys((folder, project_tree(folder) or folder))
    return [place for top in tops for place in (top, *(top / name for name in _BINDER))]


def _says_something(path: Path, dev: bool) -> bool:
    """Whether a file that was passed over asks for anything; one that nobody can read may do so."""
    if path.name in _STUBS:
        with suppress(SesyncError):
            return _READERS[path.name](path, dev) is not None
    return True


def _says_nothing(folder: Path) -> WrongWords:
    hint = (
        "Give the kernel a name and packages: 'sesync kernel create NAME [PACKAGE]...'; "
        "or '--guess' them from what its notebooks import."
    )
    others = sorted(path for path in folder.glob("*requirements*.*") if path.suffix in (".txt", ".in", ".pip"))
    if others:
        ways = listed(f"'{by_hand('sesync', 'kernel', 'create', '--from', path)}'" for path in others[:_MOST])
        hint = f"Is it one of its lists? {ways}. {hint}"
    return WrongWords(f"{folder} has no file that says which packages it needs", hint=hint)


def _reader_of(file: Path) -> Reader:
    if _PYLOCK.fullmatch(file.name):
        return _lock
    if file.name in _READERS:
        return _READERS[file.name]
    if file.suffix in (".yml", ".yaml"):
        return _environment_file
    return _script if file.suffix == ".py" else _listing


def _lock(path: Path, dev: bool) -> Source:
    lock = read_lock(path)
    about = {name: str(value) for name, value in lock.about.items()}
    python = ".".join(about.get("python", "").split(".")[:2]) or lock.python
    required = Requirements(lock=lock, lock_file=path)
    modules = tuple(map(str, lock.about.get("modules", ())))
    return Source(
        path, (path,), required, python, about.get("name", ""), about.get("display_name", ""), modules=modules
    )


def _uv_lock(path: Path, dev: bool) -> Source:
    if not (path.parent / "pyproject.toml").is_file():
        raise NotReady(f"{path} says nothing without the pyproject.toml beside it")
    lock, command = exported(path.parent, dev)
    required = Requirements(lock=lock, lock_command=command)
    return Source(path, (path, path.parent / "pyproject.toml"), required, lock.python)


def _pipfile_lock(path: Path, dev: bool) -> Source:
    lines, python = read_pipfile_lock(path, dev)
    text = "\n".join([*lines, ""])
    return Source(path, (path,), Requirements(listing=text, hashes=hashes_in(text)), python)


def _pipfile(path: Path, dev: bool) -> Source:
    lines, python = read_pipfile(path, dev)
    options = tuple(word for line in lines if line.startswith("--") for word in line.split(" "))
    words = tuple(line for line in lines if not line.startswith("--"))
    return Source(path, (path,), Requirements(words, options=options), python)


def _listing(path: Path, dev: bool) -> Source | None:
    if is_environment_file(path):
        return _environment_file(path, dev)
    name = path.parent.name or "NAME"
    way = f"{by_hand('conda', 'create', '--name', name, '--file', path)}, then 'sesync kernel adopt {name}'"
    return _read(path, read_listing(path), way)


def _lists(folder: Path, dev: bool) -> Source | None:
    lists = lists_in(folder, dev)
    if not lists:
        return None
    return replace(_read(folder, merged(list(map(read_listing, lists)))), called=f"{folder.name}/{lists[0].name}")


def _pins(path: Path, dev: bool) -> Source:
    return _read(path, read_pins(path, dev))


def _pyproject(path: Path, dev: bool) -> Source | None:
    found = read_pyproject(path, dev)
    return _read(path, found) if found else None


def _setup_cfg(path: Path, dev: bool) -> Source | None:
    found = read_setup_cfg(path, dev)
    return _read(path, found) if found else None


def _setup_py(path: Path, dev: bool) -> Source | None:
    found = read_setup_py(path, dev)
    return _read(path, found) if found.words or found.files else None


def _script(path: Path, dev: bool) -> Source | None:
    found = read_script(read_text(path), path)
    return _read(path, found) if found else None


def _environment_file(path: Path, dev: bool) -> Source | None:
    name = environment_name(path) or "NAME"
    way = f"{by_hand('conda', 'env', 'create', '--file', path)}, then 'sesync kernel adopt {name}'"
    found = read_environment_file(path)
    if found.only_conda and not found.words:
        raise NotReady(f"{path} asks for what conda alone has", hint=f"Conda makes it: {way}.")
    return _read(path, found, way) if found.words or found.python else None


def _read(path: Path, found: PackageList, condas_way: str = "") -> Source:
    """A source of what was read in a file; what is conda's is to be agreed to."""
    heading, options = for_uv(found.heading)
    required = Requirements(
        found.words,
        found.files,
        (*found.options, *options),
        hashes=found.hashes,
        heading=heading,
        constraints=found.constraints,
    )
    source = Source(path, found.read or (path,), required, found.python, remarks=found.remarks)
    if found.only_conda is None or not found.words:
        return source
    missing, count = sorted(found.only_conda, key=is_plumbing), len(found.words)
    what = f"pip can have all of its {count} packages"
    if missing:
        what = f"pip can have {count} of its {count + len(missing)} packages, and not {few(missing)}"
    question = f"{path.name} is conda's: {what}. Make the kernel with what pip can have?"
    return replace(source, question=question, note=f"Conda makes all of it: {condas_way}.")


_READERS: dict[str, Reader] = {  # the first that a folder has is the one that counts
    "pylock.toml": _lock,
    "uv.lock": _uv_lock,
    "Pipfile.lock": _pipfile_lock,
    "poetry.lock": _pins,
    "pdm.lock": _pins,
    "requirements.txt": _listing,
    "requirements": _lists,
    "Pipfile": _pipfile,
    "pyproject.toml": _pyproject,
    "setup.cfg": _setup_cfg,
    "setup.py": _setup_py,
    "environment.yml": _environment_file,
    "environment.yaml": _environment_file,
}
_STUBS = ("pyproject.toml", "setup.cfg", "setup.py", "requirements")  # which may be there for other things

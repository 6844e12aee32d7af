"""Which kernels the notebooks of a repository ask for that are not here, and what helps."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.clone.next_steps import asks_for_packages
from sesync_cli.git.client import ask_git
from sesync_cli.kernel.advice import advised
from sesync_cli.kernel.specs import Kernel
from sesync_cli.names import few, first, one_line
from sesync_cli.plan import by_hand
from sesync_cli.start.kernels import is_name

_MOST = 200  # notebooks that are looked into
_LARGEST = 20_000_000  # bytes of one
_SENTENCES = 3
_LONGEST = 60  # letters of a kernel's name that are told
_JUPYTERS_OWN = "python3"  # which Jupyter has without a spec
_PYTHON_2 = "python2"
_ANOTHER = "in JupyterLab, Kernel ▸ Change Kernel offers those that are here"
_SUPPORT = "'sesync report' asks support for it"


@dataclass(frozen=True)
class AskedKernel:
    """A kernel as notebooks ask for it, by name and language, and the notebooks."""

    name: str
    language: str
    notebooks: tuple[str, ...]


def unmet(folder: Path, kernels: Collection[Kernel], shared: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each kernel that notebooks ask for and that does not work here; `shared` has the words of its
    group for kernels, by name."""
    here = {one.name.lower(): one for one in kernels}
    told = []
    for asked in _asked_in(folder):
        kernel = here.get(asked.name.lower())
        if asked.name.lower() == _JUPYTERS_OWN or (kernel and (kernel.works or not advised(kernel))):
            continue
        are = "asks" if len(asked.notebooks) == 1 else "ask"
        names = few([one_line(name) for name in asked.notebooks])
        lead = f"{names} in {folder} {are} for the kernel {asked.name[:_LONGEST]}"
        if kernel:
            told.append(f"{lead}, which does not work: '{advised(kernel)}'")
        else:
            told.append(f"{lead}, which is not here: {_way(asked, folder, shared)}")
    yield from first(told, _SENTENCES, more="notebooks ask for {} more kernels that are not here")


def _way(asked: AskedKernel, folder: Path, shared: Mapping[str, str]) -> str:
    if asked.name.lower() in shared:
        return f"'{by_hand('sesync', 'kernel', 'create', '--from', shared[asked.name.lower()])}' makes it"
    if asked.language != "python":
        return f"{_SUPPORT}; {_ANOTHER}"
    if asked.name.lower() == _PYTHON_2 or not is_name(asked.name):
        return _ANOTHER
    guess = () if asks_for_packages(folder) else ("--guess",)
    return f"'{by_hand('sesync', 'kernel', 'create', asked.name, '--from', folder, *guess)}' makes it"


def _asked_in(folder: Path) -> list[AskedKernel]:
    """What the notebooks in a repository ask for, by the kernels' names."""
    listed = [name for name in ask_git(["ls-files", "-z"], folder).out.split("\0") if name.endswith(".ipynb")]
    found: dict[tuple[str, str], list[str]] = {}
    for name in listed[:_MOST]:
        if asked := _asked_by(folder / name):
            found.setdefault(asked, []).append(name)
    return [AskedKernel(name, language, tuple(names)) for (name, language), names in sorted(found.items())]


def _asked_by(file: Path) -> tuple[str, str] | None:
    """The kernel that a notebook asks for, and its language; None if it asks for none, or cannot be read."""
    try:
        if file.is_symlink() or file.stat().st_size > _LARGEST:
            return None
        metadata = json.loads(file.read_bytes())["metadata"]
        spec = metadata["kernelspec"]
        language = spec.get("language") or metadata.get("language_info", {}).get("name") or "python"
        name = str(spec["name"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return (name, str(language).lower()) if name.isprintable() and name else None

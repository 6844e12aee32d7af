"""One line of a list of packages: as pip takes it, or as people and programs write it otherwise."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from sesync_cli.requirements.conda import CondaSpec, condas, spec_of
from sesync_cli.requirements.repair import repaired
from sesync_cli.requirements.strangers import ONLY_CONDA, is_of_debian, is_of_kernels, left_out, other_name

if TYPE_CHECKING:
    from packaging.requirements import Requirement

_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_OPTIONS = re.compile(r"\s--(?:hash|config-settings?|global-option|install-option)\b.*")
_BUILT_BY_CONDA = re.compile(
    r"/(croot|feedstock_root|conda-bld|bld|ci|ci_\d+|ci_cron|ktietz|perseverance-\w+|rattler-build\w*)/|build_artifacts"
    r"|/tmp/build/|/work($|[/#])|/tmp/abs_"
)
_WHEEL = re.compile(r"/[^/-]+-(?P<version>\d[\w.+!]*)-[^/]+\.whl$")
_WINDOWS = re.compile(r"(file:/*)?/?[A-Za-z]:[\\/]")
_ARCHIVES = (".whl", ".tar.gz", ".zip", ".tar.bz2", ".tgz", ".egg")
_OLDEST_IPYKERNEL = "5.5.6"  # those before it need parts of Jupyter that they do not name
_BACKPORTS = ("dataclasses", "contextvars")  # of what Python 3.7 and newer have

ELSEWHERE = "without {}: that is on another machine"
NO_VERSION = "took {} in a version that fits: the line says where conda built it, and not which one it is"
BUILT = "took {}: the line says where conda built it"
NO_BUILD = "took conda's versions without its builds: {}"
PLAIN_BUILD = "took {}: a build after '+' is of another index, which the list does not name"
NOTHING = "without {}: that is no package"
READ_AS = "took {}"
NEWER_PYTHON = "took {} for Python 3.6 alone: newer ones have that"
NEEDED_NOW = "without {}: the kernel has what speaks with the Jupyter of today"


@dataclass(frozen=True)
class Reading:
    """What a line asks for, with `remark` and `what` where that is not what it says; no words if it is left out.

    `as_it_is` is true where an installer can read the line itself. A line of conda's may say which `python`.
    """

    words: tuple[str, ...] = ()
    remark: str = ""
    what: str = ""
    as_it_is: bool = False
    python: str = ""


class NoPackage(ValueError):
    """A line that nobody understands; its text is what to write instead, if that can be told."""


@dataclass(frozen=True)
class Around:
    """What a line is read beside: the folder that its paths are from, and what the list has in other lines.

    With `own_index` the list names an index, which may have builds of its own. `origin` is where the list is from:
    "debian" for its own Python, "conda" for an environment of its, or empty. `old_jupyter` is true where it asks for an
    ipykernel that no Jupyter of today can speak with.
    """

    folder: Path
    own_index: bool = False
    origin: str = ""
    old_jupyter: bool = False


def read_line(line: str, around: Around) -> Reading:
    """What a line of a requirements file asks for; `NoPackage` for what is none."""
    options = found[0] if (found := _OPTIONS.search(f" {line}")) else ""
    text = line.strip().removesuffix(options.strip()).strip().rstrip(",;").strip()
    editable = re.match(r"(?:-e|--editable)[\s=]+(.+)", text)
    if editable or _is_place(text):
        return _of_place(editable[1].strip() if editable else text, around.folder, bool(editable))
    if requirement := parsed(text):
        return _of_requirement(requirement, text, options, around)
    if spec := spec_of(text, with_build=True):
        return of_conda(spec)
    if text.endswith(":"):
        return Reading((), NOTHING, f"'{text}'")
    pieces, advice = repaired(text)
    if not pieces:
        raise NoPackage(advice)
    readings = [read_line(piece, around) for piece in pieces]
    left = next((one for one in readings if not one.words), None)
    if left and len(readings) == 1:
        return left
    words = tuple(word for one in readings for word in one.words)
    return Reading(words, READ_AS, f"{', '.join(words)} for {text}")


def origin_of(lines: Iterable[str]) -> str:
    """Where a list is from, for `Around`."""
    for line in lines:
        name = _NAME.match(line.strip())
        if name and is_of_debian(name[0]):
            return "debian"
        if " @ file:" in line and _BUILT_BY_CONDA.search(line):
            return "conda"
    return ""


def parsed(text: str) -> "Requirement | None":
    """The requirement in this text (PEP 508), or None."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return Requirement(text)
    except InvalidRequirement:
        return None


def _of_requirement(one: "Requirement", text: str, options: str, around: Around) -> Reading:
    if one.url and one.url.startswith("file:"):
        return _of_built(one, text, around)
    if one.name.lower() == "python":
        python = CondaSpec("python", str(one.specifier), build=False).python
        return Reading((), READ_AS, f"{text} for the kernel's Python", python=python)
    pin = next((spec.version for spec in one.specifier if spec.operator in ("==", "===")), "")
    if remark := left_out(one.name, pin, around.origin):
        return Reading((), remark, one.name)
    if around.old_jupyter and is_of_kernels(one.name):
        return Reading((), NEEDED_NOW, text)
    own_build = "+" in pin and not around.own_index and not options
    if changed := _changed(one, text, pin if own_build else ""):
        return changed
    return Reading((f"{text}{options}",), as_it_is=True)


def _changed(one: "Requirement", text: str, own_build: str) -> Reading | None:
    """What is asked for instead, where the line's own words would bring nothing or something else."""
    name, same_versions = other_name(one.name)
    if name:
        new = f"{name}{one.specifier if same_versions else ''}"
        return Reading((new,), READ_AS, f"{new} for {text}")
    if one.name.lower() in _BACKPORTS and not one.marker:
        return Reading((f"{text} ; python_version < '3.7'",), NEWER_PYTHON, text)
    if own_build:
        new = text.replace(own_build, own_build.partition("+")[0])
        return Reading((new,), PLAIN_BUILD, f"{new} for {text}")
    return None


def has_old_jupyter(lines: Iterable[str]) -> bool:
    """Whether a list asks for an ipykernel that is too old, for `Around`."""
    from packaging.version import InvalidVersion, Version

    said = [parsed(line.partition(" #")[0].strip()) for line in lines if line.strip().lower().startswith("ipykernel")]
    for spec in (spec for one in said if one and one.name.lower() == "ipykernel" for spec in one.specifier):
        try:
            version = Version(spec.version.removesuffix(".*"))
        except InvalidVersion:
            continue
        if spec.operator in ("==", "===", "<", "<=", "~=") and version < Version(_OLDEST_IPYKERNEL):
            return True
    return False


def _of_built(one: "Requirement", text: str, around: Around) -> Reading:
    """A requirement with the place on a disk where it was taken from: conda's workshop, or somebody's own file."""
    assert one.url
    path = unquote(one.url.removeprefix("file:").partition("#")[0])
    if os.path.exists(path if path.startswith("/") else around.folder / path):
        return Reading((text,), as_it_is=True)
    if remark := left_out(one.name, "", around.origin):
        return Reading((), remark, one.name)
    if _BUILT_BY_CONDA.search(path):
        wheel = _WHEEL.search(path)
        word = f"{one.name}=={wheel['version']}" if wheel else one.name
        return Reading((word,), BUILT if wheel else NO_VERSION, word)
    return Reading((), ELSEWHERE, f"'{text}'")


def _of_place(word: str, folder: Path, editable: bool) -> Reading:
    """An address, or a path: taken if it is there."""
    before = "-e " if editable else ""
    if _is_address(word):
        address = _address(word)
        return Reading(
            (before + address,), READ_AS if address != word else "", f"{address} for {word}", address == word
        )
    if _WINDOWS.match(word):
        return Reading((), ELSEWHERE, f"'{word}'")
    bare, bracket, extras = word.removeprefix("file://").removeprefix("file:").partition("[")
    path = folder / os.path.expanduser(unquote(bare.partition("#")[0]).strip())
    if os.path.exists(path):
        return Reading((f"{before}{os.path.abspath(path)}{bracket}{extras}",), as_it_is=True)
    if os.path.isabs(bare):
        return Reading((), ELSEWHERE, f"'{word}'")
    raise NoPackage(f"There is no file or folder {path}.")


def _is_address(word: str) -> bool:
    return ("://" in word or word.startswith("git+")) and not word.startswith("file:")


def _address(word: str) -> str:
    """An address as installers take it: a repository is told by `git+`, and over a way that is open to all."""
    if by_ssh := re.fullmatch(r"git\+git@([\w.-]+):(.+)", word):
        return f"git+https://{by_ssh[1]}/{by_ssh[2]}"
    if word.startswith("git+git://"):  # which GitHub has given up (github.blog, Improving Git protocol security)
        return f"git+https://{word.removeprefix('git+git://')}"
    return f"git+{word}" if re.fullmatch(r"https://(github|gitlab)\.com/[\w.-]+/[\w.-]+/?", word) else word


def of_conda(spec: CondaSpec) -> Reading:
    """What a package of conda's is for pip."""
    if spec.name == "python":
        return Reading(python=spec.python)
    word = condas(spec)
    if remark := left_out(spec.name) if word else ONLY_CONDA:
        return Reading((), remark, spec.name)
    assert word
    return Reading((word,), NO_BUILD if spec.build else "", word)


def _is_place(text: str) -> bool:
    if re.match(r"[\w+.-]+://|file:|git\+", text) or _WINDOWS.match(text):
        return True
    bare = text.partition("[")[0].strip()
    return " @" not in text and (
        bare.startswith(("./", "../", "/", "~/"))
        or bare in (".", "..")
        or (bare.endswith(_ARCHIVES) and " " not in bare)
        or ("/" in bare and " " not in bare and "@" not in bare)
    )

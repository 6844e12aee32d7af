"""Lines of lists that say where a package is: an address, a path, or the place on a disk where it was once built."""

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from sesync_cli.requirements.reading import BUILT, ELSEWHERE, NO_VERSION, READ_AS, Around, NoPackage, Reading
from sesync_cli.requirements.strangers import left_out

if TYPE_CHECKING:
    from packaging.requirements import Requirement

# the folders of those who build for conda: Anaconda's, conda-forge's, on Linux, Windows and macOS
_BUILT_BY_CONDA = re.compile(
    r"^/*(croot/|opt/(conda|concourse)/|tmp/(build/|abs_)|ci(_\w+)?/|work/ci_|[A-Za-z]:/(bld|ci(_\w+)?|b)/|home/ktietz/"
    r"|Users/ktietz/)|/(feedstock_root|build_artifacts|conda-bld|croot|perseverance-[\w-]+|rattler-build[\w-]*)/"
)
_WHEEL = re.compile(r"/[^/-]+-(?P<version>\d[\w.+!]*)-[^/]+\.whl$")
_WINDOWS = re.compile(r"(file:/*)?/?[A-Za-z]:[\\/]")
_ARCHIVES = (".whl", ".tar.gz", ".zip", ".tar.bz2", ".tgz", ".egg")
_OF_GIT = re.compile(r"https://(github|gitlab)\.com/[\w.-]+/[\w.-]+/?")


def is_place(text: str) -> bool:
    """Whether a line is an address or a path, and names no package beside."""
    if re.match(r"[\w+.-]+://|file:|git\+", text) or _WINDOWS.match(text):
        return True
    bare = text.partition(";")[0].partition("[")[0].strip()
    if " @" in text or " " in bare:
        return bare.startswith(("./", "../", "/"))
    is_path = bare in (".", "..") or bare.startswith(("./", "../", "/", "~/"))
    return is_path or bare.endswith(_ARCHIVES) or ("/" in bare and "@" not in bare)


def is_built_by_conda(line: str) -> bool:
    """Whether a line has the place where conda built a package, as `pip freeze` prints it in a conda environment."""
    _, at, url = line.partition(" @ file:")
    return bool(at and _BUILT_BY_CONDA.search(url))


def of_built(one: "Requirement", text: str, options: str, around: Around) -> Reading:
    """A requirement with the place on a disk that it was taken from: conda's workshop, or somebody's own file."""
    bare = (one.url or "").partition("#")[0]
    path = unquote(re.sub(r"^file:(//localhost)?", "", bare))
    here = os.path.join(around.folder, "/" + path.lstrip("/") if bare.startswith("file:/") else path)
    if os.path.exists(here):
        address = Path(os.path.abspath(here)).as_uri()
        return Reading((f"{text.replace(bare, address)}{options}",), as_it_is=True)
    if remark := left_out(one.name, "", around.origin):
        return Reading((), remark, one.name)
    if _BUILT_BY_CONDA.search(path):
        wheel = _WHEEL.search(path)
        word = f"{one.name}=={wheel['version']}" if wheel else one.name
        return Reading((word,), BUILT if wheel else NO_VERSION, word)
    return Reading((), ELSEWHERE, f"'{text}'")


def of_place(text: str, options: str, folder: Path, *, editable: bool) -> Reading:
    """An address, or a path: taken if it is there; `NoPackage` for a path beside the list where nothing is."""
    before = "-e " if editable else ""
    if ("://" in text or text.startswith("git+")) and not text.startswith("file:"):
        address = _address(text)
        word = f"{before}{address}{options}"
        return (
            Reading((word,), as_it_is=True) if address == text else Reading((word,), READ_AS, f"{address} for {text}")
        )
    if _WINDOWS.match(text):
        return Reading((), ELSEWHERE, f"'{text}'")
    said, semicolon, marker = text.partition(";")
    bare, bracket, extras = re.sub(r"^file:(//)?(localhost(?=/))?", "", said.strip()).partition("[")
    path = folder / os.path.expanduser(unquote(bare.partition("#")[0]).strip())
    if os.path.exists(path):
        word = f"{before}{os.path.abspath(path)}{bracket}{extras}{f' ;{marker}' if semicolon else ''}{options}"
        return Reading((word,), as_it_is=True)
    if os.path.isabs(bare):
        return Reading((), ELSEWHERE, f"'{text}'")
    raise NoPackage(f"There is no file or folder {path}.")


def _address(word: str) -> str:
    """An address as installers take it: a repository is told by `git+`, and over a way that is open to all."""
    if by_ssh := re.fullmatch(r"git\+git@([\w.-]+):(.+)", word):
        return f"git+https://{by_ssh[1]}/{by_ssh[2]}"
    if word.startswith("git+git://"):  # which GitHub has given up (github.blog, Improving Git protocol security)
        return f"git+https://{word.removeprefix('git+git://')}"
    return f"git+{word}" if _OF_GIT.fullmatch(word) else word

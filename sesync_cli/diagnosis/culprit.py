"""Which package an installer was building when it failed."""

import re
from collections.abc import Sequence

_SAID = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        r"Failed to build `(?P<name>[^`=@\s]+)",
        r"Failed building wheel for (?P<name>\S+)",
        r"Running setup\.py install for (?P<name>\S+): finished with status 'error'",
        r"Failed to build '?(?P<name>[^'\s]+)'? when",
        r"Encountered error while (?:trying to install|generating) package.*?\n\W*╰─> (?!See )(?P<name>\S+)",
        r"ERROR: Failed to build installable wheels for some pyproject\.toml based projects \(?(?P<name>[\w.-]+)",
        r"Collecting (?P<name>[\w.-]+)[^\n]*\n(?:(?!Collecting ).*\n)*?.*(?:egg_info|subprocess-exited|errored out)",
    )
)
_BUILDING = re.compile(
    r"setup\.py|egg_info|build_wheel|[Bb]uilding wheel|Failed to build|[Bb]uild backend|build_meta|"
    r"Getting requirements to build|Preparing metadata|[Rr]unning build_ext"
)

_IMPORTING = re.compile(
    r"(?:Import|ModuleNotFound|OS|Attribute)Error: |cannot open shared object|undefined symbol|cannot load library"
)


def building(text: str) -> bool:
    """Whether this is the story of an installer that was building something."""
    return bool(_BUILDING.search(text))


def imported(text: str) -> bool:
    """Whether this tells of an import that failed, and of no build."""
    return bool(_IMPORTING.search(text)) and not building(text)


def culprit(text: str, asked: Sequence[str] = ()) -> str:
    """The package that was being built, by the name that the installer gives it; else the only one asked for."""
    for pattern in _SAID:
        if match := pattern.search(text):
            return _bare(match["name"])
    return _bare(asked[0]) if len(asked) == 1 else "a package"


def _bare(word: str) -> str:
    """The package's name in a requirement, a path or an address."""
    if "://" in word:
        word = word.partition("#egg=")[2] or word.rstrip("/").rpartition("/")[2].removesuffix(".git")
    word = word.rstrip("/").rpartition("/")[2]
    return re.split(r"[\s\[<>=!~;@,]", word, maxsplit=1)[0] or word

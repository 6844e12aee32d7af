"""Which package an installer was building when it failed."""

import re
from collections.abc import Sequence
from urllib.parse import unquote

_SAID = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        r"Failed to (?:download and )?build:? `(?P<name>[^`=@\s]+)",
        r"Failed to build: (?P<name>[\w.-]+)",
        r"Failed to install: \S+ \((?P<name>[\w.-]+)==",
        r"Failed building (?:wheel|editable) for (?P<name>\S+)",
        r"(?:Building|Preparing) (?:wheel|editable) for (?P<name>\S+) \([^)\n]*\) did not run successfully",
        r"Running setup\.py \w+ for (?P<name>[\w.-]+)(?:: finished with status 'error'| ?\.\.\. ?error)",
        r"Failed to build '(?P<name>[^'\s]+)' when",
        r"Failed to build (?P<name>[\w.-]+) when",
        r"Encountered error while (?:trying to install|generating) package.*?\n\W*╰─> (?!See )(?P<name>\S+)",
        r"Failed to build installable wheels for some pyproject\.toml based projects \(?(?P<name>[\w.-]+)",
        r"Could not build wheels for (?P<name>[\w.-]+)",
        r"failed with error code \S+ in \S*/pip-(?:build|install|req-build)-[^/\s]+/(?P<name>[^/\s]+)/?",
        r"^\s*cwd: \S*/pip-(?:build|install)-[^/\s]+/(?P<name>[^/\s]+)/?$",
        r"error in (?P<name>[\w.-]+) setup command",
    )
)
_STEP = re.compile(r"^[ \t]*(?:Collecting|Processing|Obtaining) (?P<name>\S+)", re.MULTILINE)
_FAILED = re.compile(
    r"egg_info\W+(?:failed|did not)|subprocess-exited-with-error|errored out|Complete output|"
    r"finished with status 'error'|\.\.\. error$|metadata-generation-failed|^ERROR: |^error: ",
    re.MULTILINE,
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
    named = _last_step(text)
    if named and building(text):
        return _bare(named)
    words = [word for word in asked if not word.startswith("-")]
    if len(words) == 1:
        return _bare(words[0])
    return _bare(named) if named else "a package"


def _last_step(text: str) -> str:
    """What the installer had in hand when it first told of an error."""
    failed = _FAILED.search(text)
    steps = [match["name"] for match in _STEP.finditer(text, 0, failed.start() if failed else 0)]
    return steps[-1] if steps else ""


def _bare(word: str) -> str:
    """The package's name in a requirement, a path, a file or an address."""
    if "://" in word:
        word = word.partition("#egg=")[2] or word.rstrip("/").rpartition("/")[2].removesuffix(".git")
    word = unquote(word.rstrip("/").rpartition("/")[2])
    word = re.sub(r"_[0-9a-f]{32}$|-\d[\w.+!]*(?:-\S+)?\.(?:tar\.\w+|tgz|zip|whl)$", "", word)
    return re.split(r"[\s\[<>=!~;@,]", word, maxsplit=1)[0] or word

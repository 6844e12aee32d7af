"""Lists that programs print for people: `pip list`, `conda list`, `poetry show` and the like, as requirements."""

import json
import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sesync_cli.errors import NotReady

Line = tuple[int, str]
"""A line of a list, with its number."""

_PIP_HEAD = re.compile(r"package\s+version(\s+(?P<more>.+))?", re.IGNORECASE)
_RULE = re.compile(r"[-\s]*-\s*")
_CONDA_HEAD = re.compile(r"#\s*(packages in environment at|name\s+version\s+build)", re.IGNORECASE)
_EXPORT_HEAD = re.compile(r"#\s*(platform:|\$ conda create --name)", re.IGNORECASE)
_ROW = re.compile(r"(?P<name>[A-Za-z0-9_][\w.-]*)\s+(?:\(!\)\s+)?(?P<version>v?\d[\w.+!-]*)(?P<more>\s.*)?")
_BUILT = re.compile(r"(?P<name>.+)-(?P<version>[^-]+)-(?P<build>[^-]+)\.(?:conda|tar\.bz2)")
_UNSEEN = str.maketrans("\xa0", " ", "\u200b\u200c\u200d\u2060\ufeff")  # what comes along from web pages
_NOTICE = re.compile(
    r"\[notice\]|(WARNING|DEPRECATION|ERROR|Note): |You (are using pip|should consider) |Collecting "
    r"|[$%>! ]*(pip[\d.]*|conda) (list|freeze)\b"
)
_BULLET = re.compile(r"\s*[-*•]\s+(?=\S)")
_LEGACY = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*) \((?P<version>\d[\w.+!-]*)(?:, (?P<place>/.*))?\)")
_LONGEST = 2000  # letters of a line, without its hashes
_FROM_PIP = ("pypi", "<pip>", "<develop>")


def is_condas(text: str) -> bool:
    """Whether conda printed this list."""
    head = text[:3000].splitlines()
    return any(line.strip() == "@EXPLICIT" or _CONDA_HEAD.match(line) or _EXPORT_HEAD.match(line) for line in head)


def as_lines(text: str, file: Path) -> list[Line]:
    """The lines of a list, as requirements where a program printed it in another form."""
    for number, line in enumerate(text.splitlines(), 1):
        if len(line.partition(" --")[0]) > _LONGEST:
            raise NotReady(f"{file}, line {number} is too long for a package", hint="A line has one package.")
    written = [_BULLET.sub("", line.translate(_UNSEEN)) for line in text.splitlines()]
    lines = [(number, "" if _NOTICE.match(line) else line) for number, line in enumerate(written, 1)]
    if text.lstrip().startswith("[") and (found := _of_json(text)) is not None:
        return found
    return [(number, form(line)) for form in [_form_of(text, written)] for number, line in lines]


def _form_of(text: str, written: Sequence[str]) -> Callable[[str], str]:
    """What makes a requirement of a line, by what the whole looks like."""
    if "@EXPLICIT" in text:
        return _of_address
    if is_condas(text):
        return _of_conda
    heads = [(line, below) for line, below in pairwise(written) if _PIP_HEAD.fullmatch(line.strip())]
    if heads and _RULE.fullmatch(heads[0][1]):
        return lambda line: _of_pip(line, heads[0][0])
    if sum(bool(_LEGACY.fullmatch(line.strip())) for line in written) > 1:
        return lambda line: _LEGACY.sub(r"\g<name>==\g<version>", line)
    return _of_story if _is_told(written) else lambda line: line


def _of_story(line: str) -> str:
    row = _ROW.fullmatch(line.strip())
    return f"{row['name']}=={row['version']}" if row else ""


def _of_json(text: str) -> list[Line] | None:
    """What `pip list --format json` or `conda list --json` prints."""
    try:
        entries = json.loads(text)
        rows = [(str(one["name"]), str(one["version"]), one) for one in entries]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return [
        (number, f"{name}={version}={one['build_string']}" if _is_built(one) else f"{name}=={version}")
        for number, (name, version, one) in enumerate(rows, 1)
    ]


def _is_built(entry: object) -> bool:
    return isinstance(entry, dict) and "build_string" in entry and entry.get("channel") not in _FROM_PIP


def _of_address(line: str) -> str:
    """An entry of `conda list --explicit`, which is the address of a package's file."""
    if "://" not in line or line.lstrip().startswith("#"):
        return "" if line.strip() == "@EXPLICIT" else line
    name = unquote(urlsplit(line.strip()).path).rpartition("/")[2]
    built = _BUILT.fullmatch(name)
    return f"{built['name']}={built['version']}={built['build']}" if built else line.partition("#")[0]


def _of_conda(line: str) -> str:
    """A row of `conda list`, or a line of its export; what pip has installed into conda is pip's."""
    if line.lstrip().startswith("#") or not line.strip():
        return line
    if "=" in line:
        name, _, rest = line.strip().partition("=")
        version, _, build = rest.partition("=")
        return f"{name}=={version}" if build.startswith("pypi") else line
    name, version, build, *channel = [*line.split(), "", ""][: max(3, len(line.split()))]
    if not build:
        return line
    return f"{name}=={version}" if {build, *channel} & {*_FROM_PIP, "pypi_0"} else f"{name}={version}={build}"


def _of_pip(line: str, head: str) -> str:
    """A row of `pip list`; a project that was installed as a link to its folder has that in the last column."""
    row = _ROW.fullmatch(line.strip())
    if not row:
        return "" if line == head or _RULE.fullmatch(line) else line
    place = (row["more"] or "").strip() if "installer" not in head.lower() else ""
    return f"-e {place}" if re.match(r"/|[A-Za-z]:\\", place) else f"{row['name']}=={row['version']}"


def _is_told(written: Sequence[str]) -> bool:
    """Whether all of this is names with versions and more words behind them, as `poetry show` prints it."""
    rows = [_ROW.fullmatch(line.strip()) for line in written if line.strip()]
    told = [row for row in rows if row and row["more"] and not re.search(r"[<>=#;@\\]|--", row["more"])]
    return len(told) > 1 and all(rows) and 2 * len(told) > len(rows)

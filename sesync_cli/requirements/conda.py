"""What lists of conda's ask for: packages with builds and channels, of which pip has some under its own names."""

import re
from dataclasses import dataclass

from sesync_cli.python.distributions import canonical
from sesync_cli.requirements.strangers import condas_name

_SPEC = re.compile(
    r"(?:[\w./:-]+::)?(?P<name>[A-Za-z0-9_][\w.-]*)\s*(?:\[(?P<inside>[^\]]*)\])?(?P<rest>.*)", re.DOTALL
)
_WITH_BUILD = re.compile(
    r"={0,2}(?P<version>\*|\d[\w.+!*]*)(?:=(?P<build>[\w.*+]+)?|\s+(?P<printed>(?=\w*\d)[\w.+]+))(?:\s+\S+)?"
)
_PIECE = re.compile(r"(?P<operator>==|>=|<=|!=|~=|=|>|<)?\s*(?P<version>\d[\w.!+]*?)(?P<star>\.?\*)?")
_INSTALLERS = ("pip", "setuptools", "wheel")  # which a kernel has of its own, and conda in versions of its own


@dataclass(frozen=True)
class CondaSpec:
    """A package of conda's: its name there, pip's bounds on its version, and whether it names a build."""

    name: str
    bounds: str
    build: bool

    @property
    def python(self) -> str:
        """The same of conda's Python: a minor version where it is one, else a specifier."""
        minor = re.fullmatch(r"==(3\.\d+)(\.\d+|\.\*)?", self.bounds)
        return minor[1] if minor else self.bounds


def spec_of(text: str, *, with_build: bool = False) -> CondaSpec | None:
    """The package that a word of conda's asks for; None for what is none, or with `with_build` names no build.

    (https://docs.conda.io/projects/conda-build/en/stable/resources/package-spec.html#package-match-specifications)
    """
    match = _SPEC.fullmatch(text.strip())
    if not match:
        return None
    rest = match["rest"].strip()
    if inside := re.search(r"version\s*=\s*(?:'([^']+)|\"([^\"]+)|([^,\]]+))", match["inside"] or ""):
        rest = inside[1] or inside[2] or inside[3]
    exact = _WITH_BUILD.fullmatch(rest)
    has_build = bool(exact and (exact["build"] or exact["printed"]))
    if with_build and not has_build:
        return None
    if exact and has_build:
        rest = exact["version"] if "*" in exact["version"] else f"=={exact['version']}"
    bounds = _bounds(rest)
    return None if bounds is None else CondaSpec(match["name"], bounds, has_build)


def for_pip(spec: CondaSpec) -> str | None:
    """The same package in pip's words; None where conda alone has it."""
    name = condas_name(spec.name)
    if name is None:
        return None
    if name in _INSTALLERS:
        return name
    if name != canonical(spec.name) and re.fullmatch(r"==[\w.!]+", spec.bounds):
        return f"{name}{spec.bounds}.*"  # what is called otherwise may count its builds in the version
    return f"{name}{spec.bounds}"


def _bounds(text: str) -> str | None:
    """pip's form of conda's bounds on a version; None for what pip cannot say, such as an 'or'."""
    if text in ("", "*", "=*", "==*"):
        return ""
    found = []
    for piece in text.split(","):
        match = _PIECE.fullmatch(piece.strip())
        if not match:
            return None
        operator, version = match["operator"] or "==", match["version"].rstrip(".")
        if match["star"] or (operator == "=" and version.count(".") < 2):
            version += ".*"
        found.append(f"{'==' if operator == '=' else operator}{version}")
    return ",".join(found)

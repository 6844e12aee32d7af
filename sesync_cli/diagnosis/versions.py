"""Versions that cannot be had, in the words of pip and of uv."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from sesync_cli.diagnosis.conflict import asked_by_person
from sesync_cli.diagnosis.modules import suggestion

_PIP = re.compile(r"satisfies the requirement (?P<word>.+?) \(from .*?versions: ?(?P<known>.*?)\)")
_PASSED = re.compile(r"Ignored the following versions that require a different python version: (?P<versions>.+)")
_UV = re.compile(r"No solution found[^\n]*(?:\n(?:[ \t][^\n]*)?)*")
_NOT_FOUND = re.compile(r"Because (?P<what>[\w.-]+) was not found in the (?:package registry|provided|cache)")
_NO_VERSION = re.compile(r"[Bb]ecause there (?:is|are) no versions? of (?P<wanted>[^\s,]+(?:,[<>=!~][^\s,]+)*)")
_ONLY = re.compile(
    r"[Bb]ecause only (?P<found>\S+) is available and you require (?P<wanted>[^\s,]+(?:,[<>=!~][^\s,]+)*)"
)
_PYTHON = re.compile(r"(?:does not satisfy|requires) Python ?(?P<needs>[><=][^\s,]*(?:,[<>=!][^\s,]*)*)")
_DEPENDS = re.compile(
    r"(?P<name>[A-Za-z][\w.-]*)(?:\[[^\]]*\])?[^\s\w]\S* depends? on "
    r"Python ?(?P<needs>[><=][^\s,]*(?:,[<>=!][^\s,]*)*)"
)
_NEVER = 99
_LEAST = re.compile(r"(?:>=?|==|~=)\s*(\d+)(?:\.(\d+))?")
_BUILD_NEEDS = re.compile(r"install(?:ing)? build dependencies (?:for|did not run successfully)")


class VersionProblem(NamedTuple):
    """Which cause it is, where the log says it, and the words for its sentences."""

    cause: str
    start: int
    end: int
    words: Mapping[str, str]


def no_version(text: str) -> VersionProblem | None:
    """What cannot be had, and why; None if the log does not speak of versions."""
    if match := _PIP.search(text):
        cause, words = _pip(match["word"].strip(), match["known"], text)
        return VersionProblem(cause, match.start(), match.end(), words)
    if match := _UV.search(text):
        cause, words = _uv(" ".join(match[0].split()))
        return VersionProblem(cause, match.start(), match.end(), words)
    return None


def newest(known: Sequence[str]) -> str:
    """The last of the versions, in the installer's order, that is no trial; empty if there is none."""
    return next((version for version in reversed(known) if re.fullmatch(r"[\d.]+(?:\.?post\d+)?", version)), "")


def _pip(word: str, listed: str, text: str) -> tuple[str, dict[str, str]]:
    known = [version for version in listed.replace("none", "").split(", ") if version]
    name = re.split(r"[\s\[<>=!~;@(]", word, maxsplit=1)[0]
    words = {"what": name, "wanted": word, "newest": newest(known)}
    needs = _needed_python(word, text)
    if _BUILD_NEEDS.search(text):
        return "build-needs", {"wanted": word, "needs": needs}
    if needs:
        return "needs-python", words | {"needs": needs}
    if known:
        return "no-version", words
    # pip speaks alike of a package that has no file for this Python and of one that does not exist
    return "no-package", words | {"unsure": ", or none for this Python", "meant": suggestion(name)}


def _uv(story: str) -> tuple[str, dict[str, str]]:
    if match := _NOT_FOUND.search(story):
        return "no-package", {"what": match["what"], "meant": suggestion(match["what"])}
    if match := _NO_VERSION.search(story):
        return "no-version", _wanted(match["wanted"])
    if match := _PYTHON.search(story):
        needs = _needed_by_all(story) or match["needs"]
        return "needs-python", {"wanted": asked_by_person(story) or "what was asked for", "needs": needs}
    if match := _ONLY.search(story):
        newest = match["found"].partition("==")[2]
        return "no-version", _wanted(match["wanted"]) | {"newest": newest if re.fullmatch(r"[\d.]+", newest) else ""}
    return "conflict", {"what": asked_by_person(story) or "what was asked for"}


def _wanted(word: str) -> dict[str, str]:
    return {"wanted": word, "what": re.split(r"[\[<>=!~]", word, maxsplit=1)[0]}


def _needed_python(word: str, text: str) -> str:
    """The Python that the versions asked for need, if pip says that it passed over them for that."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        specifier = Requirement(word).specifier
    except InvalidRequirement:
        return ""
    return _least([wanted for version, wanted in _passed_over(text) if specifier.contains(version)])


def _needed_by_all(story: str) -> str:
    """The Python that uv's story asks for: any version of a package will do, and of several packages each needs one."""
    demands: dict[str, list[str]] = {}
    for one in _DEPENDS.finditer(story):
        demands.setdefault(one["name"].lower(), []).append(one["needs"])
    return max(map(_least, demands.values()), key=_oldest, default="")


def _least(demands: Sequence[str]) -> str:
    """The demand that the oldest Python fulfils, the first of those alike; one without an oldest is last."""
    return min(demands, key=lambda one: _oldest(one) or (_NEVER,), default="")


def _oldest(demand: str) -> tuple[int, ...]:
    """The oldest Python that is new enough: (3, 9) for >=3.9,<4; empty where any is."""
    found = [(int(one[1]), int(one[2] or 0)) for one in _LEAST.finditer(demand)]
    return max(found, default=())


def _passed_over(text: str) -> Iterator[tuple[str, str]]:
    """The versions that are for other Pythons, the newest first, and which Pythons those are."""
    passed = _PASSED.search(text)
    for one in reversed(passed["versions"].split("; ") if passed else []):
        version, _, wanted = one.partition(" Requires-Python ")
        yield version.strip(), wanted.strip()

"""What pip's output means when it failed: one clear sentence, and what to do next."""

import re
from collections.abc import Callable
from pathlib import Path

from sesync_cli.disk import full_in, no_room, room
from sesync_cli.errors import Conflict, NoAnswer, NotFound, NotReady, Refused, SesyncError
from sesync_cli.install.hints import Attempt, create, meant, newer, newest, other_packages, read_log, send_log
from sesync_cli.install.requests import named
from sesync_cli.lock import scratch
from sesync_cli.run import Output

# what a build says last of all, in the log's many lines
_COMPILER = re.compile(r"[\w./+-]+:\d+(?::\d+)?: (?:fatal )?error: ")
_TELLING = re.compile(r"(?:\w+\.)*\w*(?:Error|Exception): \S|error: (?!subprocess-|legacy-|metadata-)")

Explain = Callable[["re.Match[str]", str, Attempt], SesyncError]


def explained(output: Output, attempt: Attempt) -> SesyncError:
    """The first known cause in the whole output; else the line in which pip says what it gave up on."""
    text = output.out
    if number := full_in(text):
        return no_room(_full_place(text, attempt), number)
    for pattern, explain in _CAUSES:
        if match := pattern.search(text):
            return explain(match, text, attempt)
    if output.code < 0:
        return SesyncError("pip was ended from outside, perhaps for want of memory", hint=read_log(attempt))
    return SesyncError(f"pip failed: {_last_word(text) or f'exit code {output.code}'}", hint=send_log(attempt))


def _unreachable(match: "re.Match[str]", text: str, attempt: Attempt) -> SesyncError:
    index = re.search(r"Looking in indexes: (\S+?)(?:,|\s|$)", text)
    where = f" ({index[1]})" if index else ""
    return NoAnswer(
        f"the package index{where} cannot be reached",
        hint=f"Try again later; if it stays so, tell {attempt.support}. {read_log(attempt)}",
    )


def _no_permission(match: "re.Match[str]", text: str, attempt: Attempt) -> SesyncError:
    return Refused(
        f"you may not write or read {match['path']}", hint=f"'ls -ld' shows whose it is. {read_log(attempt)}"
    )


def _managed(match: "re.Match[str]", text: str, attempt: Attempt) -> SesyncError:
    return Refused(
        f"{attempt.title} belongs to the system, which lets nobody install into it", hint=other_packages(attempt)
    )


def _in_environment(match: "re.Match[str]", text: str, attempt: Attempt) -> SesyncError:
    return Refused(
        f"{attempt.title} is a virtual environment, which does not see ~/.local", hint=other_packages(attempt)
    )


def _no_header(match: "re.Match[str]", text: str, attempt: Attempt) -> SesyncError:
    if match["header"] == "Python.h":
        return _unbuilt(text, attempt, f"the header files of {attempt.title} are not installed")
    return _unbuilt(text, attempt, f"the header file {match['header']} of a system library is missing")


def _no_program(match: "re.Match[str]", text: str, attempt: Attempt) -> SesyncError:
    return _unbuilt(text, attempt, f"the program {Path(match['program']).name} is missing")


def _no_library(match: "re.Match[str]", text: str, attempt: Attempt) -> SesyncError:
    return _unbuilt(text, attempt, f"the system library {match['library']} is missing")


def _no_module(match: "re.Match[str]", text: str, attempt: Attempt) -> SesyncError:
    reason = f"building it needs the Python package {match['module']}"
    return SesyncError(f"{_culprit(text, attempt)} could not be built: {reason}", hint=send_log(attempt))


def _not_built(match: "re.Match[str]", text: str, attempt: Attempt) -> SesyncError:
    lines = [line.strip(" │|\t") for line in text.splitlines()]
    compiler = [line for line in lines if _COMPILER.match(line)]
    telling = compiler[:1] or [line for line in lines if _TELLING.match(line)][-1:]
    other = meant(attempt)
    reason = f": {_short(telling[0])}" if telling and not other else ""
    return SesyncError(f"{_culprit(text, attempt)} could not be built{reason}", hint=other + send_log(attempt))


def _killed(match: "re.Match[str]", text: str, attempt: Attempt) -> SesyncError:
    return SesyncError(f"{_culprit(text, attempt)} could not be built: the memory ran out", hint=send_log(attempt))


def _other_python(match: "re.Match[str]", text: str, attempt: Attempt) -> SesyncError:
    what = match["what"] or _culprit(text, attempt)
    said = f"{what} needs Python {match['wanted']}, and this is {attempt.version}"
    return NotReady(said, hint=newer(attempt, match["wanted"]))


def _other_platform(match: "re.Match[str]", text: str, attempt: Attempt) -> SesyncError:
    hint = f"Choose the file for this Python, or another Python with '--python'. {read_log(attempt)}"
    return NotReady(f"{Path(match['file']).name} is made for another Python or another kind of machine", hint=hint)


def _no_version(match: "re.Match[str]", text: str, attempt: Attempt) -> SesyncError:
    word, known = match["word"].strip(), match["known"].replace("none", "").split(", ")
    bare = re.split(r"[\s\[<>=!~;@]", word, maxsplit=1)[0]
    if wanted := _needed_python(word, text):
        said = f"{word} needs Python {wanted}, and this is {attempt.version}"
        return NotReady(said, hint=newest(bare, known) + newer(attempt, wanted))
    if known[-1]:
        said = f"there is no {word} for {attempt.title}"
        return NotFound(said, hint=newest(bare, known) + read_log(attempt))
    # a pip as old as 18 does not say that all versions are for newer Pythons
    unsure = f", or none for {attempt.title}" if match["known"] == "" else ""
    return NotFound(f"there is no package named {bare}{unsure}", hint=meant(attempt, bare) + read_log(attempt))


def _clash(match: "re.Match[str]", text: str, attempt: Attempt) -> SesyncError:
    hint = f"Ask for fewer fixed versions, or give them a kernel of their own: {create(attempt)}. {read_log(attempt)}"
    return Conflict(f"these packages do not fit together: {_short(match['what'])}", hint=hint)


def _wrong_hash(match: "re.Match[str]", text: str, attempt: Attempt) -> SesyncError:
    hint = f"Do not install it. Ask whoever wrote the requirements file, or {attempt.support}. {read_log(attempt)}"
    return Refused("a download is not the file that the requirements promise (its hash differs)", hint=hint)


def _cause(pattern: str, explain: Explain, flags: int = 0) -> tuple["re.Pattern[str]", Explain]:
    return re.compile(pattern, re.MULTILINE | flags), explain


_CAUSES = (
    _cause(r"Retrying \(Retry\(total=0|Max retries exceeded|NewConnectionError.*skipping", _unreachable),
    _cause(r"CERTIFICATE_VERIFY_FAILED.*skipping|Read timed out\.?$", _unreachable),
    _cause(r"(?:40[137]|50[0-4]) (?:Client|Server) Error", _unreachable),
    _cause(r"^ERROR: (?:HTTP error \d+|40[13] Error)|ProxyError|Temporary failure in name resolution", _unreachable),
    _cause(
        r"(?P<what>(?<=Package ')[^']+)?'? ?requires a different Python: .+? in:? '(?P<wanted>[^']+)'", _other_python
    ),
    _cause(r"(?P<what>\S+) requires Python '(?P<wanted>[^']+)' but the running Python is", _other_python),
    _cause(r"externally-managed-environment", _managed),
    _cause(r"Can not perform a '--user' install", _in_environment),
    _cause(r"unable to execute '?(?P<program>[^':]+)'?: No such file", _no_program),
    _cause(r"command '(?P<program>[^']+)' failed: No such file", _no_program),
    _cause(r"fatal error: '?(?P<header>[\w./+-]+\.(?:h|hh|hpp|hxx|H))'?(?:: No such file| file not found)", _no_header),
    _cause(r"such file or directory: '(?P<program>[\w.+/-]*(?:[-_]config|cmake|ninja|swig|cc|[gc]\+\+))'", _no_program),
    _cause(r"(?:^|[^\w-])(?P<program>\w[\w.+-]*[-_]config)(?: executable)?'?:? (?:command )?not found", _no_program),
    _cause(r"Could(?: not| NOT) find (?P<program>\w[\w.+-]*[-_]config)", _no_program),
    _cause(r"/sh: (?:line )?\d+: (?P<program>[^\s:]+): (?:command )?not found", _no_program),
    _cause(r"can't find (?P<program>Rust compiler)", _no_program),
    _cause(r"(?P<program>Cargo), the Rust package manager, is not installed", _no_program),
    _cause(r"(?P<program>CMake) must be installed to build", _no_program),
    _cause(r"Unknown compiler\(s\): \[\['(?P<program>[^']+)'", _no_program),
    _cause(r"[Pp]ackage '?(?P<library>[^'\s]+?)'?,? (?:was not found in the pkg-config|required by)", _no_library),
    _cause(r"^\W*(?P<library>\w[\w.+-]*(?: [\d.]+)?) must be installed\.?$", _no_library),
    _cause(r"cannot find -l(?P<library>[^\s:]+)", _no_library),
    _cause(r"fatal error: Killed|^\s*Killed$|signal 9|MemoryError", _killed),
    _cause(r"^\W*ModuleNotFoundError: No module named '(?P<module>[^']+)'", _no_module),
    _cause(r"DO NOT MATCH THE HASHES", _wrong_hash),
    _cause(r"Cannot install (?P<what>.+?) because these package versions have conflicting", _clash, re.DOTALL),
    _cause(r"Double requirement given: (?P<what>.+?)(?:, name=.*)?\)?$", _clash),
    _cause(r"Failed building wheel|Running setup\.py install for \S+: finished with status 'error'", _not_built),
    _cause(r"subprocess-exited-with-error|Command errored out|^Command \".*\" failed with error code", _not_built),
    _cause(r"(?P<file>\S+\.whl) is not a supported wheel on this platform", _other_platform),
    _cause(r"satisfies the requirement (?P<word>.+?) \(from .*?versions: (?P<known>.*?)\)", _no_version),
    _cause(r"Permission denied: b?'(?P<path>[^']+)'", _no_permission),
)


def _unbuilt(text: str, attempt: Attempt, reason: str) -> SesyncError:
    culprit = _culprit(text, attempt)
    hint = f"Only support can install that: send the package's name ({culprit}) and {attempt.log} to {attempt.support}."
    return NotReady(f"{culprit} could not be built: {reason}", hint=meant(attempt) + hint)


def _culprit(text: str, attempt: Attempt) -> str:
    """The package that was being built when it failed."""
    for pattern in (
        r"Failed building wheel for (\S+)",
        r"Running setup\.py install for (\S+): finished with status 'error'",
        r"Failed to build '?([^'\s]+)' when",
        r"Encountered error while (?:trying to install|generating) package.*?\n\W*╰─> (?!See )(\S+)",
        r"Collecting (\S+)[^\n]*\n(?:(?!Collecting ).*\n)*?.*(?:egg_info|subprocess-exited)",
    ):
        if match := re.search(pattern, text):
            return named(match[1]) or match[1]
    names = [named(word) or Path(word).name for word in attempt.packages]
    return names[0] if len(names) == 1 else "a package"


def _needed_python(word: str, text: str) -> str:
    """The Python that the versions asked for need, if pip says that it passed over them for that."""
    from packaging.requirements import InvalidRequirement, Requirement

    passed = re.search(r"Ignored the following versions that require a different python version: (.+)", text)
    try:
        asked = Requirement(word).specifier
    except InvalidRequirement:
        return ""
    for one in reversed(passed[1].split("; ") if passed else []):
        version, _, wanted = one.partition(" Requires-Python ")
        if asked.contains(version.strip()):
            return wanted.strip()
    return ""


def _full_place(text: str, attempt: Attempt) -> Path:
    """Where the disk is full: pip seldom says it."""
    said = re.search(r"(?:No space left on device|Disk quota exceeded): b?'(/[^']+)'", text)
    if said:
        return Path(said[1])
    return min((attempt.target, attempt.log.parent, scratch()), key=lambda place: room(place).free)


def _last_word(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    said = [line for line in lines if line.startswith(("ERROR: ", "error: ", "Exception: "))]
    return _short((said or lines[-1:] or [""])[0].removeprefix("ERROR: "))


def _short(line: str) -> str:
    line = " ".join(line.split()).rstrip(".")
    return line if len(line) <= 200 else line[:199] + "…"

"""The lines of a log that matter: at most ten, found by what compilers, build programs and installers say."""

import re
from collections.abc import Callable, Iterator, Sequence
from textwrap import dedent

from sesync_cli.diagnosis.shown import shown

MOST = 10
_WIDEST = 300
_FRAME = re.compile(r"^[ \t]*[\u2500-\u257f\u00d7>]+[ \t]?")  # what pip draws at the left
_ABOVE = re.compile(r": In |In file included|from ")
_COMPILER = re.compile(r"\S+:\d+(?::\d+)?: (?:fatal )?error: |^\s*(?:g?cc|cc1\w*|g\+\+|clang): (?:fatal )?error: ")
_LINKER = re.compile(r"\bld\b.*(?:cannot find|undefined reference|error)|undefined reference to|ld returned")
_RUST = re.compile(r"^\s*error(?:\[E\d+\])?: (?!subprocess-|metadata-|legacy-|failed-|command |Failed to build)")
_CMAKE = re.compile(r"^\s*CMake Error")
_MESON = re.compile(r"meson\.build:\d+:\d+: ERROR: |^\s*ERROR: Problem encountered")
_EXCEPTION = re.compile(r"^\s*(?:[A-Za-z_][\w.]*\.)?[A-Z]\w*(?:Error|Exception|Exit|Interrupt|Warning)?(?::\s|$)")
_GENERIC = re.compile(
    r"CalledProcessError|(?:Compile|Link|DistutilsExec|BackendUnavailable|Exec)Error: command|InstallationError|"
    r"InstallationSubprocessError|SystemExit|error: command '.*' failed with exit|"
    r"(?:Error|Exception|Exit): \(?-?\d+\)?$"
)
_TRACEBACK = re.compile(r"Traceback \(most recent call last\)|^\s*File \"[^\"]+\", line \d+")
_SAYS = re.compile(
    r"^\W*(?:npm (?:ERR!|error)|(?:\w+: )?(?:fatal|FATAL|Fatal|error|ERROR|Error)\b(?: in\b|\[|:| )|E: |E   |"
    r"FAILED |(?:\w+\.)*\w+(?:Error|Exception)\b|Execution halted|make(?:\[\d+\])?: \*\*\*|\S+: command not found)"
)
_EMPTY = re.compile(
    r"subprocess-exited-with-error|legacy-install-failure|metadata-generation-failed|failed-wheel-build|"
    r"Failed building wheel|Failed to build|Could not build wheels|This error originates from a subprocess|"
    r"Command errored out|command '.*' failed with exit|Getting requirements to build|ERROR: No matching distribution"
)
_IDLE = re.compile(
    r"^\s*\[end of output\]$|^\s*hint: This usually|"
    r"^\s*compilation terminated\.$|^\s*error: [Cc]ommand ['\[]|^\s*-{20,}$"
)
_WARNING = re.compile(r"\b\w*Warning\b:?|^\s*(?:WARNING|warning|DEPRECATION)\b|: warning: |warnings\.warn\(")
_NOISE = re.compile(
    r"^\W*(?:Collecting|Using cached|Downloading|Requirement already|Installing build|Preparing metadata|exit code: |"
    r"Building wheels?|Running setup\.py|note: This|hint: (?:See above|This usually)|See above|[|│]|command: |cwd: |"
    r"\[\d+ lines? of output\]|\[end of output\]|\[std\w+\]|-{20,}$|You (?:are using pip|should consider)|"
    r"Complete output|running \w+$|creating |copying |writing |adding |byte-compiling |"
    r"(?:\S*/)?(?:gcc|g\+\+|cc|c\+\+) -)|"
    r"notice\] |did not run successfully|returned an error|failed with error code|failed \(exit (?:status|code)"
)
_TROUBLE = re.compile(
    r"(?i)\b(?:error|fail|fatal|can ?not|can't|could ?n[o']t|unable|not found|missing|require|abort|must|need|please)"
)
Lines = Sequence[str]


def telling(text: str) -> tuple[str, ...]:
    """The lines that say what went wrong: the first word of a compiler, else the last of what ran the build.

    What the installer shows of a program that failed comes before all that it says itself.
    """
    lines = [_FRAME.sub("", line).rstrip()[:_WIDEST] for line in text.splitlines()]
    inner = shown(lines)
    finds = (_compiler, _cmake, _meson, _rust, _linker, _raised, _said)
    for part, ways in ((inner, (*finds, _hinted)), (lines, finds)):
        for find in ways:
            if kept := _tidy([line for line in find(part) if not _IDLE.search(line) and not _WARNING.search(line)]):
                return kept
    return _tidy([line for line in inner or lines if line.strip() and not _NOISE.search(line)][-MOST:])


def ends_traceback(line: str) -> bool:
    """Whether a line is an exception as Python tells it, with or without a word on what was wrong."""
    return bool(_EXCEPTION.match(line)) and not _TRACEBACK.search(line)


def excerpt(text: str, start: int, end: int) -> tuple[str, ...]:
    """The lines of a text between two places, and what a compiler drew below them."""
    first = text.rfind("\n", 0, start + 1) + 1 if text[start : start + 1] != "\n" else start + 1
    last = text.find("\n", end)
    lines = text[first : last if last >= 0 else len(text)].splitlines()
    following = text[last + 1 : last + 1000].splitlines()[:2] if last >= 0 else []
    lines += [line for line in following if re.match(r"\W*\d* \| ", line)]
    return _tidy([_FRAME.sub("", line).rstrip()[:_WIDEST] for line in lines])


def _tidy(lines: Lines) -> tuple[str, ...]:
    kept = [line for line in lines if line.strip()][:MOST]
    return tuple(dedent("\n".join(kept)).splitlines())


def _compiler(lines: Lines) -> list[str]:
    """The first error of a compiler, with the function above it and the source below it."""
    for number, line in enumerate(lines):
        if _COMPILER.search(line):
            before = [one for one in lines[max(0, number - 3) : number] if _ABOVE.search(one)]
            return [*before, *_until_blank(lines, number, MOST - len(before))]
    return []


def _cmake(lines: Lines) -> list[str]:
    """The first error of CMake with what is indented below it, which has blank lines in it."""
    for number, line in enumerate(lines):
        if _CMAKE.match(line):
            indent = len(line) - len(line.lstrip())
            block = [line]
            for below in lines[number + 1 : number + 30]:
                if below.strip() and len(below) - len(below.lstrip()) <= indent:
                    break
                block.append(below)
            head, *body = [one for one in block if one.strip()][:MOST]
            return [f"{head} {body[0].strip()}", *body[1:]] if body else [head]
    return []


def _meson(lines: Lines) -> list[str]:
    for number, line in enumerate(lines):
        if _MESON.search(line):
            return [*lines[max(0, number - 3) : number], line]
    return []


def _rust(lines: Lines) -> list[str]:
    """The first error of Rust's compiler or of Cargo, which ends with a blank line."""
    if not any(re.search(r"cargo|rustc|Compiling \S+ v\d", line) for line in lines):
        return []
    return _first(lines, _RUST, lambda number: _until_blank(lines, number, MOST))


def _linker(lines: Lines) -> list[str]:
    return [line for line in lines if _LINKER.search(line)][:MOST]


def _raised(lines: Lines) -> list[str]:
    """The last exception that says more than that a program failed, with the two places in the code above it."""
    ends = list(_exceptions(lines))
    telling = [number for number in ends if not _GENERIC.search(lines[number])] or ends
    if not telling:
        return []
    number = telling[-1]
    below = [line for line in lines[number + 1 : number + 4] if line.strip() and not _EMPTY.search(line)]
    indent = len(lines[number]) - len(lines[number].lstrip())
    below = [line for line in below if len(line) - len(line.lstrip()) >= indent and not _TRACEBACK.search(line)]
    return [*lines[max(0, number - 6) : number + 1], *below]


def _exceptions(lines: Lines) -> Iterator[int]:
    """The numbers of the lines that end a traceback."""
    inside = False
    for number, line in enumerate(lines):
        if _TRACEBACK.search(line):
            inside = True
        elif inside and _EXCEPTION.match(line):
            inside = False
            yield number


def _said(lines: Lines) -> list[str]:
    """What programs say that they failed of, each with the line below it, and not that something below them did."""
    found = [number for number, line in enumerate(lines) if _SAYS.match(line) and not _EMPTY.search(line)]
    near = {near for number in found[-5:] for near in (number, _next(lines, number))}
    return [lines[number] for number in sorted(near) if not _EMPTY.search(lines[number])]


def _next(lines: Lines, number: int) -> int:
    """The number of the next line that is not blank; this one's if there is none."""
    below = range(number + 1, min(number + 3, len(lines)))
    return next((one for one in below if lines[one].strip()), number)


def _hinted(lines: Lines) -> list[str]:
    """What at least has a word of trouble in it."""
    return [line for line in lines if _TROUBLE.search(line) and not (_NOISE.search(line) or _EMPTY.search(line))][-3:]


def _until_blank(lines: Lines, number: int, most: int) -> list[str]:
    block = [lines[number]]
    for line in lines[number + 1 : number + most]:
        if not line.strip():
            break
        block.append(line)
    return block


def _first(lines: Lines, pattern: "re.Pattern[str]", take: Callable[[int], list[str]]) -> list[str]:
    return next((take(number) for number, line in enumerate(lines) if pattern.match(line)), [])

"""Lines that are nearly requirements: what they say, in pip's words."""

import ast
import re
import shlex

from sesync_cli.diagnosis.modules import is_well_known, package_of
from sesync_cli.requirements.conda import condas, spec_of

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?(?:\s*\[[\w\s,.-]*\])?"
_VERSION = r"v?\d[\w.!+-]*(?:\.?\*)?"
_OPERATORS = {"=": "==", "=>": ">=", "=<": "<=", "==": "==", "===": "===", ">=": ">=", "<=": "<="}
_OPERATORS |= {">": ">", "<": "<", "~=": "~=", "!=": "!=", "=~": "~=", "^": ">="}
_BOUND = re.compile(rf"(?P<operator>===|==|>=|<=|~=|!=|=>|=<|=~|>|<|=)\s*(?P<version>{_VERSION})")
_NAMED = re.compile(rf"(?P<name>{_NAME})\s*(?P<rest>.*)")
_TREE = re.compile(rf"[\s│├└─|+`'-]*(?P<name>{_NAME})\s*\[required: .*installed: (?P<version>[\w.+!-]+)\]")
_COMMAND = re.compile(
    r"[!%$>\s]*(?:sudo\s+)?(?:(?:\S*python[\d.]*|\{sys\.executable\})\s+-m\s+)?(?:uv\s+)?"
    r"(?P<tool>pip[\d.]*|conda|mamba|micromamba)\s+install\s+(?P<words>.*)"
)
_ENDS = (";", "&&", "||", "|", ">", "2>&1", "&>")
_TAKES_A_WORD = (
    *("-c", "--channel", "-n", "--name", "-p", "--prefix", "-i", "--index-url", "--extra-index-url", "-f"),
    *("--find-links", "-r", "--requirement", "--constraint", "--file", "-t", "--target", "--trusted-host"),
)
_ADVICE = "A line says a package as 'pandas' or 'pandas>=2'."


def repaired(text: str) -> tuple[list[str], str]:
    """The requirements that a line means; none, and what to write, where nobody can tell."""
    text = re.sub(r"^[-*•]\s+", "", text.strip()).rstrip(",;").strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'`":
        text = text[1:-1].strip()
    if (installed := installed_by(text)) is not None:
        return installed, _ADVICE
    if tree := _TREE.fullmatch(text):
        return [f"{tree['name']}=={tree['version']}"], _ADVICE
    if text.startswith(("import ", "from ")):
        return _imported(text), _ADVICE
    if one := _bounded(text):
        return [one], _ADVICE
    words = text.split()
    alone = all(is_well_known(word) for word in words) or all(_BOUND.search(word) for word in words)
    pieces = words if alone else text.split(",")
    several = [_bounded(piece) for piece in pieces]
    if len(several) > 1 and all(several):
        return several, _ADVICE
    return [], _advice(text)


def installed_by(line: str) -> list[str] | None:
    """The packages that a line such as `%pip install WORD...` or `conda install` asks for, in pip's words.

    None for a line that is no such command. Its options and what stands behind the command are left out.
    """
    command = _COMMAND.fullmatch(line.strip())
    if not command:
        return None
    try:
        said = shlex.split(command["words"], comments=True)
    except ValueError:
        return []
    words, skip = [], False
    for word in said:
        if word in _ENDS:
            break
        if not skip and not word.startswith("-"):
            words.append(word)
        skip = not skip and word in _TAKES_A_WORD
    return (
        [word for word in words if not word.startswith((".", "/"))]
        if command["tool"].startswith("pip")
        else _condas(words)
    )


def _condas(words: list[str]) -> list[str]:
    specs = [spec for word in words if (spec := spec_of(word)) and spec.name != "python"]
    return [word for spec in specs if (word := condas(spec))]


def _bounded(text: str) -> str:
    """A name with bounds on its version, whatever stands between these; empty for what is none."""
    text, semicolon, marker = text.strip().strip("\"'").partition(";")
    match = _NAMED.fullmatch(text.strip())
    if not match:
        return ""
    name, rest = match["name"], match["rest"].strip()
    rest = re.sub(r"\(\s*(?:version\s+)?([^()]*\d[^()]*)\)|\([^()]*\)", r"\1", rest).strip()
    if rest.lower() in ("latest", "==latest", "=latest", "*", "==*", "=*", "any"):
        rest = ""
    if re.fullmatch(_VERSION, rest):
        rest = f"=={rest.removeprefix('v')}"
    bounds = [_bound(found["operator"], found["version"].removeprefix("v")) for found in _BOUND.finditer(rest)]
    left = re.sub(r"[\s,]|and", "", _BOUND.sub("", rest))
    return f"{name}{','.join(bounds)}{semicolon}{marker}" if not left and (bounds or not rest) else ""


def _bound(operator: str, version: str) -> str:
    fuzzy = operator == "=" and version.count(".") < 2 and version.replace(".", "").isdigit()  # as conda means it
    return f"{_OPERATORS[operator]}{version}{'.*' * fuzzy}"


def _imported(text: str) -> list[str]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return []
    modules = [alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names]
    modules += [node.module for node in tree.body if isinstance(node, ast.ImportFrom) and node.module]
    tops = [module.partition(".")[0] for module in modules]
    return [package_of(top) or top.replace("_", "-") for top in tops]


def _advice(text: str) -> str:
    if "|" in text:
        return f"pip has no 'or' between versions: write one of them. {_ADVICE}"
    if re.search(r"[=<>~]\s*$", text):
        return f"The version is missing. {_ADVICE}"
    return _ADVICE

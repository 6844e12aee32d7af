"""Lines that are nearly requirements: what they say, in pip's words."""

import ast
import re
import shlex
from itertools import groupby

from sesync_cli.diagnosis.modules import is_well_known, package_of
from sesync_cli.requirements.conda import for_pip, spec_of

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?(?:\s*\[[\w\s,.-]*\])?"
_VERSION = r"v?\d[\w.!+-]*(?:\.?\*)?"
_OPERATORS = {"=": "==", "=>": ">=", "=<": "<=", "==": "==", "===": "===", ">=": ">=", "<=": "<="}
_OPERATORS |= {">": ">", "<": "<", "~=": "~=", "!=": "!=", "=~": "~=", "^": ">="}
_BOUND = re.compile(rf"(?P<operator>===|==|>=|<=|~=|!=|=>|=<|=~|>|<|=)\s*(?P<version>{_VERSION})")
_NAMED = re.compile(rf"(?P<name>{_NAME})\s*(?P<rest>.*)")
_TREE = re.compile(rf"[\s│├└─|+`'-]*(?P<name>{_NAME})\s*\[required: .*installed: (?P<version>[\w.+!-]+)\]")
_TOOL = re.compile(r"pip[\d.]*|conda|mamba|micromamba")
_PYTHON = re.compile(r"\S*python[\d.]*|\{sys\.executable\}")
_BETWEEN = ";&|"  # commands
_REDIRECTED = re.compile(r"\d?&?>>?(?P<to>[^=].*)?")
_TAKES_A_WORD = (
    *("-c", "-e", "-f", "-i", "-n", "-p", "-r", "-t", "--abi", "--cache-dir", "--cert", "--channel", "--client-cert"),
    *("--config-settings", "--constraint", "--editable", "--extra-index-url", "--file", "--find-links", "--index-url"),
    *("--global-option", "--implementation", "--install-option", "--log", "--name", "--no-binary", "--only-binary"),
    *("--platform", "--prefix", "--progress-bar", "--proxy", "--python", "--python-version", "--report"),
    *("--requirement", "--retries", "--root", "--src", "--target", "--timeout", "--trusted-host", "--upgrade-strategy"),
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

    None for a line without such a command. Options are left out, and with them the files that they name.
    """
    if " install" not in line:
        return None
    lexer = shlex.shlex(line.strip(), posix=True, punctuation_chars=_BETWEEN)
    lexer.whitespace_split = True
    try:
        words = list(lexer)
    except ValueError:  # a quote without its end
        return None
    found, installs = [], False
    for is_between, command in groupby(words, lambda word: set(word) <= set(_BETWEEN)):
        tool, said = ("", []) if is_between else _installing(list(command))
        installs = installs or bool(tool)
        found += said if tool.startswith("pip") else _from_conda(said)
    return found if installs else None


def _installing(words: list[str]) -> tuple[str, list[str]]:
    """The tool that a command starts to install packages, and what is to be installed; empty for another command."""
    words = [word for word in [words[0].lstrip("!%$>"), *words[1:]] if word]
    if words[:1] == ["sudo"]:
        words = words[1:]
    if len(words) > 2 and _PYTHON.fullmatch(words[0]) and words[1] == "-m":
        words = words[2:]
    if words[:1] == ["uv"]:
        words = words[1:]
    if len(words) < 2 or not _TOOL.fullmatch(words[0]) or words[1] != "install":
        return "", []
    found, skip = [], False
    for word in words[2:]:
        if not skip and (redirected := _REDIRECTED.fullmatch(word)):
            skip = not redirected["to"]
            continue
        if not skip and not word.startswith(("-", ".", "/")):
            found.append(re.sub(r"\d?>/.*", "", word).rstrip(","))
        skip = not skip and word in _TAKES_A_WORD
    return words[0], found


def _from_conda(words: list[str]) -> list[str]:
    specs = [spec for word in words if (spec := spec_of(word)) and spec.name != "python"]
    return [word for spec in specs if (word := for_pip(spec))]


def _bounded(text: str) -> str:
    """A name with bounds on its version, whatever stands between these; empty for what is none."""
    text, semicolon, marker = text.strip().strip("\"'").partition(";")
    match = _NAMED.fullmatch(text.strip())
    if not match:
        return ""
    name, rest = match["name"], match["rest"].strip()
    rest = re.sub(r"\([^()]*\)", _inside, rest).strip()
    if rest.lower() in ("latest", "==latest", "=latest", "*", "==*", "=*", "any"):
        rest = ""
    if re.fullmatch(_VERSION, rest):
        rest = f"=={rest.removeprefix('v')}"
    bounds = [_bound(found["operator"], found["version"].removeprefix("v")) for found in _BOUND.finditer(rest)]
    left = re.sub(r"[\s,]|and", "", _BOUND.sub("", rest))
    return f"{name}{','.join(bounds)}{semicolon}{marker}" if not left and (bounds or not rest) else ""


def _inside(brackets: re.Match[str]) -> str:
    """What stands in brackets, if it is a version and no story."""
    said = brackets[0][1:-1].strip().removeprefix("version").strip()
    return said if any(letter.isdigit() for letter in said) else ""


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

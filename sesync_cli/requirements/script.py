"""What a script says that it needs, in a block of comments (PEP 723), and a notebook that has one in a cell."""

import re
import tomllib
from pathlib import Path
from typing import Any

from sesync_cli.errors import NotReady
from sesync_cli.names import few
from sesync_cli.requirements.listing import read_lines
from sesync_cli.requirements.package_list import PackageList

_BLOCK = re.compile(r"(?m)^# /// script[ \t]*$\s(?P<content>(^#(| .*)$\s)+)^# ///[ \t]*$")
_EXAMPLE = "It says for instance: '# dependencies = [\"pandas\"]'."


def read_script(text: str, path: Path) -> PackageList | None:
    """What the block in this text of a file asks for; None where there is none, `NotReady` where it is no TOML."""
    block = _BLOCK.search(text + "\n")
    if not block:
        return None
    lines = [line[2:] if line.startswith("# ") else line[1:] for line in block["content"].splitlines()]
    try:
        data = tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError:
        raise NotReady(f"{path} has a block '# /// script' that is not TOML", hint=_EXAMPLE) from None
    words = data.get("dependencies", [])
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise NotReady(f"{path} has dependencies that are not a list of texts", hint=_EXAMPLE)
    if sources := _sources(data):
        raise NotReady(f"{path} has {few(sources)} from places that only uv takes it from", hint="'uv run' starts it.")
    first = text[: block.start()].count("\n") + 1
    numbers: dict[str, int] = {}
    for place, line in enumerate(lines, 1):
        numbers |= {word: first + place for word in words if f'"{word}"' in line or f"'{word}'" in line}
    found = read_lines([(numbers.get(word, first), word) for word in words], path)
    return PackageList(found.words, read=(path,), python=str(data.get("requires-python", "")), remarks=found.remarks)


def _sources(data: dict[str, Any]) -> list[str]:
    """The packages that `[tool.uv.sources]` takes from elsewhere."""
    tool = data.get("tool")
    uv = tool.get("uv") if isinstance(tool, dict) else None
    sources = uv.get("sources") if isinstance(uv, dict) else None
    return sorted(sources) if isinstance(sources, dict) else []

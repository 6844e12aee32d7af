"""What a script says that it needs, in a block of comments (PEP 723), and a notebook that has one in a cell."""

import re
import tomllib
from pathlib import Path

from sesync_cli.errors import NotReady
from sesync_cli.requirements.listing import read_lines
from sesync_cli.requirements.package_list import PackageList

_BLOCK = re.compile(r"(?m)^# /// script[ \t]*$\s(?P<content>(^#(| .*)$\s)+)^# ///[ \t]*$")


def read_script(text: str, path: Path) -> PackageList | None:
    """What the block in this text of a file asks for; None where there is none, `NotReady` where it is no TOML."""
    block = _BLOCK.search(text + "\n")
    if not block:
        return None
    lines = [line[2:] if line.startswith("# ") else line[1:] for line in block["content"].splitlines()]
    try:
        data = tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError:
        hint = "It says for instance: '# dependencies = [\"pandas\"]'."
        raise NotReady(f"{path} has a block '# /// script' that is not TOML", hint=hint) from None
    words = data.get("dependencies", [])
    first = text[: block.start()].count("\n") + 1
    numbers = {word: first + place for word in words for place, line in enumerate(lines, 1) if str(word) in line}
    found = read_lines([(numbers.get(str(word), first), str(word)) for word in words], path)
    return PackageList(found.words, read=(path,), python=str(data.get("requires-python", "")), remarks=found.remarks)

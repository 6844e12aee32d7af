"""A library that is there in another version than a package needs: the words for it."""

import re
from collections.abc import Mapping


def needed(words: Mapping[str, str]) -> dict[str, str]:
    """What `library` is needed, and which is here, from the words of a log: 'PROJ 6.2.0 or a newer one', '5.2.0'."""
    if "library" not in words:
        return {}
    least, there = _version(words.get("needed", "")), _version(words.get("there", ""))
    too_new = bool(least and there) and _number(there) > _number(least)
    range_ = "" if too_new else " or a newer one"
    return {
        "library": words["library"],
        "needed": f"{words['library']} {least}{range_}" if least else f"a newer {words['library']}",
        "here": there or "an older one",
    }


def _version(said: str) -> str:
    """1.8.18 for '(1, 8, 18' and for '1.8.18.'."""
    return re.sub(r"[, ]+", ".", said.strip(" ,.()'\""))


def _number(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]

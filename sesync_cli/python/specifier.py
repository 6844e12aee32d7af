"""Versions of Python as files ask for them: `3.8`, `>=3.9,<3.13`, `~3.8 || ^3.11`."""

import re
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from sesync_cli.errors import WrongWords

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet


def fits(asked: str) -> Callable[[str], bool]:
    """Whether a version of Python is as files say: `3.8` is any 3.8.x, else it is a specifier (PEP 440).

    `||` stands between specifiers of which one is enough, as in Poetry's files.
    """
    specifiers = [_specifier(one.strip(), asked) for one in asked.split("||")]
    return lambda version: any(one.contains(version, prereleases=True) for one in specifiers)


def _specifier(text: str, asked: str) -> "SpecifierSet":
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    bounds = re.sub(r"([<>]=?\s*\d[\d.]*)\.\*", r"\1", text)  # setup.py of old says >=3.6.*
    for one in (f"=={text}.*" if re.fullmatch(r"\d+(\.\d+)?", text) else bounds, f"=={text}"):
        with suppress(InvalidSpecifier):
            return SpecifierSet(one)
    raise WrongWords(f"{asked!r} is no version of Python", hint="'--python' says which to take.")

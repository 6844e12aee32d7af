"""conda's `environment.yml`: what pip can have of it, under pip's names, and what conda alone has. A door to PyYAML."""

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sesync_cli.errors import NotReady
from sesync_cli.python.distributions import canonical
from sesync_cli.requirements.conda import spec_of
from sesync_cli.requirements.line import of_conda
from sesync_cli.requirements.listing import read_lines
from sesync_cli.requirements.package_list import PackageList, Remarks
from sesync_cli.requirements.reading import parsed
from sesync_cli.requirements.strangers import ONLY_CONDA
from sesync_cli.requirements.text import read_text

if TYPE_CHECKING:
    from yaml import Node
_NO_PACKAGES = ("", "nodefaults")


def read_environment_file(path: Path) -> PackageList:
    """What an environment.yml asks for; `NotReady` for what is none.

    What pip would have anyway, its own tools, is not taken in conda's versions.
    """
    words, only_conda, remarks = [], [], Remarks()
    python, of_pip = "", []
    for number, text, is_pips in _entries(path):
        if is_pips:
            of_pip.append((number, text))
            continue
        if text in _NO_PACKAGES:
            continue
        spec = spec_of(text)
        if spec is None:
            hint = "Write it in a version that pip understands, such as 'pandas>=1.2,<2', or take the line out."
            raise NotReady(f"{path}, line {number} says what pip cannot: {text}", hint=hint)
        reading = of_conda(spec)
        python = reading.python or python
        words += [word for word in reading.words if word != "pip"]
        if reading.remark:
            remarks.add(reading.remark, number, reading.what)
        if reading.remark == ONLY_CONDA:
            only_conda.append(spec.name)
    pips = read_lines(of_pip, path)
    by_pip = set(map(_name, pips.words))  # which conda's own installer brings last
    words = [word for word in words if _name(word) not in by_pip]
    return replace(
        pips,
        words=tuple(dict.fromkeys([*words, *pips.words])),
        read=tuple(dict.fromkeys([path, *pips.read])),
        python=python,
        remarks=(*remarks.about(path), *pips.remarks),
        only_conda=tuple(only_conda),
    )


def is_environment_file(path: Path) -> bool:
    """Whether this is an environment.yml, whatever it is called."""
    return path.suffix in (".yml", ".yaml") or bool(re.search(r"(?m)^dependencies:\s*(#.*)?$", read_text(path)))


def environment_name(path: Path) -> str:
    """What an environment.yml calls its environment; empty if it does not say."""
    named = re.search(r"^name:[ \t]*['\"]?([\w.-]+)", read_text(path), re.MULTILINE)
    return named[1] if named else ""


def _entries(path: Path) -> list[tuple[int, str, bool]]:
    """Each dependency with the number of its line, and whether it is pip's."""
    import yaml

    try:
        document = yaml.compose(read_text(path), Loader=yaml.SafeLoader)
        found: list[tuple[int, str, bool]] = []
        for key, value in document.value if document else ():
            if key.value == "dependencies":
                for node in value.value:
                    found += _of_node(node)
        return found
    except (yaml.YAMLError, AttributeError, TypeError, ValueError, RecursionError):
        hint = "It is as 'conda env export --from-history' prints it, or 'mamba', with 'dependencies:' in it."
        raise NotReady(f"{path} is not as conda writes it", hint=hint) from None


def _of_node(node: "Node") -> list[tuple[int, str, bool]]:
    if isinstance(node.value, str):
        return [(node.start_mark.line + 1, node.value, False)]
    pips = [one for key, value in node.value if key.value == "pip" for one in value.value]
    slips = [(key, f"{key.value}={value.value}") for key, value in node.value if key.value != "pip"]  # numpy: 1.19
    return [
        *((one.start_mark.line + 1, str(one.value), True) for one in pips),
        *((key.start_mark.line + 1, text, False) for key, text in slips),
    ]


def _name(word: str) -> str:
    one = parsed(word)
    return canonical(one.name) if one else word

"""One line of a list of packages: as pip takes it, or as people and programs write it otherwise."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sesync_cli.requirements import reading
from sesync_cli.requirements.conda import CondaSpec, for_pip, spec_of
from sesync_cli.requirements.place import is_built_by_conda, is_place, of_built, of_place
from sesync_cli.requirements.reading import READ_AS, Around, NoPackage, Reading, parsed
from sesync_cli.requirements.repair import repaired
from sesync_cli.requirements.strangers import ONLY_CONDA, is_of_debian, is_of_kernels, left_out, other_name

if TYPE_CHECKING:
    from packaging.requirements import Requirement

_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_OPTIONS = re.compile(r"\s--(?:hash|config-settings?|global-option|install-option)\b.*")
_EDITABLE = re.compile(r"(?:-e|--editable)[\s=]+(?P<place>.+)")
_OLDEST_IPYKERNEL = "5.5.6"  # those before it need parts of Jupyter that they do not name
_BACKPORTS = ("dataclasses", "contextvars")  # of what Python 3.7 and newer have


def read_line(line: str, around: Around) -> Reading:
    """What a line of a requirements file asks for; `NoPackage` for what is none."""
    options = found[0] if (found := _OPTIONS.search(f" {line}")) else ""
    text = line.strip().removesuffix(options.strip()).strip().rstrip(",;").strip()
    if "${" in text:  # a variable, which installers fill in
        return Reading((line.strip(),), as_it_is=True)
    if editable := _EDITABLE.match(text):
        return of_place(editable["place"].strip(), options, around.folder, editable=True)
    if is_place(text):
        return of_place(text, options, around.folder, editable=False)
    if requirement := parsed(text):
        return _of_requirement(requirement, text, options, around)
    if spec := spec_of(text, with_build=True):
        return of_conda(spec)
    return _repaired(text, around)


def of_conda(spec: CondaSpec) -> Reading:
    """What a package of conda's is for pip."""
    if spec.name == "python":
        return Reading(python=spec.python)
    word = for_pip(spec)
    if remark := left_out(spec.name) if word else ONLY_CONDA:
        return Reading((), remark, spec.name)
    assert word
    return Reading((word,), reading.NO_BUILD if spec.build else "", word)


def origin_of(lines: Iterable[str]) -> str:
    """Where a list is from, for `Around`."""
    for line in lines:
        name = _NAME.match(line.strip())
        if name and is_of_debian(name[0]):
            return "debian"
        if is_built_by_conda(line):
            return "conda"
    return ""


def has_old_jupyter(lines: Iterable[str]) -> bool:
    """Whether a list asks for an ipykernel that is too old, for `Around`."""
    from packaging.version import InvalidVersion, Version

    said = [parsed(line.partition(" #")[0].strip()) for line in lines if line.strip().lower().startswith("ipykernel")]
    for spec in (spec for one in said if one and one.name.lower() == "ipykernel" for spec in one.specifier):
        try:
            version = Version(spec.version.removesuffix(".*"))
        except InvalidVersion:
            continue
        if spec.operator in ("==", "===", "<", "<=", "~=") and version < Version(_OLDEST_IPYKERNEL):
            return True
    return False


def _repaired(text: str, around: Around) -> Reading:
    """What a line means that is nearly a requirement, or several."""
    if text.endswith(":"):
        return Reading((), reading.NOTHING, f"'{text}'")
    pieces, advice = repaired(text)
    if not pieces or not all(parsed(piece) or is_place(piece) for piece in pieces):
        raise NoPackage(advice)
    found = [read_line(piece, around) for piece in pieces]
    if len(found) == 1 and not found[0].words:
        return found[0]
    words = tuple(word for one in found for word in one.words)
    python = next((one.python for one in found if one.python), "")
    return Reading(words, READ_AS, f"{', '.join(words) or 'nothing'} for {text}", python=python)


def _of_requirement(one: "Requirement", text: str, options: str, around: Around) -> Reading:
    if one.url and ("://" not in one.url or one.url.startswith("file:")):
        return of_built(one, text, options, around)
    if one.name.lower() == "python":
        python = CondaSpec("python", str(one.specifier), build=False).python
        return Reading((), READ_AS, f"{text} for the kernel's Python", python=python)
    pin = next((spec.version for spec in one.specifier if spec.operator in ("==", "===")), "")
    if remark := left_out(one.name, "" if around.own_index else pin, around.origin):
        return Reading((), remark, one.name)
    if around.old_jupyter and is_of_kernels(one.name):
        return Reading((), reading.NEEDED_NOW, text)
    own_build = "+" in pin and not around.own_index and not options
    if changed := _changed(one, text, options, pin if own_build else ""):
        return changed
    return Reading((f"{text}{options}",), as_it_is=True)


def _changed(one: "Requirement", text: str, options: str, own_build: str) -> Reading | None:
    """What is asked for instead, where the line's own words would bring nothing or something else."""
    name, same_versions = other_name(one.name)
    if name:
        extras = f"[{','.join(sorted(one.extras))}]" if one.extras else ""
        marker = f" ; {one.marker}" if one.marker else ""
        word = f"{name}{extras}{one.specifier if same_versions else ''}{marker}"
        return Reading((f"{word}{options if same_versions else ''}",), READ_AS, f"{word} for {text}")
    if one.name.lower() in _BACKPORTS and not one.marker:
        return Reading((f"{text} ; python_version < '3.7'{options}",), reading.NEWER_PYTHON, text)
    if own_build:
        new = text.replace(own_build, own_build.partition("+")[0])
        return Reading((new,), reading.PLAIN_BUILD, f"{new} for {text}")
    return None

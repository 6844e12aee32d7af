"""Requirements files: what they include, the index that they name, and the hashes that they demand.

The door to pip-requirements-parser. uv reads the files themselves; what is found here is what uv does not tell.
"""

import codecs
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sesync_cli.errors import NotFound, NotReady
from sesync_cli.python.distributions import canonical

if TYPE_CHECKING:
    from pip_requirements_parser import RequirementsFile

_LARGEST = 5_000_000  # bytes


def included(file: Path) -> tuple[Path, ...]:
    """A requirements file and all that it includes with -r and -c, each once; `NotFound` for one that is not there."""
    found: dict[Path, None] = {}
    waiting = [(file, file)]
    while waiting:
        path, by = waiting.pop(0)
        if path in found:
            continue
        found[path] = None
        for option in _parsed(path, by).options:
            for kind in ("requirements", "constraints"):
                names = option.options.get(kind, ())
                waiting += [(path.parent / name, path) for name in names if "://" not in name]
    return tuple(found)


def words_in(file: Path) -> list[str]:
    """What a requirements file asks for itself, each as one would say it to an installer."""
    return [str(one.req or one.link) for one in _parsed(file, file).requirements if one.req or one.link]


def hashes(files: Iterable[Path], text: str = "") -> Mapping[str, frozenset[str]]:
    """The SHA-256 that the files of a package may have, by its name, where requirements demand any."""
    allowed: dict[str, set[str]] = {}
    for one in (*(_parsed(file, file) for file in files), *([_of_text(text)] if text else [])):
        for requirement in one.requirements:
            if requirement.name and requirement.hash_options:
                said = {value.removeprefix("sha256:") for value in requirement.hash_options}
                allowed.setdefault(canonical(requirement.name), set()).update(said)
    return {name: frozenset(said) for name, said in allowed.items()}


def index_of(files: Iterable[Path], text: str = "") -> str:
    """The index that requirements want to be asked instead of the usual one; the last that names one counts."""
    parsed = [_parsed(one, file) for file in files for one in included(file)] + ([_of_text(text)] if text else [])
    named = [option.options["index_url"] for one in parsed for option in one.options if "index_url" in option.options]
    return str(named[-1]) if named else ""


def _parsed(path: Path, by: Path) -> "RequirementsFile":
    from pip_requirements_parser import RequirementsFile

    said = f", which {by} includes," if by != path else ""
    try:
        if path.stat().st_size > _LARGEST:
            raise NotReady(f"{path}{said} is too large for a list of packages")
        data = path.read_bytes()
        data.decode()
    except FileNotFoundError:
        raise NotFound(f"{path}{said} does not exist", hint="Is it spelt rightly?") from None
    except OSError as error:
        raise NotReady(f"{path}{said} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        kind = "UTF-16" if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "no UTF-8"
        hint = f"Save it as UTF-8: 'iconv -f UTF-16 -t UTF-8 {path.name} -o new.txt' for a file from Windows."
        raise NotReady(f"{path}{said} is {kind} text, which installers cannot read", hint=hint) from None
    return RequirementsFile.from_file(str(path))


def _of_text(text: str) -> "RequirementsFile":
    from tempfile import NamedTemporaryFile

    from pip_requirements_parser import RequirementsFile

    with NamedTemporaryFile("w", suffix=".txt") as file:  # its own reader of texts is broken (32.0.1)
        file.write(text)
        file.flush()
        return RequirementsFile.from_file(file.name)

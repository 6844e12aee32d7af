"""Whether what was just installed can be imported: each package is tried by the Python that it is for."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from sesync_cli.diagnosis.explain import reason
from sesync_cli.errors import NoAnswer
from sesync_cli.install.usersite import NOT_FROM_HERE
from sesync_cli.kernel.importable import modules_of
from sesync_cli.kernel.questions import HELP, ended, reason_in
from sesync_cli.plan import Watch
from sesync_cli.python.distributions import Package
from sesync_cli.run import ProgramFailed, run

_TRIAL = """
for name in {names!r}:
    said = _sesync_import(name)
    if said != '""':
        break
print()
print(repr(said))
"""


def not_importable(
    packages: Iterable[Package], python: Path, env: Mapping[str, str], seconds: float, watch: Watch
) -> dict[Package, str]:
    """Why these packages cannot be imported, those of them that cannot; more than `seconds` are no failure."""
    failures = {}
    for package in packages:
        with watch(f"Importing {package.name}"):
            failures[package] = _failure(package, python, env, seconds)
    return {package: said for package, said in failures.items() if said}


def _failure(package: Package, python: Path, env: Mapping[str, str], seconds: float) -> str:
    names = sorted(modules_of(package.metadata))
    if not names:
        return ""
    code = NOT_FROM_HERE + HELP + _TRIAL.format(names=names)
    try:
        said = reason_in(run([str(python), "-c", code], env=env, seconds=seconds).out.splitlines()[-1])
    except NoAnswer:
        return ""
    except ProgramFailed as failure:
        return f"it ends Python ({ended(failure.output.code)})"
    except (ValueError, SyntaxError):
        return ""  # it has words of its own at its end
    return reason(package.name, said) if said else ""

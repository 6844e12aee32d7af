"""uv at work in an environment: told what to do, followed line by line, its failures explained."""

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sesync_cli.disk import full_in, full_place, no_room
from sesync_cli.errors import NotFound, NotReady, SesyncError
from sesync_cli.interrupts import unhurried
from sesync_cli.kernel.environment import clean_env
from sesync_cli.kernel.pylock import Lock, lock_of
from sesync_cli.kernel.size import is_measured
from sesync_cli.kernel.uv_cache import with_cache
from sesync_cli.leftovers import is_unfinished
from sesync_cli.lock import scratch
from sesync_cli.plan import Report, by_hand
from sesync_cli.python.environments import site_packages
from sesync_cli.python.uv import unreachable_index, uv, uv_program
from sesync_cli.python.uv_settings import SETTINGS, project_settings, uv_files, written
from sesync_cli.run import ProgramFailed, follow, run

_METADATA, _NEEDS = Path(__file__).parent / "metadata.toml", "dependency-metadata"
_MISSING = "was not found in the package registry"
_REFUSED = re.compile(r"could not be queried due to|returned a 40[13]")
_COPIED = "Failed to hardlink files"
_LINK_MODE, _CLONE = "UV_LINK_MODE", "clone"  # what is linked is guarded, so a clone is only for who asks for one
_WIDE = "10000"  # columns for uv, which otherwise breaks its sentences, and the names in them, at the terminal's width
_PATIENCE = "20"  # seconds for others to let go of uv's cache, which 'uv run' holds for as long as its program runs
_NOT_HERE = re.compile(r"Distribution not found at: (?:file://)?(?P<path>.+)")
_NO_FILE = re.compile(r"(?:File not found: |failed to read from file )`(?P<path>[^`]+)`")
_BAD_METADATA = re.compile(r"Because (?P<what>(?P<name>[\w.-]+)\S*) has (?:invalid metadata|an invalid package format)")
_BAD_LINE = re.compile(r"Couldn't parse requirement in `(?P<file>[^`]+)`.*\n.*\n\s*(?P<line>.+)\n\s*\^")
_PHASE = re.compile(r"(?P<writes>Resolved|Prepared)|Downloading|Building|Updating")  # after the first uv may write


class BadMetadata(SesyncError):
    """A release of this package says what it needs in words that uv does not take."""

    def __init__(self, package: str, message: str, hint: str) -> None:
        from sesync_cli.diagnosis.diagnose import Diagnosis
        from sesync_cli.diagnosis.explain import as_facts

        found = Diagnosis("old-metadata", "wheel", self.kind, package, message)
        super().__init__(message, hint=hint, diagnosis=as_facts(found))
        self.package = package


def uv_pip(
    environment: Path, words: Sequence[str], env: Mapping[str, str], log: Path, report: Report, *, explain: bool = True
) -> str:
    """Run `uv pip WORD...` on an environment, and give what it printed; what it changes is changed to the end.

    A failure that nobody will be told of need not be explained; that the disk is full always is.
    """
    python = environment / "bin/python"
    settings = environment / SETTINGS
    known = settings.is_file() and "--config-file" not in words
    ours = ("--python", str(python), *(("--config-file", str(settings)) if known else ()))
    argv, told = uv("pip", words[0], *ours, *words[1:], env=clean_env(env), python=python)
    in_use = not is_unfinished(environment)
    guarded = not in_use or is_measured(environment)  # what is linked is: `hardlinks.keep_to_oneself`
    mode = _CLONE if env.get(_LINK_MODE) == _CLONE else "hardlink" if guarded else "copy"
    try:
        with unhurried(report) as let_finish:
            let_finish(in_use and words[0] == "uninstall")

            def on_line(line: str) -> None:
                if in_use and (phase := _PHASE.match(line.strip())):
                    let_finish(bool(phase["writes"]))
                report(None, line)

            def work(env: Mapping[str, str], umask: int) -> str:
                return follow(argv, on_line, env=env, log=log, umask=umask).out

            opens = guarded or words[0] == "compile"
            return with_cache(work, told | {"COLUMNS": _WIDE, _LINK_MODE: mode}, opens=opens)
    except ProgramFailed as failure:
        if not (explain or full_in(failure.output.out)):
            raise
        said = _refusal(argv, told, failure.output.out) or failure.output.out
        error = _explained(said, environment, clean_env(env), log)
        if place := unreachable_index(said, told):
            hint = f"{place} is asked beside the usual index: see 'pip config list' and ~/.config/uv/uv.toml."
            error.hint = f"{hint} {error.hint}"
        for broken in uv_files(env).broken:
            error.hint = f"What it says of the index does not count: {broken}. {error.hint}"
        raise error from None


def _refusal(argv: Sequence[str], told: Mapping[str, str], said: str) -> str:
    """What uv says of an index that gives nothing out without the right password; empty if there is none.

    Where all indexes count alike, it passes over such a one, and says only that there is no such package.
    """
    if _MISSING not in said:
        return ""
    tries = [*argv, *(["--dry-run"] if "install" in argv[:3] else [])]
    try:
        run(tries, env={**told, "UV_INDEX_STRATEGY": "first-index"})
    except ProgramFailed as failure:
        return failure.output.err if _REFUSED.search(failure.output.err) else ""
    return ""


def compile_lock(
    environment: Path, words: Sequence[str | Path], env: Mapping[str, str], log: Path, report: Report
) -> None:
    """Have uv write a `pylock.toml`; what old releases need, but say in words that uv does not take, it is told."""
    settings = next((project_settings(Path(one)) for one in words if Path(one).name == "pyproject.toml"), {})
    ours = ["--quiet", "--no-header", "--no-annotate", "--format", "pylock.toml"]

    def compile_with(settings: Mapping[str, Any]) -> None:
        with TemporaryDirectory(dir=scratch()) as folder:
            told = ["--config-file", str(written(Path(folder), settings))] if settings else []
            uv_pip(environment, ["compile", *told, *ours, *map(str, words)], env, log, report)

    try:
        compile_with(settings)
    except BadMetadata as error:
        more = tomllib.loads(_METADATA.read_text(encoding="utf-8"))[_NEEDS]
        if error.package not in {one["name"] for one in more}:
            raise
        compile_with(settings | {_NEEDS: [*settings.get(_NEEDS, ()), *more]})
    if settings and is_unfinished(environment):
        written(environment, settings)


def forget(packages: Sequence[str], env: Mapping[str, str]) -> None:
    """Have uv's cache let go of these packages, unless it is in use or another account's."""
    argv, told = uv("cache", "clean", "--quiet", *packages, env=clean_env(env))
    with suppress(ProgramFailed):
        run(argv, env=told | {"UV_LOCK_TIMEOUT": _PATIENCE})


def was_copied(log: Path) -> bool:
    """Whether uv says in its log that it had to copy packages, since links from its cache were refused."""
    try:
        return _COPIED in log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


def exported(project: Path, dev: bool) -> tuple[Lock, str]:
    """The `uv.lock` of a folder as a lock for any installer, and the command that writes it, with -o FILE."""
    words = ["export", "--frozen", "--no-emit-project", "--format", "pylock.toml", "--project", str(project)]
    words += [] if dev else ["--no-dev"]
    argv, told = uv(*words, "--quiet", env=os.environ)
    try:
        text = with_cache(lambda env, umask: run(argv, env=env, umask=umask).out, told)
    except ProgramFailed as failure:
        again = by_hand(uv_program(os.environ), "lock", "--project", project)
        raise NotReady(
            f"{project / 'uv.lock'} cannot be read: {failure}", hint=f"This writes it anew: {again}"
        ) from None
    return lock_of(text, project), by_hand(uv_program(os.environ), *words)


def frozen(environment: Path, env: Mapping[str, str]) -> list[str]:
    """What is installed in an environment, as lines of a requirements file: by version, or from an address."""
    argv, told = uv("pip", "freeze", "--quiet", "--python", str(environment / "bin/python"), env=clean_env(env))
    return with_cache(lambda env, umask: run(argv, env=env, umask=umask).out, told).splitlines()


def _explained(text: str, environment: Path, env: Mapping[str, str], log: Path) -> SesyncError:
    """One clear sentence for uv's story; the log has the whole of it."""
    if number := full_in(text):
        return no_room(full_place(text, environment, Path(env.get("UV_CACHE_DIR") or environment)), number)
    if missing := _NOT_HERE.search(text) or _NO_FILE.search(text):
        return NotFound(
            f"there is no file or folder {missing['path']}", hint=f"All that the installer said is in {log}."
        )
    if bad := _BAD_LINE.search(text):
        hint = "A line says a package as 'pandas' or 'pandas>=2'."
        return SesyncError(f"{bad['file']} has a line that is not a package: {bad['line'].strip()}", hint=hint)
    if odd := _BAD_METADATA.search(" ".join(text.split())):
        message = f"{odd['what']} says what it needs in a way that installers do not understand any more"
        return BadMetadata(
            odd["name"], message, hint=f"Ask for a newer version of it. All that the installer said is in {log}."
        )
    return _diagnosed(text, environment, log)


def _diagnosed(text: str, environment: Path, log: Path) -> SesyncError:
    # imported here since most installs succeed
    from sesync_cli.diagnosis.explain import InstallAttempt, explained

    packages = site_packages(environment)
    version = packages.parent.name.removeprefix("python") if packages else ""
    return explained(text, InstallAttempt((), version, log))

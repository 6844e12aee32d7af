"""Whether an install that failed has worked before: what the logs of those that ended well tell, and what is new."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.diagnosis.logs import UnreadableLog, about, ended_well, log_text
from sesync_cli.python.distributions import canonical

NEVER = "I know of no install that worked here."
_MOST = 200  # logs that are read, the newest
_INSTALL = re.compile(r"\d{8}-\d{6}-install-.+\.log|kernel-create-.+\.log")
_PYTHON = re.compile(
    r"^Using Python (3\.\d+)|/lib(?:64)?/python(3\.\d+)/site-packages|-cp3(\d+)-cp3\d+m?-", re.MULTILINE
)
_KERNEL = re.compile(r"^Using Python \S+ environment at: \S*/sesync/kernels/(?P<name>[\w.-]+?)(?:@2)?$", re.MULTILINE)
_LISTED = re.compile(r"^\s*[+~] (?P<name>[\w.-]+)==(?P<version>\S+)", re.MULTILINE)
_WRITTEN = re.compile(r"^Successfully installed (?P<all>.+)$", re.MULTILINE)
_FILE = re.compile(
    r"(?:Downloading|Using cached) (?:\S*/)?(?P<name>[A-Za-z][\w.-]*?)-(?P<version>\d[\w.!+]*?)(?:-|\.tar|\.zip)"
)


@dataclass(frozen=True)
class LoggedInstall:
    """An install by its log: when it was, what it was about, and where it went, as far as the log tells."""

    log: Path
    at: float
    about: str
    text: str
    kernel: str
    python: str

    @property
    def day(self) -> str:
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(self.at))

    @property
    def makes_kernel(self) -> bool:
        return self.log.name.startswith("kernel-")

    @property
    def what(self) -> str:
        return f"the kernel {self.about}" if self.makes_kernel else self.about

    @property
    def where(self) -> str:
        """The kernel or the Python that it was for; empty where the log tells of neither."""
        if self.kernel and not self.makes_kernel:
            return f"in the kernel {self.kernel}"
        return f"for Python {self.python}" if self.python else ""

    def version_of(self, package: str) -> str:
        """The version of a package that it put there, or was about to."""
        done = _WRITTEN.search(self.text)
        words = [word.rpartition("-")[::2] for word in done["all"].split()] if done else []
        words += [(one["name"], one["version"]) for one in (*_LISTED.finditer(self.text), *_FILE.finditer(self.text))]
        return next((version for name, version in words if canonical(name) == canonical(package)), "")


def before(log: Path, kernel: str, python: str) -> list[str]:
    """What worked before the install that this log tells of; `kernel` and `python` are where it was to go, if known."""
    failed = _read(log) if _INSTALL.fullmatch(log.name) else None
    if failed is None:
        return []
    kernel, python = kernel or failed.kernel, python or failed.python
    found = list(_good(log))
    same = next((one for one in found if _is_same(one, failed)), None)
    place = next((one for one in found if _goes_there(one, failed, kernel, python)), None)
    if same is None and place is None:
        return [NEVER]
    return [*_of_package(failed, same), *_of_place(place, same), *_new(failed, same, kernel, python)]


def _of_package(failed: LoggedInstall, same: LoggedInstall | None) -> Iterator[str]:
    if same:
        version = same.version_of(failed.about)
        words = filter(None, (f"{failed.about} {version}".strip(), "was last installed", same.where, f"at {same.day}"))
        yield f"{' '.join(words)}:\n  {same.log}"
    elif not failed.makes_kernel:
        yield f"I know of no install of {failed.about} that worked here."


def _of_place(place: LoggedInstall | None, same: LoggedInstall | None) -> Iterator[str]:
    if place and place is not same:
        # of a Python that its log does not name, nobody can say more than that something worked
        words = filter(None, ("The last install", place.where, f"that worked was that of {place.what}, at {place.day}"))
        yield f"{' '.join(words)}:\n  {place.log}"


def _new(failed: LoggedInstall, same: LoggedInstall | None, kernel: str, python: str) -> Iterator[str]:
    """What is not as it was when the same was installed."""
    if same is None:
        return
    told = (
        ("kernel", same.kernel, kernel),
        ("Python", same.python, python),
        ("version", same.version_of(failed.about), failed.version_of(failed.about)),
    )
    changed = [f"the {what} was {then}, and is {now}" for what, then, now in told if then and now and then != now]
    if changed:
        yield f"New since then: {'; '.join(changed)}."


def _good(log: Path) -> Iterator[LoggedInstall]:
    """The other installs that ended well, the newest first."""
    try:
        others = [path for path in log.parent.iterdir() if _INSTALL.fullmatch(path.name) and path.name != log.name]
        newest = sorted(others, key=lambda path: path.stat().st_mtime, reverse=True)[:_MOST]
    except OSError:
        return
    for path in newest:
        read = _read(path)
        if read and ended_well(read.text):
            yield read


def _read(log: Path) -> LoggedInstall | None:
    try:
        text, at = log_text(log), log.stat().st_mtime
    except (UnreadableLog, OSError):
        return None
    kernel, python = _KERNEL.search(text), _PYTHON.search(text)
    named = about(log)
    made = named if log.name.startswith("kernel-") else ""
    minor = python[1] or python[2] or f"3.{python[3]}" if python else ""
    return LoggedInstall(log, at, named, text, made or (kernel["name"] if kernel else ""), minor)


def _is_same(one: LoggedInstall, failed: LoggedInstall) -> bool:
    return not (one.makes_kernel or failed.makes_kernel) and canonical(one.about) == canonical(failed.about)


def _goes_there(one: LoggedInstall, failed: LoggedInstall, kernel: str, python: str) -> bool:
    if kernel:
        return one.kernel == kernel or (failed.makes_kernel and one.makes_kernel)
    return not one.kernel and (not (one.python and python) or one.python == python)

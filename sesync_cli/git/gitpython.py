"""The door to GitPython: git's progress in plain words, addresses that would run programs, and a clone's servers."""

import contextlib
import re
from functools import cached_property
from pathlib import Path
from typing import Any

from sesync_cli.plan import Report

_FILES = re.compile(r"Updating files:\s+(\d+)% ")


class Progress:
    """What git says while it works: its progress is reported, and the rest is kept as what it `said`."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self._heard = False

    def hear(self, line: str) -> None:
        self._heard = True
        self._reader.new_message_handler()(line)

    @property
    def said(self) -> str:
        return "\n".join(self._reader.other_lines + self._reader.error_lines) if self._heard else ""

    @cached_property
    def _reader(self) -> Any:
        """GitPython is slow to load, and a git with nothing to do says nothing."""
        from git import RemoteProgress

        stages = {
            RemoteProgress.COUNTING: (0.00, 0.02, "the server looks up what there is"),
            RemoteProgress.COMPRESSING: (0.02, 0.08, "the server packs"),
            RemoteProgress.RECEIVING: (0.08, 0.80, "receiving"),
            RemoteProgress.RESOLVING: (0.80, 0.93, "unpacking"),
            RemoteProgress.CHECKING_OUT: (0.93, 1.00, "writing files"),
        }
        report = self.report

        class Reader(RemoteProgress):
            def update(self, op_code, cur_count, max_count=None, message=""):  # type: ignore[no-untyped-def]
                if stage := stages.get(op_code & self.OP_MASK):
                    begin, finish, words = stage
                    share = (cur_count or 0) / max_count if max_count else 0.0
                    report(begin + (finish - begin) * share, f"{words} {message}".strip())

            def line_dropped(self, line: str) -> None:
                if files := _FILES.match(line):  # newer words of git's than GitPython knows
                    self.update(self.CHECKING_OUT, int(files[1]), 100)  # type: ignore[no-untyped-call]

        return Reader()


def refuse_programs(word: str) -> None:
    """Fail if git would run a part of this address as a program."""
    from git import Git

    Git.check_unsafe_protocols(word)


def remotes(folder: Path) -> dict[str, str]:
    """What a clone calls its servers, each with its address; nothing for what is no clone."""
    from configparser import Error

    from git import GitError, Repo

    with contextlib.suppress(GitError, Error, ValueError, OSError):
        return {remote.name: remote.url for remote in Repo(folder, expand_vars=False).remotes}
    return {}

"""Tokens and passwords that the tests use, looked for in all that the tests leave behind.

Files are searched as they lie. Argument lists are written down by those who start programs: Python's audit hooks for
sesync itself, git's trace2 for git and what it starts. What sesync says is kept by the fixtures that run it.
"""

import os
import subprocess
from pathlib import Path

TOKEN = "glpat-R7zQ4vX1pLw9KcYd2mTs"  # none of them is anybody's
EXPIRED, REVOKED, NARROW = (f"glpat-{word}8sJf2nVb6QyHxWu3" for word in ("expi", "revo", "narr"))
PASSWORD, PASSPHRASE = "tok-123-secret", "open sesame 4711"
SECRETS = (TOKEN, EXPIRED, REVOKED, NARROW, PASSWORD, PASSPHRASE)
# files that are there to keep one
KEEPERS = (".python-gitlab.cfg", ".git-credentials", "config.yml", "passwords", "pip.conf", ".netrc")
_FOLDERS = ("site-packages", "objects")  # of other people's code, and of git's compressed contents
_LARGEST = "8M"
_RECORDER = Path(__file__).with_name("recorder")
_RECORDED = (
    "gitlab",
    "clone",
    "sync",
    "sshkey",
    "start",
)  # folders whose tests use secrets; a PYTHONPATH changes others


def recording(base: Path, folder: str) -> dict[str, str]:
    """Variables that have argument lists written down below this folder, for a test in a folder of that name."""
    said = base / "said"
    (said / "git").mkdir(parents=True, exist_ok=True)
    variables = {"GIT_TRACE2_EVENT": str(said / "git"), "GIT_TRACE2_REDACT": "0"}
    if folder in _RECORDED:
        variables |= {"PYTHONPATH": str(_RECORDER), "ARGUMENTS_OF_TESTS": str(said / "arguments.txt")}
    return variables


def keep_said(base: Path, *texts: str) -> None:
    """Keep what a program has printed."""
    (base / "said").mkdir(exist_ok=True)
    with (base / "said/printed.txt").open("a", errors="surrogateescape") as file:
        file.write("\n".join((*texts, "")))


def leaks(base: Path) -> list[Path]:
    """The files below this folder that have a secret and are not there to keep one."""
    pruned = [word for name in _FOLDERS for word in ("-name", name, "-o")][:-1]
    wanted = ["-type", "f", "-links", "1", "-size", f"-{_LARGEST}"]
    unwanted = [word for name in KEEPERS for word in ("!", "-name", name)]
    find = ["find", base, "-xdev", "-type", "d", "(", *pruned, ")", "-prune", "-o", *wanted, *unwanted, "-print0"]
    files = subprocess.run(find, stdout=subprocess.PIPE, check=False).stdout
    words = [word for secret in SECRETS for word in ("-e", secret)]
    grep = ["xargs", "-0", "--no-run-if-empty", "grep", "--files-with-matches", "--fixed-strings", "--no-messages"]
    found = subprocess.run([*grep, *words, "--"], input=files, stdout=subprocess.PIPE, check=False).stdout
    return sorted(Path(os.fsdecode(line)) for line in found.splitlines())

"""Words that people type out of habit, and what sesync calls it: some are taken as they are, others are answered."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

_SAME: Mapping[str, tuple[str, ...]] = {
    "list": ("ls",),
    "remove": ("rm", "delete", "del", "uninstall"),
    "create": ("new", "make", "add"),
    "show": ("info", "describe"),
    "update": ("upgrade",),
    "repair": ("fix", "rebuild"),
}


class Instead(NamedTuple):
    """A command for what people type as other words, and what it does.

    It is shown with the operands that somebody typed, if that are as many as it `takes`, else with those that it
    `wants`: words in capitals, or none for a command that does something alone.
    """

    command: str
    does: str
    typed: tuple[str, ...]
    wants: str = ""
    takes: int = 0


_ANY = 100  # operands
_INSTEAD: Sequence[Instead] = (
    Instead("sync", "gets what others did, and sends what you did", ("git", "merge")),
    Instead("sync", "gets what others did, and sends what you did", ("pull", "push", "fetch"), takes=1),
    Instead("sync", "gets what others did, and sends what you did", ("git pull", "git push", "git fetch", "git merge")),
    Instead("sync", "tells what is changed, too", ("git status", "git diff", "diff")),
    Instead("sync", "commits files, and sends them", ("commit", "git commit", "git add"), wants="-m TEXT FILE"),
    Instead("clone", "brings a repository here", ("git clone", "checkout", "download", "get"), takes=1),
    Instead("clone", "lists your repositories, and brings one here", ("repo", "repository", "repos")),
    Instead("put", "copies data into a data directory", ("cp", "copy", "upload", "scp", "rsync"), wants="FILE PROJECT"),
    Instead("put", "moves data into a data directory", ("mv", "move"), wants="FILE PROJECT --move"),
    Instead("start", "sets up a project", ("begin", "setup", "init", "project", "onboard"), takes=1),
    Instead("link", "brings a project's data here", ("ln", "mount"), takes=1),
    Instead("link", "lists your data", ("data", "links", "projects")),
    Instead("unlink", "takes a link away", ("umount", "unmount"), wants="NAME", takes=1),
    Instead("usage", "shows what fills your home", ("du", "df", "quota", "space", "disk")),
    Instead("usage", "shows what can go, and asks", ("clean", "cleanup", "free", "prune"), wants="--clean"),
    Instead("where", "says where files should be", ("find", "place"), takes=1),
    Instead("install", "installs Python packages", ("pip", "pip3", "package", "packages"), wants="PACKAGE"),
    Instead("install", "installs Python packages", ("pip install", "pip3 install"), wants="PACKAGE", takes=_ANY),
    Instead("install", "installs them", ("requirements",), wants="-r requirements.txt"),
    Instead("install", "lists what is installed", ("pip list", "pip freeze", "pip show", "conda list"), wants="--list"),
    Instead("uninstall", "uninstalls Python packages", ("pip uninstall",), wants="PACKAGE", takes=_ANY),
    Instead("kernel list", "lists your kernels", ("kernels", "jupyter", "envs", "conda env", "conda info")),
    Instead("kernel create", "makes a kernel of what a folder asks for", ("pipenv", "poetry", "uv", "conda", "venv")),
    Instead("kernel create", "makes a kernel of what a folder asks for", ("env", "virtualenv", "environment")),
    Instead(
        "kernel create",
        "makes a kernel with packages of its own",
        ("create", "new", "make", "add", "conda create", "ipykernel"),
        wants="NAME PACKAGE",
        takes=_ANY,
    ),
    Instead("kernel run", "runs a script with a kernel's packages", ("python", "python3"), wants="KERNEL python FILE"),
    Instead("ssh-key", "sets up your key", ("key", "keys", "ssh", "sshkey", "keygen", "login", "ssh-keygen")),
    Instead("open", "shows the centre's pages", ("browser", "web", "page", "pages", "url", "urls", "website")),
    Instead("open", "leads to JupyterLab", ("jupyterlab", "jupyterhub", "hub", "lab", "notebook"), wants="jupyter"),
    Instead("open", "says how files come here from your own computer", ("files", "sftp", "ftp"), wants="files"),
    Instead("open", "shows a group's code in a browser", ("gitlab", "github"), wants="gitlab"),
    Instead("open", "leads to a new password", ("password", "passwd", "account"), wants="password"),
    Instead("open", "finds it in the documentation", ("docs", "doc", "documentation", "faq"), wants="help WORD"),
    Instead("doctor", "finds what is wrong", ("diagnose", "diagnostics", "health", "troubleshoot", "wrong", "debug")),
    Instead("doctor", "mends what it can", ("mend", "heal"), wants="--fix"),
    Instead("report", "drafts a mail to support", ("mail", "support", "bug", "issue", "ticket", "contact")),
    Instead("site show", "shows the site's settings", ("config", "settings", "configure", "about")),
    Instead("tour", "shows it all in a sandbox", ("demo", "example", "examples", "tutorial")),
)
REMOVING = ("rm", "remove", "delete", "del")
"""What one says for several things, of which sesync has a command each."""


def same_as(word: str, known: Collection[str]) -> str:
    """Which of the known words means the same; empty if none does."""
    return next((one for one, others in _SAME.items() if one in known and word in others), "")


def instead_of(words: Sequence[str]) -> tuple[Instead, Sequence[str]] | None:
    """What there is for what somebody typed, by its first two words or its first, and the words behind these."""
    for count in (2, 1):
        typed = " ".join(words[:count])
        for one in _INSTEAD:
            if typed in one.typed and len(words) >= count:
                return one, words[count:]
    return None

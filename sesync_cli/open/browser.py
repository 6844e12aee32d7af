"""The browser that somebody sees from here, if there is one: a page is shown in it."""

import os
import shlex
import shutil
from collections.abc import Iterator, Mapping, Sequence

from sesync_cli.errors import SesyncError
from sesync_cli.run import launch

_BY_SCREEN = "xdg-open"  # of the desktop: https://www.freedesktop.org/wiki/Software/xdg-utils/
_OF_TEXT = {"www-browser", "lynx", "w3m", "links", "links2", "elinks"}  # they know no JupyterLab and no GitLab
_SECONDS = 3.0  # after which a browser that still runs shows its page


def show_page(url: str, env: Mapping[str, str]) -> bool:
    """Show a page in the person's browser; false where there is none, or it fails at once."""
    return any(_shows([*command, url], env) for command in _browsers(env))


def _browsers(env: Mapping[str, str]) -> Iterator[Sequence[str]]:
    """The commands that show a page, the best first: those of BROWSER, or of the screen.

    A screen at the other end of ssh would show a browser of this machine: slow, and without the person's passwords.
    """
    named = [words for one in env.get("BROWSER", "").split(os.pathsep) if (words := _words(one))]
    if named:
        yield from named
    elif (env.get("WAYLAND_DISPLAY") or env.get("DISPLAY")) and not env.get("SSH_CONNECTION"):
        yield [_BY_SCREEN]


def _words(command: str) -> Sequence[str]:
    """A command of BROWSER, which may end with `%s` or `&`; nothing for what is no command, or shows text alone."""
    try:
        words = [word for word in shlex.split(command) if word not in ("%s", "&")]
    except ValueError:
        return []
    return [] if not words or os.path.basename(words[0]) in _OF_TEXT else words


def _shows(argv: Sequence[str], env: Mapping[str, str]) -> bool:
    program = shutil.which(argv[0], path=env.get("PATH"))
    if not program:
        return False
    try:
        return launch([program, *argv[1:]], env, _SECONDS)
    except (SesyncError, OSError):
        return False

"""The browser that somebody sees from here, if there is one: a page is shown in it."""

import os
import shlex
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from sesync_cli.run import launch

_BY_SCREEN = "xdg-open"  # of the desktop: https://www.freedesktop.org/wiki/Software/xdg-utils/
_OF_TEXT = {"www-browser", "lynx", "w3m", "links", "links2", "elinks"}  # they know no JupyterLab and no GitLab


def show_page(url: str, env: Mapping[str, str]) -> bool:
    """Have the person's browser show a page, and do not wait for it; false where there is none."""
    for command in _browsers(env):
        if program := shutil.which(command[0], path=env.get("PATH")):
            with suppress(OSError):
                launch([program, *_arguments(command[1:], url)], env)
                return True
    return False


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
    """A command of BROWSER, which may end with `&`; nothing for what is no command, or shows text alone."""
    try:
        words = [word for word in shlex.split(command) if word != "&"]
    except ValueError:
        return []
    return [] if not words or os.path.basename(words[0]) in _OF_TEXT else words


def _arguments(words: Sequence[str], url: str) -> Sequence[str]:
    """With the page where `%s` stands, else at the end (https://docs.python.org/3/library/webbrowser.html)."""
    return [word.replace("%s", url) for word in words] if any("%s" in word for word in words) else [*words, url]

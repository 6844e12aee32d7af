"""What a site file describes, and whether that is there: tried from this machine, and nothing is changed."""

import os
import shlex
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sesync_cli.check import Finding
from sesync_cli.gitlab.account import certificates
from sesync_cli.plan import Watch
from sesync_cli.python.interpreters import Places, versions
from sesync_cli.site.reading import read_site
from sesync_cli.site.settings import PARTS, LoadedSite, Site
from sesync_cli.workers import Question, ask


@dataclass(frozen=True)
class SitePart:
    """A part that a site may have, in words, and what it says first of all of it: None where it is off."""

    name: str
    display_name: str
    value: Any


@dataclass(frozen=True)
class SiteCheck:
    """A good site file (None: the built-in site alone), if it changes the built-in site, and what it says itself.

    `warnings` are what could not be found from this machine, which may be well all the same.
    """

    file: Path | None
    extends: str | None
    changes: tuple[str, ...]
    parts: tuple[SitePart, ...]
    warnings: tuple[str, ...]


def check_site(path: Path | None, env: Mapping[str, str], watch: Watch) -> SiteCheck:
    """Read a site file, an error if it is not good, and try what it names."""
    loaded = read_site(path, env)
    said = tuple(one.name for one in loaded.settings if one.source == str(path))
    found = findings(loaded.site, said, env, watch) if path else ()
    warnings = tuple(one.message for one in found)
    return SiteCheck(path, None if loaded.stands else "sesync", said, tuple(_parts(loaded)), warnings)


def _parts(loaded: LoadedSite) -> Iterator[SitePart]:
    values = {one.name: one.value for one in loaded.settings}
    return (SitePart(name, words, values[key]) for name, (words, key) in PARTS.items())


def findings(site: Site, said: tuple[str, ...], env: Mapping[str, str], watch: Watch) -> Iterator[Finding]:
    """What is not as the file says, of what can be tried; all of it at once, within the site's patience.

    The kind of each is the setting's key.
    """
    questions = dict(_questions(site, said, env))
    patience = site.data_patience_seconds
    answers = ask({Path(key): question for key, question in questions.items()}, time.monotonic() + patience, watch)
    for key in questions:
        answer = answers[Path(key)]
        if answer is None:
            yield Finding(key, f"{key} could not be tried: no answer came within {patience:g} seconds")
        elif answer:
            yield Finding(key, f"{key}: {answer}")


def _questions(site: Site, said: tuple[str, ...], env: Mapping[str, str]) -> Iterator[tuple[str, Question]]:
    """How each setting is tried; the answer is what is wrong with it, or empty."""
    if "data.path" in said:
        yield "data.path", partial(_folder, str(site.data_root))
    if "scratch.path" in said:
        yield "scratch.path", partial(_folder, site.scratch_path)
    if "gitlab.url" in said:
        yield "gitlab.url", partial(_web, site.gitlab_url, env)
    if "python.default" in said:
        yield "python.default", partial(_python, site.python_default, Places(env, site.python_places))
    if "support.mailer" in said and site.support_mailer:
        yield "support.mailer", partial(_program, site.support_mailer)


def _folder(path: str) -> str:
    return "" if os.path.isdir(path) else f"there is no folder {path} on this machine"


def _python(version: str, places: Places) -> str:
    here = versions(places)
    return "" if version in here else f"Python {version} is not on this machine, but {', '.join(here) or 'none'}"


def _program(words: str) -> str:
    name = shlex.split(words)[0]
    return "" if shutil.which(name) else f"there is no program {name} on this machine"


def _web(url: str, env: Mapping[str, str]) -> str:
    """Whether a web server answers at this address, whatever it says."""
    import ssl
    from urllib.error import HTTPError
    from urllib.request import urlopen

    try:
        context = ssl.create_default_context(cafile=certificates(url, env) or None)
        with urlopen(url, context=context):  # the file's own address, which begins with http:// or https://
            return ""
    except HTTPError:
        return ""
    except Exception as error:  # whatever a server says, and wherever it sends us, is no fault of ours
        why = " ".join(str(getattr(error, "reason", error)).split())
        return f"{url} does not answer: {why or type(error).__name__}"

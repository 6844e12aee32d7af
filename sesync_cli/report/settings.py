"""What a person has set in the shell and in files that changes what an install does: modules, paths, the index."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.python.environments import prefixes
from sesync_cli.python.pip_settings import pip_settings
from sesync_cli.python.uv_settings import uv_files
from sesync_cli.report.draft import Section, aligned, folded
from sesync_cli.report.programs import with_tilde
from sesync_cli.secrets import without_logins

_PATHS = ("PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "PYTHONUSERBASE", "TMPDIR")
_BUILDS = ("CC", "CXX", "FC", "CFLAGS", "CXXFLAGS", "LDFLAGS")
_WAY = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
_MODULES = ("MODULESHOME", "LMOD_CMD", "MODULEPATH")
_OF_PIP = re.compile(
    r"(extra-)?index-url|find-links|no-index|trusted-host|keyring-provider|proxy|(client-)?cert|timeout|retries|target"
    r"|prefix|root|user|no-user|require-virtualenv|break-system-packages|constraint|no-binary|only-binary|prefer-binary"
    r"|pre|no-deps|require-hashes|no-build-isolation|no-cache-dir|cache-dir|ignore-installed|python|dry-run"
)
_OF_UV = re.compile(
    r"UV_(DEFAULT_INDEX|(EXTRA_)?INDEX(_URL|_STRATEGY)?|FIND_LINKS|KEYRING_PROVIDER|INSECURE_HOST|NATIVE_TLS|SYSTEM_CERTS"
    r"|OFFLINE|HTTP_TIMEOUT|HTTP_RETRIES|CACHE_DIR|NO_CACHE|LINK_MODE|CONFIG_FILE|NO_CONFIG|PYTHON_INSTALL_DIR)"
)
_LOGIN = re.compile(r"(?:^|(?<=[\s,]))[^\s/@,]+@(?=[\w.-]+(?::\d+)?/?(?:[\s,]|$))")  # of a proxy without https://
# with letters in it that no address should have
_ANY_LOGIN = re.compile(r"(?<![^\s,])(?!\w+://[*]+@)[^\s,@]*:[^\s,@]*@(?=[\w.-]+(?::\d+)?/?(?:[\s,]|$))")
_QUERY = re.compile(r"(?<=[\w/])\?\S+")
_TOKEN = re.compile(
    r"(?<=/)(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9_-]{16,}(?=/|\s|$)"
)  # a part of an address that is a key


def settings(caller: Caller, python: str) -> Section:
    """The settings that count, those that are most often the cause first; `python` is the one that pip is asked for."""
    facts = [*_environment(caller), *_variables(caller), *_pip(caller, python), *_uv(caller)]
    return Section("My settings", aligned(facts))


def _environment(caller: Caller) -> Iterator[tuple[str, str]]:
    env = caller.env
    loaded = env.get("LOADEDMODULES") or env.get("_LMFILES_") or ""
    if loaded or any(env.get(name) for name in _MODULES):
        yield "modules", folded(loaded.split(os.pathsep), " ") or "none is loaded"
    if env.get("CONDA_PREFIX") or env.get("CONDA_DEFAULT_ENV"):
        words = (env.get("CONDA_DEFAULT_ENV", ""), f"({env['CONDA_PREFIX']})" if env.get("CONDA_PREFIX") else "")
        yield "conda", with_tilde(" ".join(filter(None, words)), caller.home)
    if env.get("VIRTUAL_ENV"):
        yield "environment", with_tilde(env["VIRTUAL_ENV"], caller.home)


def _variables(caller: Caller) -> Iterator[tuple[str, str]]:
    for name in _PATHS:
        if value := caller.env.get(name):
            yield name, folded((with_tilde(one, caller.home) for one in value.split(os.pathsep)), os.pathsep)
    for name in (*_BUILDS, *_WAY, *(name.upper() for name in _WAY[:4])):
        if value := caller.env.get(name):
            yield name, with_tilde(_clean(value), caller.home)


def _pip(caller: Caller, python: str) -> Iterator[tuple[str, str]]:
    told = pip_settings(caller.env, prefixes(Path(python)) if python else ())
    yield "pip", _lines({key: value for key, value in told.items() if _OF_PIP.fullmatch(key)}, "index-url", caller)


def _uv(caller: Caller) -> Iterator[tuple[str, str]]:
    files = uv_files(caller.env)
    told = {name: value for name, value in files.variables.items() if value}
    told |= {"UV_INDEX": " ".join(files.indexes), "UV_FIND_LINKS": " ".join(files.links)}
    told |= {"UV_NO_INDEX": "1"} if files.no_index else {}
    told |= {name: value for name, value in caller.env.items() if _OF_UV.fullmatch(name)}
    told = {name: value for name, value in told.items() if value}
    said = _lines(told, "UV_DEFAULT_INDEX", caller) if told else "as pip's"
    yield "uv", "\n".join([said, *files.broken])


def _lines(told: Mapping[str, str], index: str, caller: Caller) -> str:
    """A setting a line, that of the index first; that there is none is worth a line, too."""
    ordered = sorted(told, key=lambda name: (name != index, name))
    lines = [f"{name} = {with_tilde(' '.join(_clean(told[name]).split()), caller.home)}" for name in ordered]
    return "\n".join([*([] if index in told or index.startswith("UV_") else ["the usual index"]), *lines])


def _clean(value: str) -> str:
    """A value without logins and keys in its addresses, whatever these look like."""
    value = _ANY_LOGIN.sub("***@", _LOGIN.sub("***@", without_logins(value)))
    return " ".join(_TOKEN.sub("***", _QUERY.sub("?***", one)) if "://" in one else one for one in value.split(" "))

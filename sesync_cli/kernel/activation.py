"""What modules and activation scripts change in a shell's environment, as a kernel's spec can say it.

The shell begins with next to nothing, so that what the caller has loaded already counts as a change, and nothing of the
server's own environment does.
"""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.errors import Conflict, NoAnswer, NotFound, NotReady, SesyncError
from sesync_cli.run import ProgramFailed, run

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_PERSON = ("HOME", "USER", "LOGNAME", "LANG")
_MODULES = ("MODULEPATH", "MODULESHOME", "MODULERCFILE", "LMOD_", "MODULES_")
_OWN: tuple[str, ...] = ("_", "SHLVL", "PWD", "OLDPWD", "PS1", "PS2", "PROMPT_COMMAND", "PYTHONHOME")
# how often a folder was put on the PATH of this bare shell, which is not the PATH that a kernel gets
_OWN += ("PATH_modshare", "__MODULES_SHARE_PATH", "__LMOD_REF_COUNT_PATH")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NO_MODULES, _NOT_LOADED = 98, 99
# what module systems say: environment-modules from version 3 on, and Lmod
_UNKNOWN = re.compile(r"Unable to locate a modulefile for '(?P<one>[^']+)'|are unknown:\s+\"(?P<two>[^\"]+)\"")
_CONFLICT = re.compile(r"conflict|because\s+these module\(s\) are loaded", re.IGNORECASE)
# version 3 of environment-modules says first where it was: ModuleCmd_Load.c(213):ERROR:105:
_ERROR = re.compile(r"^\s*(?:\S+\(\d+\):)?ERROR:(?:\d+:)? *(?P<why>.+)$", re.MULTILINE)
_LMOD = re.compile(r"has detected the following error: *(?P<why>.+?)\n\s*\n", re.DOTALL)
_SHELL = f"""
exec {{_out}}>&1 >&2
_sesync=("$@"); set --
[ -z "${{_sesync[0]}}" ] || . "${{_sesync[0]}}"
/usr/bin/env -0 >&"$_out"; printf '\\0' >&"$_out"
for ((_at = 1; _at < ${{#_sesync[@]}}; _at += 2)); do
    _word="${{_sesync[_at + 1]}}"
    case "${{_sesync[_at]}}" in
    load)
        type module >/dev/null || exit {_NO_MODULES}
        module load "$_word" || {{ printf '%s' "$_word" >&"$_out"; exit {_NOT_LOADED}; }} ;;
    path) PATH="$_word:$PATH" ;;
    export) export "$_word" ;;
    source) . "$_word" ;;
    esac
done
/usr/bin/env -0 >&"$_out"
"""


@dataclass(frozen=True)
class Shell:
    """The shell that is asked: whose it is, the scripts that may define `module`, and its deadline."""

    caller: Caller
    init: tuple[str, ...]
    seconds: float

    @property
    def defines_modules(self) -> str:
        """The script that defines `module`: the caller's own module system's, else the first that is there."""
        homes = [home for name in ("MODULESHOME", "LMOD_PKG") if (home := self.caller.env.get(name))]
        places = [*(os.path.join(home, "init/bash") for home in homes), *self.init]
        return next((place for place in places if os.path.isfile(place)), "")

    @property
    def bare(self) -> dict[str, str]:
        """What the shell begins with."""
        kept = {name: value for name, value in self.caller.env.items() if name in _PERSON or name.startswith(_MODULES)}
        return kept | {"PATH": _PATH}


@dataclass(frozen=True)
class Activation:
    """What is switched on, in this order: modules, a folder of programs, variables, scripts that a shell sources."""

    modules: tuple[str, ...] = ()
    programs: Path | None = None
    variables: tuple[tuple[str, str], ...] = ()
    scripts: tuple[Path, ...] = ()

    @property
    def words(self) -> list[str]:
        """The same for the shell, which takes two words at a time."""
        pairs = [("load", name) for name in self.modules]
        pairs += [("path", str(self.programs))] if self.programs else []
        pairs += [("export", f"{name}={value}") for name, value in self.variables if _NAME.fullmatch(name)]
        pairs += [("source", str(script)) for script in self.scripts]
        return [word for pair in pairs for word in pair]


def variables(activation: Activation, shell: Shell) -> dict[str, str]:
    """What an activation changes, as the `env` of a kernel's spec: `expanded` puts it into an environment.

    PATH is what comes before and after `${PATH}`, everything else is as the shell has it in the end.
    """
    if not activation.words:
        return {}
    init = shell.defines_modules
    if activation.modules and not init:
        raise NotReady("there is no module system on this machine", hint="Leave out '--module', or ask support.")
    argv = ["bash", "--noprofile", "--norc", "-c", _SHELL, "bash", init, *activation.words]
    try:
        said = run(argv, env=shell.bare, cwd=Path("/"), seconds=shell.seconds)
    except NoAnswer:
        what = "the module system" if activation.modules else "the activation of the environment"
        raise NoAnswer(f"{what} did not end within {shell.seconds:.0f} seconds", hint="Try again later.") from None
    except ProgramFailed as failure:
        raise _failure(activation, failure.output.code, failure.output.out, failure.output.err) from None
    before, _, after = said.out.partition("\0\0")
    if not after:
        raise _ended(activation)
    if activation.modules and (error := told_by_modules("", said.err)):
        raise error
    changed = _changed(_read(before), _read(after))
    _all_loaded(activation.modules, changed.get("LOADEDMODULES", ""))
    return changed


def module_variables(modules: Sequence[str], shell: Shell) -> dict[str, str]:
    """What these modules change, as the `env` of a kernel's spec; nothing is started where there are none."""
    return variables(Activation(modules=tuple(dict.fromkeys(modules))), shell)


def within(env: Mapping[str, str], changed: Mapping[str, str]) -> dict[str, str]:
    """A kernel's own variables with those that its modules change: its own programs first, and then theirs.

    What keeps other Pythons out stays, but for a PYTHONPATH of the modules' own.
    """
    own = {name: value for name, value in env.items() if name != "PYTHONPATH" or name not in changed}
    path = env.get("PATH", "${PATH}").removesuffix("${PATH}") + changed.get("PATH", "${PATH}")
    return {**changed, **own, "PATH": path}


def folders_of(changed: Mapping[str, str]) -> tuple[str, ...]:
    """The folders of programs that come first."""
    first = changed.get("PATH", "").partition("${PATH}")[0].replace("$$", "$")
    return tuple(folder for folder in first.split(os.pathsep) if folder)


def told_by_modules(failed: str, said: str) -> SesyncError | None:
    """The failure that these words tell of, when this module was loaded; None if they tell of none."""
    error = _ERROR.search(said) or _LMOD.search(said)
    if not error:
        return None
    if unknown := _UNKNOWN.search(said):
        name = unknown["one"] or unknown["two"]
        needed_by = f", which {failed} needs" if failed and failed != name else ""
        hint = f"'module avail {name.partition('/')[0]}' lists what there is."
        return NotFound(f"there is no module {name}{needed_by}", hint=hint)
    what = f"the module {failed} cannot be loaded" if failed else "the modules cannot be loaded"
    message = f"{what}: {' '.join(error['why'].split())}"
    if _CONFLICT.search(said):
        return Conflict(message, hint="It does not go with one of the others: leave one out.")
    return SesyncError(message, hint=f"Does 'module load {failed}' work? Support knows the modules.")


def _failure(activation: Activation, code: int, out: str, err: str) -> SesyncError:
    if code == _NO_MODULES:
        return NotReady("the module system of this machine does not start", hint="Tell support: 'module' is missing.")
    if code == _NOT_LOADED:
        failed = out.rpartition("\0")[2]
        reason = err.strip().rpartition("\n")[2] or "it gives no reason"
        return told_by_modules(failed, err) or SesyncError(f"the module {failed} cannot be loaded: {reason}")
    return _ended(activation)


def _ended(activation: Activation) -> SesyncError:
    culprit = str(activation.scripts[-1]) if activation.scripts else "a module"
    return SesyncError(f"{culprit} ends the shell that it is for", hint="Look for an 'exit' or a 'set -e' in it.")


def _read(text: str) -> dict[str, str]:
    pairs = (entry.partition("=") for entry in text.split("\0"))
    return {name: value for name, _, value in pairs if _NAME.fullmatch(name)}


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    changed = {name: value for name, value in after.items() if before.get(name) != value and name not in _OWN}
    in_spec = {name: value.replace("$", "$$") for name, value in changed.items()}
    return in_spec | ({"PATH": _path(after["PATH"])} if "PATH" in changed else {})


def _path(after: str) -> str:
    """The folders that were put before and after the bare shell's, around `${PATH}`."""
    bare, folders = _PATH.split(os.pathsep), after.split(os.pathsep)
    middle = folders.index(bare[0]) if bare[0] in folders else len(folders)
    last = [folder for folder in folders[middle:] if folder not in bare]
    words = [folder.replace("$", "$$") for folder in folders[:middle]]
    return os.pathsep.join([*words, "${PATH}", *(folder.replace("$", "$$") for folder in last)])


def _all_loaded(modules: Sequence[str], loaded: str) -> None:
    """Lmod puts one version of a module in the place of another without a word of failure."""
    there = loaded.split(os.pathsep)
    for name in modules:
        root = name.partition("/")[0]
        others = [one for one in modules if one != name and one.partition("/")[0] == root]
        if others and "/" in name and not any(one == name or one.startswith(f"{name}/") for one in there):
            hint = "Leave one of them out."
            raise Conflict(f"the modules {name} and {others[-1]} cannot be loaded together", hint=hint)

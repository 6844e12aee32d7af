"""What the messages of module systems mean: environment-modules from version 3 on, and Lmod."""

import re

from sesync_cli.errors import Conflict, NotFound, SesyncError

_UNKNOWN = re.compile(r"Unable to locate a modulefile for '(?P<one>[^']+)'|are unknown:\s+\"(?P<two>[^\"]+)\"")
_CONFLICT = re.compile(r"conflict|because\s+these module\(s\) are loaded", re.IGNORECASE)
# version 3 of environment-modules says first where it was: ModuleCmd_Load.c(213):ERROR:105:
_ERROR = re.compile(r"^\s*(?:\S+\(\d+\):)?ERROR:(?:\d+:)? *(?P<why>.+)$", re.MULTILINE)
_LMOD = re.compile(r"has detected the following error: *(?P<why>.+?)\n\s*\n", re.DOTALL)


def explained(failed: str, said: str) -> SesyncError | None:
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

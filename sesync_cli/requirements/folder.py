"""A folder of lists of packages, `requirements/`: which of them is for everybody, and which for developers."""

from pathlib import Path

from sesync_cli.errors import Unanswered
from sesync_cli.names import listed
from sesync_cli.plan import by_hand

_FOR_ALL = ("requirements", "base", "main", "default", "common", "core", "prod", "production", "install")
_FOR_DEV = ("dev", "development", "develop")


def lists_in(folder: Path, dev: bool) -> list[Path]:
    """The list for everybody, and with `dev` the one for developers; none where no list is there.

    `Unanswered` where there are several, and their names do not tell.
    """
    there = {path.stem.lower(): path for path in sorted(folder.glob("*.txt"))} if folder.is_dir() else {}
    if not there:
        return []
    main = next((there[name] for name in _FOR_ALL if name in there), None)
    if main is None and len(there) > 1:
        ways = listed(f"'{by_hand('sesync', 'kernel', 'create', '--from', path)}'" for path in there.values())
        raise Unanswered(f"{folder} has several lists of packages", hint=f"Say which: {ways}.")
    of_dev = [there[name] for name in _FOR_DEV if name in there][:1] if dev else []
    return list(dict.fromkeys([main or next(iter(there.values())), *of_dev]))

"""Where each file should be by the site's rules, and why."""

import os
from typing import NamedTuple

from sesync_cli.files.inspection import FileFacts
from sesync_cli.files.kinds import Kind, is_data
from sesync_cli.files.sizes import is_big, is_mostly_output, moves_when_large, refined, sums_up
from sesync_cli.git.tracked import Git
from sesync_cli.site.settings import Site
from sesync_cli.where.locations import Location, Place, WhereContext

_OTHERS = 0o077  # the rights of others than the owner
_STRANGERS = 0o007  # the rights of others than the owner and the group


class Deed(NamedTuple):
    """A command: its words before the paths and after them, and the file in the work tree that its output goes to."""

    before: tuple[str, ...]
    after: tuple[str, ...] = ()
    into: str = ""


class Verdict(NamedTuple):
    """Why a file should be where; without deeds it is left where it is.

    What `sums` up is small by itself, and large where there is much of it in a folder.
    """

    why: str
    should: Place | None = None
    deeds: tuple[Deed, ...] = ()
    sums: bool = False


_ADD = (Deed(("git", "add")),)
_TAKE_OUT = Deed(("git", "rm", "-r", "--cached"))


def judged(found: FileFacts, location: Location, context: WhereContext) -> Verdict:
    """What the rules of the site say of what is there."""
    kind = refined(found, context.site)
    if why := _untouched(found, kind, location, context):
        return Verdict(why)
    if kind == Kind.SECRET:
        return _secret(found, location, context)
    if kind == Kind.TEMPORARY:
        return _temporary(found, location, context)
    if kind == Kind.NOTEBOOK or (kind == Kind.SOURCE and not is_big(found, context.site)):
        return _code(found, kind, location, context)
    if kind == Kind.LARGE_TABLE or (moves_when_large(kind) and is_big(found, context.site)):
        return _large(found, kind, location, context)
    return _small(kind, location, context)


def _untouched(found: FileFacts, kind: Kind, location: Location, context: WhereContext) -> str:
    """Why a file is none that any rule is about."""
    if kind == Kind.LINK:
        return f"It is a link to {found.target}: it takes no room, and what it points to stays where it is."
    if kind == Kind.SPECIAL:
        return "It is no file: programs talk to each other through it."
    if not found.bytes:
        return "It is empty."
    if location.place == Place.ELSEWHERE:
        where = "neither in your home nor in a data directory" if context.site.has("data_path") else "not in your home"
        return f"It is {where}: the site has no rule for it."
    return "Software stays where it was installed." if kind == Kind.PROGRAM else ""


def _secret(found: FileFacts, location: Location, context: WhereContext) -> Verdict:
    if location.place == Place.DATA and _is_service(found, context.site):
        return _service(found)
    if location.git == Git.TRACKED:
        why = (
            "Whoever has a clone can read this secret, also later: make it invalid where it came from, and take it out."
        )
        return Verdict(why, Place.HOME, (_TAKE_OUT,))
    if location.place not in (Place.HOME, Place.GIT):
        why = "A secret that others can reach is none: keep it in your home, where only you can read it."
        return Verdict(why, Place.HOME, (Deed(("mv", "-n"), (f"{context.caller.home}/",)),))
    if found.mode & _OTHERS:
        why = (
            "Others have rights to this secret: only you should. Never commit it, and never put it in a data directory."
        )
        return Verdict(why, None, (Deed(("chmod", "600")),))
    if location.git == Git.NEW:
        why = "The next 'git add' of all files would take this secret along: have git leave it alone."
        return Verdict(why, None, (Deed(("printf", "%s\\n"), into=".gitignore"),))
    return Verdict("Only you can read this secret. Never commit it, and never put it in a data directory.")


def _is_service(found: FileFacts, site: Site) -> bool:
    return site.has("database_service_file") and os.path.basename(found.path) == site.database_service_file


def _service(found: FileFacts) -> Verdict:
    """A data directory's own file for its database, which its group reads."""
    if found.mode & _STRANGERS:
        why = "Everybody on the server has rights to this secret, and not only the project's members."
        return Verdict(why, None, (Deed(("chmod", "o-rwx")),))
    return Verdict("It tells the project's members how to reach their database. Never commit it, and do not copy it.")


def _temporary(found: FileFacts, location: Location, context: WhereContext) -> Verdict:
    if location.git == Git.TRACKED:
        return Verdict("A leftover of a program is of no use to others.", None, (_TAKE_OUT,))
    if is_big(found, context.site) and location.place in (Place.HOME, Place.GIT, Place.DATA):
        if not context.site.has("scratch_path"):
            return Verdict("It is a big leftover of a program, and can be deleted when no program needs it.")
        why = "Big temporary files belong in scratch, or can be deleted."
        return Verdict(why, Place.SCRATCH, (Deed(("mv", "-n"), (f"{context.site.scratch_path}/",)),))
    return Verdict("It is a leftover of a program, and can be deleted when no program needs it.")


def _code(found: FileFacts, kind: Kind, location: Location, context: WhereContext) -> Verdict:
    if location.place == Place.DATA:
        why = (
            "Several people would edit the one copy: keep code in your home, each in a clone of the group's repository."
        )
        return Verdict(why, Place.GIT, (_copied(context),))
    if location.place in (Place.SCRATCH, Place.NODE):
        why = "This place is emptied: code is safe in your home, in a git repository."
        return Verdict(why, Place.GIT, (_copied(context),))
    if kind == Kind.NOTEBOOK and is_mostly_output(found):
        why = "Most of this notebook is what its cells printed and drew, which git would keep in every version."
        return Verdict(why, None, (Deed(("jupyter", "nbconvert", "--clear-output", "--inplace")),))
    if location.place == Place.HOME:
        return Verdict("Code belongs in your home. In a git repository it has a history, and your group can see it.")
    if location.git == Git.NEW:
        return Verdict("Code belongs in git, and git does not have it yet.", None, _ADD)
    return Verdict(
        "Code belongs in git, in your home." if location.git != Git.IGNORED else "Git is told to leave it alone."
    )


def together(location: Location) -> Verdict:
    """What the rules say of files that are small, in a folder where they are large together."""
    why = "Small files, and together large: such data is kept once, in the data directory, where your group can use it."
    return Verdict(why, Place.DATA, (_put(location),))


def _put(location: Location) -> Deed:
    return Deed(("sesync", "put", "--move"), (location.project,))


def _large(found: FileFacts, kind: Kind, location: Location, context: WhereContext) -> Verdict:
    put = _put(location)
    if found.rows > context.site.where_database_rows and context.site.has("database_host"):
        return _huge(location, put, context)
    if location.place == Place.DATA:
        return Verdict("The data directory holds the one copy that your group shares.")
    if location.place == Place.SCRATCH:
        return _in_scratch(context)
    if not context.site.has("data_path"):
        return _large_at_home(location, context)
    if location.git == Git.TRACKED:
        why = "Git keeps each version of it for ever, in every clone: take it out, and put it in the data directory."
        return Verdict(why, Place.DATA, (_TAKE_OUT, put))
    if location.place == Place.NODE:
        why = "This place is emptied after a job: the data directory keeps it."
    elif not is_big(found, context.site):
        rows = context.site.where_small_table_rows
        why = f"A table of more than {rows:,} rows is kept once, in the data directory, where your group can use it."
    elif is_data(kind):
        why = "Large data is kept once, in the data directory, where your group can use it."
    else:
        why = "Home is for code and software: what is large belongs in the data directory."
    return Verdict(why, Place.DATA, (put,))


def _large_at_home(location: Location, context: WhereContext) -> Verdict:
    """What is large, at a site that names no data directories."""
    if location.git == Git.TRACKED:
        why = "Git keeps each version of it for ever, in every clone: take it out. This site names no data directories."
        return Verdict(why, Place.HOME, (_TAKE_OUT,))
    if location.place == Place.NODE:
        why = "This place is emptied after a job, and this site names no data directories: your home keeps it."
        return Verdict(why, Place.HOME, (Deed(("mv", "-n"), (f"{context.caller.home}/",)),))
    git = " Never commit it." if location.git == Git.NEW else ""
    return Verdict(f"Large data is kept once, where a group can use it, and this site names no data directories.{git}")


def _huge(location: Location, put: Deed, context: WhereContext) -> Verdict:
    if context.database:
        why = "A table this large is quickest in a database, which reads only the rows that are asked for."
        return Verdict(why, Place.DATABASE, (Deed(("sesync", "db", "load")),))
    why = f"A table this large is quickest in a database: ask {context.site.support} for one."
    if location.place == Place.DATA:
        return Verdict(why, Place.DATABASE)
    if not context.site.has("data_path"):
        return Verdict(why, Place.DATABASE)
    return Verdict(f"{why} Until then, the data directory holds it.", Place.DATABASE, (put,))


def _small(kind: Kind, location: Location, context: WhereContext) -> Verdict:
    if location.place == Place.DATA:
        return Verdict("Your group shares it here.")
    if location.place == Place.SCRATCH:
        return _in_scratch(context)
    if location.place == Place.NODE:
        why = "This place is emptied after a job: your home keeps it."
        return Verdict(why, Place.HOME, (Deed(("mv", "-n"), (f"{context.caller.home}/",)),))
    sums = context.site.has("data_path") and sums_up(kind) and location.git != Git.TRACKED
    if location.git == Git.NEW and (is_data(kind) or kind == Kind.DOCUMENT):
        return Verdict("What is small goes into git, beside the code that it belongs to.", None, _ADD, sums)
    why = ", and goes into git with the code that reads it" if location.place == Place.HOME and is_data(kind) else ""
    return Verdict(f"It is small: it may stay{why}.", sums=sums)


def _in_scratch(context: WhereContext) -> Verdict:
    keep = "; 'sesync put' keeps in the data directory what cannot" if context.site.has("data_path") else ""
    return Verdict(f"Scratch is for what can be made again{keep}.")


def _copied(context: WhereContext) -> Deed:
    return Deed(("cp", "-rn"), (f"{context.caller.home}/",))

"""A database beside the log of changes of another: whoever opens it reads the log into it, and loses what it was."""

import os
from collections.abc import Iterator, Mapping, Set

from sesync_cli.errors import Conflict
from sesync_cli.files.datasets import is_database, unwritten
from sesync_cli.plan import by_hand
from sesync_cli.put.entries import Shipment, There


def databases_beside_logs(folder: str, names: Mapping[str, str], there: Set[str]) -> Iterator[tuple[str, str]]:
    """Databases that come into a folder beside a log that is there: the places of both.

    `names` are those that come, each with its source.
    """
    for log, name in unwritten(there):
        if name in names and os.path.getsize(f"{folder}/{log}") and is_database(names[name]):
            yield f"{folder}/{name}", f"{folder}/{log}"


def logs_beside_databases(folder: str, names: Mapping[str, str], there: Set[str]) -> Iterator[tuple[str, str, str]]:
    """Logs that come into a folder beside a database that is there: the source of each, and the places of both."""
    for log, name in unwritten(names):
        # what has gone meanwhile is told of when it is looked at
        comes = name in there and os.path.isfile(names[log]) and os.path.getsize(names[log])
        if comes and is_database(f"{folder}/{name}"):
            yield names[log], f"{folder}/{log}", f"{folder}/{name}"


def need_no_mixing(found: Shipment) -> None:
    """Refuse what would bring changes of one database into another of its name, which reads them unasked.

    That is a database beside a log of changes that is there, and such a log beside a database that is there.
    """
    there = {found.final(one): one.there for one in found.entries} if found.unwritten or found.mixing else {}
    for source, beside, final in found.mixing:
        if there.get(beside, There.SAME) != There.SAME and there.get(final) != There.SAME:
            hint = f"If nobody needs it any more: '{by_hand('rm', source)}'."
            if final in there:
                hint = f"'--as NAME' gives yours another name. If nobody needs what is there: '{by_hand('rm', final)}'."
            raise Conflict(f"{final} is there already, and {source} would be read into it", hint=hint)
    for final, beside in found.unwritten:
        if there.get(final, There.SAME) != There.SAME and there.get(beside) != There.SAME:
            hint = f"'--as NAME' gives yours another name. If nobody needs what is there: '{by_hand('rm', beside)}'."
            raise Conflict(f"{beside} is there already, and would be read into {final}", hint=hint)

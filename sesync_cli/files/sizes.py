"""What a site calls large, of files that were looked at."""

from sesync_cli.files.inspection import FileFacts
from sesync_cli.files.kinds import Kind
from sesync_cli.site.settings import Site

MB = 1_000_000

_IN_PLACE = frozenset({Kind.NOTEBOOK, Kind.SECRET, Kind.TEMPORARY, Kind.PROGRAM, Kind.LINK, Kind.SPECIAL})
_NEVER_MANY = frozenset({*_IN_PLACE, Kind.SOURCE, Kind.LOG})


def refined(file: FileFacts, site: Site) -> Kind:
    """What it is, tables told apart by the site's numbers."""
    kind = Kind(file.kind)
    if kind != Kind.TABLE:
        return kind
    if file.rows > site.where_small_table_rows or is_big(file, site):
        return Kind.LARGE_TABLE
    return Kind.SMALL_TABLE if file.rows >= 0 else kind


def is_big(file: FileFacts, site: Site) -> bool:
    """Whether the site calls a file of this length large."""
    return file.bytes > site.where_large_mb * MB


def moves_when_large(kind: Kind) -> bool:
    """Whether a file of this kind belongs in a data directory as soon as it is large."""
    return kind not in _IN_PLACE


def sums_up(kind: Kind) -> bool:
    """Whether many small files of this kind belong in a data directory as soon as they are large together."""
    return kind not in _NEVER_MANY


def is_mostly_output(file: FileFacts) -> bool:
    """Whether most of a notebook is what its cells printed and drew, and more than git should keep of each version."""
    return file.told > MB and file.told * 2 > file.bytes

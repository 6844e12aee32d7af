"""The ways to a place, as people read them: each a sentence, and below it what they click on or type."""

from collections.abc import Iterator, Sequence

from sesync_cli.open.place import Destination, NamedPlace
from sesync_cli.view import Command, Page, Signpost, Table, Url, View


def opened(answer: Destination | Sequence[NamedPlace]) -> View:
    """One place, or all of them."""
    return Page([*_ways(answer)]) if isinstance(answer, Destination) else _table(answer)


def _ways(place: Destination) -> Iterator[View]:
    for number, way in enumerate(place.ways):
        yield from [""] * bool(number)
        page = [Url(way.url)] if way.url else []
        yield Signpost(way.says, (*page, *map(Command, way.commands)))
    if place.note:
        yield ""
        yield place.note


def _table(places: Sequence[NamedPlace]) -> View:
    rows = [(one.place, one.purpose, _address(one.address)) for one in places]
    empty = "This site names no places to open."
    return Table(("PLACE", "FOR", "ADDRESS"), rows, empty=empty, end="'sesync open PLACE' says more of one.")


def _address(text: str) -> str:
    return Url(text) if "://" in text else text

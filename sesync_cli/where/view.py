"""How the answer to `where` looks."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sesync_cli.files.kinds import Kind
from sesync_cli.names import first
from sesync_cli.view import Command, Facts, Page, Table, View, size
from sesync_cli.where.advice import Advice, AdviceItem, bash_word
from sesync_cli.where.answer import Answer, Looked, Same
from sesync_cli.where.locations import Place

_SHOWN = 8  # items of one piece of advice


def page(answer: Answer) -> View:
    """One file as its facts; more as what there is, what should be done with it, and what is there twice."""
    answer = _as_typed(answer)
    if len(answer.named) == 1 and not answer.named[0].is_folder:
        return _file(answer.advice[0], answer.named[0])
    return Page([*_parts(answer)])


def _as_typed(answer: Answer) -> Answer:
    """The same with all paths as one types them where one is."""

    words = {one.path: one.typed for one in answer.named}

    def typed(path: Path) -> Path:
        above = next((one for one in (path, *path.parents) if one in words), None)
        return Path(words[above]) / path.relative_to(above) if above else path

    named = (
        replace(one, path=typed(one.path), unreadable=tuple(replace(it, path=typed(it.path)) for it in one.unreadable))
        for one in answer.named
    )
    advice = (
        replace(one, items=tuple(replace(item, path=typed(item.path)) for item in one.items)) for one in answer.advice
    )
    same = (replace(one, paths=tuple(map(typed, one.paths))) for one in answer.same)
    return replace(answer, named=tuple(named), advice=tuple(advice), same=tuple(same))


def _file(advice: Advice, looked: Looked) -> Facts:
    [item] = advice.items
    to = [("to", _the(advice.should))] if advice.should != advice.now else []
    parts = ", ".join(first([_name(Path(part)) for part in item.companions], _SHOWN, more="and {:,} more"))
    beside = [("with", f"{parts} (one data set)")] if parts else []
    facts = [("what", f"{_what(item)}, {size(item.bytes)}"), *beside, ("now", _now(advice, item)), *to]
    behind = [("behind", f"'sesync where {bash_word(item.path)}/' looks there")] if item.kind == Kind.LINK else []
    return Facts(_name(item.path), [*facts, *_deed(advice), *behind, *_fetch(looked), *_unseen(looked)])


def _parts(answer: Answer) -> Iterator[View]:
    for looked in answer.named:
        if looked.is_folder:
            name = _name(looked.path) if looked.path.name else "This folder"
            yield f"{name}: {_count(looked.files)}, {size(looked.bytes)}"
    rows = [(kind.kind.value, f"{kind.files:,}", size(kind.bytes)) for kind in answer.kinds]
    if rows and any(looked.is_folder for looked in answer.named):
        yield ""
        yield Table(("WHAT", "FILES", "SIZE"), rows)
    for advice in answer.advice:
        yield ""
        yield _group(advice)
    if not answer.advice:
        yield "\nNothing here belongs elsewhere."
    for same in answer.same:
        yield ""
        yield _twice(same)
    beside = [fact for looked in answer.named for fact in (*_fetch(looked), *_unseen(looked))]
    if beside:
        yield ""
        yield Facts("Beside that", beside)


def _group(advice: Advice) -> Facts:
    title = f"Stays in {_the(advice.now)}"
    if advice.should != advice.now:
        title = f"From {_the(advice.now)} to {_the(advice.should)}"
    sizes = [size(item.bytes) for item in advice.items[:_SHOWN]]
    wide = max(map(len, sizes))
    facts = [
        ("" if number else "what", f"{sizes[number]:{wide}}  {_name(item.path)}: {_what(item)}{_with(item)}")
        for number, item in enumerate(advice.items[:_SHOWN])
    ]
    if len(advice.items) > _SHOWN:
        facts.append(("", f"and {len(advice.items) - _SHOWN:,} more; '--json' names them all"))
    return Facts(title, [*facts, *_deed(advice)])


def _deed(advice: Advice) -> list[tuple[str, str]]:
    return [("why", advice.why), ("do", Command(advice.command) if advice.command else "leave it")]


def _twice(same: Same) -> Facts:
    paths = [("" if number else "what", _name(path)) for number, path in enumerate(same.paths)]
    do = [("do", Command(same.command))] if same.command else [("do", "keep one of them")]
    return Facts(f"{len(same.paths)} times the same, each {size(same.bytes)}", [*paths, *do])


def _what(item: AdviceItem) -> str:
    words = item.kind.value if item.files == 1 + len(item.companions) else f"{_count(item.files)}, {item.kind.value}"
    if item.rows is not None:
        words += f" of {_rows(item.rows, item.rows_exact)}"
    return words


def _with(item: AdviceItem) -> str:
    count = len(item.companions)
    return f", with {_count(count)} that {'belongs' if count == 1 else 'belong'} to it" if count else ""


def _rows(count: int, exact: bool) -> str:
    if exact:
        return f"{count:,} row{'' if count == 1 else 's'}"
    if count < 1_000_000:
        return f"about {round(count, -min(3, max(0, len(str(count)) - 2))):,} rows"
    return f"about {count / 1_000_000:.1f} million rows"


def _now(advice: Advice, item: AdviceItem) -> str:
    return f"{_the(advice.now)}, {item.git.value}" if item.git else _the(advice.now)


def _the(place: Place) -> str:
    if place == Place.HOME:
        return "your home"
    if place in (Place.GIT, Place.DATABASE):
        return f"a {place.value}"
    return place.value if place in (Place.SCRATCH, Place.ELSEWHERE) else f"the {place.value}"


def _fetch(looked: Looked) -> list[tuple[str, str]]:
    return (
        [("fetch", f"a browser cannot; on your own computer: {looked.fetch_command}")] if looked.fetch_command else []
    )


def _unseen(looked: Looked) -> Iterator[tuple[str, str]]:
    if count := len(looked.not_entered):
        yield "left out", f"hidden folders, environments and the like: {count:,}; 'sesync usage' shows them"
    if not looked.complete:
        yield "not all", f"there is more than {looked.files:,} files: name a folder inside to see it"
    for one in looked.unreadable[:_SHOWN]:
        yield "closed", f"{_name(one.path)}: {one.problem}"
    if len(looked.unreadable) > _SHOWN:
        yield "", f"and {len(looked.unreadable) - _SHOWN:,} more"


def _name(path: Path) -> str:
    text = str(path)
    return text if text.isprintable() else bash_word(path)


def _count(files: int) -> str:
    return f"{files:,} file{'' if files == 1 else 's'}"

"""One way to ask a child that may hang, and to have several work side by side.

A look at a dead file server can hang where no signal arrives, and whoever waits for the one who hangs, hangs too. So
children look; one that is late is killed and left alone, whether or not the kill arrives.

What a child raises is raised where it is listened to: an OSError or a SesyncError as it is, anything else as a bug.
"""

import select
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple, TypeVar

from sesync_cli.child import Child, begin
from sesync_cli.child import Tell as Tell
from sesync_cli.child import Work as Work
from sesync_cli.interrupts import calm
from sesync_cli.plan import Watch

Question = Callable[[], Any]
"""Gives plain values: texts, numbers, bytes, and tuples, lists and dictionaries of them."""

Questions = Callable[[], Iterable[Any]]
"""Gives several of them, each as soon as it is known."""

K = TypeVar("K")

_DYING = 0.05  # seconds that a child may take to be gone until it is left alone, since it hangs
_WRITING = 1.0  # the same of one that may have begun to write: what it has made is taken back afterwards
_CREW = 20  # children at once: each has two files open with us, of which a shell may allow few
_OFTEN = 0.0005  # seconds between two looks whether it is


class Guard(NamedTuple):
    """How long a silence lasts before the places are asked, in seconds, and how: it raises where none answers.

    A worker that is silent may have a hung server before it, or a slow disk with much to write. While the places
    themselves answer, it is waited for.
    """

    patience: float
    ask: Callable[[], None]


class Crew:
    """Children at work, all of them ended with the block; `dying` are the seconds that they may take for that."""

    def __init__(self, dying: float = _DYING) -> None:
        self.children: dict[int, Child] = {}
        self._poll = select.poll()
        self._dying = dying

    def hire(self, work: Work, kept: Set[int] = frozenset()) -> Child:
        """One more, for this work; `kept` are the open files that it has from us."""
        with calm():
            child = begin(work, kept)
            self.children[child.pipe] = child
        self._poll.register(child.pipe, select.POLLIN)
        return child

    def listen(self, seconds: float) -> list[Child]:
        """Those of which something comes within these seconds, if only that they are gone."""
        heard = [self.children[pipe] for pipe, _ in self._poll.poll(seconds * 1000)]
        for child in heard:
            child.hear()
            if child.gone:
                self._poll.unregister(child.pipe)
        return heard

    @property
    def working(self) -> list[Child]:
        """Those of which more is to come."""
        return [child for child in self.children.values() if not (child.over or child.gone)]

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *raised: object) -> None:
        with calm():  # who ends them is not ended: what they have made is taken back afterwards
            for child in self.children.values():
                child.end()
            until = time.monotonic() + self._dying
            for child in self.children.values():
                while not child.is_ended() and time.monotonic() < until:
                    time.sleep(_OFTEN)


def ask(questions: Mapping[K, Question], until: float, watch: Watch) -> dict[K, Any]:
    """The answers that came until that moment of the monotonic clock; None for what did not come."""
    asked = ask_many({key: partial(_only, question) for key, question in questions.items()}, until, watch)
    return {key: next(iter(answers), None) for key, answers in asked.items()}


def ask_many(questions: Mapping[K, Questions], until: float | Mapping[K, float], watch: Watch) -> dict[K, list[Any]]:
    """The same of questions with many answers each, one after the other: all that came until then, or each its own."""
    keys, answers = [*questions], dict[K, list[Any]]((key, []) for key in questions)
    with Crew() as crew:
        # the children are there before the display and its thread: a fork copies one thread only
        shares = {crew.hire(_answering([questions[key] for key in share])).pipe: share for share in _shares(keys)}
        ends = {
            pipe: until if isinstance(until, float) else max(map(until.__getitem__, shares[pipe])) for pipe in shares
        }
        with watch("Waiting for the file server"):
            while (last := max((ends[child.pipe] for child in crew.working), default=0.0)) > time.monotonic():
                crew.listen(last - time.monotonic())
        for pipe, child in crew.children.items():
            for number, answer in child.told():
                answers[shares[pipe][number]].append(answer)
    return answers


def _shares(keys: Sequence[K]) -> list[Sequence[K]]:
    """What each child is asked: one thing, or where there are too many for the files that may be open, several."""
    return [keys[first::_CREW] for first in range(min(_CREW, len(keys)))]


def _only(question: Question) -> Iterator[Any]:
    yield question()


def _answering(questions: Sequence[Questions]) -> Work:
    """Work that tells the answers to these questions, each with the question's number; none waits for another."""

    def work(tell: Tell) -> None:
        if len(questions) == 1:
            for found in questions[0]():
                tell((0, found))
            return
        from concurrent.futures import ThreadPoolExecutor
        from queue import SimpleQueue

        said = SimpleQueue[tuple[int, Any] | None]()

        def answer(number: int) -> None:
            for found in questions[number]():
                said.put((number, found))

        pool = ThreadPoolExecutor(len(questions))
        asked = [pool.submit(answer, number) for number in range(len(questions))]
        for one in asked:
            one.add_done_callback(lambda one: said.put(None))
        for _ in asked:
            while (heard := said.get()) is not None:
                tell(heard)
        for one in asked:
            one.result()

    return work


@contextmanager
def stream(question: Questions, patience: float) -> Iterator[Iterator[Any]]:
    """What a child finds, as it finds it.

    To wait for the next is a TimeoutError once the child is silent for so many seconds. While it works on something
    long, it gives None now and then, which is left out.
    """

    with Crew() as crew:
        crew.hire(_answering([question]))
        yield _streamed(crew, patience)


def _streamed(crew: Crew, patience: float) -> Iterator[Any]:
    while crew.working:
        heard = crew.listen(patience)
        if not heard:
            raise TimeoutError
        for child in heard:
            yield from (what for _, what in child.told() if what is not None)


def together(works: Sequence[Work], guard: Guard, kept: Set[int] = frozenset()) -> Generator[Any, None, None]:
    """What these workers tell, each a child of its own; `kept` are the open files that they have from us."""
    with Crew(_WRITING) as crew:
        for work in works:
            crew.hire(work, kept)
        while crew.working:
            for child in crew.listen(guard.patience / 4):
                yield from child.told()
            if any(time.monotonic() - child.since > guard.patience for child in crew.working):
                guard.ask()
                for child in crew.working:
                    child.since = time.monotonic()

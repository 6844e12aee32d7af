"""Whatever two people do in whatever order, and whenever `sesync sync` is killed, it keeps what it promises.

The stories are the same in each run of the tests. By hand, other and longer ones are tried:
`SESYNC_STEPS=5000 SESYNC_SEED=1 pytest tests/sync/test_machine.py`; a seed of its own is chosen where only the number
of steps is said.
"""

import os
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.clone.conftest import add_commit, git, publish
from tests.sync.conftest import Shared
from tests.sync.forked import BEFORE, DURING, FILES, NOTES, REFS, Kill
from tests.sync.two_people import ANN, BRANCHES, GITS, IGNORED, LINES, MOVES, NAMES, Ann, TwoPeople, edit, moved
from tests.sync.watching import Onlooker, Wanted, picked

STEPS, LENGTH = 960, 40  # in all, and in each story
STORIES = 8  # of one seed: after ten, hypothesis would mostly tell variants of those
BY_HAND, SEED = (int(os.environ.get(f"SESYNC_{name}") or 0) for name in ("STEPS", "SEED"))
PHASES = (Phase.generate, Phase.shrink)
ALLOW = ("-c", "protocol.file.allow=always")
NAME, BRANCH = some.sampled_from(NAMES), some.sampled_from(BRANCHES)
SHARED = BRANCH | some.just("")  # the one that the person is on
NUMBER, SAME = some.integers(0, LINES - 1), some.booleans()
WHERE = some.sampled_from(["home", "top", "top", "folder"])
PLAIN = some.sampled_from([(), (), ("-y",), ("--merge",), ("--merge", "-y"), ("-n",), ("--json",)])
NAMED = some.sampled_from([(), ("-y",), ("--merge",), ("--merge", "-y"), ("--merge", "-y"), ("-n",)])
KILLED = some.sampled_from([(), ("-y",), ("--merge", "-y")])
PICKS = some.lists(some.integers(0, 30), max_size=3)
KILLS = some.sampled_from([(BEFORE, 40), (DURING, 40), (NOTES, 12), (REFS, 8), (FILES, 3)]).flatmap(
    lambda kind: some.builds(Kill, some.just(kind[0]), some.integers(0, kind[1]))
)
WRITES = some.sampled_from(["edit"] * 8 + ["add", "add", "ignore", *MOVES])
HIS = some.sampled_from([*GITS] + ["staged", "all"] * 2)
AIM = some.none() | some.integers(0, 9)  # at which of what the person has changed
HERS = some.tuples(some.sampled_from(["edit"] * 6 + ["same", *MOVES]), SHARED, NAME, NAME, AIM)
DOINGS: dict[str, tuple[int, some.SearchStrategy[Any]]] = {  # how often each, and what it is told
    "writes": (4, some.tuples(WRITES, NAME, NAME, NUMBER, SAME)),
    "uses_git": (3, some.tuples(HIS, NAME, BRANCH)),
    "changes_the_part": (1, some.tuples(some.integers(0, 3), some.sampled_from(["edit", "commit", "go", "branch"]))),
    "puts_in_order": (2, some.tuples()),
    "ann_works": (3, HERS),
    "ann_rearranges": (2, some.tuples(some.sampled_from(ANN), SHARED, BRANCH, NAME, some.integers(0, 3))),
    "syncs": (4, some.tuples(PLAIN, WHERE)),
    "syncs_the_part": (1, some.tuples(PLAIN)),
    "syncs_what_is_named": (3, some.tuples(NAMED, WHERE, PICKS)),
    "syncs_all": (2, some.tuples(NAMED, WHERE)),
    "is_killed": (
        3,
        some.tuples(KILLED, some.none() | PICKS, KILLS, some.lists(NAME, min_size=1, max_size=4, unique=True)),
    ),
}
OFTEN = [name for name, (times, _) in DOINGS.items() for _ in range(times)]
DOING = some.sampled_from(OFTEN).flatmap(lambda name: some.tuples(some.just(name), DOINGS[name][1]))


@pytest.fixture
def people(shared: Shared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TwoPeople:
    """Both have the repository and its submodule, which has several commits at its server."""
    monkeypatch.delenv("GIT_TRACE2_EVENT")  # no secret is in these stories, and there are very many gits
    with (shared.here.parent / ".gitconfig").open("a") as config:
        config.write("[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n")
    part = publish(tmp_path / "repos/cooltrees/part.git", {"part.txt": "0\n"})
    for number in range(1, 4):
        add_commit(part, {"part.txt": f"{number}\n"})
    parts = git("rev-list", "--reverse", "main", cwd=part).split()
    git(*ALLOW, "submodule", "--quiet", "add", f"file://{part}", "sm", cwd=shared.there)
    git("checkout", "-q", parts[1], cwd=shared.there / "sm")
    shared.colleague("Add a part", {})
    git("submodule", "--quiet", "deinit", "--force", "sm", cwd=shared.there)
    for number in range(3):
        shared.colleague(f"No {number}", {"heat.py": f"print({number})\n"})
    git("pull", "-q", shared.bare, "main", cwd=shared.here)
    git("fetch", "-q", shared.bare, "+refs/heads/*:refs/remotes/origin/*", cwd=shared.here)
    git(*ALLOW, "submodule", "--quiet", "update", "--init", cwd=shared.here)
    made = TwoPeople(shared, part, parts, tmp_path / "start")
    made.keep_start()
    return made


class Story(RuleBasedStateMachine):
    """What one person does by hand and with sesync, and Ann Doe with git; what is promised is looked at in between."""

    people: TwoPeople

    def __init__(self) -> None:
        super().__init__()
        self.people.begin()
        self.here, self.ann, self.onlooker = self.people.here, Ann(self.people), Onlooker(self.people)
        self.does = self.onlooker.does

    def teardown(self) -> None:
        self.onlooker.ends()

    @rule(doing=DOING)
    def goes_on(self, doing: tuple[str, tuple[Any, ...]]) -> None:
        name, told = doing
        getattr(self, name)(*told)

    def writes(self, how: str, name: str, new: str, line: int, same: bool) -> None:
        if how == "edit":
            self.does(lambda: edit(self.here, name, line, self.people.words(same)))
        elif how == "add":
            self.does(lambda: self.people.git("add", "--force", "--", name))
        elif how == "ignore":
            self.does(lambda: self.people.ignore(IGNORED[line % len(IGNORED)], at_server=same))
        else:
            self.does(lambda: moved(self.here, name, new, how))

    def uses_git(self, how: str, name: str, branch: str) -> None:
        if self.onlooker.is_calm:
            self.does(lambda: self.people.use_git(how, name, branch))

    def changes_the_part(self, at: int, how: str) -> None:
        if self.onlooker.is_calm:
            self.does(lambda: self.people.change_part(at, how))

    def puts_in_order(self) -> None:
        """What was begun is given up, a branch is checked out, and the submodule is where it belongs."""
        for act in self.people.orderly() if self.onlooker.is_calm else ():
            self.does(act)

    def ann_works(self, how: str, branch: str, name: str, new: str, aim: int | None) -> None:
        changed = sorted(self.onlooker.changed()) if aim is not None else []
        name = changed[(aim or 0) % len(changed)] if changed else name
        if how in MOVES:
            self.does(lambda: self.ann.moves(branch or self.people.branch, name, new, how))
        else:
            self.does(lambda: self.ann.edits(branch or self.people.branch, [name], same=how == "same"))

    def ann_rearranges(self, how: str, branch: str, other: str, name: str, at: int) -> None:
        self.does(lambda: self.ann.rearranges(how, branch or self.people.branch, other, name, at))

    def syncs(self, options: tuple[str, ...], where: str) -> None:
        self.onlooker.runs(Wanted(options, where), self.here)

    def syncs_the_part(self, options: tuple[str, ...]) -> None:
        if self.onlooker.is_calm:
            self.onlooker.runs(Wanted(options), self.here / "sm")

    def syncs_what_is_named(self, options: tuple[str, ...], where: str, picks: list[int]) -> None:
        self.onlooker.runs(self.naming(options, where, picks), self.here)

    def syncs_all(self, options: tuple[str, ...], where: str) -> None:
        self.onlooker.runs(Wanted(options, where, (".",)), self.here)

    def is_killed(self, options: tuple[str, ...], picks: list[int] | None, kill: Kill, names: list[str]) -> None:
        """Mostly while there is something to get and to send."""
        self.does(lambda: self.ann.edits(self.people.branch, names))
        wanted = Wanted(options) if picks is None else self.naming(options, "top", picks)
        self.onlooker.runs(wanted, self.here, kill)

    def naming(self, options: tuple[str, ...], where: str, picks: list[int]) -> Wanted:
        """What is changed here, and one that may not be; the submodule last, as first it would be the copy."""
        names = picked(sorted({*self.onlooker.changed(), "heat.py", "sm"}), picks)
        return Wanted(options, where, tuple(sorted(names, key=lambda name: name == "sm")))


def test_nothing_is_lost_or_sent_unasked_whatever_happens(people: TwoPeople) -> None:
    chosen = settings(
        max_examples=STORIES,
        stateful_step_count=LENGTH,
        derandomize=True,
        deadline=None,
        database=None,
        phases=PHASES,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
        print_blob=False,
    )
    told = type("Told", (Story,), {"people": people})
    first = (SEED or random.randrange(10**6)) if BY_HAND else 0
    for number in range(first, first + (BY_HAND or STEPS) // (STORIES * LENGTH)):
        print(f"SESYNC_SEED={number}")
        run_state_machine_as_test(seed(number)(told), settings=chosen)

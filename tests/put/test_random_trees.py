"""Whatever tree is put: the target equals the source, or what differs was said before.

The trees are the same in each run of the tests. By hand, others are tried, each person with so many:
`SESYNC_TREES=500 SESYNC_SEED=1 pytest tests/put/test_random_trees.py`; a seed of its own is chosen where only the
number of trees is said.
"""

import os
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, note, seed, settings
from hypothesis import strategies as some

from tests.conftest import SESYNC, needed_root
from tests.put.promises import Story
from tests.put.random_trees import NAME, TREE
from tests.put.trees_ground import Ground, Wanted
from tests.services.accounts import people

TREES, EACH = 32, 16  # of a person, and of each seed: after some, hypothesis would mostly tell variants of those
BY_HAND, SEED = (int(os.environ.get(f"SESYNC_{name}") or 0) for name in ("TREES", "SEED"))
OPTIONS = (
    *[()] * 4,
    *[("--manifest",), ("--move",), ("--move", "--no-link"), ("--move", "--manifest"), ("--checksum",)],
    *[("--replace", "-y"), ("--replace",), ("-y",), ("--move", "--replace", "-y")],
)
WANTED = some.builds(
    Wanted,
    options=some.sampled_from(OPTIONS),
    folder=some.sampled_from(["", "", "x/y", "plots"]),
    picks=some.just(()) | some.lists(some.integers(0, 9), min_size=1, max_size=4).map(tuple),
    name=some.just("") | some.just("") | NAME,
    before=some.none() | some.none() | some.none() | TREE,
    again=some.booleans(),
    json=some.booleans(),
    umask=some.sampled_from([0o022, 0o077, 0o002]),
)
MEMORY, DISK = "/dev/shm", "/tmp"
SHARDS = [  # whose trees, whose directory it is, its mode, and where both are
    ("oneself", 0o2770, MEMORY),
    ("oneself", 0o755, DISK),
    ("ann", 0o2770, MEMORY),
    ("ann", 0o2770, DISK),
    ("ann", 0o770, MEMORY),
    ("ann", 0o2750, MEMORY),
    ("bob", 0o2775, MEMORY),
    ("carl", 0o777, MEMORY),
]


@pytest.fixture
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    who, mode, place = request.param
    with tempfile.TemporaryDirectory(prefix="trees-", dir=place, ignore_cleanup_errors=True) as folder:
        if who == "oneself":
            yield Ground.of(Path(folder), None, mode, os.getgid())
            return
        needed_root()
        with people(SESYNC) as here:
            yield Ground.of(Path(folder), getattr(here, who), mode, here.project)


@pytest.mark.parametrize("ground", SHARDS, ids=lambda one: f"{one[0]}-{one[1]:o}-{Path(one[2]).name}", indirect=True)
def test_the_target_equals_the_source_or_what_differs_was_said(ground: Ground) -> None:
    chosen = settings(
        max_examples=EACH,
        derandomize=True,
        deadline=None,
        database=None,
        phases=(Phase.generate,) if BY_HAND else (Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )

    def told(things, wanted) -> None:
        note(f"{ground}")
        Story(ground, wanted).happens(things)

    first = SHARDS.index(ground.shard) * 1000 + ((SEED or random.randrange(10**6)) if BY_HAND else 0)
    for number in range(first, first + (BY_HAND or TREES) // EACH):
        print(f"SESYNC_SEED={number}")
        seed(number)(chosen(given(TREE, WANTED)(told)))()

"""Two runs at the same moment."""

import pytest

from tests.conftest import HANG
from tests.kernel import ground


@pytest.fixture
def both(background):
    """Two command lines at once; how each ended, and what it said."""

    def run(one: tuple[str, ...], other: tuple[str, ...]) -> list[tuple[int | None, str, str]]:
        runs = [background("kernel", *words) for words in (one, other)]
        said = [run.communicate(timeout=HANG) for run in runs]
        return [(run.returncode, *words) for run, words in zip(runs, said, strict=True)]

    return run


def test_the_same_kernel_is_made_once(both, home, sesync):
    ended = both(("create", "cooltrees"), ("create", "CoolTrees"))
    assert sorted((code, out.split(" the ")[0].split(" cool")[0]) for code, out, _ in ended) == [
        (0, "Made"),
        (0, "The kernel"),
    ]
    assert {one["name"]: one["state"] for one in sesync("kernel", "list", "--json").json} == {"cooltrees": "ok"}
    assert ground.leftovers(home) == []
    gone = both(("remove", "cooltrees", "--yes"), ("remove", "cooltrees", "--yes"))
    assert 0 in [code for code, _, _ in gone]
    fair = ("there is no kernel named cooltrees", "another run of sesync is at work on cooltrees")
    assert all(code == 0 or any(words in err for words in fair) for code, _, err in gone), gone
    assert ground.nothing(home)


def test_different_kernels_do_not_wait_for_each_other(both, home, sesync):
    """While one is being made, its lock held for as long as we like, the other is made."""
    from filelock import FileLock

    from sesync_cli.lock import key_of, lock_file

    (ground.environments(home)).mkdir(parents=True)
    held = FileLock(lock_file(key_of(ground.environments(home) / "oaks")))
    with held:
        assert sesync("kernel", "create", "pines").code == 0
    assert [one["name"] for one in sesync("kernel", "list", "--json").json] == ["pines"]

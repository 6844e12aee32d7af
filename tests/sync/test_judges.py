"""What `sesync where` calls a secret or too large, `sesync sync` does not commit without asking."""

from pathlib import Path

import pytest

from tests.put.test_secrets import FINE, SECRETS
from tests.sync.conftest import write

LARGE = {
    "long.csv": "a,b\n" + "1,2\n" * 501,
    "six.csv": "x" * 6_000_000,
    "six.tif": "x" * 6_000_000,
    "six.py": "#\n" * 3_000_000,
}


@pytest.mark.parametrize("name", SECRETS | LARGE)
def test_it_is_asked_about(sesync, shared, name: str):
    write(shared.here / name, (SECRETS | LARGE)[name])
    words = ("sync", "analysis", "-m", "x", name)
    done = sesync(*words)
    assert (done.code, f"{name} " in done.err, "Commit and send it all the same?" in done.err) == (2, True, True)
    assert ("looks like a secret" in done.err) == (name in SECRETS)
    assert shared.subjects() == ["x"]


@pytest.mark.parametrize("name", [*FINE, "short.csv"])
def test_it_is_sent(sesync, shared, name: str):
    write(shared.here / name, (FINE | {"short.csv": "a,b\n" + "1,2\n" * 499})[name])
    assert sesync("sync", "analysis", "-m", "Mine", name).code == 0
    assert shared.subjects() == ["Mine", "x"]


def test_the_site_says_what_is_too_large(sesync, site, shared):
    site(where={"large_mb": 1, "small_table_rows": 10})
    write(shared.here / "a.tif", "x" * 1_000_001)
    write(shared.here / "b.csv", "a,b\n" + "1,2\n" * 11)
    said = sesync("sync", "analysis", "-m", "x", "a.tif", "b.csv").err
    assert "a.tif has 1 MB: data belongs into the research data directory" in said
    assert "b.csv has 11 rows: data belongs into the research data directory" in said
    site(where={"large_mb": 20, "small_table_rows": 1000})
    assert sesync("sync", "analysis", "-m", "Data", "a.tif", "b.csv").code == 0


def test_where_agrees(sesync, shared, tmp_path: Path):
    for name, text in LARGE.items():
        write(shared.here / name, text)
        assert sesync("where", shared.here / name, "--json").json["advice"][0]["should"] == "data directory"

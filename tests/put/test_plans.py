"""A plan to put things, made from a request alone: no command line, no session, no screen."""

import os
import re
from pathlib import Path

import pytest

from sesync_cli.caller import Caller
from sesync_cli.errors import WrongWords
from sesync_cli.plan import join, unwatched
from sesync_cli.put.checking import check_manifests
from sesync_cli.put.plans import plan_put
from sesync_cli.put.request import CheckRequest, PutRequest
from sesync_cli.site.reading import load_site
from tests.put.ground import write

pytestmark = pytest.mark.usefixtures("site")


def test_two_plans_are_joined_and_carried_out(home: Path, nfs: Path):
    caller, site, data = Caller(dict(os.environ)), load_site(os.environ).site, nfs / "cooltrees-data"
    for name in ("a.csv", "raw/b.csv"):
        write(home / name, 2_000)
    kept = plan_put(PutRequest(("a.csv",), "cooltrees", name="c.csv"), caller, site, unwatched)
    moved = plan_put(PutRequest(("raw",), "cooltrees:old", move=True, manifest=True), caller, site, unwatched)
    assert list(map(str, kept.steps)) == [f"cp -a -n {home}/a.csv {data}/c.csv  # 1 file (2 kB) to copy"]
    assert [str(step).splitlines()[0] for step in moved.steps] == [
        f"mkdir -p {data}/old",
        f"(cd {data}/old && find ./raw -type f -exec sha256sum {{}} +) >> {data}/old/SHA256SUMS",
        f"rm -r {home}/raw",
    ]
    both = join({"kept": kept, "moved": moved})
    assert not os.listdir(data)
    both.carry_out(unwatched)
    assert (data / "c.csv").read_bytes() == (home / "a.csv").read_bytes()
    assert (home / "raw").readlink() == data / "old/raw"
    learnt = both.learnt()
    assert learnt.done.startswith(f"1 file (2 kB) copied to {data}/c.csv, and checked.\n")
    assert learnt.result["moved"]["links"] == [f"{home}/raw"]
    checked = check_manifests(CheckRequest("cooltrees:old"), caller, site, unwatched)
    assert (checked.files, checked.failed) == (1, False)


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (PutRequest((), "cooltrees"), "what is to be put?"),
        (PutRequest(("a",), "cooltrees", link=False), "'--no-link' is for '--move'"),
        (PutRequest(("a",), "cooltrees:../b"), "is no folder of a data directory"),
    ],
)
def test_a_request_that_cannot_be_meant_makes_no_plan(home: Path, request_: PutRequest, words: str):
    with pytest.raises(WrongWords, match=re.escape(words)):
        plan_put(request_, Caller(dict(os.environ)), load_site(os.environ).site, unwatched)

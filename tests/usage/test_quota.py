"""What the program `quota` says: texts made from the formats in version 4.06, since no kernel of a test has quotas."""

import os
import stat
from pathlib import Path

import pytest

from sesync_cli.quota import Quota, Quotas, in_words
from tests.conftest import HANG
from tests.usage.test_usage import Run

WITHIN = """\
Disk quotas for user jsmith (uid 1001):
     Filesystem  blocks   quota   limit   grace   files   quota   limit   grace
nfs1:/export/research-home/jsmith 15360000  19000000 20000000       0  151234       0       0       0
"""
OVER = """\
Disk quotas for user jsmith (uid 1001):
     Filesystem  blocks   quota   limit   grace   files   quota   limit   grace
       /dev/sdb1 20000000* 19000000 20000000 1764000000  151234  100000  200000       0
"""
ONLY_SOFT = OVER.replace("19000000 20000000", "19000000        0")
ONLY_FILES = """\
Disk quotas for user jsmith (uid 1001):
     Filesystem  blocks   quota   limit   grace   files   quota   limit   grace
nfs1:/export/research-home/jsmith 15360000         0        0       0  199600       0  200000       0
"""
NONE = "Disk quotas for user jsmith (uid 1001): none\n"


@pytest.mark.parametrize(
    "said, of_bytes, of_files",
    [
        (WITHIN, Quota(15_360_000 * 1024, 20_000_000 * 1024), None),
        (OVER, Quota(20_000_000 * 1024, 20_000_000 * 1024), Quota(151_234, 200_000)),
        (ONLY_SOFT, Quota(20_000_000 * 1024, 19_000_000 * 1024), Quota(151_234, 200_000)),
        (ONLY_FILES, None, Quota(199_600, 200_000)),
        (NONE, None, None),
        ("", None, None),
        ("quota: Cannot resolve mountpoint path /nfs/x: Permission denied\n", None, None),
    ],
)
def test_its_words_are_understood(said: str, of_bytes: Quota | None, of_files: Quota | None):
    assert in_words(said) == Quotas(of_bytes, of_files)


@pytest.fixture
def quota(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program `quota` whose text is a shell script."""
    program = tmp_path / "bin/quota"
    program.parent.mkdir()
    program.touch()
    program.chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    return program


@pytest.mark.parametrize("said,code", [(WITHIN, 0), (OVER, 1)])
def test_the_quota_of_a_home_on_a_server(sesync: Run, site, quota: Path, said: str, code: int):
    quota.write_text(f"#!/bin/sh\necho \"$@\" >> {quota.parent}/asked\ncat <<'E'\n{said}E\nexit {code}\n")
    document = sesync("usage", "--json").json
    assert (document["quota_bytes"], document["quota_source"]) == (20_480_000_000, "system")
    assert document["used_bytes"] == (15_728_640_000 if code == 0 else 20_480_000_000)
    assert Path(quota.parent / "asked").read_text().startswith("-w -p -Q -f /")
    words = "4.8 GB left of 20.5 GB" if code == 0 else "over your quota of 20.5 GB"
    assert words in sesync("usage").out


def test_a_quota_of_files_is_told_with_the_number_of_files(sesync: Run, site, quota: Path):
    for said, top in ((OVER, "~  over your quota of 20.5 GB,"), (ONLY_FILES, "~  20.0 GB left of 20.0 GB,")):
        quota.write_text(f"#!/bin/sh\ncat <<'E'\n{said}E\n")
        document, used = sesync("usage", "--json").json, 151_234 if said == OVER else 199_600
        assert (document["quota_files"], document["used_files"]) == (200_000, used)
        line = sesync("usage").out.splitlines()[0]
        assert (top in line, line.endswith(f", {used:,} of 200,000 files")) == (True, True), line


def test_a_quota_program_that_hangs_is_not_waited_for(sesync: Run, site, quota: Path):
    site(data={"patience_seconds": 5.0})
    quota.write_text(f"#!/bin/sh\nexec sleep {2 * HANG:.0f}\n")
    assert sesync("usage", "--json").json["quota_source"] == "site"

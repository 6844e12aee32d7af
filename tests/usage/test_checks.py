"""What is wrong with the room in a home."""

import shutil

import pytest

from sesync_cli.quota import in_words
from sesync_cli.usage.checks import checks
from sesync_cli.view import size


def test_a_home_with_room_is_well_and_one_with_little_is_told(site, home, findings):
    free = shutil.disk_usage(home).free
    site(home={"quota_gb": 2 + 2 * free // 10**9, "warn_percent": 1})
    (one,) = findings(checks)
    assert one.kind == "little room" and one.message.startswith("your home folder has only ")
    assert size(free)[:2] in one.message
    assert one.hint == "'sesync usage' shows what fills it, 'sesync usage --clean' asks what may go."
    site(home={"quota_gb": 1, "warn_percent": 99})
    assert findings(checks) == []


@pytest.mark.parametrize(
    "said,kind,message",
    [
        ("nfs:/home 900 0 1000 0 10 0 100 0", None, ""),
        ("nfs:/home 1000* 0 1000 1796000000 10 0 100 0", "full", "is over its quota of 1 MB"),
        ("nfs:/home 10 0 1000 0 100* 0 100 1796000000", "full", "has all of the 100 files that it may have"),
        ("nfs:/home 10 0 1000 0 96 0 100 0", "little room", "has 96 of the 100 files that it may have"),
    ],
)
def test_a_quota_counts_bytes_and_files(site, home, findings, monkeypatch, said, kind, message):
    """What the program `quota` prints, which can be had for files only where an administrator has set it up."""
    site(home={"warn_percent": 95})
    monkeypatch.setattr("sesync_cli.usage.checks.quotas_of", lambda folder, until: in_words(f"Disk quotas:\n {said}\n"))
    found = findings(checks)
    assert [(one.kind, one.message, one.broken) for one in found] == [
        (kind, f"your home folder {message}", kind == "full")
    ] * bool(kind)

"""What is wrong with the room in a home."""

import shutil

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

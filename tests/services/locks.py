"""Other processes that hold sesync's locks."""

import subprocess
import sys
from contextlib import contextmanager

HOLD = """
import sys
from contextlib import nullcontext
from pathlib import Path
from sesync_cli.lock import alone
with alone(Path(sys.argv[1]), nullcontext()):
    print("held", flush=True)
    sys.stdin.read()
    Path(sys.argv[1] + ".freed").touch()
"""


@contextmanager
def held(path):
    """Another process that holds the lock of this path, until its input ends; then there is a file beside it."""
    argv = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout.readline() == "held\n"
            yield holder
        finally:
            holder.kill()

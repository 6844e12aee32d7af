"""The command line of a shared research server.

It imports nothing from where PYTHONPATH leads: a `random.py` of somebody's own would take the place of Python's.
"""

import os
import sys

_theirs = {os.path.abspath(one) for one in os.environ.get("PYTHONPATH", "").split(os.pathsep) if one}
if os.path.dirname(os.path.dirname(os.path.abspath(__file__))) not in _theirs:  # else it is there that we are
    sys.path[:] = [one for one in sys.path if os.path.abspath(one) not in _theirs]

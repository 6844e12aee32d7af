"""What a kernel of Python is asked, in words that Python 3.6 understands, and what its answers mean."""

import ast
import json
import signal
from typing import Any

_LONGEST = 300  # letters of a reason

# what an error was raised from says more than it does: NumPy's is a page of advice
HELP = """
def _sesync_import(name):
    import json
    try:
        __import__(name)
    except BaseException as error:
        for _ in range(20):
            error = error.__cause__ or error
        try:
            words = str(error)
        except Exception:
            words = ''
        return json.dumps(type(error).__name__ + ': ' + words[:5000])
    return json.dumps('')
"""
FACTS = (
    "(lambda sys, json: json.dumps(['%d.%d.%d' % sys.version_info[:3], [str(one) for one in sys.path]]))"
    "(__import__('sys'), __import__('json'))"
)


def trial(name: str) -> str:
    """The question whether this can be imported, for a kernel that has had HELP."""
    return f"_sesync_import({name!r})"


def parsed(text: str) -> Any:
    """What the kernel means by the JSON that it prints as Python prints strings."""
    return json.loads(ast.literal_eval(text))


def reason_in(answer: str | None) -> str:
    """Why something could not be imported, in one line; empty if it could."""
    words = " ".join(parsed(answer).split()).removesuffix(":") if answer else "the kernel does not say why"
    return words if len(words) <= _LONGEST else words[: _LONGEST - 3] + "..."


def ended(code: int) -> str:
    """How a program has ended: SIGSEGV, or exit code 3."""
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"exit code {code}"

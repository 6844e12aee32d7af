"""What a child raised, on its way to its parent: the system's errors and sesync's own whole, all else as a bug."""

from contextlib import suppress
from typing import Any

from sesync_cli.errors import SesyncError

_OF_THE_SYSTEM = ("errno", "strerror", "filename", "filename2")


def packed(error: BaseException) -> tuple[str, bytes]:
    """The traceback of an error, and the error itself, or nothing where it shall not or cannot travel."""
    import pickle
    import traceback

    story, whole = "".join(traceback.format_exception(error)), b""
    if isinstance(error, OSError | SesyncError):
        with suppress(Exception):
            whole = pickle.dumps((type(error), error.args, vars(error), _facts(error)))
    return story, whole


def unpacked(story: str, whole: bytes) -> Exception:
    """The error that was packed, or a bug whose words are its traceback."""
    import pickle

    with suppress(Exception):
        return _made(story, *pickle.loads(whole))  # both ends are this very program
    return RuntimeError(story)


def _facts(error: Exception) -> dict[str, Any]:
    known = {name: getattr(error, name, None) for name in _OF_THE_SYSTEM}
    return {name: value for name, value in known.items() if value is not None}  # one that is None would be shown


def _made(
    story: str, kind: type[Exception], words: tuple[Any, ...], more: dict[str, Any], facts: dict[str, Any]
) -> Exception:
    """An error as it was, made without its class's own words, which may ask for more than the message."""
    error = kind.__new__(kind, *words)
    if isinstance(error, OSError):
        OSError.__init__(error, *words)
        for name, value in facts.items():
            setattr(error, name, value)
    vars(error).update(more)
    if isinstance(error, OSError):
        error.add_note(story)
    return error

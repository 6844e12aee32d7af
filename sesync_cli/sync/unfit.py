"""What does not belong into git: large data, secrets, notebooks full of output."""

from pathlib import Path

from sesync_cli.view import size
from sesync_cli.where.kinds import Kind, kind_by_name

_LARGE = 10_000_000  # bytes
_LARGE_OUTPUT = 1_000_000  # bytes of a notebook's outputs
_READABLE = 200_000_000  # bytes of a notebook that is still looked into
_PRIVATE_KEY = (b"-----BEGIN ", b"PRIVATE KEY-----")


def unfit(path: Path) -> str:
    """Why a file should not be committed, in a few words that follow its name; empty if nothing speaks against it."""
    if path.is_symlink() or not path.is_file():
        return ""
    if kind_by_name(path.name) is Kind.SECRET or _has_private_key(path):
        return "looks like a secret, and what is sent cannot be called back"
    bytes_ = path.stat().st_size
    if path.suffix == ".ipynb" and (outputs := _outputs(path, bytes_)) > _LARGE_OUTPUT:
        return f"has {size(outputs)} of output in it: in JupyterLab, Edit > Clear Outputs of All Cells"
    return f"has {size(bytes_)}: data belongs into the research data directory" if bytes_ > _LARGE else ""


def _has_private_key(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(4096)
    return all(sign in start for sign in _PRIVATE_KEY)


def _outputs(path: Path, bytes_: int) -> int:
    """How many bytes of a notebook are its outputs."""
    if not _LARGE_OUTPUT < bytes_ < _READABLE:
        return 0
    import json

    try:
        cells = json.loads(path.read_bytes())["cells"]
        return sum(len(json.dumps(cell.get("outputs", []))) - 2 for cell in cells)
    except (ValueError, KeyError, TypeError, AttributeError):
        return 0

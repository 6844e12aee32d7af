"""What does not belong into git, as `sesync where` judges them: secrets, large data, notebooks full of output."""

from pathlib import Path

from sesync_cli.files.inspection import inspected
from sesync_cli.files.kinds import Kind
from sesync_cli.files.sizes import is_big, is_mostly_output, refined
from sesync_cli.site.settings import Site
from sesync_cli.view import size


def unfit(path: Path, site: Site) -> str:
    """Why a file should not be committed, in a few words that follow its name; empty if nothing speaks against it."""
    if path.is_symlink() or not path.is_file():
        return ""
    found = inspected(str(path))
    kind = refined(found, site)
    if kind == Kind.SECRET:
        return "looks like a secret, and what is sent cannot be called back"
    if is_mostly_output(found):
        return f"has {size(found.told)} of output in it: in JupyterLab, Edit > Clear Outputs of All Cells"
    if kind == Kind.NOTEBOOK:
        return ""
    if is_big(found, site):
        return f"has {size(found.bytes)}: {_why(site)}"
    return f"has {'' if found.exact else 'about '}{found.rows:,} rows: {_why(site)}" if kind == Kind.LARGE_TABLE else ""


def _why(site: Site) -> str:
    if site.has("data_path"):
        return "data belongs into the research data directory"
    return "git keeps each version of it for ever, in every clone"

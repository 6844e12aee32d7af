"""What one does in JupyterLab for a change to be seen there, said in one way."""

from collections.abc import Sequence

from sesync_cli.names import joined

RELOAD = "Reload the page of JupyterLab"
RESTART = "Then, in open notebooks: Kernel ▸ Restart."


def reload(*titles: str, url: str = "") -> str:
    """The sentence for kernels that are new under these titles."""
    return f"{RELOAD}{f', {url}' if url else ''}: its Launcher shows {_quoted(titles)}."


def go_on(*titles: str, url: str = "") -> str:
    """The sentence that leads to JupyterLab, and to the tiles of kernels that it shows there already."""
    there = f"Go on at {url}" if url else "Go on in JupyterLab"
    return f"{there}, with {_quoted(titles)} in its Launcher." if titles else f"{there}."


def _quoted(titles: Sequence[str]) -> str:
    return joined(f"'{title}'" for title in titles)

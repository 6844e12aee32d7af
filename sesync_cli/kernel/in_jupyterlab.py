"""What one does in JupyterLab for a change to be seen there, said in one way."""

RELOAD = "Reload the page of JupyterLab"
RESTART = "Then, in open notebooks: Kernel ▸ Restart."


def reload(title: str) -> str:
    """The sentence for a kernel that is new under this title."""
    return f"{RELOAD}: its Launcher shows '{title}'."

"""Links that lead out of what is put."""

import os


def leads_out(top: str, rel: str, text: str) -> bool:
    """Whether a link below a folder, `rel` from there, which says `text`, leads out of that folder on its way."""
    folder = os.path.dirname(rel)
    inner = os.path.normpath(os.path.join(folder, text))
    if text.startswith("/") or inner == ".." or inner.startswith("../"):
        return True
    parts = text.split("/")
    ups = [count for count, part in enumerate(parts, 1) if part == ".." and {*parts[:count]} - {"", ".", ".."}]
    # '..' after a link is what is above the place where that leads to: the system is asked
    real = os.path.realpath(top) if ups else ""
    ends = (os.path.realpath(os.path.join(top, folder, *parts[:count])) for count in ups)
    return any(end != real and not end.startswith(f"{real}/") for end in ends)

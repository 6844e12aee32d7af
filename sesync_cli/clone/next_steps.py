"""What a fresh clone asks for beside itself: packages, and a project's data directory."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from sesync_cli.git.client import ask_git
from sesync_cli.site.settings import Site

_PACKAGES = (  # not all that a kernel can be made of: these are there for nothing else
    *("pylock.toml", "uv.lock", "Pipfile.lock", "poetry.lock", "pdm.lock", "requirements.txt", "Pipfile"),
    *("pyproject.toml", "environment.yml", "environment.yaml"),
)
_CODE = (".py", ".ipynb", ".r", ".rmd", ".qmd", ".md", ".sh", ".sql", ".jl", ".m", ".toml", ".yml", ".yaml", ".txt")
_LONGEST = 1_000_000  # bytes of a file that is still looked into
_MOST_FILES = 400
_MOST_PROJECTS = 3


def next_steps(folder: Path, shown: str, home: Path, site: Site) -> list[str]:
    """A sentence with its command for each thing that is asked for and can be had with one."""
    told = []
    if asks_for_packages(folder):
        told.append(f"It asks for Python packages: cd {shown} && sesync kernel create")
    for project in unlinked_projects(folder, home, site):
        told.append(f"Its code reads the data of {project}: sesync link {project}")
    return told


def asks_for_packages(folder: Path) -> bool:
    """Whether a folder has a file that says which packages its code needs."""
    return any((folder / name).is_file() for name in _PACKAGES)


def unlinked_projects(folder: Path, home: Path, site: Site) -> list[str]:
    """The projects whose data the code reads by a path in home or in the data root, and that are not linked yet."""
    if not site.has("data_path"):
        return []
    before, after = map(re.escape, Path(site.data_path).name.split("{project}"))
    name = rf"{before}[A-Za-z0-9][A-Za-z0-9_.-]*?{after}(?![\w-])"
    root = re.escape(str(site.data_root))
    homes = re.escape(site.home_path).replace(r"\{user\}", r"[\w.-]+")
    path = re.compile(rf"(?:~|\$HOME|\$\{{HOME\}}|{homes}|{root})/({name})|home\(\)\s*/\s*[\"']({name})")
    found: dict[str, None] = {}
    for text in _texts(folder):
        found |= dict.fromkeys(first or second for first, second in path.findall(text))
    missing = [one for one in found if not os.path.lexists(home / one)]
    return [site.project(one) for one in missing[:_MOST_PROJECTS]]


def _texts(folder: Path) -> Iterator[str]:
    listed = [path for path in ask_git(["ls-files", "-z"], folder).out.split("\0") if path.lower().endswith(_CODE)]
    for path in listed[:_MOST_FILES]:
        file = folder / path
        if not file.is_symlink() and file.is_file() and file.stat().st_size <= _LONGEST:
            yield file.read_text(encoding="utf-8", errors="replace")

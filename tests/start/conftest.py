"""Projects to begin with: a data directory, repositories at a server, and a package index; nothing of them is here."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clone.conftest import api, friend, git, guest, http, publish, repositories, ssh, stranger  # noqa: F401
from tests.clone.test_choice import member  # noqa: F401
from tests.kernel import ground
from tests.kernel.conftest import compiled, index, pythons  # noqa: F401

NOTEBOOK = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture
def site(site):
    site(data={"patience_seconds": 80}, jupyter={"url": "https://jupyter.example.org"})
    return site


@pytest.fixture
def code(repositories: Path, index: Path, request: pytest.FixtureRequest) -> Callable[..., str]:  # noqa: F811
    """code("cooltrees/heat", {...}) is a repository at the site's server, which asks for a package that can be had."""
    ground.wheel(index, "sesync_tree")
    made: list[Path] = []

    def make(name: str, files: dict[str, str] | None = None) -> str:
        bare = repositories / f"{name}.git"
        publish(bare, {"heat.py": "print(1)\n", "requirements.txt": "sesync_tree\n"} if files is None else files)
        made.append(bare)
        return name

    request.addfinalizer(lambda: [shutil.rmtree(bare) for bare in made])
    return make


def notebook(kernel: str, language: str = "python") -> str:
    """A notebook that asks for a kernel."""
    spec = {"name": kernel, "display_name": kernel, "language": language}
    return json.dumps({**NOTEBOOK, "metadata": {"kernelspec": spec}})

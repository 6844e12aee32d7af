"""A researcher's first hour: in a browser, from an empty home to a plot of the group's data."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from sesync_cli.kernel.logo import logos
from tests.browser.person import person
from tests.conftest import PROJECT, SESYNC
from tests.kernel import ground
from tests.services.jupyterlab import furnish, jupyterlab

TOUR = PROJECT / "sesync_cli/tour/files"
TITLE = "cooltrees (Python 3.11)"


def test_a_kernel_is_seen_used_and_gone(home: Path, nfs: Path, site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The server is never restarted, and the page is reloaded twice."""
    ground.python("3.11")
    monkeypatch.setenv("PYENV_ROOT", str(ground.PYENV))
    shutil.copy(TOUR / "street_trees.csv", nfs / "cooltrees-data")
    # as in a notebook, which shows the plot as well
    script = (TOUR / "analysis/heat.py").read_text().replace('matplotlib.use("Agg")\n', "")
    furnish(home, SESYNC)
    with jupyterlab(home) as address, person(tmp_path) as researcher:
        researcher.opens(address)
        researcher.tile("Terminal").click()
        researcher.types("sesync link cooltrees", until="Linked ~/cooltrees-data")
        researcher.types("sesync kernel create cooltrees matplotlib pandas", until="Made the kernel cooltrees.")

        researcher.reloads()
        tile = researcher.tile(TITLE)
        assert researcher.picture(tile) == logos("cooltrees", "3.11")["logo-svg.svg"]
        tile.click()
        shown = researcher.runs(script)
        expect(shown.filter(has_text="each metre of crown makes the pavement")).to_be_visible()
        plot = shown.locator("img")
        expect(plot).to_have_js_property("complete", True)
        assert plot.evaluate("plot => plot.naturalWidth") > 300
        assert (nfs / "cooltrees-data/crown_and_heat.png").is_file()

        researcher.runs("%pip install humanize")
        shown = researcher.runs("import humanize; print(humanize.__file__)")
        expect(shown).to_contain_text(f"{ground.environments(home)}/cooltrees/lib/python3.11/site-packages/humanize/")

        researcher.types("sesync kernel remove cooltrees --yes", until="Removed the kernel cooltrees.")
        researcher.reloads()
        expect(researcher.tile("Python 3 (ipykernel)")).to_be_visible()
        expect(researcher.tile(TITLE)).to_be_hidden()
    assert ground.nothing(home)

"""A kernel on a server for many: sesync is the centre's, the home is one's own, and one logs in with a password."""

from pathlib import Path

from playwright.sync_api import expect

from sesync_cli.kernel.logo import logos
from tests.browser.person import person
from tests.services.jupyterhub import PASSWORD, jupyterhub


def test_a_kernel_behind_a_login(tmp_path: Path):
    with jupyterhub() as hub, person(tmp_path) as researcher:
        researcher.opens(hub.address)
        researcher.logs_in(hub.user, PASSWORD)
        researcher.tile("Terminal").click()
        researcher.types("sesync kernel create heat-maps humanize", until="Made the kernel heat-maps.")
        researcher.reloads()
        tile = researcher.tile(f"heat-maps (Python {hub.python})")
        assert researcher.picture(tile) == logos("heat-maps", hub.python)["logo-svg.svg"]
        tile.click()
        shown = researcher.runs("import getpass, humanize; print(getpass.getuser(), humanize.__file__)")
        expect(shown).to_contain_text(f"{hub.user} {hub.home}/.local/share/sesync/kernels/heat-maps/lib/")
        researcher.types("sesync link cooltrees", until="Linked ~/cooltrees-data")
        researcher.types("sesync open jupyter cooltrees", until=f"{hub.address}/hub/user-redirect/lab/tree/")
        (hub.data / "heights.csv").write_text("tree,height\noak,30\n")
        researcher.opens(researcher.reads(rf"{hub.address}/\S+"))
        expect(researcher.page.locator(".jp-DirListing-item", has_text="heights.csv")).to_be_visible()

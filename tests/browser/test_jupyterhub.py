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

"""A person at a real browser: what they click and type in JupyterLab, and what they see."""

import contextlib
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, expect, sync_playwright

from tests.conftest import HANG, needed

_PATIENCE = HANG * 1000  # milliseconds
_TERMINAL = ".jp-Terminal .xterm-accessibility-tree"  # to the eye a terminal is a picture; a screen reader reads this
expect.set_options(timeout=_PATIENCE)


@dataclass(frozen=True)
class Person:
    """Somebody who looks at one page."""

    page: Page

    def opens(self, address: str) -> None:
        self.page.goto(address)

    def logs_in(self, name: str, password: str) -> None:
        self.page.get_by_label("Username").fill(name)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()

    def reloads(self) -> None:
        """Load the page again, and have a Launcher."""
        self.page.reload()
        self.page.get_by_role("button", name="New Launcher").first.click()

    def tile(self, title: str) -> Locator:
        """A tile of the Launcher; where there is one for notebooks and one for consoles, the former."""
        return self.page.locator(".jp-LauncherCard:visible", has=self.page.get_by_text(title, exact=True)).first

    def picture(self, tile: Locator) -> bytes:
        """The picture on a tile, which the browser could draw."""
        shown = tile.locator("img")
        expect(shown).to_have_js_property("complete", True)
        assert shown.evaluate("picture => picture.naturalWidth") > 0
        return self.page.request.get(shown.evaluate("picture => picture.src")).body()

    def types(self, command: str, until: str) -> None:
        """Type a command in the terminal, and wait until the terminal says this."""
        self.page.locator(".lm-TabBar-tab", has_text="Terminal").first.click()
        self.page.locator(".jp-Terminal .xterm").click()
        self.page.keyboard.type(f"{command}\n")
        expect(self.page.locator(_TERMINAL)).to_contain_text(until)

    def reads(self, pattern: str) -> str:
        """What the terminal says last that is like this."""
        return re.findall(pattern, "\n".join(self.page.locator(f"{_TERMINAL} > *").all_text_contents()))[-1]

    def runs(self, code: str) -> Locator:
        """Run this in the last cell of the open notebook; what appears below it."""
        expect(self.page.get_by_text(re.compile(r"\| Idle$"))).to_be_visible()
        cells = self.page.locator(".jp-Notebook:visible .jp-CodeCell")
        cell = cells.nth(cells.count() - 1)
        cell.locator(".cm-content").click()
        self.page.keyboard.insert_text(code)
        self.page.keyboard.press("Shift+Enter")
        expect(cell.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]:"))
        return cell.locator(".jp-OutputArea-output")


@contextlib.contextmanager
def person(folder: Path) -> Iterator[Person]:
    """Somebody with a new browser; where they fail, the folder has a picture of what they saw last."""
    chromium = needed("chromium")
    # its sockets have a path, which must not be as long as a test's
    with tempfile.TemporaryDirectory(dir="/tmp") as short, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, env={**os.environ, "TMPDIR": short})
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(_PATIENCE)
        try:
            yield Person(page)
        except BaseException:
            page.screenshot(path=folder / "seen.png")
            raise
        finally:
            browser.close()

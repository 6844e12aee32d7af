"""A page is shown by a browser where the person has one, and by nothing else."""

import os
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from sesync_cli.open.browser import show_page
from tests.conftest import Ended, Terminal, wait_for

URL = "https://jupyter.sesync.org"


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """program("xdg-open") is a browser on PATH; the file that it writes what it is told to."""
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")

    def make(name: str, then: str = "") -> Path:
        told = tmp_path / f"{name} told"
        script = folder / name
        script.write_text(f'#!/bin/sh\necho noise; echo noise >&2\necho "$@" >> {shlex.quote(str(told))}\n{then}\n')
        script.chmod(0o755)
        return told

    return make


def test_a_browser_of_the_screen_shows_the_page(
    terminal: Callable[..., Terminal],
    sesync: Callable[..., Ended],
    program: Callable[..., Path],
    site: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = program("xdg-open")
    monkeypatch.setenv("DISPLAY", ":1")
    person = terminal("open", "jupyter")
    assert person.ended() == 0
    wait_for(told.exists, "the browser")
    assert told.read_text() == f"{URL}\n"
    assert person.screen == f"JupyterLab:\n  {URL}"
    for words in (["open", "jupyter", "--json"], ["open", "jupyter"], ["open"]):
        assert sesync(*words).code == 0  # nobody is at a terminal
    assert terminal("open", "jupyter", "--json").ended() == 0
    assert told.read_text() == f"{URL}\n"


def test_where_there_is_none_the_address_is_all(
    terminal: Callable[..., Terminal], program: Callable[..., Path], site: Callable[..., Path]
) -> None:
    told = [program(name) for name in ("xdg-open", "lynx", "www-browser")]
    person = terminal("open", "jupyter")
    assert person.ended() == 0 and person.screen == f"JupyterLab:\n  {URL}"
    assert not any(one.exists() for one in told)


@pytest.mark.parametrize(
    "env,shows",
    [
        ({"BROWSER": "code-helper"}, "code-helper"),
        ({"BROWSER": "code-helper --new %s &"}, "code-helper"),
        ({"BROWSER": "code-helper --url=%s --new"}, "code-helper"),
        ({"BROWSER": "nothing:code-helper", "SSH_CONNECTION": "x"}, "code-helper"),
        ({"WAYLAND_DISPLAY": "w"}, "xdg-open"),
        ({"DISPLAY": "localhost:10.0", "SSH_CONNECTION": "x"}, ""),
        ({"BROWSER": "lynx", "DISPLAY": ":1"}, "xdg-open"),
        ({"BROWSER": "'"}, ""),
        ({}, ""),
    ],
)
def test_which_browser_it_is(program: Callable[..., Path], env: dict[str, str], shows: str) -> None:
    told = {name: program(name) for name in ("code-helper", "xdg-open", "lynx")}
    assert show_page(URL, {**os.environ, **env}) == bool(shows)
    if shows:
        wait_for(told[shows].exists, "the browser")
        assert URL in told[shows].read_text() and "%s" not in told[shows].read_text()
    assert [name for name, file in told.items() if file.exists()] == [shows] * bool(shows)


def test_a_browser_that_goes_on_is_not_waited_for(
    terminal: Callable[..., Terminal],
    program: Callable[..., Path],
    site: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It would wait for ever: for a file that comes once sesync has ended."""
    ended, over = tmp_path / "ended", tmp_path / "over"
    waits = f"until [ -e {shlex.quote(str(ended))} ]; do sleep 0.1; done"
    told = program("slow", f"{waits}; touch {shlex.quote(str(over))}")
    monkeypatch.setenv("BROWSER", "slow")
    person = terminal("open", "jupyter")
    assert person.ended() == 0 and URL in person.screen
    wait_for(told.exists, "the browser")
    ended.touch()
    wait_for(over.exists, "the browser's own end")

"""Names and texts are UTF-8, whatever the locale of the terminal says."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Ended, missing, needed
from tests.kernel import ground

AUTHOR = "Author: Bäume 木 & Söhne\nSummary: Wälder\n"


@pytest.fixture(params=["C", "POSIX", "en_US.ISO-8859-1"], autouse=True)
def locale(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A locale in which Python takes texts for something else than UTF-8."""
    if "." in request.param:
        place, (language, charset) = tmp_path / "locales", request.param.split(".")
        place.mkdir()
        argv = [needed("localedef"), "-f", charset, "-i", language, str(place / request.param)]
        if subprocess.run(argv, capture_output=True).returncode:
            missing(f"the source of the locale {request.param}")
        monkeypatch.setenv("LOCPATH", str(place))
    for name in ("LANG", "LC_CTYPE", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"LC_ALL": request.param, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}.items():
        monkeypatch.setenv(name, value)
    yield request.param


@pytest.fixture
def wälder(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, site) -> Path:
    """A folder that is called so, with a package of an author who is, too."""
    python = ground.python("3.11")
    monkeypatch.setenv("PYENV_ROOT", str(ground.PYENV))
    site(python={"places": [str(python.parent)]})
    folder = home / "Wälder 木"
    ground.wheel(folder / "wheels", "sesync_oak", meta=AUTHOR)
    monkeypatch.setenv("UV_FIND_LINKS", str(folder / "wheels"))
    monkeypatch.chdir(folder)
    return folder


def test_a_kernel_of_a_folder_with_other_letters(sesync, home: Path, wälder: Path):
    (wälder / "requirements.txt").write_text("# Bäume\nsesync_oak\n")
    done: Ended = sesync("kernel", "create", "--display-name", "Bäume 木", "--env", "TREE=Ahorn 木ä")
    assert done.code == 0, done.err
    said = json.loads((ground.specs(home) / "walder/kernel.json").read_text())
    assert (said["display_name"], said["env"]["TREE"]) == ("Bäume 木", "Ahorn 木ä")
    assert said["metadata"]["sesync"]["recipe"]["requirements"] == [] and "Wälder 木" in json.dumps(
        said, ensure_ascii=False
    )
    assert sesync("kernel", "check", "walder").code == 0
    shown = sesync("kernel", "show", "walder", "--json")
    assert shown.json["display_name"] == "Bäume 木"
    locked = sesync("kernel", "lock", "walder", "-o", wälder / "pylock.toml")
    assert locked.code == 0, locked.err
    assert "Bäume 木" in (wälder / "pylock.toml").read_text(encoding="utf-8")


def test_a_home_and_a_data_directory_with_other_letters(sesync, site, nfs: Path, home: Path):
    place = home / "Häuser 木"
    place.mkdir()
    (place / "Bäume.csv").write_text("Ahorn\n")
    put = sesync("put", place / "Bäume.csv", "cooltrees", "--yes")
    assert put.code == 0, put.err
    assert [path.name for path in (nfs / "cooltrees-data").iterdir() if path.is_file()] == ["Bäume.csv"]
    assert sesync("where", nfs / "cooltrees-data/Bäume.csv", "--json").json["named"][0]["path"].endswith("Bäume.csv")

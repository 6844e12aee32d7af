"""pip's settings, read as pip itself reads them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sesync_cli.python.pip_settings import pip_settings

LAYOUTS = {
    "one file of the person's": {"home/.config/pip/pip.conf": "[global]\nindex-url = https://a.example.org/simple\n"},
    "the old file and the new": {
        "home/.pip/pip.conf": "[global]\nindex-url = https://old.example.org\nproxy = http://p:1\n",
        "home/.config/pip/pip.conf": "[global]\nindex-url = https://new.example.org\n",
    },
    "a section of the command comes before a later file": {
        "xdg/pip/pip.conf": "[install]\nindex-url = https://install.example.org\n",
        "home/.config/pip/pip.conf": "[global]\nindex-url = https://global.example.org\n[download]\nproxy = http://no\n",
    },
    "odd spellings, many lines, nothing said": {
        "home/.config/pip/pip.conf": "[global]\nExtra_Index_URL =\n  https://a.example.org\n  https://b.example.org\n"
        "cert =\n; timeout = 3\nno-index = false\nindex-url: https://user:p%40ss@c.example.org/simple\n",
    },
    "the environment's own file": {
        "home/.config/pip/pip.conf": "[global]\nindex-url = https://user.example.org\n",
        "prefix/pip.conf": "[global]\nindex-url = https://prefix.example.org\n",
    },
    "what is not a settings file": {"home/.config/pip/pip.conf": "\x00\x01 nonsense"},
}
VARIABLES = {
    "none": {},
    "two": {"PIP_INDEX_URL": "https://variable.example.org", "PIP_TRUSTED_HOST": "a b", "PIP_PROXY": ""},
    "a file that is named": {"PIP_CONFIG_FILE": "named.conf"},
    "a file that is named and not there": {"PIP_CONFIG_FILE": "nowhere.conf"},
    "no file at all": {"PIP_CONFIG_FILE": os.devnull},
}


@pytest.mark.parametrize("said", VARIABLES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_settings_are_those_that_pip_says(tmp_path: Path, layout: str, said: str) -> None:
    (tmp_path / "named.conf").write_text("[global]\nindex-url = https://named.example.org\n")
    for name, text in LAYOUTS[layout].items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    env = {"HOME": str(tmp_path / "home"), "XDG_CONFIG_DIRS": str(tmp_path / "xdg"), "PATH": "/usr/bin:/bin"}
    env |= {
        name: str(tmp_path / value) if "." in value and "/" not in value else value
        for name, value in VARIABLES[said].items()
    }
    ours, theirs = pip_settings(env, [tmp_path / "prefix"]), pip_says(env, tmp_path / "prefix")
    if theirs is None:  # and ends there
        assert "sesync" not in ours
    else:
        assert {key: value for key, value in ours.items() if key != "config-file"} == theirs


def pip_says(env: dict[str, str], prefix: Path) -> dict[str, str] | None:
    """The settings that a real pip in a Python with this prefix goes by; None if it cannot read its files."""
    asks = f"""
import sys; sys.prefix = {str(prefix)!r}
import json
from pip._internal.configuration import Configuration
from pip._internal.exceptions import ConfigurationError
settings = Configuration(isolated=False)
try:
    settings.load()
except ConfigurationError:
    sys.exit(3)
found = {{}}
for section in ("global", "install", ":env:"):
    for key, value in settings.items():
        if key.split(".", 1)[0] == section and value:
            found[key.split(".", 1)[1]] = value
json.dump(found, sys.stdout)
"""
    import json

    done = subprocess.run([sys.executable, "-c", asks], env=env, capture_output=True, text=True)
    if done.returncode == 3:
        return None
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return {key: value for key, value in found.items() if key != "config-file"}

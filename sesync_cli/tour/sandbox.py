"""The tour's sandbox: J. Smith's home, data directory, repository and site file, all in one temporary folder."""

import contextlib
import json
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.kernel.environment import make_site_python
from sesync_cli.leftovers import remove
from sesync_cli.python.interpreters import Interpreter, Places, find_python
from sesync_cli.python.pip_settings import as_variables
from sesync_cli.tour.gitserver import GitServer, fill, on_disk, serving

FILES = Path(__file__).with_name("files")
_PREFIX = "sesync-tour-"
_WAY_TO_THE_INDEX = ("PIP_", "UV_", "SSL_", "REQUESTS_", "CURL_CA_")
_GITLAB = "https://gitlab.example.org"  # the address of no server, since the tour has none with pages


@dataclass(frozen=True)
class Sandbox:
    """A folder that holds a whole small research server."""

    folder: Path

    @property
    def home(self) -> Path:
        return self.folder / "research-home/jsmith"

    @property
    def data(self) -> Path:
        return self.folder / "nfs/cooltrees-data"

    @property
    def site_file(self) -> Path:
        return self.folder / "site.toml"

    @property
    def python(self) -> Path:
        return self.folder / "opt/python"

    def env(self, env: Mapping[str, str]) -> dict[str, str]:
        """The environment of somebody who works in the sandbox; caches that were named beforehand are used."""
        kept = ("LANG", "LC_", "TERM", "COLUMNS", "COLORTERM", "NO_COLOR", *_WAY_TO_THE_INDEX)
        mine = {name: value for name, value in env.items() if name.startswith(kept) or name.lower().endswith("_proxy")}
        mine |= as_variables(env)
        path = [str(self.python / "bin"), str(Path(sys.executable).parent), env.get("PATH", os.defpath)]
        places = {"HOME": self.home, "TMPDIR": self.folder / "tmp", "SESYNC_SITE": self.site_file}
        return mine | {name: str(value) for name, value in places.items()} | {"PATH": os.pathsep.join(path)}

    def write_site(self, server: GitServer) -> None:
        """The site file, which stands for itself: this small server is no centre that there is."""
        tables: dict[str, dict[str, object]] = {
            "data": {"path": f"{self.folder}/nfs/{{project}}-data"},
            "home": {"path": f"{self.folder}/research-home/{{user}}"},
            "python": {"default": self.version, "places": []},
            "kernels": {"server_folders": []},
            "gitlab": {"url": _GITLAB, "ssh": server.address, "host_keys": list(server.host_keys)},
        }
        lines = []
        for table, keys in tables.items():
            lines += [f"[{table}]", *(f"{key} = {json.dumps(value)}" for key, value in keys.items())]
        self.site_file.write_text("\n".join(lines) + "\n", encoding="utf-8")

    @property
    def version(self) -> str:
        """The version of the sandbox's Python: 3.11."""
        return "{}.{}".format(*sys.version_info)

    def keep(self, env: Mapping[str, str]) -> Path:
        """Make the sandbox fit to live without its server; the file that leads into it is returned."""
        self.write_site(on_disk(self.folder / "repositories"))
        inside = self.env(env)
        words = (f"export {name}={shlex.quote(inside[name])}" for name in ("HOME", "TMPDIR", "SESYNC_SITE", "PATH"))
        enter = self.folder / "enter"
        enter.write_text("\n".join(words) + "\ncd\n", encoding="utf-8")
        return enter


@contextlib.contextmanager
def sandbox(python: Path, env: Mapping[str, str], *, keep: bool) -> Iterator[Sandbox]:
    """A sandbox for the Python behind this one, with its server running; gone with the block, unless it is kept."""
    _sweep()
    box = Sandbox(Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-")))
    kept = False
    try:
        interpreter = find_python(str(python), Places(env, ()), box.folder / "tmp")
        _furnish(box, interpreter)
        repositories = box.folder / "repositories"
        with serving(repositories, box.home, box.folder) as server:
            box.write_site(server)
            yield box
        kept = keep
    finally:
        if not kept:
            remove(box.folder)


def _furnish(box: Sandbox, interpreter: Interpreter) -> None:
    for folder in (box.home, box.data, box.folder / "tmp", box.folder / "repositories/cooltrees"):
        folder.mkdir(parents=True)
    shutil.copyfile(FILES / "street_trees.csv", box.data / "street_trees.csv")
    (box.home / ".gitconfig").write_text("[user]\n\tname = J. Smith\n\temail = jsmith@example.org\n", encoding="utf-8")
    fill(box.folder / "repositories", "cooltrees/analysis", FILES / "analysis", "J. Smith")
    make_site_python(box.python, interpreter, box.folder / "tmp")


def _sweep() -> None:
    """Remove the sandboxes of tours that were killed."""
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}[0-9]*-*"):
        pid = left.name.removeprefix(_PREFIX).partition("-")[0]
        if pid.isdigit() and not Path("/proc", pid).exists() and not (left / "enter").exists():
            with contextlib.suppress(OSError):
                remove(left)

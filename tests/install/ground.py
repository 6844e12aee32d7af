"""What the tests of installing stand on: Pythons of this machine, and packages made on the spot."""

import base64
import hashlib
import json
import os
import pwd
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import children, held, missing, state, wait_for

_PYENV = Path(os.environ.get("PYENV_ROOT") or Path(pwd.getpwuid(os.getuid()).pw_dir, ".pyenv"))
PLACES = [f"{_PYENV}/versions/*/bin"]


def python(version: str) -> Path:
    """A real Python of this version, which is no shim and no environment."""
    found = sorted(_PYENV.glob(f"versions/{version}.*/bin/python{version}"))
    if not found:
        missing(f"Python {version}")
    return found[0]


def wheel(
    folder: Path, name: str, version: str = "1.0", files: Mapping[str, bytes] | None = None, meta: str = ""
) -> Path:
    """A wheel with one module (or these files), and with more lines of metadata."""
    folder.mkdir(parents=True, exist_ok=True)
    at = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    contents = dict(files or {f"{name}.py": f"version = {version!r}\n".encode()})
    contents[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{meta}".encode()
    contents[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = "".join(f"{path},{_digest(data)},{len(data)}\n" for path, data in contents.items())
    contents[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    with zipfile.ZipFile(at, "w") as archive:
        for path, data in contents.items():
            archive.writestr(path, data)
    return at


def source(folder: Path, name: str, setup: str, **files: str) -> Path:
    """A folder with the source of a package: its setup.py, and other files."""
    at = folder / name
    at.mkdir(parents=True)
    (at / "setup.py").write_text(setup)
    for file, text in files.items():
        (at / file.replace("_dot_", ".")).write_text(text)
    return at


def prefix(at: Path, version: str, *, managed: bool = False) -> Path:
    """A Python like the real one of this version, in a place of its own and without any packages; its program."""
    real = python(version)
    library = at / "lib" / f"python{version}"
    (at / "bin").mkdir(parents=True)
    library.mkdir(parents=True)
    for entry in (real.parent.parent / "lib" / f"python{version}").iterdir():
        if entry.name != "site-packages":
            (library / entry.name).symlink_to(entry)
    (library / "site-packages").mkdir()
    if managed:
        (library / "EXTERNALLY-MANAGED").write_text("[externally-managed]\nError=Ask the system.\n")
    shutil.copy(real.resolve(), at / "bin" / f"python{version}")
    return at / "bin" / f"python{version}"


def placed(folder: Path, name: str, *needs: str, version: str = "1.0", asked_for: bool = False) -> Path:
    """A package as pip leaves it in a folder of packages, by its metadata alone; there again, it is another."""
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    lines = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {one}" for one in needs)]
    (info / "METADATA").write_text("\n".join(["Metadata-Version: 2.1", *lines, ""]))
    (info / "REQUESTED").unlink(missing_ok=True)
    if asked_for:
        (info / "REQUESTED").touch()
    return info


def own_kernel(home: Path, name: str, **recipe: object) -> Path:
    """A kernel as sesync makes it, of Python 3.8 and without ipykernel's packages; the folder of its packages."""
    place, spec = home / f".local/share/sesync/kernels/{name}", home / f".local/share/jupyter/kernels/{name}"
    subprocess.run([python("3.8"), "-m", "venv", "--without-pip", place], check=True)
    spec.mkdir(parents=True)
    argv = [f"{place}/bin/python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    ours = {"version": "0", "environment": str(place), "recipe": {"python": "3.8.18", "packages": [], **recipe}}
    facts = {"argv": argv, "display_name": name, "env": {"PYTHONNOUSERSITE": "1"}, "metadata": {"sesync": ours}}
    (spec / "kernel.json").write_text(json.dumps(facts))
    packages = place / "lib/python3.8/site-packages"
    (packages / "ipykernel_launcher.py").touch()
    return packages


def user_folder(home: Path, version: str) -> Path:
    return home / ".local/lib" / f"python{version}" / "site-packages"


def _digest(data: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


@contextmanager
def held_installer(sesync: int) -> Iterator[None]:
    """The installer that this sesync has started, stopped in the middle; sesync has heard all that it has said."""
    [installer] = children(sesync)
    with held(installer):
        wait_for(lambda: state(sesync) == "S")
        yield

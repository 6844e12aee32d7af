"""sesync install --kernel and sesync uninstall --kernel."""

import json
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import HANG, Ended
from tests.install.ground import held_installer, python, wheel

Run = Callable[..., Ended]


def kernel(home: Path, name: str, python_of_it: Path) -> Path:
    """A kernel that somebody has registered by hand."""
    spec = home / ".local/share/jupyter/kernels" / name
    spec.mkdir(parents=True)
    argv = [str(python_of_it), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": name, "language": "python"}))
    return spec


def environment(folder: Path) -> Path:
    subprocess.run([python("3.8"), "-m", "venv", "--without-pip", folder], check=True)
    return folder / "lib/python3.8/site-packages"


def test_a_package_goes_into_a_kernel_and_out_of_it(sesync: Run, home: Path, tmp_path: Path, index: Path) -> None:
    wheel(index, "sesynctrees")
    packages = environment(tmp_path / "venv")
    kernel(home, "trees", tmp_path / "venv/bin/python")
    shown = sesync("install", "sesynctrees", "--kernel", "trees", "-n").out
    python = f"{tmp_path}/venv/bin/python"
    assert shown == f"{python} -m ensurepip && {python} -m pip install sesynctrees\n"
    done = sesync("install", "sesynctrees", "--kernel", "Trees")
    assert (done.code, done.out) == (
        0,
        "Installed sesynctrees 1.0 in the kernel trees. Then, in open notebooks: Kernel ▸ Restart.\n",
    )
    assert (packages / "sesynctrees.py").exists()
    assert not (home / ".local/lib").exists()
    assert (
        sesync("install", "sesynctrees", "--kernel", "trees").out
        == "sesynctrees 1.0 is there already in the kernel trees.\n"
    )
    done = sesync("uninstall", "sesynctrees", "--kernel", "trees", "--yes")
    assert (done.code, done.out.partition(". ")[0]) == (0, "Uninstalled sesynctrees 1.0 from the kernel trees")
    assert not (packages / "sesynctrees.py").exists()
    again = sesync("uninstall", "sesynctrees", "--kernel", "trees")
    assert (again.code, again.out) == (0, "sesynctrees is not installed in the kernel trees.\n")


def test_the_json_has_these_keys(sesync: Run, home: Path, tmp_path: Path, index: Path) -> None:
    wheel(index, "sesynctrees")
    environment(tmp_path / "venv")
    kernel(home, "trees", tmp_path / "venv/bin/python")
    result = sesync("install", "sesynctrees", "--kernel", "trees", "--json").json["result"]
    assert list(result) == ["kernel", "python", "python_version", "packages", "log"]
    assert (result["kernel"], result["python"]) == ("trees", str(tmp_path / "venv/bin/python"))
    assert result["packages"] == {"sesynctrees": "1.0"}
    assert Path(result["log"]).exists()


def test_no_such_kernel(sesync: Run, home: Path, tmp_path: Path) -> None:
    kernel(home, "trees", tmp_path / "venv/bin/python")
    done = sesync("install", "sesynctrees", "--kernel", "tree")
    assert (done.code, done.out) == (1, "")
    assert "Error: there is no kernel named tree\nHint:  Did you mean trees?" in done.err


def test_a_kernel_without_packages_of_its_own_is_refused(sesync: Run, home: Path) -> None:
    kernel(home, "bare", python("3.8"))
    done = sesync("install", "sesynctrees", "--kernel", "bare")
    assert done.code == 1
    assert done.err.startswith("Error: the kernel bare has no packages of its own\n")


def test_a_conda_kernel_is_refused_with_condas_command(sesync: Run, home: Path, tmp_path: Path) -> None:
    (tmp_path / "conda/conda-meta").mkdir(parents=True)
    (tmp_path / "conda/bin").mkdir()
    (tmp_path / "conda/bin/python").symlink_to(python("3.8"))
    kernel(home, "conda", tmp_path / "conda/bin/python")
    done = sesync("install", "sesynctrees", "--kernel", "conda")
    assert done.code == 1
    assert f"Hint:  Type 'conda install --prefix {tmp_path}/conda PACKAGE'.\n" in done.err


def test_a_kernel_of_the_server_is_refused(sesync: Run, tmp_path: Path, site: Callable[..., Path], home: Path) -> None:
    environment(tmp_path / "venv")
    spec = kernel(home, "shared", tmp_path / "venv/bin/python")
    shutil.copytree(spec, tmp_path / "server/shared")
    shutil.rmtree(spec)
    site(kernels={"server_folders": [str(tmp_path / "server")]})
    done = sesync("install", "pandas>=2", "--kernel", "shared")
    assert done.code == 1
    assert done.err == (
        "Error: shared is a kernel of the server\n"
        "Hint:  Make one of your own: 'sesync kernel create NAME \"pandas>=2\"'.\n"
    )


def test_a_kernel_whose_environment_is_gone_is_not_ready(sesync: Run, home: Path, tmp_path: Path) -> None:
    environment(tmp_path / "venv")
    kernel(home, "trees", tmp_path / "venv/bin/python")
    shutil.rmtree(tmp_path / "venv/bin")
    done = sesync("install", "sesynctrees", "--kernel", "trees")
    assert done.code == 3
    assert done.err.startswith(f"Error: the kernel trees is broken: {tmp_path}/venv/bin/python is gone\n")


def test_a_kernel_of_sesyncs_own(sesync: Run, home: Path) -> None:
    made = sesync("kernel", "create", "trees", "--python", python("3.11"))
    assert made.code == 0, made.err
    done = sesync("install", "humanize==4.9.0", "--kernel", "trees")
    assert (done.code, done.out.partition(". T")[0]) == (0, "Installed humanize 4.9.0 in the kernel trees")
    words = ["--kernel", "trees", "--yes"]
    assert "Uninstalled humanize 4.9.0" in sesync("uninstall", "humanize", *words).out
    refused = sesync("uninstall", "ipykernel", *words)
    assert refused.code == 1
    assert refused.err.startswith("Error: the kernel trees cannot do without ipykernel\n")


def test_an_interrupt_leaves_the_kernel_whole(
    sesync: Run, background: Callable[..., "subprocess.Popen[str]"], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sesync("kernel", "create", "heat").code == 0
    monkeypatch.setenv("UV_LINK_MODE", "copy")
    packages = next((home / ".local/share/sesync/kernels/heat").glob("lib/python3*/site-packages"))
    process = background("install", "--kernel", "heat", "pandas")
    while process.poll() is None and not (packages / "pandas").exists():
        time.sleep(0.001)
    with held_installer(process.pid):
        process.send_signal(signal.SIGINT)
    process.communicate(timeout=HANG)
    assert process.returncode == 0
    assert sesync("kernel", "run", "heat", "python", "-c", "import pandas; print(pandas.NA)").out == "<NA>\n"

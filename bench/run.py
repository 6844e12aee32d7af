"""Times sesync beside its rivals, in turn in one run, and prints the medians, their ratio and the ratio to reach.

python bench/run.py [ROW...]      rows: help link home doctor list create-uv create-pip lock import disk clone usage
                                put-one put-many
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sesync_cli.python.pip_settings import as_variables
from sesync_cli.python.uv import uv

BIN = Path(sys.executable).parent
SESYNC, PYTHON, UV, JUPYTER = (str(BIN / name) for name in ("sesync", "python", "uv", "jupyter"))
STACK = ("numpy", "pandas", "matplotlib", "scipy")

START = """
import sys
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager
manager = KernelManager()
manager._kernel_spec = KernelSpec(argv=[sys.argv[1], "-m", "ipykernel_launcher", "-f", "{connection_file}"])
manager.start_kernel()
client = manager.blocking_client()
client.start_channels()
client.wait_for_ready(timeout=60)
reply = client.execute_interactive("1+1", output_hook=lambda message: None)
assert reply["content"]["status"] == "ok"
client.stop_channels()
manager.shutdown_kernel(now=True)
"""


@dataclass
class Ground:
    """A throwaway home with a data directory and a git repository."""

    folder: Path
    count: int = 0
    env: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        home = self.folder / "home"
        (self.folder / "nfs/cooltrees-data").mkdir(parents=True)
        home.mkdir()
        site = self.folder / "site.toml"
        lines = [
            f'[data]\npath = "{self.folder}/nfs/{{project}}-data"',
            f'[python]\ndefault = "{sys.version_info.major}.{sys.version_info.minor}"\nplaces = []',
            "[kernels]\nserver_folders = []",
            f'[gitlab]\nurl = "https://gitlab.example.org"\nssh = "file://{self.folder}/{{repo}}.git"',
        ]
        site.write_text("\n".join(lines) + "\n")
        mine = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "XDG_", "PYTHON"))}
        mine |= as_variables(os.environ) | {"HOME": str(home), "SESYNC_SITE": str(site)}
        self.env = uv(env=mine | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"})[1]  # uv by hand goes the same way

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def fresh(self, stem: str) -> str:
        """A name that has not been used."""
        self.count += 1
        return f"{stem}{self.count}"

    def run(self, *argv: str | Path) -> None:
        done = subprocess.run(list(map(str, argv)), env=self.env, cwd=self.home, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{' '.join(map(str, argv))} failed:\n{done.stdout}{done.stderr}")


Action = Callable[[], None]


def paired(ours: Action, theirs: Action, runs: int) -> tuple[float, float]:
    """Median seconds of both, run in turn after one warm-up of each."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for turn in range(runs + 1):
        for action, kept in zip((ours, theirs), seconds, strict=True):
            begun = time.perf_counter()
            action()
            if turn:
                kept.append(time.perf_counter() - begun)
    return statistics.median(seconds[0]), statistics.median(seconds[1])


def row(what: str, ours: float, theirs: float, reach: str, ratio: float) -> None:
    print(f"{what:<58} {ours:9.3f} {theirs:9.3f} {ratio:8.2f}   {reach}", flush=True)


def bench_help(ground: Ground) -> None:
    ours, theirs = paired(lambda: ground.run(SESYNC, "--help"), lambda: ground.run(PYTHON, "-c", "import click"), 30)
    row("sesync --help / import click, s", ours, theirs, "<= 1.6", ours / theirs)


def bench_link(ground: Ground) -> None:
    ground.run(SESYNC, "link", "cooltrees")
    ours, theirs = paired(
        lambda: ground.run(SESYNC, "link", "cooltrees"), lambda: ground.run(PYTHON, "-c", "import click"), 30
    )
    row("sesync link (already linked) / import click, s", ours, theirs, "<= 1.6", ours / theirs)


def _code(ground: Ground) -> Path:
    """A repository to clone."""
    place = ground.folder / "project"
    ground.run("git", "init", "-q", place)
    for number in range(20):
        (place / f"part{number}.py").write_text("print(1)\n" * 100)
    who = ("-c", "user.name=J. Smith", "-c", "user.email=jsmith@example.org")
    ground.run("git", "-C", place, "add", ".")
    ground.run("git", *who, "-C", place, "commit", "-q", "-m", "Code")
    return place


def bench_home(ground: Ground) -> None:
    """A home with ten clones and ten kernels."""
    place = _code(ground)
    specs = ground.home / ".local/share/jupyter/kernels"
    for number in range(10):
        ground.run("git", "clone", "-q", place, f"project{number}")
        (specs / f"project{number}").mkdir(parents=True)
        argv = [PYTHON, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        facts = {"argv": argv, "display_name": f"Project {number}", "language": "python"}
        (specs / f"project{number}/kernel.json").write_text(json.dumps(facts))
    ground.run(SESYNC, "link", "cooltrees")
    ours, theirs = paired(lambda: ground.run(SESYNC), lambda: ground.run(SESYNC, "--help"), 30)
    row("sesync (10 clones, 10 kernels) / sesync --help, s", ours, theirs, "<= 4", ours / theirs)
    for number in range(10):
        shutil.rmtree(ground.home / f"project{number}")
    shutil.rmtree(specs)


def bench_doctor(ground: Ground) -> None:
    """A healthy home with ten kernels of large packages and ten clones."""
    place = _code(ground)
    (ground.home / ".gitconfig").write_text("[user]\nname = J. Smith\nemail = jsmith@example.org\n")
    for number in range(10):
        ground.run("git", "clone", "-q", place, f"project{number}")
        ground.run(SESYNC, "kernel", "create", f"project{number}", *STACK)
    ground.run(SESYNC, "link", "cooltrees")
    ours, theirs = paired(lambda: ground.run(SESYNC, "doctor"), lambda: ground.run(SESYNC, "--help"), 9)
    row("sesync doctor (10 clones, 10 kernels), s / sesync --help", ours, theirs, "<= 2 s", ours / theirs)


def bench_list(ground: Ground) -> None:
    """200 kernels that sesync made: one real, and 199 copies of its spec with environments linked from it."""
    ground.run(SESYNC, "kernel", "create", "seed")
    specs = ground.home / ".local/share/jupyter/kernels"
    environments = ground.home / ".local/share/sesync/kernels"
    for number in range(199):
        name = f"seed{number:03}"
        text = (specs / "seed/kernel.json").read_text().replace(str(environments / "seed"), str(environments / name))
        shutil.copytree(specs / "seed", specs / name)
        (specs / name / "kernel.json").write_text(text)
        shutil.copytree(environments / "seed", environments / name, copy_function=os.link, symlinks=True)
        os.utime(environments / name)
        packages = next((environments / "seed").glob("lib/python3*/site-packages"))
        there = environments / name / packages.relative_to(environments / "seed")
        facts = packages.stat()
        os.utime(there, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    ours, theirs = paired(
        lambda: ground.run(SESYNC, "kernel", "list"), lambda: ground.run(JUPYTER, "kernelspec", "list"), 9
    )
    row("sesync kernel list / jupyter kernelspec list, 200, s", ours, theirs, "<= 0.5", ours / theirs)
    shutil.rmtree(specs)
    shutil.rmtree(environments)


def bench_create_pip(ground: Ground) -> None:
    def by_hand() -> None:
        folder = ground.folder / ground.fresh("venv")
        ground.run(PYTHON, "-m", "venv", folder)
        ground.run(folder / "bin/pip", "install", "-q", "ipykernel")
        ground.run(folder / "bin/python", "-m", "ipykernel", "install", "--user", "--name", folder.name)

    ours, theirs = paired(lambda: ground.run(SESYNC, "kernel", "create", ground.fresh("k")), by_hand, 5)
    row("sesync kernel create / venv + pip + ipykernel install, s", ours, theirs, ">= 5 x faster", theirs / ours)


def bench_create_uv(ground: Ground) -> None:
    def by_hand() -> None:
        folder = ground.folder / ground.fresh("uv")
        ground.run(UV, "venv", "-q", "--python", PYTHON, folder)
        ground.run(UV, "pip", "install", "-q", "--python", folder / "bin/python", "ipykernel", "pip")
        ground.run(PYTHON, "-c", START, folder / "bin/python")

    ours, theirs = paired(lambda: ground.run(SESYNC, "kernel", "create", ground.fresh("k")), by_hand, 9)
    row("sesync kernel create / uv venv + uv pip + one start, s", ours, theirs, "<= 1.3", ours / theirs)


LOCKED = """
import os, sys, time
from pathlib import Path
from sesync_cli.kernel.environment import MakeEnvironment
from sesync_cli.python.interpreters import Interpreter
from sesync_cli.kernel.packages import InstallLock, Requirements, ResolvePackages
from sesync_cli.kernel.pylock import read_lock
place, lock, python = Path(sys.argv[1]), read_lock(Path(sys.argv[2])), sys.executable
version = "%d.%d.%d" % sys.version_info[:3]
base = Path(os.path.realpath(python))
make = MakeEnvironment(place, place, place, Interpreter(base, base, version, False, False), place.parent, os.environ)
make.do(lambda fraction, word: None)
required, log = Requirements(lock=lock), place.parent / "log"
steps = (
    ResolvePackages(make.beside, required, version, {}, os.environ, log, place),
    InstallLock(make.beside, required, os.environ, log, place),
)
begun = time.perf_counter()
for step in steps:
    step.do(lambda fraction, word: None)
print(time.perf_counter() - begun)
"""


def bench_lock(ground: Ground) -> None:
    """The installing part of a kernel from its lock, with all of it in the cache, beside uv from the same lock."""
    name = ground.fresh("k")
    ground.run(SESYNC, "kernel", "create", name)
    ground.run(SESYNC, "kernel", "lock", name)
    lock = ground.home / "pylock.toml"
    ours, theirs = [], []
    for _ in range(10):
        argv = [PYTHON, "-c", LOCKED, ground.folder / ground.fresh("lock"), lock]
        done = subprocess.run(list(map(str, argv)), env=ground.env, capture_output=True, text=True, check=True)
        ours.append(float(done.stdout))
        folder = ground.folder / ground.fresh("uv")
        ground.run(UV, "venv", "-q", "--python", PYTHON, folder)
        begun = time.perf_counter()
        words = ("--preview-features", "pylock", "-q", "--python", folder / "bin/python", "-r", lock)
        ground.run(UV, "pip", "install", *words)
        theirs.append(time.perf_counter() - begun)
    mine, rival = statistics.median(ours[1:]), statistics.median(theirs[1:])
    row("kernel from a lock, installing alone / uv pip install, s", mine, rival, "<= 0.3 s", mine / rival)


def bench_import(ground: Ground) -> None:
    """The first and the second `import pandas` of a new kernel: what compiling all bytecode at creation would save."""
    name = ground.fresh("k")
    ground.run(SESYNC, "kernel", "create", name, *STACK)
    python = ground.home / f".local/share/sesync/kernels/{name}/bin/python"
    seconds = []
    for _ in range(2):
        begun = time.perf_counter()
        ground.run(python, "-c", "import pandas")
        seconds.append(time.perf_counter() - begun)
    row("first import pandas in a new kernel / the second, s", seconds[0], seconds[1], "once", seconds[0] / seconds[1])


def bench_disk(ground: Ground) -> None:
    """What the home grows by, for each kernel after the first with the same large packages."""

    def used() -> float:
        out = subprocess.run(["du", "-s", "-B1", ground.folder], capture_output=True, text=True).stdout
        return int(out.split()[0]) / 1e6

    before = used()
    ground.run(SESYNC, "kernel", "create", ground.fresh("d"), *STACK)
    first = used()
    for _ in range(9):
        ground.run(SESYNC, "kernel", "create", ground.fresh("d"), *STACK)
    each = (used() - first) / 9
    row(
        "disk of the 2nd to 10th kernel, each / of the 1st, MB",
        each,
        first - before,
        "<= 12 MB",
        each / (first - before),
    )


def bench_clone(ground: Ground) -> None:
    work = ground.folder / "work"
    work.mkdir()
    for number in range(100):
        (work / f"data{number}").write_bytes(os.urandom(1_000_000))
    who = ("-c", "user.name=J. Smith", "-c", "user.email=jsmith@example.org")
    ground.run("git", "init", "-q", work)
    ground.run("git", "-C", work, "add", ".")
    ground.run("git", *who, "-C", work, "commit", "-q", "-m", "Data")
    ground.run("git", "clone", "-q", "--bare", work, ground.folder / "cooltrees/large.git")
    address = f"file://{ground.folder}/cooltrees/large.git"
    ours, theirs = paired(
        lambda: ground.run(SESYNC, "clone", "cooltrees/large", ground.fresh("clone")),
        lambda: ground.run("git", "clone", address, ground.fresh("clone")),
        5,
    )
    row("sesync clone, 100 MB / git clone, s", ours, theirs, "<= 1.1", ours / theirs)


def many_files(folder: Path, count: int) -> None:
    """So many small files in folders of twenty, as in environments; every fourth is a second name of another."""
    for start in range(0, count, 20):
        place = folder / f"env{start // 20000}/lib/python3.11/site-packages/package{start // 200}/part{start // 20}"
        place.mkdir(parents=True)
        for number in range(min(20, count - start)):
            if number % 4 == 3:
                os.link(f"{place}/module{number - 1}.py", f"{place.parent}/{place.name}-module{number}.py")
            else:
                with open(f"{place}/module{number}.py", "wb") as file:
                    file.write(b"x" * (number % 3))


def bench_usage(ground: Ground) -> None:
    """How the time grows with the number of files, up to half a million; the home's quota is only told by the site."""
    for count, runs in ((1_000, 9), (10_000, 9), (100_000, 5), (500_000, 5)):
        folder = ground.home / ground.fresh("tree")
        many_files(folder, count)
        ours, theirs = paired(lambda: ground.run(SESYNC, "usage"), lambda: ground.run("du", "-sx", ground.home), runs)
        reach = "<= 1.2" if count == 500_000 else ""
        row(f"sesync usage / du, {count:,} files, s", ours, theirs, reach, ours / theirs)
        shutil.rmtree(folder)


def _put(ground: Ground, what: str, source: Path) -> None:
    """Beside `cp -a` and then `sha256sum` of both sides, which is what a careful person would do by hand."""
    target, by_hand = ground.folder / "nfs/cooltrees-data", ground.folder / "by-hand"
    check = f"find '{source}' '{by_hand}' -type f -print0 | xargs -0 sha256sum"

    def ours() -> None:
        ground.run(SESYNC, "put", source, "cooltrees")

    def theirs() -> None:
        ground.run("cp", "-a", source, by_hand)
        ground.run("sh", "-c", check)

    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(5):
        for action, kept in zip((ours, theirs), seconds, strict=True):
            ground.run("rm", "-rf", target / source.name, by_hand)
            ground.run("sync")
            begun = time.perf_counter()
            action()
            kept.append(time.perf_counter() - begun)
    mine, rival = statistics.median(seconds[0]), statistics.median(seconds[1])
    row(what, mine, rival, "<= 0.7", mine / rival)


def bench_put_one(ground: Ground) -> None:
    source = ground.home / "raster.tif"
    with source.open("wb") as file:
        for _ in range(200):
            file.write(os.urandom(10_000_000))
    _put(ground, "sesync put, 2 GB in 1 file / cp -a + sha256sum, s", source)


def bench_put_many(ground: Ground) -> None:
    source = ground.home / "plots"
    for number in range(20_000):
        path = source / f"{number // 100}/{number}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(100_000))
    _put(ground, "sesync put, 2 GB in 20,000 files / cp -a + sha256sum, s", source)


ROWS = {
    "help": bench_help,
    "link": bench_link,
    "home": bench_home,
    "doctor": bench_doctor,
    "list": bench_list,
    "create-uv": bench_create_uv,
    "create-pip": bench_create_pip,
    "lock": bench_lock,
    "import": bench_import,
    "disk": bench_disk,
    "clone": bench_clone,
    "put-one": bench_put_one,
    "put-many": bench_put_many,
    "usage": bench_usage,
}


def main() -> None:
    chosen = sys.argv[1:] or list(ROWS)
    print(f"{'what / beside':<58} {'sesync':>9} {'rival':>9} {'ratio':>8}   reach")
    for name in chosen:
        with tempfile.TemporaryDirectory(prefix="sesync-bench-") as folder:
            ROWS[name](Ground(Path(folder)))
    print(json.dumps({"python": sys.version.split()[0], "cores": os.cpu_count()}))


if __name__ == "__main__":
    main()

"""Kernels share bytes and nothing else: what somebody does to a file in one of them stays there, or is found."""

import os
import pwd
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sesync_cli.python.distributions import Recorded
from tests.conftest import INDEX, Ended
from tests.kernel import ground
from tests.services.accounts import Account, People
from tests.services.uv import run_uv

NAMES = ("one", "two")


def packages(home: Path, name: str) -> Path:
    """Where this kernel keeps its packages."""
    [folder] = ground.environments(home).glob(f"{name}*/lib/python3*/site-packages")
    return folder


def linked(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """The files below a folder that have names elsewhere too."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink() and (facts := path.stat()).st_nlink > 1:
            yield path, facts


def of_two(sesync, index: Path, package: str, **files: str) -> None:
    """Two kernels with a package that no other test has, since all share one cache."""
    ground.wheel(index, package, **files)
    for name in NAMES:
        done = sesync("kernel", "create", name, package)
        assert done.code == 0, done.err


def append(path: Path) -> None:
    path.chmod(0o644)
    with path.open("a") as file:
        file.write("EDITED = True\n")


def replace_a_letter(path: Path) -> None:
    """The size stays."""
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"version", b"edition"))
    later = path.stat().st_mtime_ns + 3_600_000_000_000
    os.utime(path, ns=(later, later))


def replace_unseen(path: Path) -> None:
    """The size stays, and the time."""
    was = path.stat()
    replace_a_letter(path)
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))


def is_right(sesync, name: str, package: str) -> bool:
    code = f"import {package} as m; assert m.version == '1.0' and not hasattr(m, 'EDITED')"
    return sesync("kernel", "run", name, "python", "-c", code).code == 0


@pytest.mark.parametrize("edit", [append, replace_a_letter, replace_unseen])
def test_an_edit_by_who_ignores_write_bits_is_found_and_mended(edit, sesync, home: Path, index: Path):
    package = f"sesync_{edit.__name__}"
    of_two(sesync, index, package)
    edit(packages(home, "one") / f"{package}.py")
    assert [is_right(sesync, name, package) for name in NAMES] == [False, False]

    checked = sesync("kernel", "check", *NAMES, "--json")
    assert checked.code == 1
    for found in checked.json:
        assert (found["works"], found["edited"]) == (False, [f"{package}.py"])
        assert found["problem"] == "1 of its files is not as its package brought it"
        assert found["command"] == f"sesync kernel repair {found['name']}"
    said = sesync("kernel", "check", "one").out.splitlines()
    assert said[1:] == [f"  {package}.py", "'sesync kernel repair one' mends it."]

    if edit is not replace_unseen:
        assert sesync("kernel", "create", "three", package).code == 0
        assert is_right(sesync, "three", package)
    for name in NAMES:
        done = sesync("kernel", "repair", name)
        assert done.code == 0, done.err
        assert is_right(sesync, name, package)
    assert sesync("kernel", "create", "four", package).code == 0
    assert is_right(sesync, "four", package)
    checked = sesync("kernel", "check", *NAMES, "four", "--json")
    assert (checked.code, [one["edited"] for one in checked.json]) == (0, [[], [], []]), checked.out


def test_what_is_installed_later_is_not_taken_from_an_edited_cache(sesync, home: Path, index: Path):
    package = "sesync_later"
    of_two(sesync, index, package)
    append(packages(home, "one") / f"{package}.py")
    assert sesync("kernel", "create", "bare").code == 0
    done = sesync("install", "--kernel", "bare", package)
    assert (done.code, is_right(sesync, "bare", package)) == (0, True), done.err
    writable = [path for path, facts in linked(ground.environments(home) / "bare") if facts.st_mode & 0o222]
    assert writable == []


def test_where_it_cannot_be_had_anew_the_kernel_is_not_made(
    sesync, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    assert sesync("kernel", "create", "one", "six").code == 0
    append(packages(home, "one") / "six.py")
    before = packages(home, "one").stat().st_ino
    monkeypatch.setenv("UV_OFFLINE", "1")
    done = sesync("kernel", "create", "two", "six")
    assert done.code != 0
    assert done.err.startswith("Error: six.py in uv's cache was edited, and six cannot be had anew: ")
    assert sesync("kernel", "repair", "one").code != 0
    assert [path.name for path in ground.environments(home).iterdir()] == ["one"]
    assert (ground.leftovers(home), packages(home, "one").stat().st_ino) == ([], before)


def test_any_file_of_a_package_counts(sesync, home: Path, index: Path):
    package = "sesync_files"
    data = {"data/colours.csv": "oak,green\n", "größe, Bäume.txt": "oak,green\n", "empty.txt": ""}
    of_two(sesync, index, package, **{f"{package}_data/{name}": text for name, text in data.items()})
    assert sesync("kernel", "check", "one").code == 0
    for name in data:
        path = packages(home, "two") / f"{package}_data" / name
        assert path.stat().st_mode & 0o222 == 0
        path.unlink()
    found = sesync("kernel", "check", *NAMES, "--json").json
    assert [sorted(one["edited"]) for one in found] == [[], sorted(f"{package}_data/{name}" for name in data)]
    assert sesync("kernel", "repair", "two").code == 0
    assert sesync("kernel", "check", *NAMES).code == 0


def test_a_package_that_says_wrong_things_of_its_files_is_known_from_then_on(sesync, home: Path, index: Path):
    """A false RECORD is the package's own fault: it is had anew once, and then it is as it is."""
    import zipfile

    whole = ground.wheel(index, "sesync_wrong")
    with zipfile.ZipFile(whole) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files["sesync_wrong.py"] = files["sesync_wrong.py"].replace(b"version", b"edition")
    with zipfile.ZipFile(whole, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    assert sesync("kernel", "create", "trees", "sesync_wrong").code == 0
    assert sesync("kernel", "check", "trees").code == 1
    assert sesync("kernel", "repair", "trees").code == 0
    assert sesync("kernel", "check", "trees").code == 0


@pytest.mark.parametrize("line", ["sesync_{}/gone.txt", "sesync_{}-1.0.data/scripts/tool"], ids=["gone", "elsewhere"])
def test_a_package_that_names_a_file_that_it_has_not(line: str, request, sesync, home: Path, index: Path):
    """Its others are known to be right, and the cache, which has them so, keeps it: it can be had without a network."""
    import zipfile

    name = f"names_{request.node.callspec.id}"
    whole = ground.wheel(index, f"sesync_{name}")
    with zipfile.ZipFile(whole) as archive:
        files = {one: archive.read(one) for one in archive.namelist()}
    record = f"sesync_{name}-1.0.dist-info/RECORD"
    files[record] += f"{line.format(name)},sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n".encode()
    with zipfile.ZipFile(whole, "w") as archive:
        for one, data in files.items():
            archive.writestr(one, data)
    offline = {**os.environ, "UV_OFFLINE": "1"}
    for kernel, env in (("one", None), ("two", offline)):
        done = sesync("kernel", "create", kernel, f"sesync_{name}", env=env)
        assert done.code == 0, done.err
        checked = sesync("kernel", "check", kernel)
        assert checked.code == 0, checked.out


def test_files_that_two_packages_brought_are_right_as_either_has_them(sesync, index: Path):
    ground.wheel(index, "sesync_left", **{"sesync_both/__init___dot_py": "name = 'left'\n"})
    ground.wheel(index, "sesync_right", **{"sesync_both/__init___dot_py": "name = 'right'\n"})
    assert sesync("kernel", "create", "trees", "sesync_left", "sesync_right").code == 0
    checked = sesync("kernel", "check", "trees")
    assert checked.code == 0, checked.out


@pytest.mark.parametrize("mode", ["copy", "symlink", "clone", ""])
def test_files_are_linked_and_guarded_whatever_uv_is_told(
    mode: str, sesync, home: Path, index: Path, monkeypatch: pytest.MonkeyPatch
):
    """On this file system; where there are reflinks, a clone is one."""
    ground.wheel(index, "sesync_mode")
    monkeypatch.setenv("UV_LINK_MODE", mode)
    assert sesync("kernel", "create", "trees", "sesync_mode").code == 0
    path = packages(home, "trees") / "sesync_mode.py"
    assert not path.is_symlink()
    assert path.stat().st_nlink == 1 or not path.stat().st_mode & 0o222
    assert path.stat().st_nlink > 1 or mode == "clone"


def test_programs_of_a_package_count_too(sesync, home: Path, index: Path):
    package = "sesync_tool"
    programs = {"oak": "#!/bin/sh\necho oak\n", "elm": "no script\n"}
    of_two(sesync, index, package, **{f"{package}-1.0.data/scripts/{name}": text for name, text in programs.items()})
    for name in programs:
        append(ground.environments(home) / f"one/bin/{name}")
    found = sesync("kernel", "check", "one", "--json").json
    assert [sorted(one["edited"]) for one in found] == [[f"../../../bin/{name}" for name in sorted(programs)]]
    assert sesync("kernel", "create", "three", package).code == 0
    assert not any("EDITED" in (ground.environments(home) / f"three/bin/{name}").read_text() for name in programs)
    assert sesync("kernel", "check", "three").code == 0


def test_what_is_put_into_a_kernel_by_hand_is_its_own(sesync, home: Path, tmp_path: Path):
    for name in NAMES:
        assert sesync("kernel", "create", name, "uv").code == 0
        assert sesync("kernel", "run", name, "--", "uv", "pip", "install", "-q", "toolz").code == 0
    with ground.notebook("one", tmp_path / "said") as run:
        run("!uv pip install -q humanize")
    for package in ("toolz", "humanize"):
        path = packages(home, "one") / package / "__init__.py"
        assert path.stat().st_nlink == 1
    assert sesync("kernel", "check", *NAMES).code == 0


def test_pip_and_uv_go_on_working_in_a_kernel(sesync, home: Path):
    assert sesync("kernel", "create", "trees", "six==1.16.0", "toolz").code == 0
    python = ground.environments(home) / "trees/bin/python"
    assert sesync("kernel", "run", "trees", "--", "pip", "install", "-q", "six==1.17.0").code == 0
    run_uv("pip", "install", "-q", "--python", python, "toolz==1.0.0")
    run_uv("pip", "uninstall", "-q", "--python", python, "toolz")
    assert sesync("kernel", "run", "trees", "--", "pip", "uninstall", "-q", "-y", "six").code == 0
    assert sesync("install", "--kernel", "trees", "six").code == 0
    checked = sesync("kernel", "check", "trees")
    assert checked.code == 0, checked.out
    assert sesync("kernel", "remove", "trees", "--yes").code == 0
    assert ground.nothing(home)


def test_digests_in_letters_and_in_hexadecimal():
    """RECORD has urlsafe base64 without padding; a builder of wheels that is in use writes hexadecimal digits."""
    import hashlib

    digest = hashlib.sha256(b"").digest()
    assert Recorded("x", "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU").is_true_of(digest)
    assert Recorded("x", "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=").is_true_of(digest)
    assert Recorded("x", digest.hex()).is_true_of(digest)
    assert not Recorded("x", "47DEQpj8HBSa").is_true_of(digest)


def with_cache(who: Account, cache: Path, *words: str | Path, umask: int = 0o022) -> Ended:
    """What comes of a program of theirs that is told of this cache."""
    env = {**INDEX, "UV_CACHE_DIR": str(cache)}
    return who.run("env", *(f"{key}={value}" for key, value in env.items()), *words, umask=umask)


def create(who: Account, name: str, cache: Path, umask: int, *, warns: str = "") -> Path:
    """A kernel of theirs with six; where six is. What it `warns` of is in its warnings."""
    words = ("kernel", "create", name, "six", "--python", "/usr/bin/python3", "--json")
    done = with_cache(who, cache, who.program, *words, umask=umask)
    assert done.code == 0, done.out
    told = " ".join(done.json["warnings"])
    assert warns in told and bool(warns) == ("so your own was used" in told), told
    return packages(who.home, name) / "six.py"


def says(who: Account, name: str) -> str:
    """What comes of importing six in this kernel of theirs."""
    return who.sesync("kernel", "run", name, "python", "-c", "import six; print(six.__version__)").out


def test_an_ordinary_accounts_edit_reaches_no_other_kernel(here: People):
    ann = here.ann
    one, two = (create(ann, name, ann.home / ".cache/uv", 0o022) for name in NAMES)
    assert one.samefile(two)
    spec = ground.environments(ann.home) / "one/share/jupyter/kernels/python3/kernel.json"
    for path in (one, next(one.parent.glob("traitlets/__pycache__/log.*.pyc")), spec):
        assert path.stat().st_nlink > 1
        done = ann.run("sh", "-c", 'echo "print(1)" >> "$1"', "sh", path)
        assert (done.code != 0, "Permission denied" in done.err) == (True, True)
    writable = [path for path, facts in linked(ground.environments(ann.home)) if facts.st_mode & 0o222]
    assert writable == []
    version = says(ann, "two")
    assert version and says(ann, "one") == version
    # as editors do that write beside and rename
    assert ann.run("sed", "-i", "$ a print(1)", one).code == 0
    assert (says(ann, "one"), says(ann, "two")) == (f"1\n{version}", version)
    third = create(ann, "three", ann.home / ".cache/uv", 0o022)
    assert says(ann, "three") == version and third.samefile(two)
    assert "six.py" in ann.sesync("kernel", "check", "one").out
    assert ann.sesync("kernel", "check", "two").code == 0


@pytest.mark.parametrize("umask", [0o002, 0o022], ids=["002", "022"])
def test_a_groups_cache_shares_no_file_between_accounts(umask: int, here: People):
    cache = here.directory(0o2770) / "uv"
    ann, bob = here.ann, here.bob
    one = create(ann, "one", cache, umask)
    two = create(bob, "two", cache, umask)
    assert not (bob.home / ".cache/uv").exists()
    for path in (cache, *cache.rglob("*")):
        assert path.stat().st_mode & 0o020 or (path.is_file() and path.stat().st_nlink > 1), path
    assert one.stat().st_uid == ann.number and two.stat().st_uid == bob.number
    for path in two.parent.rglob("*"):
        if path.is_file() and path.suffix != ".pyc":
            assert path.stat().st_uid == bob.number and not path.stat().st_mode & 0o022, path
    version = says(bob, "two")
    assert ann.run("chmod", "u+w", one).code == 0
    assert ann.run("sh", "-c", 'echo "print(1)" >> "$1"', "sh", one).code == 0
    assert (says(ann, "one"), says(bob, "two")) == (f"1\n{version}", version)
    create(bob, "three", cache, umask)
    assert says(bob, "three") == version


@pytest.mark.parametrize("umask", [0o002, 0o022, 0o077], ids=["002", "022", "077"])
def test_a_groups_cache_opens_no_kernel_to_the_group(umask: int, here: People):
    cache = here.directory(0o2770) / "uv"
    for who in (here.ann, here.bob):
        folder = create(who, "one", cache, umask).parents[3]
        assert with_cache(who, cache, who.program, "install", "--kernel", "one", "toolz", umask=umask).code == 0
        for path in folder.rglob("*"):
            facts = path.lstat()
            if path.is_dir() or (path.is_file() and not path.is_symlink() and facts.st_nlink == 1):
                assert not facts.st_mode & (umask if path.is_dir() else 0o022), path


def fill(who: Account, cache: Path, umask: int) -> None:
    """Have them use a cache without sesync, and install into a folder what kernels need."""
    uv = (who.program.with_name("python"), "-m", "sesync_cli.python.uv", "pip", "install", "-q", "--link-mode", "copy")
    words = ("--python", "/usr/bin/python3", "--target", who.home / "filled", "ipykernel", "pip", "six")
    done = with_cache(who, cache, *uv, *words, umask=umask)
    assert done.code == 0, done.err


@pytest.mark.parametrize("umask", [0o022, 0o077], ids=["022", "077"])
def test_a_groups_cache_that_somebody_filled_for_themselves_keeps_nobody_from_a_kernel(umask: int, here: People):
    cache, ann, bob = here.directory(0o2770) / "uv", here.ann, here.bob
    fill(ann, cache, umask)
    name = pwd.getpwuid(ann.number).pw_name
    create(bob, "one", cache, 0o022, warns=f"so your own was used ({bob.home}/.cache/uv): ask {name} to type 'find ")
    said = with_cache(bob, cache, bob.program, "install", "--kernel", "one", "toolz", "--json").json["warnings"]
    [command] = re.findall(r"to type '(.*)'$", said[0])
    assert ann.run("sh", "-c", command.replace("'\"'\"'", "'")).code == 0
    shutil.rmtree(bob.home / ".cache/uv")
    create(bob, "two", cache, 0o022)
    create(ann, "two", cache, 0o022)
    assert not (bob.home / ".cache/uv").exists()


def test_a_folder_deep_in_a_groups_cache_is_known_to_be_anothers(here: People):
    cache, ann, bob = here.directory(0o2770) / "uv", here.ann, here.bob
    create(ann, "one", cache, 0o022)
    [folder] = cache.glob("wheels-*/pypi/six")
    shutil.rmtree(folder)
    folder.mkdir()
    os.chown(folder, ann.number, here.project)
    folder.chmod(0o755)
    create(bob, "one", cache, 0o022, warns=f"has what you may not use, {folder} of ")
    assert says(bob, "one")


def test_a_cache_of_ones_own_that_cannot_be_written_is_named(here: People):
    ann = here.ann
    cache = ann.home / ".cache/uv"
    create(ann, "one", cache, 0o022)
    [folder] = cache.glob("sdists-*")
    (folder / ".git").chmod(0)
    os.chown(folder / ".git", 0, 0)
    done = with_cache(ann, cache, ann.program, "kernel", "create", "two", "six", "--python", "/usr/bin/python3")
    assert done.err.startswith(f"Error: you may not write or read {folder}/.git\nHint:  'ls -ld {folder}/.git' shows")


def test_what_was_shared_before_is_guarded_by_the_next_repair(sesync, home: Path, index: Path):
    """Kernels that were made before files lost their write bits."""
    of_two(sesync, index, "sesync_old")
    for path, _ in linked(packages(home, "one")):
        if path.name.startswith("sesync_old"):
            path.chmod(0o644)
    assert sesync("kernel", "repair", "one", "--yes").code == 0
    assert [path for path, facts in linked(ground.environments(home)) if facts.st_mode & 0o222] == []

"""sesync put --check: every list of checksums below and above counts, and files that have none are named."""

import hashlib
import os
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import HANG, children, needed, needed_root
from tests.put.ground import Run, tree, wait_for, write
from tests.put.test_faults import AS_ANYBODY
from tests.services.fuse import hang, hangs, served

pytestmark = pytest.mark.usefixtures("site")
ALGORITHMS = ("md5", "sha1", "sha256", "sha512")
NOT_UTF_8 = os.fsdecode(b"caf\xe9")


@pytest.fixture
def data(nfs: Path) -> Path:
    return nfs / "cooltrees-data"


def digest(path: Path, algorithm: str = "sha256") -> str:
    return hashlib.new(algorithm, path.read_bytes()).hexdigest()


def listed(manifest: Path, *names: str, algorithm: str = "sha256", form: str = "{digest}  {name}\n") -> Path:
    """A list of checksums of these files, which are named as they are found from its folder."""
    lines = (form.format(digest=digest(manifest.parent / name, algorithm), name=name) for name in names)
    manifest.write_bytes(os.fsencode("".join(lines)))
    return manifest


def spoil(path: Path) -> None:
    with path.open("r+b") as file:
        byte = file.read(1)
        file.seek(0)
        file.write(bytes([byte[0] ^ 1]))


def checked(sesync: Run, what: str = "cooltrees", code: int = 0, **options: Any) -> dict[str, Any]:
    done = sesync("put", "--check", what, "--json", **options)
    assert (done.code, done.err) == (code, ""), done.out
    found: dict[str, Any] = done.json
    return found


def unread(found: dict[str, Any]) -> list[str]:
    """What could not be read, by its name from the folder that was looked at; that each has its reason is seen."""
    assert all(one["problem"] for one in found["unreadable"])
    return [os.path.relpath(one["path"], found["folder"]) for one in found["unreadable"]]


def test_a_spoilt_file_is_found_by_the_sums_in_a_folder_below(sesync: Run, home: Path, data: Path):
    tree(home / "raw", files=8)
    assert sesync("put", "raw", "cooltrees:a/b/c", "--manifest").code == 0
    write(home / "top.csv", 10)
    assert sesync("put", "top.csv", "cooltrees", "--manifest").code == 0
    good = checked(sesync)
    assert (good["files"], good["without"]) == (11, [])
    assert good["manifests"] == [f"{data}/SHA256SUMS", f"{data}/a/b/c/SHA256SUMS"]
    spoil(data / "a/b/c/raw/plot1/tree1.csv")
    for what, there in (("cooltrees", "a/b/c/raw/"), ("cooltrees:a", "b/c/raw/"), ("cooltrees:a/b/c/raw/plot1", "")):
        assert checked(sesync, what, 1)["different"] == [f"{there}plot1/tree1.csv" if there else "tree1.csv"]
    assert checked(sesync, "cooltrees:a/b/c/raw/plot2")["files"] == 2


def test_files_without_checksums_are_counted_and_named(sesync: Run, data: Path):
    write(data / "a.tif", 1_000)
    listed(data / "SHA256SUMS", "a.tif")
    names = [f"new/{number:02}.tif" for number in range(11)]
    for name in names:
        write(data / name, 10)
    write(data / "new/.sesync-partial-x-y-z.tif", 10)
    (data / "link.tif").symlink_to("a.tif")
    said = sesync("put", "--check", "cooltrees")
    assert (said.code, said.out.splitlines()) == (
        0,
        [
            f"All 1 files (1 kB) in {data} that have checksums are as these say.",
            "11 files have no checksums, so nobody can tell if they have changed:",
            *(f"  {name}" for name in names[:8]),
            "  and 3 more; '--json' names them all",
            f"'sesync put --manifest {data}' keeps checksums of them from now on.",
        ],
    )
    assert checked(sesync)["without"] == names
    assert checked(sesync, "cooltrees:a.tif")["without"] == []
    spoil(data / "a.tif")
    bad = sesync("put", "--check", "cooltrees")
    assert (bad.code, "11 files have no checksums" in bad.out) == (1, True)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("name", ["{}SUMS", "{}SUM", "{}sums.txt", "{}sum.txt", "all.{}", "all.{}sum", "all.{}.txt"])
def test_the_lists_of_data_providers_count(sesync: Run, data: Path, name: str, algorithm: str):
    write(data / "raw/a.tif", 100)
    write(data / "raw/b c.tif", 100)
    name = name.format(algorithm.upper() if "SUM" in name else algorithm)
    forms = ("{digest}  {name}\n", "{digest} *{name}\n", f"{algorithm.upper()} ({{name}}) = {{digest}}\n")
    for form in forms:
        listed(data / "raw" / name, "a.tif", "b c.tif", algorithm=algorithm, form=form)
    found = checked(sesync)
    assert (found["files"], found["manifests"], found["without"]) == (2, [f"{data}/raw/{name}"], [])
    spoil(data / "raw/b c.tif")
    assert checked(sesync, code=1)["different"] == ["raw/b c.tif"]


def test_the_lists_that_programs_write_count(sesync: Run, data: Path):
    for algorithm in ALGORITHMS:
        write(data / algorithm / "a\nb", 10)
        write(data / algorithm / "back\\slash", 10)
        write(data / algorithm / NOT_UTF_8, 10)
        write(data / algorithm / "-n (x) = y", 10)
        names = os.listdir(data / algorithm)
        for form in ("--tag", "--binary"):
            argv = [needed(f"{algorithm}sum"), form, "--", *names]
            said = subprocess.run(argv, cwd=data / algorithm, check=True, capture_output=True).stdout
            (data / algorithm / f"{form}.{algorithm}").write_bytes(said)
    found = checked(sesync)
    assert (found["files"], found["without"], found["warnings"]) == (16, [], [])
    spoil(data / "md5/a\nb")
    spoil(data / "sha512" / NOT_UTF_8)
    assert checked(sesync, code=1)["different"] == ["md5/a\nb", os.fsdecode(b"sha512/caf\xe9")]
    said = sesync("put", "--check", "cooltrees").out
    assert "different  md5/a\\nb\n" in said and "different  sha512/caf\\udce9\n" in said


@pytest.mark.parametrize("end", ["\n", "\r\n", "", " \n"])
@pytest.mark.parametrize("upper", [False, True])
def test_a_file_that_holds_nothing_but_a_digest(sesync: Run, data: Path, end: str, upper: bool):
    file = write(data / "raw/a.tif", 100)
    said = digest(file, "md5")
    (data / "raw/a.tif.md5").write_bytes(((said.upper() if upper else said) + end).encode())
    assert checked(sesync)["files"] == 1
    spoil(file)
    assert checked(sesync, code=1)["different"] == ["raw/a.tif"]


def test_line_ends_and_marks_of_windows_and_comments(sesync: Run, data: Path):
    write(data / "a.tif", 10)
    write(data / "b.tif", 10)
    listed(data / "SHA256SUMS", "a.tif", "b.tif", form="{digest}  {name}\r\n")
    text = (data / "SHA256SUMS").read_bytes()
    (data / "SHA256SUMS").write_bytes(b"\xef\xbb\xbf# by hand\r\n\r\n" + text)
    found = checked(sesync)
    assert (found["files"], found["missing"], found["warnings"]) == (2, [], [])
    odd = write(data / "raw/odd\r", 10)
    (data / "raw/md5sum.txt").write_text(f"{digest(write(data / 'raw/c', 1), 'md5')}  c\n{digest(odd, 'md5')}  odd\r\n")
    found = checked(sesync, "cooltrees:raw")
    assert (found["files"], found["without"], found["missing"]) == (2, [], [])


def test_two_lists_that_disagree(sesync: Run, data: Path):
    file = write(data / "raw/a.tif", 10)
    listed(data / "raw/MD5SUMS", "a.tif", algorithm="md5")
    file.write_bytes(b"newer")
    listed(data / "SHA256SUMS", "raw/a.tif")
    found = checked(sesync, code=1)
    assert (found["files"], found["bytes"], found["different"]) == (1, 5, ["raw/a.tif"])
    words = f"{file} is as {data}/SHA256SUMS says, and not as {data}/raw/MD5SUMS says"
    assert found["warnings"] == [words]
    assert words in sesync("put", "--check", "cooltrees:raw").out
    listed(data / "raw/MD5SUMS", "a.tif", algorithm="md5")
    found = checked(sesync, "cooltrees:raw")
    assert found["manifests"] == [f"{data}/SHA256SUMS", f"{data}/raw/MD5SUMS"]
    spoil(file)
    found = checked(sesync, "cooltrees:raw", 1)
    assert (found["different"], found["warnings"]) == (["a.tif"], [])


def test_a_list_that_names_itself_is_not_its_own_file(sesync: Run, data: Path):
    write(data / "raw/a.tif", 10)
    manifest = listed(data / "raw/SHA256SUMS", "a.tif")
    manifest.write_text(f"{'0' * 64}  ./SHA256SUMS\n{manifest.read_text()}")
    found = checked(sesync)
    assert (found["files"], found["different"]) == (1, [])
    assert found["warnings"] == [f"{manifest} names itself, which nobody can check"]
    assert found["warnings"][0] in sesync("put", "--check", "cooltrees").out
    listed(data / "md5sum.txt", "raw/SHA256SUMS", algorithm="md5")
    assert checked(sesync)["files"] == 2


def test_what_is_called_a_list_and_is_none_is_mentioned(sesync: Run, data: Path):
    write(data / "a.tif", 10)
    listed(data / "MD5SUMS", "a.tif", algorithm="md5")
    (data / "notes.sha1").write_text("my own notes\nof two lines\n")
    write(data / "big.md5", 300_000)
    (data / "empty.md5").touch()
    found = checked(sesync)
    assert found["without"] == ["big.md5", "notes.sha1"]
    assert found["warnings"] == [
        f"{data}/big.md5 is no list of checksums, although it is called so",
        f"{data}/notes.sha1 is no list of checksums, although it is called so",
    ]
    (data / "MD5SUMS").write_text(f"-----BEGIN PGP-----\n{(data / 'MD5SUMS').read_text()}-----END PGP-----\n")
    assert f"line 1 of {data}/MD5SUMS is no checksum, and 1 more" in checked(sesync)["warnings"]


def test_a_damaged_list_of_ours_is_bad_news_and_its_other_lines_count(sesync: Run, data: Path):
    write(data / "raw/a.tif", 10)
    write(data / "raw/b.tif", 10)
    manifest = listed(data / "raw/SHA256SUMS", "a.tif", "b.tif")
    manifest.write_bytes(manifest.read_bytes()[:-20])
    found = checked(sesync, code=1)
    assert (found["files"], found["without"], unread(found)) == (1, ["raw/b.tif"], ["raw/SHA256SUMS"])
    assert found["warnings"] == [f"line 2 of {manifest} is no checksum"]
    said = sesync("put", "--check", "cooltrees").out
    assert said.startswith(f"1 file or folder in {data} cannot be read:\n")
    manifest.write_bytes(bytes(200))
    assert unread(checked(sesync, "cooltrees:raw", 1)) == ["SHA256SUMS"]


@pytest.mark.parametrize("kind", ["link", "link elsewhere", "dead link", "fifo", "socket", "folder"])
def test_what_has_the_name_of_a_list_and_is_no_file_is_not_read(
    sesync: Run, data: Path, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
):
    write(data / "a.tif", 10)
    listed(data / "md5sum.txt", "a.tif", algorithm="md5")
    (data / "raw").mkdir()
    odd = data / "raw/SHA256SUMS"
    if "link" in kind:
        there = {"link": "../md5sum.txt", "link elsewhere": str(write(tmp_path / "x", 10)), "dead link": "nowhere"}
        odd.symlink_to(there[kind])
    elif kind == "fifo":
        os.mkfifo(odd)
    elif kind == "socket":
        monkeypatch.chdir(odd.parent)
        socket.socket(socket.AF_UNIX).bind(odd.name)
    else:
        odd.mkdir()
    found = checked(sesync)
    what = "a link" if "link" in kind else "no file"
    wanted = [] if kind == "folder" else [f"{odd} is {what}, and is not read as a list of checksums"]
    assert (found["files"], found["warnings"]) == (1, wanted)


def test_a_line_that_leads_out_of_the_data_directory_is_not_followed(sesync: Run, data: Path, tmp_path: Path):
    outside = write(tmp_path / "secret", 10)
    write(data / "raw/a.tif", 10)
    (data / "raw/out").symlink_to(tmp_path)
    (data / "raw/latest.tif").symlink_to("a.tif")
    (data / "raw/astray.tif").symlink_to(outside)
    names = ("a.tif", "../../../secret", str(outside), "out/secret", "astray.tif", "latest.tif", f"{data}/raw/a.tif")
    manifest = listed(data / "raw/SHA256SUMS", *names)
    found = checked(sesync)
    assert (found["files"], found["bytes"]) == (2, 20)
    assert found["warnings"] == [
        f"{manifest} names what is not in the data directory: ../../../secret and 1 more",
        f"{data}/raw/astray.tif leads out of the data directory, and is not followed",
        f"{data}/raw/out/secret leads out of the data directory, and is not followed",
    ]
    result = sesync("put", "--check", "cooltrees:raw/out")
    assert (result.code, f"{data}/raw/out leads out of the data directory, to {tmp_path}" in result.err) == (1, True)


def test_names_of_every_kind_in_a_list(sesync: Run, data: Path):
    write(data / "raw/2021/a.tif", 10)
    listed(data / "raw/sums.md5", "./2021/a.tif", "2021//a.tif", "2021/../2021/a.tif", algorithm="md5")
    with (data / "raw/sums.md5").open("ab") as file:
        for name in (b"2021/" + b"x" * 300, b"2021/a.tif/b", b"2021", b"nul\0"):
            file.write(b"0" * 32 + b"  " + name + b"\n")
    found = checked(sesync, code=1)
    assert (found["different"], found["missing"]) == (["raw/2021"], [f"raw/2021/{'x' * 300}", "raw/2021/a.tif/b"][::-1])
    assert found["unreadable"] == []
    assert found["warnings"] == [f"line 7 of {data}/raw/sums.md5 is no checksum"]


def test_nothing_to_compare_with_is_an_error_that_says_how_much_is_there(sesync: Run, data: Path):
    write(data / "raw/a.tif", 10)
    write(data / "raw/b.tif", 10)
    write(data / "x.tif", 10)
    listed(data / "SHA256SUMS", "x.tif")
    (data / "raw/SHA256SUMS").symlink_to("../SHA256SUMS")
    found = sesync("put", "--check", "cooltrees:raw", "--json").json["error"]
    assert (found["kind"], found["message"]) == (
        "not-found",
        f"no checksums are kept for {data}/raw, where 2 files are",
    )
    assert f"{data}/raw/SHA256SUMS is a link" in found["hint"]
    gone = sesync("put", "--check", "cooltrees:gone")
    assert (gone.code, gone.err.splitlines()[0]) == (1, f"Error: there is no {data}/gone")
    (data / "empty").mkdir()
    assert (
        f"no checksums are kept for {data}/empty, where no files are" in sesync("put", "--check", "cooltrees:empty").err
    )


def test_a_folder_that_has_gone_as_a_whole_is_missing(sesync: Run, data: Path):
    write(data / "raw/deep/a.tif", 10)
    listed(data / "SHA256SUMS", "raw/deep/a.tif")
    assert checked(sesync, "cooltrees:raw/deep/a.tif")["files"] == 1
    subprocess.run(["rm", "-r", data / "raw"], check=True)
    assert checked(sesync, "cooltrees:raw", 1)["missing"] == ["deep/a.tif"]
    assert checked(sesync, "cooltrees:raw/deep/a.tif", 1)["missing"] == ["a.tif"]


def test_what_may_not_be_read_is_bad_news(sesync: Run, data: Path):
    needed_root()
    for name in ("open/a.tif", "open/closed.tif", "shut/b.tif", "mute/c.tif"):
        write(data / name, 10)
    listed(data / "SHA256SUMS", "open/a.tif", "open/closed.tif", "shut/b.tif")
    listed(data / "mute/SHA256SUMS", "c.tif").chmod(0)
    (data / "open/closed.tif").chmod(0)
    (data / "shut").chmod(0)
    found = checked(sesync, code=1, prefix=AS_ANYBODY)
    assert unread(found) == ["mute/SHA256SUMS", "open/closed.tif", "shut", "shut/b.tif"]
    assert (found["different"], found["missing"], found["without"]) == ([], [], ["mute/c.tif"])
    spoil(data / "open/a.tif")
    said = sesync("put", "--check", "cooltrees", prefix=AS_ANYBODY).out
    words = f"1 of 3 files in {data} are not as their checksums say, and 4 files or folders cannot be read:"
    assert said.startswith(words)
    (data / "SHA256SUMS").chmod(0)
    found = checked(sesync, "cooltrees:open", 1, prefix=AS_ANYBODY)
    assert (found["files"], unread(found), found["without"]) == (0, ["../SHA256SUMS"], ["a.tif", "closed.tif"])


def test_a_folder_above_that_may_be_entered_and_not_listed(sesync: Run, data: Path):
    needed_root()
    write(data / "above/raw/a.tif", 10)
    listed(data / "above/SHA256SUMS", "raw/a.tif")
    (data / "above").chmod(0o711)
    os.chown(data / "above", 4711, 4)
    assert checked(sesync, "cooltrees:above/raw", prefix=AS_ANYBODY)["files"] == 1
    assert unread(checked(sesync, "cooltrees", 1, prefix=AS_ANYBODY)) == ["above"]


def test_other_file_systems_below_are_named_and_not_entered(sesync: Run, data: Path):
    needed_root()
    write(data / "a.tif", 10)
    listed(data / "SHA256SUMS", "a.tif")
    place = data / NOT_UTF_8
    place.mkdir()
    script = 'mount -t tmpfs -o size=1m tmpfs "$0" && echo x > "$0/x.tif" && exec "$@"'
    found = checked(sesync, prefix=(needed("unshare"), "--mount", "sh", "-c", script, str(place)))
    assert (found["files"], found["without"]) == (1, [])
    assert found["warnings"] == [f"{place} is on another file system, and is not looked into"]


@pytest.mark.parametrize("below", [False, True])
def test_a_server_that_hangs_is_given_up_on(sesync: Run, site, data: Path, tmp_path: Path, below: bool, background):
    site(data={"patience_seconds": 5.0})
    place = data / "raw" if below else data
    write(tmp_path / "export/a.tif", 3_000_000)
    manifest = data / "SHA256SUMS" if below else tmp_path / "export/SHA256SUMS"
    manifest.write_text(f"{digest(tmp_path / 'export/a.tif')}  {'raw/' if below else ''}a.tif\n")
    with served(tmp_path / "export", place, "--read-rate=500k") as server:
        run = background("put", "--check", "cooltrees")
        wait_for(lambda: has_open(run.pid, "a.tif"))
        hang(server)
        _, err = run.communicate(timeout=HANG)
        assert (run.returncode, f"the file server of {place} did not answer within 5 seconds" in err) == (1, True), err
        assert hangs(server)
        server.send_signal(signal.SIGCONT)


def has_open(parent: int, name: str) -> bool:
    """Whether a child of this process has a file of this name open."""
    return any(name in opened(child) for child in children(parent))


def opened(process: int) -> list[str]:
    """What the files are called that a process has open; nothing where it ends or closes one just now."""
    try:
        return [os.path.basename(os.readlink(file)) for file in os.scandir(f"/proc/{process}/fd")]
    except OSError:
        return []


def test_a_folder_may_be_named_by_a_link_that_stays_in_the_data_directory(sesync: Run, data: Path):
    write(data / "v2/a.tif", 10)
    listed(data / "SHA256SUMS", "v2/a.tif")
    (data / "latest").symlink_to("v2")
    assert checked(sesync, "cooltrees:latest")["files"] == 1
    spoil(data / "v2/a.tif")
    found = checked(sesync, "cooltrees:latest", 1)
    assert (found["folder"], found["different"]) == (f"{data}/latest", ["a.tif"])


def test_many_odd_things_are_counted_on_a_terminal(sesync: Run, data: Path):
    write(data / "a.tif", 10)
    listed(data / "SHA256SUMS", "a.tif")
    for number in range(10):
        (data / f"{number}.md5").write_text("no digest\n")
    said = sesync("put", "--check", "cooltrees").out
    assert said.count("is no list of checksums, although it is called so") == 8
    assert said.endswith("and 2 more; '--json' names them all\n")
    assert len(checked(sesync)["warnings"]) == 10


SET = ("dem.tif", "dem.tfw", "dem.tif.aux.xml")


@pytest.mark.parametrize("named", SET)
def test_who_names_one_file_has_its_data_set_checked(sesync: Run, data: Path, named: str):
    for name in (*SET, "other.tif"):
        write(data / "raw" / name, 100)
    assert sesync("put", "--manifest", "cooltrees:raw").code == 0
    assert checked(sesync, f"cooltrees:raw/{named}")["files"] == 3
    spoil(data / "raw/dem.tfw")
    spoil(data / "raw/other.tif")
    assert checked(sesync, f"cooltrees:raw/{named}", 1)["different"] == ["dem.tfw"]
    (data / "raw/dem.tif.aux.xml").unlink()
    found = checked(sesync, f"cooltrees:raw/{named}", 1)
    assert (found["different"], found["missing"]) == (["dem.tfw"], ["dem.tif.aux.xml"])
    assert checked(sesync, "cooltrees:raw/other.tif", 1)["different"] == ["other.tif"]


def test_what_belongs_to_a_named_file_and_has_no_checksum_is_told(sesync: Run, data: Path):
    for name in (*SET, "other.tif"):
        write(data / name, 100)
    listed(data / "SHA256SUMS", "dem.tif")
    found = checked(sesync, "cooltrees:dem.tif")
    assert (found["files"], found["without"]) == (1, ["dem.tfw", "dem.tif.aux.xml"])
    assert sesync("put", "--manifest", "cooltrees:dem.tif").code == 0
    assert len((data / "SHA256SUMS").read_text().splitlines()) == 3
    assert checked(sesync, "cooltrees:dem.tfw")["files"] == 3

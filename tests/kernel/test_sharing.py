"""sesync kernel lock and share: the same kernel again, elsewhere and for others; and how a kernel follows its files."""

import json
import os
import stat
import tempfile
from pathlib import Path

import pytest

from sesync_cli.kernel.pylock import Lock
from tests.conftest import needed, needed_root
from tests.kernel import ground
from tests.services.fuse import hang, hangs, served


@pytest.fixture
def trees(sesync, nfs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A kernel with a package of the group's, of which there is a newer version."""
    index = nfs / "cooltrees-data/wheels"
    monkeypatch.setenv("UV_FIND_LINKS", str(index))
    for version in ("1.0", "2.0"):
        ground.wheel(index, "sesync_tree", version)
    made = sesync("kernel", "create", "trees", "sesync-tree<2", "six")
    assert made.code == 0, made.err
    return index


def packages(sesync, name: str, **options) -> dict[str, str]:
    return dict(sesync("kernel", "show", name, "--json", **options).json["packages"])


def records(home: Path, name: str) -> dict[str, set[str]]:
    """What each package says of its own files, but for the programs, which name their environment."""
    found = next(ground.environments(home).glob(f"{name}*")).glob("lib/python3*/site-packages/*.dist-info/RECORD")
    own = ("../", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", "RECORD")
    return {
        path.parent.name: {
            line for line in path.read_text().splitlines() if not any(word in line.split(",")[0] for word in own)
        }
        for path in found
    }


def test_a_lock_makes_the_same_kernel_on_another_account_without_a_network(sesync, trees, home: Path, tmp_path: Path):
    result = sesync("kernel", "lock", "trees")
    count = len(packages(sesync, "trees"))
    assert (result.code, result.out) == (
        0,
        f"Wrote {count} packages with versions and hashes to {home}/pylock.toml: "
        "'sesync kernel create --from pylock.toml'.\n",
    )
    text = (home / "pylock.toml").read_text()
    assert text.count("sha256") >= count and str(home) not in text.replace(str(trees), "")
    other = tmp_path / "other"
    other.mkdir()
    env = {**os.environ, "HOME": str(other), "PWD": str(other), "UV_OFFLINE": "1"}
    result = sesync("kernel", "create", "--from", home / "pylock.toml", env=env, cwd=other)
    assert result.code == 0, result.err
    assert result.out.startswith("Made the kernel trees from pylock.toml. ")
    assert packages(sesync, "trees", env=env) == packages(sesync, "trees")
    assert records(other, "trees") == records(home, "trees")
    assert (
        sesync("kernel", "lock", "trees").out == f"{home}/pylock.toml has all versions of the kernel trees already.\n"
    )


def test_a_lock_has_what_came_later_and_takes_no_files_place(sesync, trees, home: Path):
    (home / "pylock.toml").write_text("mine\n")
    result = sesync("kernel", "lock", "trees")
    assert (result.code, result.err.splitlines()[0]) == (1, f"Error: {home}/pylock.toml is there already, and it stays")
    assert (home / "pylock.toml").read_text() == "mine\n"
    assert sesync("install", "--kernel", "trees", "humanize").code == 0
    dry = sesync("kernel", "lock", "TREES", "--replace", "-n").out
    assert "uv pip freeze --python " in dry and (home / "pylock.toml").read_text() == "mine\n"
    assert sesync("kernel", "lock", "trees", "--replace").code == 0
    assert '"humanize"' in (home / "pylock.toml").read_text()
    assert sesync("kernel", "lock", "trees", "-o", "my.lock").code == 2
    assert sesync("kernel", "lock", "trees", "-o", "pylock.trees.toml").code == 0
    assert ground.leftovers(home) == [] and sorted(os.listdir(home))[-2:] == ["pylock.toml", "pylock.trees.toml"]
    again = sesync("kernel", "lock", "trees", "--json").json
    assert list(again["result"]) == ["name", "file", "packages"]


def test_a_kernel_made_by_hand_is_locked_too(sesync, index: Path, home: Path, tmp_path: Path):
    environment = ground.venv(tmp_path / "by hand", "ipykernel", "six")
    ground.spec(home, "mine", [str(environment / "bin/python")])
    result = sesync("kernel", "lock", "mine")
    assert result.code == 0, result.err
    assert sesync("kernel", "create", "again", "--from", "pylock.toml").code == 0
    assert set(packages(sesync, "again")) == set(packages(sesync, "mine")) | {"pip"}


def test_a_group_shares_a_kernel_and_follows_it(sesync, trees, home: Path, nfs: Path, tmp_path: Path):
    directory = nfs / "cooltrees-data"
    directory.chmod(0o2770)
    result = sesync("kernel", "share", "trees", "cooltrees")
    assert (result.code, result.out) == (
        0,
        "Shared the kernel trees with cooltrees. "
        "Others make theirs with 'sesync kernel create --from cooltrees:trees'.\n",
    ), result.err
    lock = directory / ".sesync/kernels/trees/pylock.toml"
    assert [stat.S_IMODE(one.stat().st_mode) for one in (lock, lock.parent)] == [0o660, 0o2770]
    assert sesync("kernel", "share", "trees", "cooltrees").out.startswith("cooltrees has the kernel trees already")

    mate = tmp_path / "mate"
    mate.mkdir()
    env = {**os.environ, "HOME": str(mate), "PWD": str(mate)}
    result = sesync("kernel", "create", "--from", "cooltrees", env=env, cwd=mate)
    assert result.code == 0, result.err
    assert result.out.startswith("Made the kernel trees from what cooltrees shares as trees. ")
    assert packages(sesync, "trees", env=env)["sesync-tree"] == "1.0"
    assert sesync("kernel", "show", "trees", "--json", env=env).json["changed"] == []
    assert "as its files say" in sesync("kernel", "update", "trees", env=env).out

    assert sesync("install", "--kernel", "trees", "sesync-tree==2.0").code == 0
    result = sesync("kernel", "share", "trees", "cooltrees")
    asked = "shared another state. 1 package differs: sesync-tree 1.0 becomes 2.0. Replace it?"
    assert (result.code, asked in " ".join(result.err.split())) == (2, True), result.err
    assert sesync("kernel", "share", "trees", "cooltrees", "--yes").code == 0
    shown = sesync("kernel", "show", "trees", env=env).out
    assert "'sesync kernel update trees' follows" in " ".join(shown.split())
    assert sesync("kernel", "show", "trees", "--json", env=env).json["changed"] == [str(lock)]
    result = sesync("kernel", "update", "trees", env=env)
    assert (result.code, result.out[:27]) == (0, "Made the kernel trees anew."), result.err
    assert packages(sesync, "trees", env=env) == packages(sesync, "trees")
    assert ground.starts("trees", tmp_path / "said")


def test_what_a_project_does_not_share(sesync, trees, nfs: Path):
    for words, message in (
        (("cooltrees",), "cooltrees shares no kernel"),
        (("oaks",), f"there is no data directory {nfs}/oaks-data"),
        (("no/where",), "there is no file or folder no/where"),
    ):
        result = sesync("kernel", "create", "--from", *words)
        assert (result.code, result.err.splitlines()[0]) == (1, f"Error: {message}")
    assert sesync("kernel", "share", "trees", "cooltrees").code == 0
    result = sesync("kernel", "create", "--from", "cooltrees:tree")
    assert (result.code, result.err) == (
        1,
        "Error: cooltrees shares no kernel named tree\nHint:  Did you mean cooltrees:trees?\n",
    )
    assert sesync("kernel", "create", "oaks", "six").code == 0
    assert sesync("kernel", "share", "oaks", "cooltrees").code == 0
    result = sesync("kernel", "create", "mine", "--from", "cooltrees")
    assert result.err.splitlines()[0] == "Error: cooltrees shares 2 kernels"
    assert "Say which: 'sesync kernel create --from cooltrees:oaks' or " in " ".join(result.err.split())


def test_a_place_of_ones_own_is_not_shared(sesync, home: Path, nfs: Path):
    project = home / "mine"
    project.mkdir()
    (project / "pyproject.toml").write_text('[project]\nname = "sesync-mine"\nversion = "1"\n')
    (project / "sesync_mine.py").write_text("")
    assert sesync("kernel", "create", "trees", project).code == 0
    result = sesync("kernel", "share", "trees", "cooltrees")
    assert result.code == 1
    assert result.err.startswith(f"Error: the kernel trees has a package from a place of yours: {project}\n")
    assert not list((nfs / "cooltrees-data").rglob("*.toml"))


@pytest.mark.parametrize("mode,said", [(0o755, ""), (0o700, "has a package from a place of yours: ")])
def test_an_index_that_is_a_folder_may_be_shared_from_if_all_may_read_it(
    sesync, home: Path, nfs: Path, monkeypatch: pytest.MonkeyPatch, mode: int, said: str
):
    with tempfile.TemporaryDirectory(prefix="wheels-", dir="/tmp") as folder:
        Path(folder).chmod(mode)
        ground.wheel(Path(folder, "sesync-tree"), "sesync_tree").chmod(0o644)
        monkeypatch.setenv("PIP_FIND_LINKS", f"{folder}/sesync-tree")
        monkeypatch.delenv("UV_FIND_LINKS", raising=False)
        assert sesync("kernel", "create", "trees", "sesync_tree").code == 0
        result = sesync("kernel", "share", "trees", "cooltrees")
    assert (result.code == 0, said in result.err) == (not said, True)


def test_a_data_directory_that_cannot_be_written(sesync, trees, nfs: Path):
    needed_root()
    directory = nfs / "cooltrees-data"
    directory.chmod(0o555)
    powers = "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"
    result = sesync("kernel", "share", "trees", "cooltrees", prefix=(needed("setpriv"), *powers))
    assert (result.code, f"you may not write or read {directory}" in result.err) == (1, True), result.err
    assert [one.name for one in directory.iterdir()] == ["wheels"]


def test_a_changed_list_changes_only_what_it_must(sesync, index: Path, home: Path):
    for name in ("sesync_tree", "sesync_moss"):
        ground.wheel(index, name, "1.0")
    folder = home / "heat"
    folder.mkdir()
    (folder / "requirements.txt").write_text("sesync-tree\n")
    assert sesync("kernel", "create", "--from", folder).code == 0
    assert sesync("install", "--kernel", "heat", "six").code == 0
    ground.wheel(index, "sesync_tree", "2.0")
    (folder / "requirements.txt").write_text("sesync-tree\nsesync-moss\n")
    assert sesync("kernel", "create", "--from", folder).code == 1
    before = os.stat(ground.specs(home) / "heat/kernel.json").st_ino
    assert sesync("kernel", "update", "heat", "-n").out.count(" -m pip install -r ") == 1
    assert os.stat(ground.specs(home) / "heat/kernel.json").st_ino == before
    assert sesync("kernel", "update", "heat").code == 0
    now = packages(sesync, "heat")
    assert (now["sesync-tree"], now["sesync-moss"], "six" in now) == ("1.0", "1.0", True)
    assert sesync("kernel", "create", "--from", folder).out.startswith("The kernel heat is there already")
    assert sesync("kernel", "update", "heat").out.startswith("The kernel heat is as its files say")
    assert sesync("kernel", "update", "heat", "--upgrade").code == 0
    assert packages(sesync, "heat")["sesync-tree"] == "2.0"
    (folder / "requirements.txt").unlink()
    result = sesync("kernel", "update", "heat")
    assert (result.code, str(folder / "requirements.txt") in result.err) == (1, True)
    assert [one.name for one in ground.environments(home).iterdir()] == ["heat"]
    spec = json.loads((ground.specs(home) / "heat/kernel.json").read_text())
    assert spec["metadata"]["sesync"]["recipe"]["added"] == ["six"]


def test_only_what_sesync_made_is_updated(sesync, home: Path, site):
    ground.spec(home, "mine", ["python3"])
    result = sesync("kernel", "update", "mine")
    assert (result.code, result.err.splitlines()[0]) == (
        3,
        "Error: sesync did not make the kernel mine, and cannot update it",
    )


def test_a_file_server_that_hangs_is_given_up_on(sesync, home: Path, nfs: Path, tmp_path: Path, site):
    (tmp_path / "export").mkdir()
    with served(tmp_path / "export", nfs / "cooltrees-data") as server:
        assert sesync("kernel", "create", "trees", "six").code == 0
        assert sesync("kernel", "share", "trees", "cooltrees").code == 0
        assert sesync("kernel", "create", "mine", "--from", "cooltrees").code == 0
        hang(server)
        site(data={"patience_seconds": 2.0})
        for words in (("share", "trees", "cooltrees"), ("create", "theirs", "--from", "cooltrees"), ("update", "mine")):
            result = sesync("kernel", *words)
            assert (result.code, "Error: the file server of " in result.err) == (1, True), words
            assert "not answer" in result.err
        shown = sesync("kernel", "show", "mine", "--json").json
        assert (shown["changed"], shown["state"]) == ([], "ok")
        assert hangs(server)


def test_a_lock_has_no_password(tmp_path: Path):
    wheel = {"url": "https://me:pa55@example.org/six-1.0-py3-none-any.whl", "hashes": {"sha256": "0" * 64}}
    repository = {"type": "git", "url": "ssh://git@example.org/six.git", "commit-id": "0" * 40}
    packages = [{"name": "six", "version": "1.0", "wheels": [wheel]}, {"name": "oak", "vcs": repository}]
    text = Lock({"lock-version": "1.0", "created-by": "test", "packages": packages}).text
    assert "pa55" not in text and "me" not in text.replace("name", "")
    assert "https://example.org/six" in text and "ssh://git@example.org" in text


@pytest.mark.parametrize("kind", ["folder", "file", "without version"])
def test_a_package_that_an_old_installer_left_is_locked_too(kind: str, sesync, index: Path, home: Path):
    ground.wheel(index, "sesync_tree")
    assert sesync("kernel", "create", "trees", "six").code == 0
    folder = next(ground.environments(home).glob("trees/lib/python3*/site-packages"))
    (folder / "sesync_tree.py").write_text("version = '1.0'\n")
    entry = folder / ("sesync_tree.egg-info" if kind == "without version" else "sesync_tree-1.0-py3.11.egg-info")
    text = "Metadata-Version: 1.0\nName: sesync-tree\nVersion: 1.0\n"
    if kind == "file":
        entry.write_text(text)
    else:
        entry.mkdir()
        (entry / "PKG-INFO").write_text(text)
    there = packages(sesync, "trees")
    assert there["sesync-tree"] == "1.0"
    result = sesync("kernel", "lock", "trees", "--json").json["result"]
    text = (home / "pylock.toml").read_text()
    assert (len(result["packages"]), text.count("[[packages]]"), 'name = "sesync-tree"' in text) == (
        len(there),
        len(there),
        True,
    )
    assert sesync("kernel", "create", "again", "--from", "pylock.toml").code == 0
    assert packages(sesync, "again") == there

"""Each place, as the whole command line tells the ways there."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import SESYNC, Ended, Terminal

Run = Callable[..., Ended]
Change = Callable[..., Path]

PAGES = {
    "jupyter": "https://jupyter.sesync.org",
    "files": "https://files.sesync.org",
    "gitlab": "https://gitlab.sesync.org",
    "password": "https://pwm.sesync.org",
    "help": "https://cyberhelp.sesync.org",
}
OSC_8 = "\x1b]8;"


@pytest.fixture(autouse=True)
def _jsmith(site: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USER", "jsmith")


def pages(done: Ended) -> list[str]:
    """The addresses that are printed, each on a line of its own."""
    return [line.strip() for line in done.out.splitlines() if "://" in line]


def repository(at: Path, address: str) -> None:
    """A clone of what is there."""
    subprocess.run(["git", "init", "-q", at], check=True)
    subprocess.run(["git", "-C", at, "remote", "add", "origin", address], check=True)


def test_without_a_place_all_of_them_are_listed(sesync: Run) -> None:
    done = sesync("open")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[1].split() == ["jupyter", "JupyterLab", "in", "a", "browser", PAGES["jupyter"]]
    assert {one["place"]: one["address"] for one in sesync("open", "--json").json} == PAGES


@pytest.mark.parametrize("place", PAGES)
def test_a_place_has_its_page(sesync: Run, place: str) -> None:
    done = sesync("open", place)
    assert (done.code, done.err, pages(done)) == (0, "", [PAGES[place]]), done.err
    told = sesync("open", place, "--json").json
    assert (told["place"], told["ways"][0]["url"]) == (place, PAGES[place])


def test_a_site_names_what_there_is(sesync: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own.toml").write_text('[uploads]\nsftp_host = "sftp.example.org"\n')
    monkeypatch.setenv("SESYNC_SITE", str(tmp_path / "own.toml"))
    assert [one["address"] for one in sesync("open", "--json").json] == ["sftp.example.org"]
    assert sesync("open", "files").out.splitlines()[1:3] == ["  sftp jsmith@sftp.example.org", "  put -r FOLDER"]
    assert sesync("open", "gitlb").err.endswith("Hint:  There are: files.\n")
    for place, missing in (("jupyter", "JupyterHub"), ("gitlab", "GitLab"), ("help", "documentation")):
        done = sesync("open", place)
        assert (done.code, f"this site names no {missing}" in done.err) == (3, True), done.err
    (tmp_path / "own.toml").write_text("")
    assert sesync("open").err == "This site names no places to open.\n"
    assert "this site names no page for uploads" in sesync("open", "files").err


def test_wrong_words(sesync: Run) -> None:
    for words, said in (
        (["gitlb"], "Error: there is no place named 'gitlb'\nHint:  Did you mean gitlab?"),
        (["password", "x"], "Error: 'sesync open password' takes no PROJECT\nHint:  Leave out 'x'.\n"),
        (["gitlab", "https://jsmith:tok-open@h/a/b"], "Error: this address carries a password or a token\n"),
        (["gitlab", "file:///a/b"], "Error: this is not the address of a repository\n"),
        (["gitlab", "a", "b"], "Error: 'sesync open gitlab' takes one PROJECT\nHint:  Leave out 'b'.\n"),
        (["gitlab", "../x"], "Error: '../x' cannot be the name of a project\n"),
        (["files", "a b"], "Error: 'a b' cannot be the name of a project\n"),
        (["jupyter", "\x1b[31m"], "Error: '\\x1b[31m' cannot be the name of a project\n"),
    ):
        done = sesync("open", *words)
        assert (done.code, done.out) == (2, "") and done.err.startswith(said), done.err


def test_a_project_is_no_place(sesync: Run) -> None:
    assert sesync("link", "cooltrees").code == 0
    done = sesync("open", "cooltrees")
    ways = [f"'sesync open {place} cooltrees'" for place in ("files", "jupyter", "gitlab")]
    hint = f"Type {ways[0]}, {ways[1]} or {ways[2]}."
    assert done.err == f"Error: cooltrees is a project, and no place\nHint:  {hint}\n"
    assert pages(sesync("open", "GitLab")) == [PAGES["gitlab"]]


def test_jupyter_with_a_project_is_the_folder_of_its_data(sesync: Run) -> None:
    bare = sesync("open", "jupyter", "cooltrees")
    assert pages(bare) == [PAGES["jupyter"]] and "'sesync link cooltrees' links it." in bare.out
    assert sesync("link", "cooltrees", "--as", "heat").code == 0
    assert pages(sesync("open", "jupyter", "cooltrees")) == [f"{PAGES['jupyter']}/hub/user-redirect/lab/tree/heat"]
    missing = sesync("open", "jupyter", "coltrees")
    assert (missing.code, missing.out) == (1, "") and "Did you mean cooltrees?" in missing.err


def test_jupyter_shows_a_link_of_any_name_in_any_folder(sesync: Run, nfs: Path, home: Path) -> None:
    odd = home / "summer #1/50% of [bold] ünder"
    odd.parent.mkdir()
    odd.symlink_to(nfs / "cooltrees-data")
    page = f"{PAGES['jupyter']}/hub/user-redirect/lab/tree/summer%20%231/50%25%20of%20%5Bbold%5D%20%C3%BCnder"
    assert pages(sesync("open", "jupyter", "cooltrees")) == [page]


def test_jupyter_with_a_project_is_the_folder_as_the_server_shows_it(
    sesync: Run, nfs: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JupyterLab's root need not be the home: it tells its terminals (jupyter_server_terminals/app.py)."""
    (home / "lab").mkdir()
    monkeypatch.setenv("HOME", str(home.with_name("way")))
    home.with_name("way").symlink_to(home)
    assert sesync("link", "cooltrees").code == 0
    for root, folder in ((home, "cooltrees-data"), (home.parent, "home/cooltrees-data"), (nfs, "cooltrees-data")):
        monkeypatch.setenv("JUPYTER_SERVER_ROOT", str(root))
        page = f"{PAGES['jupyter']}/hub/user-redirect/lab/tree/{folder}"
        assert pages(sesync("open", "jupyter", "cooltrees")) == [page]
    for root in (home / "lab", nfs / "cooltrees-data"):
        monkeypatch.setenv("JUPYTER_SERVER_ROOT", str(root))
        done = sesync("open", "jupyter", "cooltrees")
        assert pages(done) == [PAGES["jupyter"]]
        assert f"JupyterLab shows {root}, where no link leads to the data of cooltrees." in done.out


def test_gitlab_has_pages_of_groups_and_of_repositories(sesync: Run, home: Path) -> None:
    words = {"cooltrees": "cooltrees", "cooltrees-data": "cooltrees", "a/b.c": "a/b.c", "x/y/z": "x/y/z"}
    words |= dict.fromkeys(("a/b.git", "git@gitlab.sesync.org:a/b.git", "https://gitlab.sesync.org/a/b"), "a/b")
    for word, path in words.items():
        assert pages(sesync("open", "gitlab", word)) == [f"{PAGES['gitlab']}/{path}"]
    folder = sesync("open", "gitlab", "jsmith@ssh.example.org:code/heat.git")
    assert (folder.code, folder.out) == (1, "")
    assert folder.err == (
        "Error: no page of jsmith@ssh.example.org:code/heat.git is known\nHint:  Ask whoever runs ssh.example.org.\n"
    )
    subprocess.run(["git", "init", "-q", home / "work/raw"], check=True)
    assert pages(sesync("open", "gitlab", cwd=home / "work/raw")) == [PAGES["gitlab"]]


@pytest.mark.parametrize(
    "address,page",
    [
        ("git@gitlab.sesync.org:cooltrees/heat.git", f"{PAGES['gitlab']}/cooltrees/heat"),
        ("https://jsmith:tok-open@gitlab.sesync.org/cooltrees/heat.git", f"{PAGES['gitlab']}/cooltrees/heat"),
        ("git@github.com:ropensci/taxize.git", "https://github.com/ropensci/taxize"),
        ("ssh://git@ssh.github.com:443/ropensci/taxize", "https://github.com/ropensci/taxize"),
        ("ssh://git@altssh.gitlab.com:443/a/b.git", "https://gitlab.com/a/b"),
        ("https://git.example.org:8443/a/b", "https://git.example.org:8443/a/b"),
        ("https://git.example.org/a/b c.git", "https://git.example.org/a/b%20c"),
        ("ssh://git@[2001:db8::1]/a/b", PAGES["gitlab"]),
        ("https://git.example.org/a/b%20c.git", "https://git.example.org/a/b%20c"),
        ("git@gitlab.sesync.org:/cooltrees/heat.git", f"{PAGES['gitlab']}/cooltrees/heat"),
        ("git@altair.example.org:a/b.git", "https://altair.example.org/a/b"),
        ("git@work:a/b.git", PAGES["gitlab"]),  # a name of the person's own in their ssh settings
        ("jsmith@ssh.sesync.org:code/heat.git", PAGES["gitlab"]),  # a folder of theirs
        ("https://git.example.org/glpat-abcdef1234567890abcd/b", PAGES["gitlab"]),
        ("https://x:y@/a/b", PAGES["gitlab"]),
        ("https://x y:8/a/b", PAGES["gitlab"]),
        ("/nfs/cooltrees-data/code.git", PAGES["gitlab"]),
    ],
)
def test_gitlab_in_a_clone_is_the_page_of_the_repository(sesync: Run, home: Path, address: str, page: str) -> None:
    repository(home / "work", address)
    (home / "work/maps").mkdir()
    done = sesync("open", "gitlab", cwd=home / "work/maps")
    assert (done.code, pages(done)) == (0, [page]), done.err
    assert "tok-open" not in done.out and "glpat-" not in done.out


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_gitlab_below_a_path(sesync: Run, home: Path, site: Change, slash: str) -> None:
    url = "https://example.org/gitlab"
    site(gitlab={"url": url + slash}, jupyter={"url": "https://example.org/jupyter" + slash})
    repository(home / "work", "https://example.org/gitlab/a/b")
    assert pages(sesync("open", "gitlab", cwd=home / "work")) == [f"{url}/a/b"]
    repository(home / "other", "https://example.org/other/b")
    assert pages(sesync("open", "gitlab", cwd=home / "other")) == ["https://example.org/other/b"]
    assert pages(sesync("open", "gitlab", "cooltrees")) == [f"{url}/cooltrees"]
    assert pages(sesync("open", "jupyter")) == ["https://example.org/jupyter"]
    assert sesync("link", "cooltrees").code == 0
    page = "https://example.org/jupyter/hub/user-redirect/lab/tree/cooltrees-data"
    assert pages(sesync("open", "jupyter", "cooltrees")) == [page]


def test_gitlab_in_a_folder_that_is_gone_is_the_groups(sesync: Run, home: Path) -> None:
    (home / "gone").mkdir()
    words = f"cd gone; rmdir ../gone; {SESYNC} open gitlab"
    done = subprocess.run(["bash", "-c", words], cwd=home, capture_output=True, text=True)
    assert (done.returncode, done.stdout.split()[-1]) == (0, PAGES["gitlab"]), done.stderr


def test_a_new_password_is_better_than_a_wrong_one(sesync: Run) -> None:
    assert "After 5 failed logins, ssh.sesync.org keeps your computer out for 5 days." in sesync("open", "password").out


def test_help_finds_words_in_the_documentation_and_in_sesync(sesync: Run, site: Change) -> None:
    done = sesync("open", "help", "kernel", "50% of [bold] ünder & ?")
    assert pages(done)[0].endswith("+kernel+50%25+of+%5Bbold%5D+%C3%BCnder+%26+%3F") and len(pages(done)) == 2
    assert "  sesync help kernel\n" in done.out
    site(support={"search_url": "https://help.example.org/find/{words}"})
    done = sesync("open", "help", "sbatch")
    assert pages(done)[0] == "https://help.example.org/find/sbatch" and "sesync help" not in done.out
    assert "Nothing found?" in done.out
    for none in ([], [""], [" "]):
        done = sesync("open", "help", *none)
        assert pages(done) == [PAGES["help"]] and "Nothing found?" not in done.out
    assert pages(sesync("open", "help", os.fsdecode(b"\xff")))[0] == "https://help.example.org/find/%3F"
    assert len(pages(sesync("open", "help", *map(str, range(200))))) == 2


@pytest.mark.parametrize("named", ["url", "search_url"])
def test_help_has_what_the_site_names(sesync: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    page = "https://help.example.org/{words}" if named == "search_url" else "https://help.example.org"
    (tmp_path / "own.toml").write_text(f'[support]\n{named} = "{page}"\n')
    monkeypatch.setenv("SESYNC_SITE", str(tmp_path / "own.toml"))
    done = sesync("open", "help", "kernel", "sizes")
    assert (done.code, pages(done)) == (0, [page.replace("{words}", "kernel+sizes")]), done.err
    assert "  sesync help kernel\n" in done.out
    assert ("The documentation, to look for kernel sizes:\n" in done.out) == (named == "url")


@pytest.mark.parametrize(
    "words,offered",
    [
        ("", {"jupyter", "files", "gitlab", "password", "help"}),
        ("Gi", {"gitlab"}),
        ("files c", {"cooltrees"}),
        ("JUPYTER c", {"cooltrees"}),
        ("files cooltrees c", set()),
        ("password c", set()),
        ("HELP kern", {"kernel"}),
        ("help kernel l", set()),
        ("nowhere c", set()),
    ],
)
def test_tab_offers_what_fits(sesync: Run, words: str, offered: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert sesync("link", "cooltrees").code == 0
    said = f"sesync open {words}"
    monkeypatch.setenv("COMP_WORDS", said)
    monkeypatch.setenv("COMP_CWORD", str(said.count(" ")))
    monkeypatch.setenv("_SESYNC_COMPLETE", "bash_complete")
    assert {line.partition(",")[2] for line in sesync().out.split()} == offered


def test_links_can_be_clicked_on_a_terminal_and_are_whole(terminal: Callable[..., Terminal], sesync: Run) -> None:
    url = pages(sesync("open", "help", "kernel", "create"))[0]
    for columns in (100, 40):
        seen = terminal("open", "help", "kernel", "create", columns=columns)
        assert seen.ended() == 0
        assert f";{url}\x1b\\" in seen.raw and seen.raw.count(OSC_8) == 4
        assert f"  {url}" in "".join(seen.seen.display)  # the terminal alone breaks it, and knows that
    assert OSC_8 not in sesync("open", "help", "kernel").out

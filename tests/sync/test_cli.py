"""sesync sync, as a person meets it."""

import os

import pytest

from tests.clone.conftest import git
from tests.conftest import HANG
from tests.sync.conftest import write


def test_the_same_on_both_sides_is_nothing_to_do(sesync, shared):
    done = sesync("sync", "analysis")
    assert (done.code, done.out, done.err) == (0, "~/analysis and the server have the same (branch main).\n", "")


def test_what_is_changed_here_is_told_in_words_and_stays(sesync, shared):
    write(shared.here / "heat.py", "print(2)\n")
    write(shared.here / "new.py", "new\n")
    write(shared.here / "trees.csv", None)
    before = git("status", "--porcelain", cwd=shared.here)
    done = sesync("sync", "analysis")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "The server has nothing new for ~/analysis (branch main).\n"
        "Changed here, and not committed:\n"
        "  changed  heat.py\n"
        "  removed  trees.csv\n"
        "  new      new.py\n"
        "This commits and sends one: sesync sync analysis -m TEXT heat.py\n"
    )
    assert git("status", "--porcelain", cwd=shared.here) == before


def test_it_gets_what_is_new_and_says_by_whom(sesync, shared):
    shared.colleague("Take the mean", {"heat.py": "print(2)\n"})
    shared.colleague("Say what it is", {"README.md": "Heat\n", "trees.csv": None})
    write(shared.here / "mine.txt", "mine")
    assert sesync("sync", "analysis", "-n").out == f"git -C {shared.here} merge --ff-only origin/main\n"
    assert (shared.here / "heat.py").read_text() == "print(1)\n"
    done = sesync("sync", "analysis")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "Got 2 new commits into ~/analysis:\n"
        "  Ann Doe  Say what it is\n"
        "  Ann Doe  Take the mean\n"
        "Changed here, and not committed:\n"
        "  new  mine.txt\n"
        "This commits and sends one: sesync sync analysis -m TEXT mine.txt\n"
    )
    assert (shared.here / "heat.py").read_text() == "print(2)\n"
    assert not (shared.here / "trees.csv").exists()
    assert (shared.here / "mine.txt").read_text() == "mine"


def test_only_what_is_named_is_committed_and_sent(sesync, shared):
    for name in ("heat.py", "new.py", "other.py", "notes/two.md"):
        write(shared.here / name, "mine\n")
    words = ("sync", "analysis", "-m", "Take the mean", "heat.py", "new.py")
    here = shared.here
    assert sesync(*words, "-n").out == (
        f"git -C {here} add -- heat.py new.py && git -C {here} commit -m 'Take the mean' -- heat.py new.py\n"
        f"git -C {here} push --set-upstream origin main\n"
    )
    assert shared.subjects() == ["x"]
    done = sesync(*words)
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "Committed heat.py and new.py: Take the mean\n"
        "Sent 1 commit to branch main of cooltrees/analysis.\n"
        "Changed here, and not committed:\n"
        "  new  notes/two.md\n"
        "  new  other.py\n"
        "This commits and sends one: sesync sync analysis -m TEXT notes/two.md\n"
    )
    assert shared.subjects() == ["Take the mean", "x"]
    assert git("show", "--name-only", "--format=%an", "main", cwd=shared.bare).split("\n") == [
        "J. Smith",
        "",
        "heat.py",
        "new.py",
        "",
    ]
    again = sesync(*words)
    assert (again.code, again.err) == (0, "Warning: there was nothing to commit\n")


def test_theirs_comes_first_and_then_yours_in_one_line(sesync, shared):
    shared.colleague("Theirs", {"trees.csv": "theirs\n"})
    write(shared.here / "heat.py", "mine\n")
    done = sesync("sync", "analysis", "-m", "Mine", "heat.py")
    assert (done.code, done.err) == (0, "")
    assert shared.subjects() == ["Mine", "Theirs", "x"]


def test_a_commit_made_with_git_is_sent(sesync, shared):
    write(shared.here / "heat.py", "mine\n")
    git("-c", "user.name=x", "-c", "user.email=x", "commit", "-qam", "By hand", cwd=shared.here)
    assert sesync("sync", "analysis").out == "Sent 1 commit to branch main of cooltrees/analysis.\n"
    assert shared.subjects() == ["By hand", "x"]


def test_the_json_document(sesync, shared):
    shared.colleague("Theirs", {"trees.csv": "theirs\n"})
    write(shared.here / "heat.py", "mine\n")
    write(shared.here / "left.py", "mine\n")
    document = sesync("sync", "analysis", "-m", "Mine", "heat.py", "--json").json
    assert document["done"] and len(document["steps"]) == 3 and document["warnings"] == []
    result = document["result"]
    assert set(result) == {"path", "repository", "address", "branch", "received", "sent", "committed", "uncommitted"}
    assert (result["path"], result["branch"]) == (str(shared.here), "main")
    assert [(one["author"], one["subject"], len(one["id"])) for one in result["received"]] == [
        ("Ann Doe", "Theirs", 40)
    ]
    assert (result["sent"], result["committed"]) == ([], ["heat.py"])
    assert result["uncommitted"] == [{"name": "left.py", "change": "new"}]


@pytest.mark.parametrize(
    "where,words",
    [
        ("analysis", ()),
        ("analysis/notes", ()),
        (".", ("analysis/notes",)),
        (".", ("./analysis/",)),
        ("analysis", (".",)),
    ],
)
def test_the_current_folder_or_any_folder_says_which_repository(sesync, shared, home, where, words):
    shared.colleague("Theirs", {"trees.csv": "theirs\n"})
    done = sesync("sync", *words, cwd=home / where, env=os.environ | {"PWD": str(home / where)})
    assert (done.code, done.err, "Got 1 new commit into ~/analysis" in done.out) == (0, "", True)


@pytest.mark.parametrize(
    "where,words",
    [
        ("analysis/notes", ("two.md",)),
        ("analysis", ("notes",)),
        ("analysis", ("./notes/two.md",)),
        (".", ("analysis", "notes/two.md")),
        (".", ("analysis", "analysis/notes/two.md")),
        ("analysis/notes", (".",)),
    ],
)
def test_files_are_named_as_from_where_one_is(sesync, shared, home, where, words):
    write(shared.here / "notes/two.md", "two\n")
    write(shared.here / "other.md", "other\n")
    done = sesync("sync", *words, "-m", "Two", cwd=home / where, env=os.environ | {"PWD": str(home / where)})
    assert (done.code, done.err) == (0, "")
    assert shared.at_server("notes/two.md") == "two\n"
    assert git("status", "--porcelain", cwd=shared.here) == "?? other.md\n"


def test_removed_files_and_whole_folders_can_be_named(sesync, shared):
    write(shared.here / "trees.csv", None)
    write(shared.here / "results/a/b.txt", "b")
    write(shared.here / "results/c.txt", "c")
    assert sesync("sync", "analysis", "-m", "Tidy", "trees.csv", "results").code == 0
    listed = git("ls-tree", "-r", "--name-only", "main", cwd=shared.bare).split()
    assert listed == ["heat.py", "notes/one.md", "results/a/b.txt", "results/c.txt"]


def test_what_git_add_was_told_is_committed_where_nothing_is_named(sesync, shared):
    write(shared.here / "heat.py", "staged\n")
    git("add", "heat.py", cwd=shared.here)
    write(shared.here / "heat.py", "later\n")
    write(shared.here / "trees.csv", "not staged\n")
    assert sesync("sync", "analysis", "-m", "Staged").code == 0
    assert shared.at_server("heat.py") == "staged\n"
    assert (shared.here / "heat.py").read_text() == "later\n"


def test_what_is_staged_and_not_named_stays_staged(sesync, shared):
    write(shared.here / "heat.py", "staged\n")
    git("add", "heat.py", cwd=shared.here)
    write(shared.here / "trees.csv", "named\n")
    assert sesync("sync", "analysis", "-m", "Named", "trees.csv").code == 0
    assert shared.at_server("heat.py") == "print(1)\n"
    assert git("status", "--porcelain", cwd=shared.here) == "M  heat.py\n"


def test_on_a_terminal_it_asks_which_files(terminal, shared):
    write(shared.here / "heat.py", "mine\n")
    write(shared.here / "new.py", "new\n")
    write(shared.here / "other.py", "other\n")
    person = terminal("sync", "analysis", "-m", "Two of three")
    person.wait_for("Which of them?")
    assert "1  heat.py" in person.screen
    person.type("1 2\r")
    assert person.ended() == 0
    assert "Committed heat.py and new.py: Two of three" in person.screen
    assert git("status", "--porcelain", cwd=shared.here) == "?? other.py\n"


def test_without_a_terminal_it_says_that_files_must_be_named(sesync, shared):
    write(shared.here / "heat.py", "mine\n")
    done = sesync("sync", "analysis", "-m", "x")
    assert (done.code, done.err.splitlines()[0]) == (2, "Error: which files? Changed here: heat.py")
    assert shared.subjects() == ["x"]


@pytest.mark.parametrize(
    "words,code,said",
    [
        (("analysis", "heat.py"), 2, "files are named, and no message says"),
        (("analysis", "-m", " ", "heat.py"), 2, "the message is empty"),
        (("analysis", "-m", "x", "haet.py"), 1, "Did you mean heat.py?"),
        (("analysis", "-m", "x", "/etc/passwd"), 2, "is not in ~/analysis"),
        (("analysis", "-m", "x", "../../etc"), 2, "is not in ~/analysis"),
        (("analysis", "-m", "x", "secret.log"), 1, ".gitignore"),
        (("anlysis",), 1, "Did you mean analysis?"),
        ((), 1, "~ is not in a clone of a repository"),
    ],
)
def test_what_does_not_make_sense_is_refused_with_the_next_step(sesync, shared, words, code, said):
    write(shared.here / "heat.py", "mine\n")
    write(shared.here / ".git/info/exclude", "*.log\n")
    write(shared.here / "secret.log", "log")
    done = sesync("sync", *words)
    assert (done.code, said in done.err) == (code, True), done.err
    assert shared.subjects() == ["x"]


def test_a_file_alone_without_a_message_says_what_to_type(sesync, shared):
    done = sesync("sync", "heat.py", cwd=shared.here)
    assert (done.code, "'sesync sync -m TEXT heat.py' commits what is named" in done.err) == (2, True)


ODD = [
    *("with space.txt", "[bold]x[red].txt", "-dash.txt", "new\nline.txt", "naïve.txt", "*.txt", "std::vector.py"),
    *(":(top)x", "quo'te\".txt", "tab\t.txt", os.fsdecode(b"latin-\xe9.txt")),
]


def test_odd_names_are_just_names(sesync, shared):
    for name in (*ODD, "other.txt"):
        write(shared.here / name, "odd\n")
    shown = sesync("sync", "analysis").out
    assert "  new  [bold]x[red].txt\n" in shown and "  new  new\\nline.txt\n" in shown
    done = sesync("sync", "analysis", "-m", "std::odd [red]x[/red]", "--", *ODD)
    assert (done.code, done.err) == (0, "")
    assert "std::odd [red]x[/red]" in done.out
    assert git("status", "--porcelain", cwd=shared.here) == "?? other.txt\n"
    shared.colleague("Again", dict.fromkeys(ODD, "again\n"))
    write(shared.here / "*.txt", None)
    assert sesync("sync", "analysis").code == 1
    git("checkout", "-q", "--", ":(literal)*.txt", cwd=shared.here)
    assert sesync("sync", "analysis").code == 0
    assert {(shared.here / name).read_text() for name in ODD} == {"again\n"}
    assert (shared.here / "other.txt").read_text() == "odd\n"


def test_an_odd_place_is_a_place(sesync, shared, home, tmp_path):
    odd = home / "a::b [red] 'x' 100%"
    shared.here.rename(odd)
    shared.colleague("Theirs", {"trees.csv": "theirs\n"})
    write(odd / "heat.py", "mine\n")
    done = sesync("sync", odd, "-m", "Mine", "heat.py")
    assert (done.code, done.err) == (0, "")
    assert shared.subjects() == ["Mine", "Theirs", "x"]


def test_two_at_once_wait_for_each_other(background, shared):
    shared.colleague("Theirs", {"trees.csv": "theirs\n"})
    for name in ("a.txt", "b.txt"):
        write(shared.here / name, name)
    both = [background("sync", "analysis", "-m", name, name) for name in ("a.txt", "b.txt")]
    ends = [process.communicate(timeout=HANG) for process in both]
    assert [process.returncode for process in both] == [0, 0], ends
    assert sorted(shared.subjects()) == ["Theirs", "a.txt", "b.txt", "x"]

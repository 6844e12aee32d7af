"""Words that are no commands: what is answered can be typed."""

from pathlib import Path

import pytest

from tests.kernel import ground
from tests.services.fuse import hang, hangs, served

SYNC = "'sesync sync' gets what others did, and sends what you did."
WAYS = (
    "'sesync unlink NAME' removes a link, 'sesync kernel remove NAME' removes a kernel and"
    " 'sesync uninstall NAME' removes a package."
)
ANSWERS = {
    "pull": SYNC,
    "pull analysis": "'sesync sync analysis' gets what others did, and sends what you did.",
    "git pull": SYNC,
    "git pull origin": SYNC,
    "push origin main": SYNC,
    "commit -m Plots": "'sesync sync -m TEXT FILE' commits files, and sends them.",
    "git add heat.py": "'sesync sync -m TEXT FILE' commits files, and sends them.",
    "git clone cooltrees/analysis": "'sesync clone cooltrees/analysis' brings a repository here.",
    "git bisect": SYNC,
    "cp heat.csv": "'sesync put FILE PROJECT' copies data into a data directory.",
    "pip install 'pandas>=2' numpy": "'sesync install 'pandas>=2' numpy' installs Python packages.",
    "pip install --user numpy": "'sesync install PACKAGE' installs Python packages.",
    "pip freeze": "'sesync install --list' lists what is installed.",
    "pip": "'sesync install PACKAGE' installs Python packages.",
    "conda list": "'sesync install --list' lists what is installed.",
    "conda create -n heat": "'sesync kernel create NAME PACKAGE' makes a kernel with packages of its own.",
    "make heat pandas": "'sesync kernel create heat pandas' makes a kernel with packages of its own.",
    "python plot.py": "'sesync kernel run KERNEL python FILE' runs a script with a kernel's packages.",
    "kernels": "'sesync kernel list' lists your kernels.",
    "quota": "'sesync usage' shows what fills your home.",
    "repair heat": "'sesync kernel repair heat' does that.",
    "upgrade": "'sesync kernel update' does that.",
    "info": "'sesync kernel show' or 'sesync site show' does that.",
    "check": "'sesync kernel check' or 'sesync site check' does that.",
    "diagnose": "'sesync doctor' finds what is wrong.",
    "mend": "'sesync doctor --fix' mends what it can.",
    "kernl": "Did you mean kernel? 'sesync --help' shows the words.",
    "xyzzy": "'sesync --help' shows the words.",
    "rm": WAYS,
    "rm nothing": WAYS,
    "remove numpy": WAYS,
    "delete oak": "'sesync kernel remove oak' does that.",
    "remove trees": "'sesync unlink trees' does that.",
    "rm cooltrees": "'sesync unlink cooltrees' does that.",
    "rm -rf trees/": "'sesync unlink trees' does that.",
    "rm ~/trees": "'sesync unlink trees' does that.",
    "rm heat/inner/": "'sesync unlink --in ~/heat inner' does that.",
    "rm oak trees": "'sesync kernel remove oak' and 'sesync unlink trees' do that.",
    "rm -- -x": "'sesync kernel remove -- -x' does that.",
    **dict.fromkeys(["del plot.py", "rm -r notes", "rm trees/raw", "rm .", "rm /", "rm ''", "rm ~nobody-such/x"], WAYS),
}


@pytest.mark.parametrize("words", ANSWERS)
def test_a_word_of_habit_is_answered(sesync, site, nfs: Path, home: Path, words: str):
    import shlex

    (nfs / "cooltrees-data/raw").mkdir()
    for folder in ("heat", "notes"):
        (home / folder).mkdir()
    for link in ("trees", "heat/inner"):
        (home / link).symlink_to(nfs / "cooltrees-data")
    for name in ("oak", "-x"):
        ground.spec(home, name, ["/opt/python2/bin/python"])
    (home / "plot.py").touch()
    ended = sesync(*shlex.split(words))
    assert (ended.code, ended.err.splitlines()[1]) == (2, f"Hint:  {ANSWERS[words]}")


def test_in_a_group_such_words_are_taken_as_they_are_meant(sesync, site, home: Path):
    ground.spec(home, "oak", ["/opt/python2/bin/python"])
    assert sesync("kernel", "ls").out == sesync("kernel", "list").out
    assert sesync("kernel", "rm", "oak", "--yes").code == 0
    assert sesync("kernel", "list", "--json").json == []


@pytest.mark.parametrize(
    "words", [(), ("link",), ("kernel",), ("kernel", "create"), ("kernel", "rm"), ("site", "show")]
)
def test_help_with_words_is_the_help_of_a_command(sesync, words: tuple[str, ...]):
    assert sesync("help", *words).out == sesync(*words, "--help").out


@pytest.mark.parametrize("word", ["ls", "list", "status"])
def test_help_knows_the_words_of_habit(sesync, word: str):
    assert sesync("help", word).out == sesync("home", "--help").out


def test_help_with_words_behind_a_command_says_so(sesync):
    ended = sesync("help", "link", "foo")
    assert (ended.code, ended.err) == (
        2,
        "Error: 'sesync link' has no commands of its own\nHint:  'sesync link --help' shows its words.\n",
    )


def test_a_link_behind_a_server_that_hangs_is_answered_at_once(sesync, site, nfs: Path, home: Path, tmp_path: Path):
    (tmp_path / "disk").mkdir()
    (home / "trees").symlink_to(nfs / "cooltrees-data")
    with served(tmp_path / "disk", nfs / "cooltrees-data") as server:
        hang(server)
        for word in ("trees", "trees/", "trees/raw/heat.csv"):
            assert sesync("rm", word).code == 2
        assert hangs(server)


def test_help_with_words_that_are_none_says_so(sesync):
    ended = sesync("help", "kernel", "crate")
    assert (ended.code, ended.err) == (
        2,
        "Error: no such command 'crate'\nHint:  Did you mean create? 'sesync kernel --help' shows the words.\n",
    )


def test_the_version_is_understood(sesync):
    assert sesync("version").out == sesync("--version").out
    assert sesync("--version").out == f"sesync, version {sesync('version', '--json').json['version']}\n"

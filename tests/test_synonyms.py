"""Words for the same thing."""

import shlex

import click
import pytest

from sesync_cli.app import sesync as root
from sesync_cli.lazy import walk
from sesync_cli.synonyms import _INSTEAD, _SAME, Instead, instead_of, same_as

COMMANDS = {" ".join(path): command for path, command in walk(root)}


def test_a_word_of_habit_is_one_of_the_commands_of_a_group():
    assert (same_as("rm", ["list", "remove"]), same_as("rm", ["list"]), same_as("rn", ["remove"])) == ("remove", "", "")


def test_no_word_means_two_things_and_none_is_a_command():
    for table in (_SAME.values(), [one.typed for one in _INSTEAD]):
        words = [word for words in table for word in words]
        assert sorted(words) == sorted(set(words))
    assert not {word for one in _INSTEAD for word in one.typed} & {*root.commands, *root.others}


@pytest.mark.parametrize("one", _INSTEAD, ids=lambda one: one.typed[0])
def test_what_is_named_in_place_of_a_word_is_understood_by_its_command(one: Instead, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "requirements.txt").touch()
    command = COMMANDS[one.command]
    with click.Context(root, info_name="sesync", help_option_names=["-h", "--help"]) as above:
        command.make_context(one.command, shlex.split(one.wants), parent=above)


def test_the_words_behind_it_are_those_of_what_was_typed():
    for words, command, behind in (
        (["git", "pull", "origin"], "sync", ["origin"]),
        (["pip", "freeze"], "install", []),
        (["pip", "x"], "install", ["x"]),
        (["conda", "create", "-n", "x"], "kernel create", ["-n", "x"]),
    ):
        found = instead_of(words)
        assert found and (found[0].command, found[1]) == (command, behind)
    assert instead_of(["xyzzy"]) is None

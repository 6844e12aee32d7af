"""What is found to be wrong, as values."""

import pytest

from sesync_cli.check import NO_ANSWER, Check, Finding, found_by
from sesync_cli.errors import NoAnswer, NotReady, Refused
from sesync_cli.plan import Plan


def test_a_check_finds_nothing_where_all_is_well():
    assert [*found_by(Check("kernels", 1.0, lambda: ()))] == []


def test_all_that_was_found_counts_and_so_does_that_the_check_could_not_be_made():
    def look():
        yield Finding("open token", "others can read it")
        raise NotReady("the file cannot be read", hint="Mend it.")

    first, second = found_by(Check("token", 1.0, look))
    assert first == Finding("open token", "others can read it")
    assert second == Finding("not-ready", "the file cannot be read", "Mend it.")


def test_a_bug_in_a_check_is_no_finding():
    def look():
        raise TypeError("a mistake")

    with pytest.raises(TypeError):
        list(found_by(Check("token", 1.0, look)))


def test_a_finding_is_an_error_for_who_cannot_go_on():
    error = Finding("key refused", "it does not accept your key", "Register it.").as_error()
    assert (type(error), str(error), error.hint) == (Refused, "it does not accept your key", "Register it.")
    assert isinstance(Finding(NO_ANSWER, "it is silent").as_error(), NoAnswer)


def test_what_mends_it_is_no_part_of_what_is_wrong():
    assert Finding("a", "b", "c", Plan((), "Done.")) == Finding("a", "b", "c")

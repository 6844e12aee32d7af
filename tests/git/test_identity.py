"""What can be somebody's name and e-mail address, and what is nonsense."""

import pytest

from sesync_cli.git.identity import Identity, ask_identity, why_no_address, why_no_name

REAL = ("jsmith@example.org", "o'brien@tcd.ie", "j+lab@cs.example.co.uk", "jörg@müller.de", "a..b@docomo.ne.jp")
REAL += ("7-jsmith@users.noreply.gitlab.com", "x@xn--p1ai.xn--p1ai", "अ@भारत.भारत", "%x@y.museum", "_@1.example")
NONSENSE = ("not an address", "jsmith", "jsmith@", "@example.org", "jsmith@localhost", "jsmith@example..org")
NONSENSE += ("jsmith@example.org.", "jsmith@-x.org", "j smith@example.org", "a@b@example.org", "jsmith@10.0.0.1")
NONSENSE += ("J. Smith <jsmith@example.org>", "jsmith@example.org,", "'jsmith@example.org'", "a@x.org; b@x.org")
NONSENSE += ("\x1b[Djsmith@example.org", "jsmith@example.org\x7f", "mailto:jsmith@example.org", f"{'a' * 250}@x.org")


@pytest.mark.parametrize("address", REAL)
def test_real_addresses_look_like_many_things(address):
    assert why_no_address(address) == ""


@pytest.mark.parametrize("text", NONSENSE)
def test_nonsense_is_no_address(text):
    assert why_no_address(text).endswith("type the address alone, as in jsmith@example.org")


def test_names_have_letters_and_no_address():
    assert [why_no_name(one) for one in ("J. Smith", "李", "X Æ A-12")] == ["", "", ""]
    assert all(why_no_name(one) for one in ("...", "J. Smith <jsmith@example.org>", "J\tSmith", "\x1b[DJ. Smith"))


def test_what_could_be_no_answer_is_not_offered_either():
    asked, heard = [], iter(("J. Smith", ""))
    answer = ask_identity(Identity("...", "jsmith@home"), lambda *words: asked.append(words) or next(heard), print)
    assert (answer, [offer for _, offer in asked]) == (Identity("J. Smith", ""), ["", ""])

"""GitLab's API, well and badly behaved: each failure has its own words and a next step."""

import socket
import threading

import pytest

from sesync_cli.errors import Conflict, NoAnswer, NotFound, Refused, SesyncError
from sesync_cli.gitlab.api import RegisteredKey, User
from tests.services import gitlabapi
from tests.services.gitlabapi import gitlab_api
from tests.services.leaks import EXPIRED, NARROW, REVOKED, TOKEN

PAGE = "/-/user_settings/personal_access_tokens"


def failure(question) -> SesyncError:
    with pytest.raises(SesyncError) as caught:
        question()
    assert caught.value.hint, "an error without a next step"
    return caught.value


def test_a_user_has_a_name_and_the_address_for_commits(account):
    assert account().user() == User("J. Smith", "jsmith", "j.smith@example.org")


def test_a_token_goes_in_a_header_and_in_no_address(account, api):
    list(account().projects())
    account().user()
    assert not [path for path in api.asked if TOKEN in path]


def test_scopes_are_told_or_not(account, api):
    assert account().scopes() == ("api",)
    api.fault = gitlabapi.saying(404, {"message": "404 Not Found"})
    assert account().scopes() is None


def test_keys_are_listed_and_added_once(account):
    account().add_key("jsmith@server", "ssh-ed25519 AAAAC3Nz jsmith")
    assert account().keys() == [RegisteredKey("jsmith@server", "ssh-ed25519 AAAAC3Nz jsmith")]
    assert isinstance(failure(lambda: account().add_key("again", "ssh-ed25519 AAAAC3Nz other")), Conflict)


def test_pages_are_asked_for_as_far_as_they_are_taken(account, api):
    api.publish(*(f"group{n % 7}/project{n}" for n in range(250)))
    projects = account().projects()
    assert (next(projects).path, len(api.asked)) == ("group0/project0", 1)
    assert [one.path for one in projects] == [f"group{n % 7}/project{n}" for n in range(1, 250)]
    assert len(api.asked) == 3


def test_a_server_that_does_not_count_is_read_to_the_end(account, api):
    api.counts = False
    api.publish(*(f"group/project{n}" for n in range(250)))
    assert len(list(account().projects())) == 250


def test_only_own_projects_and_none_that_are_archived(account, api):
    api.publish("a/mine", "a/old")
    api.publish("b/others", member=False)
    api.projects[1]["archived"] = True
    assert [one.path for one in account().projects()] == ["a/mine"]
    assert [(one.path, one.archived) for one in account().projects_like("o")] == [("a/old", True)]


def test_a_group_has_its_subgroups_and_a_person_is_a_group_too(account, api):
    api.publish("a/one", "a/b/two", "jsmith/three", "ab/four")
    assert [one.path for one in account().group_projects("a")] == ["a/one", "a/b/two"]
    assert [one.path for one in account().group_projects("jsmith")] == ["jsmith/three"]
    assert isinstance(failure(lambda: list(account().group_projects("nobody"))), NotFound)


def test_what_moved_to_another_page_meanwhile_comes_once(account, api):
    api.publish(*(f"group/project{n}" for n in range(150)))
    projects = account().projects()
    first = next(projects)
    api.projects.insert(0, api.projects.pop())  # somebody has just pushed to the last one
    paths = [first.path, *(one.path for one in projects)]
    assert len(paths) == len(set(paths)) == 149


@pytest.mark.parametrize(
    "token,words",
    [
        ("glpat-nobodyknowsthis", "does not accept your token (GITLAB_TOKEN)"),
        (EXPIRED, "your token (GITLAB_TOKEN) for 127.0.0.1:{port} has expired"),
        (REVOKED, "your token (GITLAB_TOKEN) for 127.0.0.1:{port} was revoked"),
        (NARROW, "your token (GITLAB_TOKEN) lacks the scope for this: api or read_api"),
    ],
)
def test_each_kind_of_bad_token_is_told_apart(account, api, token, words):
    error = failure(lambda: list(account(token).projects()))
    assert isinstance(error, Refused)
    assert words.format(port=api.url.rstrip("/").rpartition(":")[2]) in str(error)
    assert PAGE in error.hint and "unset GITLAB_TOKEN" in error.hint and "sesync clone --login" in error.hint
    assert token not in str(error) + error.hint


def test_who_keeps_the_token_can_renew_it(account):
    assert "glab auth login" in failure(lambda: account(EXPIRED, "glab").user()).hint
    assert "a password" in str(failure(lambda: account("hunter2hunter2", "git's credential helper").user()))


def test_to_add_a_key_takes_another_scope(account, api):
    api.scopes[NARROW] = ("read_api",)
    error = failure(lambda: account(NARROW).add_key("key", "ssh-ed25519 AAAA"))
    assert str(error).endswith("lacks the scope for this: api")


@pytest.mark.parametrize(
    "fault,kind,words",
    [
        (gitlabapi.broken(500), NoAnswer, "has a fault of its own (500)"),
        (gitlabapi.broken(502), NoAnswer, "has a fault of its own (502)"),
        (gitlabapi.limited("3600"), NoAnswer, "has been asked too often"),
        (gitlabapi.limited(""), NoAnswer, "has been asked too often"),
        (gitlabapi.limited("Wed, 21 Oct 2026 07:28:00 GMT"), NoAnswer, "has been asked too often"),
        (gitlabapi.cut_off, NoAnswer, "broke off"),
        (gitlabapi.hung_up, NoAnswer, "broke off"),
        (gitlabapi.page, Refused, "answers, but not as GitLab does"),
        (gitlabapi.saying(200, []), Refused, "answers, but not as GitLab does"),
        (gitlabapi.saying(200, {"id": None}), Refused, "answers, but not as GitLab does"),
        (gitlabapi.leading_to("https://login.example.org/"), Refused, "leads to a page at login.example.org"),
        (gitlabapi.saying(403, {"message": "403 Forbidden - blocked [bold]\n"}), Refused, "(403): 403 Forbidden - bl"),
        (gitlabapi.saying(404, {"message": "404 Not Found"}), NotFound, "has no such thing"),
        (gitlabapi.saying(422, {"message": {"key": ["is invalid"]}}), Refused, "is invalid"),
    ],
)
def test_each_fault_of_a_server_has_its_own_words(account, api, fault, kind, words):
    api.fault = fault
    error = failure(account().user)
    assert isinstance(error, kind)
    assert words in str(error)


@pytest.mark.parametrize("fault", [gitlabapi.silent, gitlabapi.trickling])
def test_a_slow_server_is_given_up_on(account, api, fault):
    api.fault = fault
    assert "did not answer within 1.5 seconds" in str(failure(account(patience=1.5).user))


def test_a_short_wait_that_the_server_asks_for_is_kept(account, api):
    api.fault = gitlabapi.closed_for(1)
    assert account().user().username == "jsmith"
    assert len(api.asked) == 2


def test_a_token_never_follows_a_way_to_another_server(account, api, tmp_path):
    (tmp_path / "other").mkdir()
    with gitlab_api(tmp_path / "other") as other:
        api.fault = gitlabapi.leading_to(f"{other.url}api/v4/user")
        assert "your token was not sent there" in str(failure(account().user))
        assert other.asked == []


def test_a_certificate_that_nobody_vouches_for_is_refused_before_the_token_is_sent(account, tmp_path):
    (tmp_path / "tls").mkdir()
    with gitlab_api(tmp_path / "tls", "https") as secure:
        error = failure(account(url=secure.url).user)
        assert "is not trusted" in str(error) and "Your token was not sent" in error.hint
        assert secure.asked == []
        assert account(url=secure.url, trusted=str(secure.certificate)).user().username == "jsmith"


def test_a_server_without_tls_is_told_apart(account):
    def answer(listening):
        caller, _ = listening.accept()
        caller.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        caller.recv(4096)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=answer, args=(listening,), daemon=True).start()
        url = f"https://127.0.0.1:{listening.getsockname()[1]}"
        assert "answers, but not in https" in str(failure(account(url=url).user))


def test_no_network_has_its_reason(account):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert "it refuses connections" in str(failure(account(url=f"http://127.0.0.1:{port}").user))
    assert "no server has this name" in str(failure(account(url="http://gitlab.invalid").user))

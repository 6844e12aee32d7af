"""What git and servers say when they refuse commits, as errors that a person can act on."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from sesync_cli.disk import out_of_room
from sesync_cli.errors import Conflict, NoAnswer, NotReady, Refused, SesyncError
from sesync_cli.git.attempt import ServerAttempt, facts, tokens_page
from sesync_cli.git.failures import explain, last_line
from sesync_cli.git.refusals import heard, refusal_in, words_of
from sesync_cli.plan import by_hand
from sesync_cli.secrets import without_secrets
from sesync_cli.sync.working_copy import WorkingCopy

_MOST_LINES = 12  # of a hook's words
_KEPT = "what you have committed is kept here"
_OF_SERVER = re.compile(r"(?m)^ ! \[|hung up|unexpected disconnect")  # which it says whatever hooks say
_NOISE = re.compile(r"(hint|warning): |=+$|(To|From) \S+$|error: failed to push some refs| ! \[remote rejected\]")


@dataclass(frozen=True)
class Sending:
    """What was tried: to send from this working copy to this server."""

    copy: WorkingCopy
    attempt: ServerAttempt


def push_refused(text: str, sending: Sending) -> SesyncError:
    """The error for a push that came to nothing."""
    if "failed to push some refs" in text and not _OF_SERVER.search(text):
        return (_no_lfs if "git-lfs' was not found" in text else _own_hook)(sending, text)
    for signs, error in _TABLE:
        if re.search(signs, text):
            return error(sending, text)
    refused = refusal_in(text, facts(sending.attempt))
    if refused is None:
        for signs, error in _GENERAL:
            if re.search(signs, text):
                return error(sending, text)
        refused = explain(text, sending.attempt)
    message, end, more = str(refused).partition(":\n")
    return type(refused)(f"{message}; {_KEPT}{end}{more}", hint=refused.hint)


def commit_refused(copy: WorkingCopy, text: str) -> SesyncError:
    """The error for a commit that did not come to be: a hook of the person's own said no, or git did."""
    if full := out_of_room(text, copy.top, copy.git_dir):
        return full
    if "tell me who you are" in text or "empty ident" in text or "no email was given" in text:
        return NotReady(
            "git does not know your name and e-mail address yet, which every commit carries",
            hint="'git config --global user.name \"J. Smith\"' and 'git config --global user.email ADDRESS' set them.",
        )
    if "File exists" in text and ".lock" in text:
        return Conflict(f"another git is at work in {copy.shown}", hint="Wait until it has ended; then run this again.")
    return Refused(
        f"git, or a check (hook) that is set up in {copy.shown}, did not let this be committed{_hook_words(text)}",
        hint="Nothing was committed, and your files are as that check left them. Mend what it names; then try again.",
    )


def _hook_words(text: str) -> str:
    said = without_secrets(text)  # a hook may repeat what it has read
    lines = [line.rstrip() for line in said.splitlines() if line.strip() and not _NOISE.match(line)]
    return "\n  ".join((":", *lines[-_MOST_LINES:])) if lines else ", and it does not say why"


def forward_failed(copy: WorkingCopy, text: str) -> SesyncError:
    """The error for files that could not be brought up to date; they are as they were."""
    if full := out_of_room(text, copy.top, copy.git_dir):
        return full
    if "promisor remote" in text:
        said = " ".join(words_of(text)) or last_line(text)
        return NoAnswer(
            f"what is still at the server of {copy.shown} (it is a lean clone) could not be got: {said}",
            hint="Nothing was changed. Try again in a minute.",
        )
    if found := re.search(r"invalid path '(.+)'", text):
        return Refused(
            f"somebody has committed a file that git refuses to write here: {found[1]}",
            hint="It may be meant to do harm. Ask whoever committed it; nothing was changed.",
        )
    if "would be overwritten" in text or "would lose untracked files" in text:
        return Conflict(
            f"files of yours in {copy.shown} are in the way of what is new; nothing was changed and nothing is lost",
            hint=f"'{by_hand('git', '-C', copy.top, 'status')}' shows them. Commit them, or move them away.",
        )
    return SesyncError(
        f"git could not write the files: {last_line(text)}",
        hint="Nothing was changed. If that says nothing to you, ask.",
    )


def _race(sending: Sending, text: str) -> SesyncError:
    return Conflict(
        f"somebody else has sent something to {sending.attempt.where} in this very moment; nothing is lost, and"
        f" {_KEPT}",
        hint=f"Run '{sending.copy.again()}' again.",
    )


def _quoted(text: str) -> str:
    said = heard(text)
    return ":\n  " + "\n  ".join(said) if said else ""


def _protected(sending: Sending, text: str) -> SesyncError:
    switch = by_hand("git", "-C", sending.copy.top, "switch", "-c", "NAME")
    return Refused(
        f"the server protects this branch from being changed by you; {_KEPT}{_quoted(text)}",
        hint=f"Send it as a branch of its own: '{switch}', then '{sending.copy.again()}', and ask for it to be merged.",
    )


def _too_big(sending: Sending, text: str) -> SesyncError:
    directory = sending.attempt.site.has("data_path")
    data = (
        "Data belongs into the research data directory, not into git" if directory else "Data does not belong into git"
    )
    return Refused(
        f"the server refuses files as large as these; {_KEPT}{_quoted(text)}",
        hint=f"{data}. The large file has to leave the commit:"
        f" '{by_hand('git', '-C', sending.copy.top, 'reset', '--soft')} HEAD~1' takes the last commit back and keeps"
        " all files; then commit without it.",
    )


def _checkedout(sending: Sending, text: str) -> SesyncError:
    return Refused(
        f"{sending.attempt.where} is somebody's working copy and no server, so it takes nothing; {_KEPT}",
        hint="Ask its owner to get your commits from you.",
    )


def _no_write(sending: Sending, text: str) -> SesyncError:
    attempt = sending.attempt
    role = "Ask its owner to let you write to it."
    if attempt.is_at_site or "gitlab" in attempt.address.host:
        role = "Ask its owner to make you a Developer, as GitLab calls members who may write."
    if attempt.address.scheme in ("http", "https") and not heard(text):
        page = tokens_page(attempt) or "the server's pages"
        role += f" If you are one, your token lacks the scope write_repository: make another one at {page}."
    return Refused(
        f"you may read {attempt.address.label}, but not send anything to it; {_KEPT}{_quoted(text)}", hint=role
    )


def _name_taken(sending: Sending, text: str) -> SesyncError:
    found = re.search("'refs/heads/([^']+)' exists; cannot create", text)
    rename = by_hand("git", "-C", sending.copy.top, "branch", "-m", "NAME")
    return Conflict(
        f"the server has a branch {found[1] if found else 'of a similar name'}, and beside that it takes none of this"
        f" name; {_KEPT}",
        hint=f"'{rename}' gives yours another name; then '{sending.copy.again()}' sends it.",
    )


def _secret(sending: Sending, text: str) -> SesyncError:
    back = by_hand("git", "-C", sending.copy.top, "reset", "--soft")
    return Refused(
        f"the server has found a password or a token in what you send, and refuses it; {_KEPT}{_quoted(text)}",
        hint=f"'{back} HEAD~1' takes the last commit back and keeps all files: take the secret out of them, and commit"
        " again. If it was a real one, change it.",
    )


def _lfs_missing(sending: Sending, text: str) -> SesyncError:
    send = by_hand("git", "-C", sending.copy.top, "lfs", "push", "--all", "origin")
    return Conflict(
        f"large files (Git LFS) that belong to these commits are not at the server yet; {_KEPT}",
        hint=f"'{send}' sends them; then '{sending.copy.again()}'.",
    )


def _no_lfs(sending: Sending, text: str) -> SesyncError:
    return NotReady(
        f"{sending.copy.shown} keeps large files apart (Git LFS), and the program git-lfs is not on this machine;"
        f" {_KEPT}",
        hint=f"Ask {sending.attempt.site.support} to install git-lfs; then '{sending.copy.again()}' sends it.",
    )


def _own_hook(sending: Sending, text: str) -> SesyncError:
    return Refused(
        f"a check (hook) that is set up in {sending.copy.shown} did not let this be sent; {_KEPT}{_hook_words(text)}",
        hint=f"Mend what it names; then '{sending.copy.again()}'.",
    )


def _declined(sending: Sending, text: str) -> SesyncError:
    reason = re.search(r" ! \[remote rejected\] .* \((.+)\)", text)
    said = _quoted(text) or (f": {without_secrets(reason[1])}" if reason else "")
    return Refused(
        f"the server has rules that these commits do not meet; {_KEPT}{said}",
        hint="Its words say what it wants; if they say nothing to you, ask whoever runs the project.",
    )


def _submodules(sending: Sending, text: str) -> SesyncError:
    return Conflict(
        f"a submodule has commits that its own server does not have yet; {_KEPT}",
        hint="'sesync sync FOLDER' with the submodule's folder sends them; then run this again.",
    )


_Refusal = tuple[str, Callable[[Sending, str], SesyncError]]
_TABLE: tuple[_Refusal, ...] = (
    ("exists; cannot create 'refs/heads/", _name_taken),
    (r"\(fetch first\)|\(non-fast-forward\)|cannot lock ref|failed to update ref|\(stale info\)", _race),
    ("PUSH BLOCKED: Secrets|GITHUB PUSH PROTECTION|Push cannot contain secrets", _secret),
    ("does not follow the pattern|contains the forbidden pattern|prohibited by the pattern", _declined),
    (r"to (a )?protected branch|(create|delete|into) protected branch|GH006|\(protected branch hook", _protected),
    (r"(?i)exceeds .*(size|limit)|file size limit|too large|larger than|HTTP 413|error: 413|big file", _too_big),
    ("LFS objects are missing", _lfs_missing),
    ("refusing to update checked out branch|branch is currently checked out", _checkedout),
    ("submodule paths contain changes", _submodules),
)
_GENERAL: tuple[_Refusal, ...] = (
    (r"not allowed to push|error: 403|FATAL: W .* DENIED|(?i:permission to .* denied)", _no_write),
    (r"\[remote rejected\]", _declined),
)

"""The last step: a server learns the public key, and proves that it knows it."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.errors import Conflict, Refused, SesyncError, Stopped
from sesync_cli.git.attempt import ServerAttempt, keys_page
from sesync_cli.git.known_hosts import destination
from sesync_cli.git.ssh_keys import KeyPair, find_keys, without_comment
from sesync_cli.gitlab.api import Account
from sesync_cli.plan import Report, by_hand
from sesync_cli.prompter import Prompter
from sesync_cli.sshkey.findings import Problem, found_in
from sesync_cli.sshkey.login_test import Proof, prove
from sesync_cli.sshkey.server import command

_POLLS = (10.0, 40.0)  # seconds after which it is tried again although nobody pressed Enter


@dataclass(frozen=True)
class Admit:
    """Have the server know a key: by its API, or else by the person, who is shown what to paste and where.

    Servers count those who knock in vain. So it is given up after so many tries, and a key that was refused just now,
    or is new, is not even tried (`may_know`) before something has happened.
    """

    attempt: ServerAttempt
    caller: Caller
    path: Path
    prompter: Prompter
    account: Account | None
    may_know: bool
    tries: int
    heard: list[Proof] = field(default_factory=list, compare=False, repr=False)

    @property
    def doing(self) -> str:
        return f"Asking {self.attempt.where} whether it knows your key ..."

    def do(self, report: Report) -> None:
        try:
            self._admit()
        except KeyboardInterrupt:
            raise Stopped(
                "stopped; your key is there, and stays", hint=f"'{command(self.attempt)}' goes on from here."
            ) from None

    def _admit(self) -> None:
        key = find_keys([self.path])[0]
        why_not = self._register(key)
        may_know = self.may_know or why_not == ""
        if may_know and self._is_in(key):
            return
        if not self.prompter.interactive:
            raise self._unknown(key, why_not)
        self._request(key, why_not)
        tries = max(1, self.tries - may_know)
        for number in range(tries):
            self.prompter.pause(_POLLS[number] if number < min(len(_POLLS), tries - 1) else None)
            if self._is_in(key):
                return
            self.prompter.note(f"{self.attempt.where} does not know it yet.")
        raise self._unknown(key, why_not)

    def _register(self, key: KeyPair) -> str | None:
        """Nothing if the key is registered now; why it could not be; None where there is no account to do it with."""
        if self.account is None:
            return None
        try:
            registered = self.account.keys()
            if key.bare not in map(without_comment, (one.key for one in registered)):
                self.account.add_key(key.public.partition(" ")[2].partition(" ")[2] or "sesync", key.public)
        except Conflict as error:
            raise Conflict(f"{error}: another account there has this key", hint="Ask the owner, or support.") from None
        except SesyncError as error:
            return str(error)
        return ""

    def _is_in(self, key: KeyPair) -> bool:
        proof = prove(self.attempt, self.caller)
        finding = found_in(proof, self.attempt, [key])
        if finding and finding.kind == Problem.PASSPHRASE and self.prompter.interactive:
            proof = prove(self.attempt, self.caller, asks=True)
            finding = found_in(proof, self.attempt, [key])
        if finding and finding.kind == Problem.KEY_REFUSED:
            return False
        if finding and not (finding.kind == Problem.PASSPHRASE and not self.prompter.interactive):
            raise finding.as_error()
        self.heard.append(proof)
        return True

    def _request(self, key: KeyPair, why_not: str | None) -> None:
        reason = f"Your token could not register the key: {why_not}.\n" if why_not else ""
        page = keys_page(self.attempt) or f"your settings at {self.attempt.address.host}"
        self.prompter.note(f"{reason}\nCopy this line, all of it:\n")
        self.prompter.line(key.public)
        self.prompter.note(f"\nPaste it as a new key at {page}\nand press Enter here. (Ctrl-C stops; your key stays.)")

    def _unknown(self, key: KeyPair, why_not: str | None) -> SesyncError:
        page = keys_page(self.attempt) or f"your settings at {self.attempt.address.host}"
        reason = f" (your token could not register it: {why_not})" if why_not else ""
        line = f"what '{command(self.attempt, '--show')}' prints" if self.prompter.interactive else "this line"
        hint = f"Paste {line} as a new key at {page}, then run '{command(self.attempt)}' again"
        hint += "." if self.prompter.interactive else f":\n{key.public}"
        return Refused(f"{self.attempt.where} does not know your key yet{reason}", hint=hint)

    def undo(self) -> None:
        # what a server knows it may go on knowing: the key is the person's own
        return

    def __str__(self) -> str:
        public = self.path.with_name(f"{self.path.name}.pub")
        ask = by_hand("ssh", "-T", *destination(self.attempt.address))
        if self.account and shutil.which("glab", path=self.caller.env.get("PATH")):
            return f"{by_hand('glab', 'ssh-key', 'add', public)} && {ask}"
        page = keys_page(self.attempt) or f"your settings at {self.attempt.address.host}"
        return f"{by_hand('cat', public)} && {ask}  # paste the key at {page}"

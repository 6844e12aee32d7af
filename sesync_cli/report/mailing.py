"""The steps that keep a mail in a file, and that hand it to the system's mailer."""

import shlex
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.errors import Conflict, SesyncError
from sesync_cli.leftovers import written_whole
from sesync_cli.plan import Report, by_hand
from sesync_cli.report.draft import Draft
from sesync_cli.run import need, run

_SECONDS = 60.0  # that a mailer may take


@dataclass(frozen=True)
class SaveMail:
    """Write the mail to a file that is for its owner alone; what is there stays."""

    draft: Draft
    at: Path
    doing: str = "Saving the mail"

    def do(self, report: Report) -> None:
        try:
            with written_whole(self.at, self.at, replaces=False) as file:
                file.write(self.draft.text.encode())
        except FileExistsError:
            raise taken(self.at) from None

    def undo(self) -> None:
        # a mail that is saved whole is the person's
        return

    def __str__(self) -> str:
        return f"sesync report > {by_hand(self.at)}"


@dataclass(frozen=True)
class SendMail:
    """Give the mail to the program that the site says sends mail."""

    draft: Draft
    mailer: str
    doing: str = "Sending the mail"

    def do(self, report: Report) -> None:
        from email.message import EmailMessage
        from email.policy import SMTP

        mail = EmailMessage(policy=SMTP.clone(linesep="\n"))
        mail["To"], mail["Subject"] = self.draft.to, self.draft.subject
        mail.set_content(self.draft.body)
        program, *words = shlex.split(self.mailer)
        found = need(program, hint="Save the mail instead: 'sesync report -o FILE'.")
        try:
            run([found, *words], said=mail.as_string(), seconds=_SECONDS)
        except SesyncError as error:
            hint = "Save it instead: 'sesync report -o FILE'."
            raise SesyncError(f"the mail was not sent: {error}", hint=hint) from None

    def undo(self) -> None:
        # a mail that is sent is sent
        return

    def __str__(self) -> str:
        return f"sesync report | {self.mailer}"


def taken(at: Path) -> Conflict:
    """The error for a file that is there already."""
    return Conflict(f"{at} is there already, and it stays", hint="Choose another name with '-o FILE'.")

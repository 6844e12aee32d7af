"""sesync site show, check, missing"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sesync_cli import screen
from sesync_cli.answer import answers
from sesync_cli.errors import NotFound, NotReady
from sesync_cli.help import Group
from sesync_cli.session import Session
from sesync_cli.site.reading import load_site, site_file
from sesync_cli.site.settings import OFF, Setting
from sesync_cli.view import Commands, Page, Table, View

if TYPE_CHECKING:
    from sesync_cli.site.checking import SiteCheck
    from sesync_cli.site.missing import Summary


@click.group(cls=Group)
def site() -> None:
    """Show and check the site's settings.

    A site file describes a centre. It is looked for at $SESYNC_SITE, then /etc/sesync/site.toml; without one, SESYNC is
    the site. It stands for itself, unless it begins with: extends = "sesync".
    """


def _table(settings: tuple[Setting, ...]) -> View:
    rows = [(one.name, _shown(one), one.source) for one in settings if one.source != OFF]
    off = [one.name for one in settings if one.source == OFF]
    note = f"Off, since the site does not say: {', '.join(off)}." if off else ""
    return Table(("SETTING", "VALUE", "FROM"), rows, note=note)


def _shown(setting: Setting) -> str:
    return f"({setting.otherwise})" if setting.value is None else _text(setting.value)


def _text(value: object) -> str:
    return (", ".join(value) if isinstance(value, tuple) else str(value)) or "(none)"


@site.command()
@answers(_table)
@click.pass_obj
def show(session: Session) -> tuple[Setting, ...]:
    """Show every setting, and which file says so."""
    return load_site(session.caller.env).settings


@site.command()
@click.argument("file", required=False, type=click.Path(path_type=Path), help="The site file; else the one in force.")
@answers(lambda checked: _verdict(checked))
@click.pass_obj
def check(session: Session, file: Path | None) -> "SiteCheck":
    """Check a site file, and touch nothing.

    It says which parts of a site are on, and warns of what cannot be found from this machine.
    """
    from sesync_cli.site.checking import check_site

    return check_site(file or site_file(session.caller.env), session.caller.env, screen.doing)


def _verdict(checked: "SiteCheck") -> View:
    if checked.file is None:
        return "There is no site file: the built-in site serves, which is whole."
    said = ", ".join(checked.changes) or "nothing"
    good = f"{checked.file} is a good site file."
    if checked.extends:
        first: tuple[View, ...] = (f"{good} It changes the built-in site: {said}.",)
    else:
        rows = [(one.display_name, "off" if one.value is None else _text(one.value)) for one in checked.parts]
        first = (f"{good} It stands for itself.", "", Table(("PART", "IS"), rows))
    return Page((*first, *(f"Note: {warning}." for warning in checked.warnings)))


def _gaps(summary: "Summary") -> View:
    users = any(row.users for row in summary.missing)
    rows = [
        (" ".join(row.system), str(row.failures), *([str(len(row.users))] if users else []), ", ".join(row.needed_by))
        for row in summary.missing
    ]
    columns = ("MISSING", "FAILURES", *(["USERS"] if users else []), "OF")
    note = "\n".join([_counted(summary), *(f"{one.path} {one.problem}" for one in summary.unreadable)])
    extra = sorted({one.upper() for row in summary.missing for one in row.extra})
    first = [f"# some of these are in {' and '.join(extra)}"] if extra else []
    if not rows:
        return Table(columns, [], f"No failure that a package of the system would mend.\n{note}")
    commands = [*first, *([summary.command] if summary.command else [])]
    return Page((Table(columns, rows, note=note), "", Commands(commands)))


def _counted(summary: "Summary") -> str:
    lacking = sum(row.failures for row in summary.missing)
    numbers = (
        (summary.successes, "ended well"),
        (lacking, "failed for want of a package of the system"),
        (summary.other_failures, "failed for another reason"),
        (summary.unknown_failures, "failed for a reason that sesync does not know"),
        (len(summary.unreadable), "could not be read"),
    )
    logs = "1 log" if summary.logs == 1 else f"{summary.logs} logs"
    return f"{logs} read: {', '.join(f'{count} {what}' for count, what in numbers if count) or 'nothing to tell'}."


@site.command()
@click.argument("logs", nargs=-1, type=click.Path(path_type=Path), help="Logs, or folders of logs; else your own.")
@click.option("--for", "family", type=click.Choice(["debian", "rhel"]), help="Whose package names; else this system's.")
@answers(_gaps)
@click.pass_obj
def missing(session: Session, logs: tuple[Path, ...], family: str | None) -> "Summary":
    """Show what the system lacks, by saved logs.

    Reads the logs of failed installs that people share, and tells which packages of the system would have mended most
    of them, with the line that installs these.
    """
    from sesync_cli.diagnosis.system import family as family_here
    from sesync_cli.site.missing import summary

    for path in logs:
        if not path.exists():
            raise NotFound(f"there is no file or folder {path}", hint="Is it spelt rightly?")
    names = family or family_here()
    if not names:
        raise NotReady("this system is neither Debian's nor Red Hat's kind", hint="Add '--for debian' or '--for rhel'.")
    own = session.caller.state / "logs"
    with screen.doing("Reading logs") as report:
        return summary(logs or ([own] if own.exists() else []), names, report)

"""sesync site show, check, missing"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sesync_cli import screen
from sesync_cli.answer import answers
from sesync_cli.errors import NotFound, NotReady
from sesync_cli.session import Session
from sesync_cli.site.settings import Setting, load_site, merge, site_file
from sesync_cli.view import Table, View

if TYPE_CHECKING:
    from sesync_cli.site.missing import Summary


@click.group()
def site() -> None:
    """Show and check the site's settings.

    A site file says what is particular to a centre. It is looked for at $SESYNC_SITE, then /etc/sesync/site.toml.
    """


def _table(settings: tuple[Setting, ...]) -> View:
    rows = [(setting.key, _shown(setting.value), setting.source) for setting in settings]
    return Table(("SETTING", "VALUE", "FROM"), rows)


def _shown(value: object) -> str:
    return ", ".join(value) or "(none)" if isinstance(value, tuple) else str(value)


@site.command()
@answers(_table)
@click.pass_obj
def show(session: Session) -> tuple[Setting, ...]:
    """Show every setting, and which file says so."""
    return load_site(session.env).settings


@site.command()
@click.argument("file", required=False, type=click.Path(path_type=Path), help="The site file; else the one in force.")
@answers(lambda checked: _verdict(**checked))
@click.pass_obj
def check(session: Session, file: Path | None) -> dict[str, object]:
    """Check a site file, and touch nothing."""
    path = file or site_file(session.env)
    changed = [setting.key for setting in merge(path).settings if setting.source == str(path)]
    return {"file": str(path) if path else None, "changes": changed}


def _verdict(file: str | None, changes: list[str]) -> str:
    if file is None:
        return "There is no site file: the built-in site serves, which is whole."
    return f"{file} is a good site file. It changes: {', '.join(changes) or 'nothing'}."


def _gaps(summary: "Summary") -> View:
    users = any(row.users for row in summary.missing)
    rows = [
        (" ".join(row.system), str(row.failures), *([str(len(row.users))] if users else []), ", ".join(row.packages))
        for row in summary.missing
    ]
    columns = ("MISSING", "FAILURES", *(["USERS"] if users else []), "OF")
    note = "\n".join([_counted(summary), *(f"{path} {why}" for path, why in summary.skipped.items())])
    extra = sorted({one.upper() for row in summary.missing for one in row.extra})
    first = f"# some of these are in {' and '.join(extra)}\n" if extra else ""
    if not rows:
        return Table(columns, [], f"No failure that a package of the system would mend.\n{note}")
    return Table(columns, rows, note=note, end=f"\n{first}{summary.install}")


def _counted(summary: "Summary") -> str:
    lacking = sum(row.failures for row in summary.missing)
    numbers = (
        (summary.well, "ended well"),
        (lacking, "failed for want of a package of the system"),
        (summary.other, "failed for another reason"),
        (summary.unknown, "failed for a reason that sesync does not know"),
        (len(summary.skipped), "could not be read"),
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
    own = session.state / "logs"
    with screen.doing("Reading logs") as report:
        return summary(logs or ([own] if own.exists() else []), names, report)

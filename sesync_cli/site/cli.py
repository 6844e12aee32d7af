"""sesync site show, sesync site check"""

from pathlib import Path

import click

from sesync_cli.answer import answers
from sesync_cli.session import Session
from sesync_cli.site.settings import Setting, load_site, merge, site_file
from sesync_cli.view import Table, View


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

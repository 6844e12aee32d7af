"""Writes what can be generated: docs/commands.md, docs/site.md and completions/; with --check, compares instead."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from sesync_cli.app import sesync
from sesync_cli.completion.cli import SHELLS, script
from sesync_cli.lazy import walk
from sesync_cli.site.settings import merge

PROJECT = Path(__file__).parent.parent

COMMANDS = """\
# Commands

Every command and its words, as `--help` shows them.
"""

SITE = """\
# The site file

A centre describes itself in one TOML file, `/etc/sesync/site.toml` (or the file that `$SESYNC_SITE` names). It changes
only what it names; all else is as in the built-in site, which is SESYNC. `sesync site show` prints every setting and
where it comes from; `sesync site check FILE` finds mistakes in a file before it is installed.

A whole site file for a centre that differs in three things:

```toml
[data]
path = "/projects/{project}"

[gitlab]
ssh = "git@git.example.org:{repo}.git"

[support]
email = "help@example.org"
```
"""


def generated() -> Iterator[tuple[Path, str]]:
    """Each generated file with its text."""
    yield PROJECT / "docs/commands.md", commands()
    yield PROJECT / "docs/site.md", site()
    with click.Context(sesync):
        for shell in SHELLS:
            yield PROJECT / f"completions/sesync.{shell}", script(shell) + "\n"


def commands() -> str:
    """The help of every command."""
    parts = [COMMANDS]
    for path, command in walk(sesync):
        settings = {"terminal_width": 100, "help_option_names": ["-h", "--help"]}
        context = click.Context(command, info_name=" ".join(("sesync", *path)), **settings)
        parts.append(f"## {context.info_name}\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


def site() -> str:
    """Every setting with its words and its built-in value, table by table."""
    parts, table = [SITE], ""
    for setting in merge(None).settings:
        if setting.key.partition(".")[0] != table:
            table = setting.key.partition(".")[0]
            parts.append(f"\n## [{table}]\n\n| setting | what it is | built in |\n| --- | --- | --- |\n")
        value = ", ".join(setting.value) or "none" if isinstance(setting.value, tuple) else setting.value
        parts.append(f"| `{setting.key.partition('.')[2]}` | {setting.help} | `{value}` |\n")
    return "".join(parts)


def main() -> int:
    stale = [(path, text) for path, text in generated() if not path.exists() or path.read_text() != text]
    if "--check" in sys.argv:
        for path, _ in stale:
            print(f"{path.relative_to(PROJECT)} is stale: run 'make docs'")
        return 1 if stale else 0
    for path, text in stale:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())

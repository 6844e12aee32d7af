"""Writes what can be generated: docs/commands.md, docs/site.md and completions/; with --check, compares instead."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from sesync_cli.app import sesync
from sesync_cli.completion.cli import SHELLS, script
from sesync_cli.lazy import walk
from sesync_cli.site.reading import anywhere, read_site

PROJECT = Path(__file__).parent.parent

COMMANDS = """\
# Commands

Every command and its words, as `--help` shows them.
"""

SITE = """\
# The site file

A centre describes itself in one TOML file, `/etc/sesync/site.toml` (or the file that `$SESYNC_SITE` names). The file
stands for itself: what it does not name is off, or as it is anywhere, and the commands of a part that is off say so.
Without a site file, SESYNC is the site. `sesync site show` prints every setting and where it comes from; `sesync site
check FILE` finds mistakes in a file before it is installed, and tries what it names.

A whole site file:

```toml
[site]
name = "The Tree Centre"

[home]
path = "/home/{user}"
quota_gb = 50

[data]
path = "/projects/{project}"

[gitlab]
url = "https://gitlab.example.org"

[support]
email = "help@example.org"
```

Where `gitlab.ssh` and `gitlab.https` are not named, repositories are where every GitLab has them:
`git@gitlab.example.org:GROUP/NAME.git` and `https://gitlab.example.org/GROUP/NAME.git`. Where one of them is named, it
is the only way.

A file that begins with `extends = "sesync"` does not stand for itself. It changes the built-in site, which is SESYNC,
in what it names and nothing else; only from another `gitlab.url` follow that GitLab's own ways. A whole one:

```toml
extends = "sesync"

[home]
quota_gb = 40
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
    """Every setting with its words, its value at SESYNC, and what holds in a site that does not name it."""
    parts, table, defaults = [SITE], "", anywhere()
    for setting in read_site(None, {}).settings:
        if setting.name.partition(".")[0] != table:
            table = setting.name.partition(".")[0]
            heading = "| setting | what it is | at SESYNC | where it is not named |\n| --- | --- | --- | --- |\n"
            parts.append(f"\n## [{table}]\n\n{heading}")
        named = _cell(setting.value)
        unnamed = _cell(defaults[setting.name]) if setting.name in defaults else setting.otherwise or "off"
        same = "the same" if unnamed == named else unnamed
        parts.append(f"| `{setting.name.partition('.')[2]}` | {setting.help} | {named} | {same} |\n")
    return "".join(parts)


def _cell(value: object) -> str:
    text = ", ".join(value) if isinstance(value, list | tuple) else str(value)
    return f"`{text}`" if text else "none"


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

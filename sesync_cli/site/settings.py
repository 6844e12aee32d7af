"""What a centre decides for everybody: settings read from TOML files, never changed."""

import os
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from sesync_cli.errors import NotReady
from sesync_cli.names import near

BUILT_IN = Path(__file__).with_name("site.toml")
SYSTEM = Path("/etc/sesync/site.toml")


def _setting(words: str) -> Any:
    return field(metadata={"help": words})


@dataclass(init=False, eq=False, repr=False)  # the methods of so many fields would cost milliseconds at every start
class Site:
    """Every setting, read only. The field `data_path` is the key `path` in the table `[data]`."""

    def __init__(self, settings: Iterable["Setting"]) -> None:
        self.__dict__.update({_name(setting.key): setting.value for setting in settings})

    site_name: str = _setting("The centre's name, as people say it.")
    home_path: str = _setting("Where home folders are; `{user}` stands for the user's name.")
    home_quota_gb: int = _setting("The quota of a home folder, in GB.")
    home_warn_percent: int = _setting("Commands warn when home's disk has less left than this leaves of the quota.")
    data_path: str = _setting("Where a project's data directory is; `{project}` stands for its short name.")
    data_patience_seconds: float = _setting("How long a file server may take to answer, in seconds.")
    scratch_path: str = _setting("Space for large temporary files, seen by all users and nodes.")
    scratch_node_path: str = _setting("Space for temporary files on one node, emptied after a job.")
    scratch_node_gb: int = _setting("How much fits there, in GB.")
    uploads_url: str = _setting("Where people upload files with a browser.")
    uploads_limit_gb: int = _setting("The largest file that may be uploaded with a browser, in GB.")
    uploads_sftp_host: str = _setting("The host that takes larger files by SFTP.")
    where_small_table_rows: int = _setting("Up to how many rows a table is small data, which may be kept in git.")
    where_large_mb: int = _setting("From how many MB on other files are large: they belong in a data directory.")
    where_database_rows: int = _setting("From how many rows on a table is for a database.")
    where_most_files: int = _setting("How many files of a folder `sesync where` looks at.")
    python_default: str = _setting("The Python version of new kernels and installs.")
    python_system: str = _setting("The version of the system's own `python3`.")
    python_places: tuple[str, ...] = _setting("Folders that hold Pythons beside those on PATH; `*` is allowed.")
    kernels_server_folders: tuple[str, ...] = _setting("Where the server's own kernels are; sesync never touches them.")
    kernels_start_seconds: float = _setting("How long a new kernel may take to answer for the first time, in seconds.")
    modules_init: tuple[str, ...] = _setting("Scripts for bash that may define the command `module`; the first counts.")
    gitlab_url: str = _setting("The GitLab's web address.")
    gitlab_ssh: str = _setting("A repository's address over SSH; `{repo}` stands for GROUP/NAME.")
    gitlab_https: str = _setting("A repository's address over HTTPS; `{repo}` stands for GROUP/NAME.")
    gitlab_prefer: str = _setting("`ssh` or `https`: what `sesync clone` uses when nothing is said.")
    gitlab_default_branch: str = _setting("The default branch of older repositories.")
    gitlab_large_gb: int = _setting("From which size of a repository on, in GB, a lean clone is offered.")
    gitlab_host_keys: tuple[str, ...] = _setting("The server's public SSH keys, each as in `ssh-ed25519 AAAA...`.")
    database_host: str = _setting("A database server's name; `{host}` stands for its short name.")
    database_kinds: tuple[str, ...] = _setting("Which databases there are.")
    database_service_file: str = _setting("The file in a data directory that says how to reach its database.")
    cluster_scheduler: str = _setting("The cluster's scheduler.")
    cluster_nodes: int = _setting("How many nodes the cluster has.")
    cluster_cores_per_node: int = _setting("Cores of one node.")
    cluster_memory_gb_per_node: int = _setting("Memory of one node, in GB.")
    cluster_array_at_once: int = _setting("How many tasks of an array good manners allow at once.")
    cluster_output: str = _setting("The file of a job's output; `{job}` stands for its number.")
    accounts_password_url: str = _setting("Where people reset their password.")
    accounts_gateway: str = _setting("The SSH gateway.")
    accounts_failed_logins: int = _setting("After how many failed logins the gateway blocks an address.")
    accounts_blocked_days: int = _setting("For how many days it does so.")
    jupyter_url: str = _setting("The JupyterHub's web address.")
    support_email: str = _setting("Whom to ask for help.")
    support_url: str = _setting("The documentation.")
    support_mailer: str = _setting("The program that `sesync report --send` gives a mail to; empty if none.")

    def data_directory(self, project: str) -> Path:
        """A project's data directory, `/nfs/cooltrees-data` for `cooltrees`."""
        return Path(self.data_path.format(project=project))

    @property
    def data_root(self) -> Path:
        """The folder that holds all data directories."""
        return Path(self.data_path).parent

    def project(self, name: str) -> str:
        """A project's short name, whether it was said so or as its data directory is called."""
        before, _, after = Path(self.data_path).name.partition("{project}")
        if len(name) > len(before + after) and name.startswith(before) and name.endswith(after):
            return name[len(before) : len(name) - len(after)]
        return name


@dataclass(frozen=True)
class Setting:
    """One setting as it is in force: its key in the file (`data.path`), its value, and the file that says so."""

    key: str
    value: Any
    source: str

    @property
    def help(self) -> str:
        """What it is, in a sentence."""
        return str(next(field.metadata["help"] for field in fields(Site) if field.name == _name(self.key)))


@dataclass(frozen=True)
class LoadedSite:
    """A site with the origin of each of its settings."""

    site: Site
    settings: tuple[Setting, ...]


def load_site(env: Mapping[str, str]) -> LoadedSite:
    """The site in force: the built-in one, changed by `$SESYNC_SITE` or else by the system's site file."""
    return merge(site_file(env))


def site_file(env: Mapping[str, str]) -> Path | None:
    """The site file in force; None where the built-in site serves alone."""
    if named := env.get("SESYNC_SITE"):
        return Path(named)
    return SYSTEM if SYSTEM.exists() else None


def merge(path: Path | None) -> LoadedSite:
    """The built-in site with what this file changes."""
    values = dict(_flat(_read(BUILT_IN)))
    changed = dict(_flat(_read(path))) if path else {}
    for key, value in changed.items():
        _check(key, value, values, path)
    settings = tuple(
        Setting(key, _frozen(changed.get(key, value)), str(path) if key in changed else "built in")
        for key, value in values.items()
    )
    return LoadedSite(Site(settings), settings)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise NotReady(f"the site file {path} cannot be read: {os.strerror(error.errno or 0)}") from None
    except UnicodeDecodeError:
        raise NotReady(f"the site file {path} is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise NotReady(f"the site file {path} is not TOML: {error}", hint="docs/site.md shows a whole one.") from None


def _flat(tables: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for table, keys in tables.items():
        if not isinstance(keys, dict):
            yield table, keys
            continue
        for key, value in keys.items():
            yield f"{table}.{key}", value


def _check(key: str, value: Any, built_in: Mapping[str, Any], path: Path | None) -> None:
    if key not in built_in:
        by_last_word = {known.rpartition(".")[2]: known for known in built_in}
        meant = near(key, built_in) or [by_last_word[word] for word in near(key.rpartition(".")[2], by_last_word)]
        hint = f"Did you mean {meant[0]}?" if meant else "'sesync site show' lists the settings."
        raise NotReady(f"the site file {path} has an unknown setting: {key}", hint=hint)
    expected = built_in[key]
    if _kind(value) != _kind(expected) and not (key.endswith("_seconds") and _kind(value) == "a number with a point"):
        raise NotReady(f"the site file {path} gives {key} {_kind(value)}; it must be {_kind(expected)}")
    if isinstance(value, str) and _places(value) != _places(expected):
        wanted = " and ".join(f"{{{place}}}" for place in sorted(_places(expected))) or "no {...}"
        raise NotReady(f"the site file {path}: {key} must contain {wanted}, and is {value!r}")
    if key in _RULES and not _RULES[key][0](value):
        raise NotReady(f"the site file {path}: {key} must be {_RULES[key][1]}, and is {value!r}")


_RULES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "data.path": (
        lambda path: path.startswith("/") and path.count("{project}") == 1 and "{project}" in Path(path).name,
        "an absolute path with {project} once, in its last part",
    ),
    "data.patience_seconds": (lambda seconds: 0 < seconds < 3600, "above 0 and below 3600"),
    "kernels.start_seconds": (lambda seconds: 0 < seconds < 3600, "above 0 and below 3600"),
    "python.default": (lambda version: bool(re.fullmatch(r"3\.\d+", version)), "a version such as 3.8"),
    "gitlab.prefer": (lambda way: way in ("ssh", "https"), "'ssh' or 'https'"),
}


def _kind(value: Any) -> str:
    if isinstance(value, list):
        return "a list of texts" if all(isinstance(one, str) for one in value) else "a list of other things"
    kinds = {str: "a text", bool: "true or false", int: "a whole number", float: "a number with a point"}
    return kinds.get(type(value), f"a {type(value).__name__}")


def _places(template: str) -> set[str]:
    return set(re.findall(r"\{([^{}]*)\}|[{}]", template))


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _name(key: str) -> str:
    return key.replace(".", "_")

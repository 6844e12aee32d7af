"""What a centre decides for everybody: settings, never changed. A setting that a centre does not name is off."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sesync_cli.errors import NotReady

SYSTEM = Path("/etc/sesync/site.toml")
BUILT_IN, DEFAULT, OFF = "built in", "default", "off"
"""Where a setting comes from, if no file says so: from the built-in site; it is true anywhere; from nowhere."""

PARTS: Mapping[str, tuple[str, str]] = {
    "home": ("quota of homes", "home.quota_gb"),
    "data": ("data directories", "data.path"),
    "scratch": ("scratch", "scratch.path"),
    "uploads": ("page for uploads", "uploads.url"),
    "gitlab": ("GitLab", "gitlab.url"),
    "database": ("databases", "database.host"),
    "cluster": ("cluster", "cluster.scheduler"),
    "accounts": ("page for passwords", "accounts.password_url"),
    "jupyter": ("JupyterHub", "jupyter.url"),
    "support": ("address of support", "support.email"),
}
"""What a site may have none of, by its table: how people call it, and the setting that names it first of all."""


_ALONE = {"support.url": ("documentation", "support.url")}
"""The same of settings that are for something else than the rest of their table."""


def _setting(words: str, otherwise: str = "") -> Any:
    """A setting in a sentence, and in words what holds where a site does not name it but it can be found out."""
    return field(metadata={"help": words, "otherwise": otherwise})


@dataclass(init=False, eq=False, repr=False)  # the methods of so many fields would cost milliseconds at every start
class Site:
    """Every setting, read only. The field `data_path` is the key `path` in the table `[data]`.

    A setting that is off is not there: to read it is the error that says so, and `has` asks beforehand.
    """

    def __init__(self, settings: Iterable["Setting"], file: Path | None = None) -> None:
        self.__dict__.update({_name(one.name): one.value for one in settings if one.value is not None})
        self._file = file or SYSTEM

    site_name: str = _setting("The centre's name, as people say it.", "this machine's name")
    home_path: str = _setting(
        "Where home folders are; `{user}` stands for the user's name.", "the folder that one's own home is in"
    )
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
    where_large_folder_mb: int = _setting("From how many MB on smaller files are large together, in one folder.")
    where_database_rows: int = _setting("From how many rows on a table is for a database.")
    where_most_files: int = _setting("How many files of a folder `sesync where` looks at.")
    python_default: str = _setting("The Python version of new kernels and installs.", "the newest that starts")
    python_system: str = _setting("The version of the system's own `python3`.")
    python_places: tuple[str, ...] = _setting("Folders that hold Pythons beside those on PATH; `*` is allowed.")
    python_advice_seconds: float = _setting("How long it is tried what would mend a failed install, in seconds.")
    kernels_server_folders: tuple[str, ...] = _setting("Where the server's own kernels are; sesync never touches them.")
    kernels_start_seconds: float = _setting("How long a new kernel may take to answer for the first time, in seconds.")
    modules_init: tuple[str, ...] = _setting("Scripts for bash that may define the command `module`; the first counts.")
    gitlab_url: str = _setting("The GitLab's web address.")
    gitlab_ssh: str = _setting("A repository's address over SSH; `{repo}` stands for GROUP/NAME.", "from `url`")
    gitlab_https: str = _setting("A repository's address over HTTPS; `{repo}` stands for GROUP/NAME.", "from `url`")
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
    support_search_url: str = _setting("The page that finds words in it; `{words}` stands for those.")
    support_mailer: str = _setting("The program that `sesync report --send` gives a mail to; empty if none.")

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            # asked only for what the instance does not have; a misspelt name is none of a setting
            if name not in type(self).__annotations__:
                raise AttributeError(name)
            raise self.off(name)

    def has(self, *names: str) -> bool:
        """Whether these settings are named, each as the field that it is: `gitlab_url`."""
        return all(name in self.__dict__ for name in names)

    def off(self, name: str, instead: str = "") -> NotReady:
        """The error for a setting that is off; `instead` is a sentence that says what can be done without it."""
        key = _key(name)
        words, first = _ALONE.get(key) or PARTS.get(key.partition(".")[0], ("", key))
        is_all_off = words and not self.has(_name(first))
        message = f"this site names no {words if is_all_off else key}"
        wish = f"Ask {self.support} to set {first if is_all_off else key} in {self._file}."
        return NotReady(message, hint=f"{instead} {wish}".strip())

    @property
    def support(self) -> str:
        """Whom to ask, as it stands in the middle of a sentence: the address, or just support."""
        return self.support_email if self.has("support_email") else "support"

    @property
    def home_quota(self) -> int | None:
        """The bytes that a home may have; None where the site names no quota."""
        return self.home_quota_gb * 1_000_000_000 if self.has("home_quota_gb") else None

    def data_directory(self, project: str) -> Path:
        """A project's data directory, `/nfs/cooltrees-data` for `cooltrees`."""
        return Path(self.data_path.format(project=project))

    @property
    def data_root(self) -> Path:
        """The folder that holds all data directories."""
        return Path(self.data_path).parent

    def project(self, name: str) -> str:
        """A project's short name, whether it was said so or as its data directory is called."""
        if not self.has("data_path"):
            return name
        before, _, after = Path(self.data_path).name.partition("{project}")
        if len(name) > len(before + after) and name.startswith(before) and name.endswith(after):
            return name[len(before) : len(name) - len(after)]
        return name


@dataclass(frozen=True)
class Setting:
    """One setting as it is in force: its name (`data.path`), its value (None if it is off), and where it comes from.

    That is the file, `BUILT_IN`, `DEFAULT` or `OFF`, or the other setting that it follows from.
    """

    name: str
    value: Any
    source: str

    @property
    def help(self) -> str:
        """What it is, in a sentence."""
        return _words(self.name, "help")

    @property
    def otherwise(self) -> str:
        """What holds where it is not named, in words, if that can be found out."""
        return _words(self.name, "otherwise")


@dataclass(frozen=True)
class LoadedSite:
    """A site with the origin of each of its settings, and whether it stands for itself or changes the built-in one."""

    site: Site
    settings: tuple[Setting, ...]
    stands: bool


def kinds() -> Iterator[tuple[str, Any, str]]:
    """The key of each setting, the type of its value, and its sentence."""
    return ((_key(one.name), one.type, one.metadata["help"]) for one in fields(Site))


def _words(key: str, what: str) -> str:
    return str(next(one.metadata[what] for one in fields(Site) if one.name == _name(key)))


def _name(key: str) -> str:
    return key.replace(".", "_")


def _key(name: str) -> str:
    return name.replace("_", ".", 1)

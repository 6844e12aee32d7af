"""What people are told of packages: what is true now, what it puts at risk, and what does not work."""

from collections.abc import Iterable, Mapping

from sesync_cli.install.request import InstallRequest
from sesync_cli.install.usersite import UserSite
from sesync_cli.kernel.in_jupyterlab import RESTART
from sesync_cli.names import joined
from sesync_cli.plan import by_hand
from sesync_cli.python.distributions import Package, known_versions


def story(
    request: InstallRequest, new: list[Package], again: list[Package], visible: Mapping[str, Package], where: str
) -> str:
    """What is true now that the installer has ended well: what is new, and what was installed again."""
    wanted = [package for package in new if package.name in request.names]
    others = len(new) - len(wanted)
    if not new and again:
        return f"Installed {joined(map(str, again))} again {where}. {RESTART}"
    if not new:
        there = [visible[name] for name in request.names if name in visible]
        what = joined(map(str, there)) if there and not request.requirements else wanted_in(request)
        return f"{what} {'is' if len(there) == 1 else 'are'} there already {where}."
    if not wanted:
        what = joined(map(str, new)) if others <= 5 else f"{others} packages"
    else:
        what = joined(map(str, wanted)) + (f" and {others} more" if others else "")
    more = f", and {joined(map(str, again))} again," if again else ""
    return f"Installed {what}{more} {where}. {RESTART}"


def import_warnings(failed: Mapping[Package, str], *where: str) -> tuple[str, ...]:
    """A warning for each package that cannot be imported, with the reason; `where` says it to `sesync uninstall`."""
    return tuple(
        f"{package.name} is installed, but cannot be imported: {said}. "
        f"'{by_hand('sesync', 'uninstall', *where, package.name)}' takes it away"
        for package, said in failed.items()
    )


def jupyter_question(names: Iterable[str]) -> str:
    """What to ask before these are installed, on which Jupyter runs; empty without any."""
    found = list(names)
    if not found:
        return ""
    return f"Jupyter itself runs on {joined(found)}, and your notebooks may stop working. Install all the same?"


def risks(names: Iterable[str], own: UserSite) -> tuple[str, ...]:
    """What may come of these, on which Jupyter runs, among one's own packages."""
    found = list(dict.fromkeys(names))
    if not found:
        return ()
    undo = f"'sesync uninstall --python {own.minor} {' '.join(found)}'"
    takes = "takes" if len(found) == 1 else "take"
    return (
        f"Jupyter itself runs on {joined(found)}: what is installed here {takes} the place of the server's own. "
        f"If notebooks stop working, {undo} mends it",
    )


def wanted_in(request: InstallRequest) -> str:
    """What is asked for, for a sentence."""
    return joined(
        [*request.packages, *request.editable, *(f"what {file.name} asks for" for file in request.requirements)]
    )


def package_facts(packages: Iterable[Package]) -> dict[str, str | None]:
    """Packages, for JSON."""
    return known_versions({package.name: package.version for package in packages})

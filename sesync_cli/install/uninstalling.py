"""What an uninstall is told as: what goes, what goes along with it, and who else needs it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sesync_cli.install.neighbours import Unmet, needing, needs_of, unmet
from sesync_cli.install.request import UninstallRequest
from sesync_cli.kernel.in_jupyterlab import RESTART
from sesync_cli.names import joined
from sesync_cli.plan import Plan, asking, by_hand
from sesync_cli.python.distributions import Package, source_of


@dataclass(frozen=True)
class Departure:
    """Packages that go, and `more` along with them, from this place; all that is seen there before and after it.

    `place` says it to `sesync install`, and `python` is the version of the Python (3.8.18).
    """

    gone: Sequence[Package]
    more: Sequence[Package]
    where: str
    place: tuple[str, ...]
    python: str
    before: Mapping[str, Package]
    after: Mapping[str, Package]

    @property
    def missed(self) -> set[Unmet]:
        """What goes and is needed by packages that stay."""
        return self._unmet(self.after) - self._unmet(self.before)

    def _unmet(self, seen: Mapping[str, Package]) -> set[Unmet]:
        return unmet(needs_of(seen), {name: one.version for name, one in seen.items()}, self.python)


def uninstalling(request: UninstallRequest, leaving: Departure, plan: Plan) -> Plan:
    """This plan, with what is asked, said and warned of; without any steps where there is nothing to uninstall."""
    gone, more, where = leaving.gone, leaving.more, leaving.where
    absent = [name for name in request.names if name not in {one.name for one in gone}]
    missing = f"{joined(absent or [''])} {'is' if len(absent) == 1 else 'are'} not installed in {where}"
    if not gone:
        return replace(plan, steps=(), done=f"{missing}.")
    done = f"Uninstalled {joined(map(str, [*gone, *more]))} from {where}. {RESTART}"
    warnings: tuple[str, ...] = (missing,) if absent else ()
    it = _it(gone)
    along = f", and with {it} {joined(map(str, more))}, which nothing else needs" if more else ""
    ask = f"Uninstall {joined(map(str, gone))} from {where}{along}?"
    if missed := leaving.missed:
        needed = f"{needing(missed)}, and will not work without {_it({one.needs for one in missed})}"
        again = by_hand("sesync", "install", *leaving.place, *(str(source_of(one) or one.name) for one in gone))
        warnings += (f"{needed}: '{again}' brings {it} back",)
        ask = f"{needed}. {ask}"
    return replace(plan, done=done, questions=asking(ask), warnings=warnings)


def _it(what: Collection[object]) -> str:
    return "it" if len(what) == 1 else "them"

"""What is promised of each put, held against what is seen before and after it."""

import hashlib
import json
import os
import stat
import struct
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hypothesis import note

from tests.conftest import Ended
from tests.put.random_trees import GROUP, MASK, SECRETS, SUMS, Thing, made
from tests.put.seen import ENTER, READ, WRITE, Fact, below, leads_to, seen
from tests.put.trees_ground import Ground, Wanted

TOLD = (0, 1, 2)  # the exit codes of what is done, of what is refused, and of a question that nobody can be asked
_PAGES = 16 * 512  # bytes of room that a file system may take more
_PATH_MAX = 4096
_SECRET = {hashlib.sha1(text.encode()).digest() for text in SECRETS.values()}


class Story:
    """A tree is made, and put as it is wanted."""

    def __init__(self, ground: Ground, wanted: Wanted) -> None:
        self.ground, self.wanted = ground, wanted
        self.home, self.data = ground.home, ground.data
        self.place = self.data / wanted.folder
        self.tree = self.home / "raw"

    def happens(self, things: Sequence[Thing]) -> None:
        ground, wanted = self.ground, self.wanted
        ground.begin()
        made(self.tree, things, self.home / "beside", ground.owner)
        sources = self._sources()
        self.name = wanted.name if not wanted.picks and _is_name(wanted.name) else ""
        if wanted.before is not None:
            made(self.place / (self.name or "raw"), wanted.before, self.home / "beside", ground.owner)
            self._own_above()
        self.was = self._look()
        options = [*wanted.options, *([f"--as={self.name}"] if self.name else [])]
        target = f"cooltrees:{wanted.folder}" if wanted.folder else "cooltrees"
        words = ["put", *options, *(f"raw/{name}" if name else "raw" for name in sources), target]
        note(f"{words}\n{ground.number} {ground.groups} umask {wanted.umask:o}")
        plan = self._run(*words, "-n", "--json")
        assert self._look() == self.was, "a dry run changes nothing"
        done = self._run(*words, *(["--json"] if wanted.json else []))
        self.now = self._look()
        Judgement(self, sources, plan, done).holds()
        if wanted.again and done.code == 0:
            self._again(words)

    def _look(self) -> dict[str, Fact]:
        """All that is theirs, but for what the program itself remembers in their home."""
        facts = seen(self.ground.top)
        return {
            path: fact for path, fact in facts.items() if path.startswith(("home/", "nfs")) and path[:6] != "home/."
        }

    def _run(self, *words: str) -> Ended:
        done = self.ground.sesync(*words, umask=self.wanted.umask)
        note(f"{words}\n{done.code}\n{done.out}\n{done.err}")
        assert done.code in TOLD and "Traceback" not in done.err
        return done

    def _sources(self) -> list[str]:
        """The names in the tree that are put, or '' for all of it as one."""
        names = sorted(one.name for one in os.scandir(self.tree) if not one.is_symlink())
        picked = {names[number % len(names)] for number in self.wanted.picks} if names else ()
        return sorted(picked) or [""]

    def _own_above(self) -> None:
        """What is above a tree that is there before is as somebody of the group has made it."""
        for path in (self.place, *self.place.parents):
            if path == self.data:
                return
            if os.getuid() == 0:
                os.chown(path, self.ground.number, self.ground.project if self.ground.shares else -1)
            path.chmod(0o2775)

    def _again(self, words: Sequence[str]) -> None:
        """Then all is there already, and nothing changes."""
        done = self._run(*words)
        now = self._look()
        assert done.code == 0
        if "--manifest" in words:
            assert _still(now) == _still(self.now)
        else:
            assert now == self.now
            assert "already" in done.out or "is there" in done.out


class Judgement:
    """Holds what is there after a run against what was there before it, and what was said."""

    def __init__(self, story: Story, sources: Sequence[str], plan: Ended, done: Ended) -> None:
        self.ground, self.wanted, self.done = story.ground, story.wanted, done
        self.was, self.now = story.was, story.now
        self.said: dict[str, Any] = json.loads(plan.out)
        self.result: dict[str, Any] = self.said.get("result", {})
        self.warnings = "\n".join(self.said.get("warnings", []))
        self.tree, self.place = story.tree, story.place
        self.target = self._rel(story.place)
        self.named = {self._source(name): f"{self.target}/{name or story.name or 'raw'}" for name in sources}
        self.pairs = self.named | dict(self._along())
        self.old = {path: fact for path, fact in self.was.items() if path.startswith("nfs")}

    def _rel(self, path: str | Path) -> str:
        return os.path.relpath(path, self.ground.top)

    def _source(self, name: str) -> str:
        return f"home/raw/{name}" if name else "home/raw"

    def _along(self) -> Iterator[tuple[str, str]]:
        """What goes along with what was named, which is said."""
        for path in self.result.get("paths", ()):
            final = self._rel(path)
            if final not in self.named.values():
                name = os.path.basename(final)
                assert "along" in self.warnings
                yield self._source(name), final

    def holds(self) -> None:
        assert not [path for path in self.now.keys() - self.was.keys() if "/.sesync-partial" in path], "leftovers"
        reasons = list(self._reasons())
        note(f"{reasons=}")
        assert reasons or not self.done.code, "refused without a reason"
        self._need_untouched()
        expected = dict(self._expected())
        for path, (source, fact) in expected.items():
            if path in self.now and self.now[path] != self.old.get(path):
                self._need_equal(path, source, fact)
            elif path not in self.now:
                assert self.done.code, f"{path!r} is missing"
            else:
                self._need_same(path, fact)
        if self.done.code and reasons == ["unreadable"] and not self.wanted.moves:
            missing = self._missing(expected)
            assert not missing, "what can be read is put"
        self._need_twins(expected)
        if not self.done.code:
            self._need_said(expected)
            self._need_links()
            self._need_sums(expected)
        self._need_moved() if self.wanted.moves else None

    def _missing(self, expected: Mapping[str, tuple[str, Fact]]) -> list[str]:
        """What is not there, but for folders in which nothing could be."""
        missing = [path for path in expected if path not in self.now]
        return [
            path for path in missing if not expected[path][1].is_folder or len(below(self.was, expected[path][0])) < 2
        ]

    def _reasons(self) -> Iterator[str]:
        """Why a put may be refused."""
        trees = {source: below(self.was, source) for source in self.pairs}
        facts = [(f"{source}/{rel}".rstrip("/"), fact) for source, tree in trees.items() for rel, fact in tree.items()]
        if any(self._hidden(fact) for _, fact in facts):
            yield "unreadable"
        if self.wanted.before is not None:
            yield "something is there before"
        if any(_is_unfinished(path) for path, _ in facts):
            yield "unfinished"
        if any(self.was[one].is_odd or self.was[one].digest in _SECRET for one in self.pairs):
            yield "a source that is none"
        if self.wanted.moves and any(fact.is_odd or fact.digest in _SECRET for _, fact in facts):
            yield "not whole"
        if any(os.path.basename(final).upper() == SUMS or _is_unfinished(final) for final in self.pairs.values()):
            yield "a name of our own"
        if max(len(os.fsencode(str(self.ground.top / path))) for path, _ in facts) > _PATH_MAX - 200:
            yield "too long"

    def _hidden(self, fact: Fact) -> bool:
        """Whether its owner may not read it, or look into it."""
        need = READ | (ENTER if fact.is_folder else 0)
        return not self.ground.is_root and (fact.is_file or fact.is_folder) and fact.gives(2) & need != need

    def _expected(self) -> Iterator[tuple[str, tuple[str, Fact]]]:
        """What is to be there: by its path the source's path, and what was seen of that."""
        for source, final in self.pairs.items():
            for rel, fact in below(self.was, source).items():
                path = f"{source}/{rel}" if rel else source
                if not self._is_left(path, source):
                    yield (f"{final}/{rel}" if rel else final), (path, fact)

    def _is_left(self, path: str, source: str) -> bool:
        fact, full = self.was[path], str(self.ground.top / path)
        folders = [*_above(path, source)]
        if any(self._hidden(self.was[one]) or _is_unfinished(one) for one in folders):
            return True
        if fact.is_odd or _is_unfinished(path):
            assert self.done.code or any(text.startswith(f"{full} is") for text in self.result["skipped"])
            return True
        if full in self.result.get("secrets", ()):
            assert fact.digest in _SECRET
            return True
        return self._hidden(fact) and fact.is_file

    def _need_untouched(self) -> None:
        """Nothing changes that is neither put there nor moved from here."""
        known = {final: below(self.was, source) for source, final in self.pairs.items()}
        places = {f"{final}/{rel}" if rel else final for final, tree in known.items() for rel in tree}
        made_too = {self._rel(path) for path in (self.place, *self.place.parents)} | {f"{self.target}/{SUMS}"}
        for path in {*self.was, *self.now} - places - made_too:
            was, now = self.was.get(path), self.now.get(path)
            if any(path == source or path.startswith(f"{source}/") for source in self.pairs) and self.wanted.moves:
                continue
            assert was and now and was.still == now.still, f"{path!r} has changed"

    def _need_same(self, path: str, fact: Fact) -> None:
        """What was there before and stays is the same file, or it is a refusal."""
        old = self.old[path]
        if not self.done.code:
            assert old.kind == fact.kind
            assert (old.digest, old.text) == (fact.digest, fact.text)

    def _need_equal(self, path: str, source: str, fact: Fact) -> None:
        now, old = self.now[path], self.old.get(path)
        assert (now.kind, now.length, now.digest, now.text) == (fact.kind, fact.length, fact.digest, fact.text), path
        if old and fact.is_folder:
            return
        assert now.owner == self.ground.number
        assert now.time == fact.time or (fact.is_folder and self.done.code), f"time of {path!r}"
        assert now.own == fact.own or self._hidden(fact), f"attributes of {path!r}"
        assert now.room <= fact.room + _PAGES or fact.is_folder, f"holes of {path!r}"
        inodes = [one.inode for one in self.was.values()]
        # a file with several names has the rights of the folder of one of them
        if not fact.is_link and not self._has_old_above(path) and (fact.is_folder or inodes.count(fact.inode) == 1):
            self._need_rights(path, fact, now)

    def _has_old_above(self, path: str) -> bool:
        """Whether it has come into a folder of a tree that was there before, which may give other rights."""
        data = self._rel(self.ground.data)
        return any(one in self.old for one in _above(path, data) if one != data)

    def _need_rights(self, path: str, fact: Fact, now: Fact) -> None:
        """The folder's group has the rights that it has to the folder, and nobody else gets any more."""
        above = self.now[os.path.dirname(path)]
        rights = self._rights(os.path.dirname(path)) if self.ground.shares else 0
        assert not self.ground.shares or now.group == above.group
        owner, own = fact.gives(2), _group_rights(fact) if fact.group == now.group else fact.gives(0)
        assert (now.gives(2), now.gives(0)) == (owner, fact.gives(0)), f"rights of {path!r}"
        given = rights if owner & WRITE else rights & ~WRITE
        if fact.is_folder:
            assert now.gives(1) == own | given, f"group's rights to {path!r}: {now.mode:o}"
            assert now.mode & 0o5000 == 0 and now.mode & stat.S_ISGID >= above.mode & stat.S_ISGID
            return
        group = own | given & (READ | WRITE)
        group |= ENTER if owner & ENTER and group & READ else 0
        assert now.gives(1) == group, f"group's rights to {path!r}: {now.mode:o}"
        assert now.mode & 0o7000 == 0

    def _rights(self, folder: str) -> int:
        """What a folder gives its group: a new one no more than the one that it is in."""
        rights = self.now[folder].gives(1)
        return rights if folder in self.old else rights & self._rights(os.path.dirname(folder))

    def _need_twins(self, expected: Mapping[str, tuple[str, Fact]]) -> None:
        """Names of one file are names of one file there."""
        new = {path: fact for path, (_, fact) in expected.items() if fact.is_file and path in self.now}
        new = {path: fact for path, fact in new.items() if path not in self.old}
        if self.wanted.before is None:
            there: dict[int, set[int]] = {}
            for path, fact in new.items():
                there.setdefault(fact.inode, set()).add(self.now[path].inode)
            assert all(len(inodes) == 1 for inodes in there.values()), "one file has become several"
            assert len({*there}) == len(set().union(*there.values())), "several files have become one"

    def _need_said(self, expected: Mapping[str, tuple[str, Fact]]) -> None:
        """What does not go along as it was, is said before."""
        lists = {str(self.ground.top / source) for path, (source, fact) in expected.items() if fact.listed}
        if self.wanted.before is None:
            assert {*self.result["access_lists"]} == lists
            assert bool(lists) == ("access lists" in self.warnings)
        assert self.wanted.json or all(line.split(":")[0] in self.done.err for line in self.said["warnings"])

    def _need_links(self) -> None:
        """A link leads to the same thing there, or it is named."""
        if self.result["astray"] or self.wanted.moves or self.wanted.before is not None:
            return
        for source, final in self.pairs.items():
            for rel, fact in below(self.was, source).items():
                if fact.is_link and not self._is_left(f"{source}/{rel}", source):
                    ends = [leads_to(self.ground.top / top, rel) for top in (source, final)]
                    assert ends[0] is not None and ends[0] == ends[1], f"{rel!r} leads elsewhere: {ends}"

    def _need_sums(self, expected: Mapping[str, object]) -> None:
        if "--manifest" not in self.wanted.options:
            return
        files = [path for path in expected if self.now[path].is_file]
        checked = subprocess.run(["sha256sum", "-c", "--strict", SUMS], cwd=self.place, capture_output=True)
        assert not files or checked.returncode == 0, checked
        assert len(checked.stdout.splitlines()) >= len(files)

    def _need_moved(self) -> None:
        """Nothing is lost: what is not where it was is there, and a link is where it was."""
        digests = {fact.digest for path, fact in self.now.items() if path.startswith("nfs") and fact.is_file}
        for source, final in self.pairs.items():
            was, now = below(self.was, source), below(self.now, source)
            stays = {rel: fact.still for rel, fact in was.items()} == {rel: fact.still for rel, fact in now.items()}
            if stays:
                assert self.done.code or "stays as well" in self.warnings, f"{source!r} stays"
                continue
            assert {fact.digest for fact in was.values() if fact.is_file} <= digests, f"{source!r} is lost"
            if now:
                assert now[""].is_link and now[""].text == str(self.ground.top / final), f"{source!r} is half moved"
            else:
                sets = [name for names in self.result["together"] for name in names]
                assert "--no-link" in self.wanted.options or os.path.basename(source) in sets


def _still(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """What is seen of all but lists of checksums, which are written anew, and of what they are in."""
    return {path: fact.still for path, fact in facts.items() if not path.endswith(SUMS)}


def _is_unfinished(path: str) -> bool:
    return os.path.basename(path).startswith(".sesync-partial")


def _above(path: str, top: str) -> Iterator[str]:
    """The folders between this path and that one, and that one."""
    while path != top and path:
        path = os.path.dirname(path)
        yield path


def _group_rights(fact: Fact) -> int:
    """What the owning group may do: with a list of rights, the mode says what the most is that anybody on it may."""
    text = fact.attributes.get("system.posix_acl_access")
    if text is None:
        return fact.gives(1)
    kinds = {kind: rights for kind, rights, _ in struct.iter_unpack("<HHI", text[4:])}
    return kinds[GROUP] & kinds.get(MASK, 7)


def _is_name(name: str) -> bool:
    return bool(name) and len(os.fsencode(name)) <= 255

"""The rules of the house, checked."""

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatch
from importlib import import_module
from pathlib import Path
from typing import get_type_hints

import click
import pytest

import sesync_cli
from sesync_cli.app import sesync as root
from sesync_cli.caller import Caller
from sesync_cli.check import Check
from sesync_cli.commands import COMMANDS
from sesync_cli.lazy import walk
from sesync_cli.plan import Plan, Watch
from sesync_cli.prompter import Prompter
from sesync_cli.site.settings import Site, kinds

HOUSE = Path(sesync_cli.__file__).parent
PROJECT = HOUSE.parent
MODULES = sorted(path for path in HOUSE.rglob("*.py") if HOUSE / "tour/files" not in path.parents)
DOORS = {  # each library, and the only modules that may import it
    "click": ("app", "help", "lazy", "answer", "terminal", "*/cli", "*/options"),
    "rich": ("screen", "wrapping"),
    "subprocess": ("run",),
    "git": ("git/gitpython",),
    "virtualenv": ("kernel/environment",),
    "python_discovery": ("python/interpreters",),
    "uv": ("python/uv",),
    "jupyter_client": ("kernel/start_test",),
    "filelock": ("lock",),
    "humanize": ("view",),
    "packaging": (
        "python/distributions",
        "python/specifier",
        "diagnosis/versions",
        "install/inventory",
        "install/neighbours",
        "kernel/freeze",
        "kernel/pylock",
        "kernel/request",
        "requirements/line",
        "requirements/reading",
        "requirements/pipfile",
    ),
    "tomli_w": ("kernel/pylock", "python/uv_settings"),
    "pip_requirements_parser": ("requirements/listing",),
    "poetry": ("requirements/pyproject",),
    "IPython": ("requirements/imports",),
    "PIL": ("kernel/logo",),
    "xxhash": ("put/*", "where/duplicates"),
    "psutil": ("put/writers",),
    "gitlab": ("gitlab/api", "gitlab/tokens"),
    "requests": ("gitlab/api",),
    "yaml": ("gitlab/tokens", "requirements/environment_file"),
    "configupdater": ("gitlab/token_store",),
}
HEAVY = {"rich", "git", "virtualenv", "python_discovery", "jupyter_client", "uv", "filelock", "humanize", "packaging"}
HEAVY |= {"tomli_w", "pip_requirements_parser", "poetry", "IPython", "PIL", "xxhash"}
HEAVY |= {"gitlab", "requests", "yaml", "configupdater", "psutil"}
SLICES = sorted(path.parent.name for path in HOUSE.glob("*/cli.py"))
FLOORS = {"diagnosis", "files", "git", "gitlab", "python", "requirements", "secrets"}
EVERY = [(path, command) for path, command in walk(root)]


def name(path: Path) -> str:
    return str(path.relative_to(HOUSE).with_suffix(""))


def is_command_line(module: str) -> bool:
    """Whether this module says what can be typed."""
    return module.endswith(("/cli", "/options"))


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """The modules that a file imports, each with its column: 0 at the top level."""
    tree = ast.parse(path.read_text())
    only_types = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in only_types:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.col_offset) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.col_offset


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_each_library_has_one_door_and_it_opens_inside_a_function(path: Path) -> None:
    for module, column in imports(path):
        library = module.partition(".")[0]
        if library in DOORS:
            assert any(fnmatch(name(path), door) for door in DOORS[library]), f"{name(path)} may not import {library}"
        if library in HEAVY:
            assert column, f"{name(path)} imports {library} before it is needed"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_installed_packages_have_one_reader(path: Path) -> None:
    text, mine = path.read_text(), name(path)
    reads = {word for word in ("dist-info", "egg-info", "[-_.]+", "canonicalize_name") if word in text}
    reads -= {"dist-info"} if mine == "kernel/moved" else set()  # it has files follow, and reads no package
    assert not reads or mine == "python/distributions", f"{mine} reads installed packages itself: {reads}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_arrows_point_down(path: Path) -> None:
    mine = name(path)
    for module, _ in imports(path):
        if module.startswith("sesync_cli"):
            theirs = module.removeprefix("sesync_cli").lstrip(".").replace(".", "/")
            _, _, inner = theirs.partition("/")
            assert inner != "cli" or mine == "app", f"{mine} imports {theirs}"
            if theirs in ("app", "lazy", "answer", "screen", "session", "terminal"):
                assert is_command_line(mine) or "/" not in mine, f"{mine} knows {theirs}, which is above it"


def test_a_folder_is_a_noun_of_the_command_line_or_of_the_ground_floor() -> None:
    folders = {path.relative_to(HOUSE).parts[0] for path in MODULES if path.parent != HOUSE}
    assert folders == {*SLICES, *FLOORS}


@pytest.mark.parametrize("path", [one for one in MODULES if name(one).split("/")[0] in FLOORS], ids=name)
def test_the_ground_floor_knows_no_command(path: Path) -> None:
    tree = ast.parse(path.read_text())
    known = {module.split(".")[1] for module, _ in imports(path) if module.startswith("sesync_cli.")}
    whole = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "sesync_cli")
    known |= {alias.name for node in whole for alias in node.names}
    assert not known & {*SLICES} - {"site"}, f"{name(path)} imports {known}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_nobody_starts_git_but_its_door(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.List) and node.elts and ast.unparse(node.elts[0]) == "'git'":
            shown = [ast.unparse(one) for one in node.elts]
            is_one = name(path) == "git/client" or shown == ["'git'", "'--version'"]
            assert is_one, f"{name(path)} has a command line of git's: {shown}"


WRITING = {"add", "checkout", "commit", "commit-tree", "credential", "merge", "merge-tree", "read-tree", "reset", "rm"}
WRITING |= {"set-url", "stash", "switch", "update-index", "update-ref", "--global", "--filters"}


@pytest.mark.parametrize("path", [one for one in MODULES if name(one).split("/")[0] in ("git", *SLICES)], ids=name)
def test_what_has_git_write_ends_with_us(path: Path) -> None:
    for function in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)):
        lists = {
            ast.unparse(node.targets[0]): node.value for node in ast.walk(function) if isinstance(node, ast.Assign)
        }
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            if ast.unparse(call.func) in ("ask", "client.ask") and call.args:
                words = lists.get(ast.unparse(call.args[0]), call.args[0])
                said = {node.value for node in ast.walk(words) if isinstance(node, ast.Constant)}
                told = any(keyword.arg == "writes" for keyword in call.keywords)
                assert told or not said & WRITING, f"{name(path)}: {ast.unparse(call)}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_modules_are_small_and_say_what_they_are(path: Path) -> None:
    text = path.read_text()
    if text:
        assert ast.get_docstring(ast.parse(text)), f"{name(path)} has no sentence that says what it is"
    assert len(text.splitlines()) <= 250, f"{name(path)} is too long"


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                yield f"{name(path)}:{node.name}", node


def test_functions_are_small_enough_to_see() -> None:
    long = [where for where, node in functions() if (node.end_lineno or 0) - node.lineno + 1 > 40]
    assert not long, f"over 40 lines: {long}"


def test_no_two_classes_have_one_name() -> None:
    found = Counter(
        node.name.lstrip("_")
        for path in MODULES
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef)
    )
    assert [one for one, times in found.items() if times > 1] == []


def test_no_folder_or_module_says_nothing() -> None:
    empty = {"utils", "util", "common", "core", "base", "helpers", "helper", "manager", "misc"}
    assert not [path for path in HOUSE.rglob("*") if path.stem in empty]


def test_every_slice_is_a_command_and_every_command_is_in_the_table() -> None:
    assert sorted(set(target.split(".")[1] for target, _ in COMMANDS.values())) == SLICES


@pytest.mark.parametrize("command", COMMANDS)
def test_the_table_and_the_command_agree(command: str) -> None:
    stand_in = root.commands[command]
    loaded = stand_in.load()  # type: ignore[attr-defined]
    assert stand_in.get_short_help_str(100) == loaded.get_short_help_str(100)
    assert len(stand_in.get_short_help_str(100)) <= 45


@pytest.mark.parametrize("path,command", EVERY, ids=lambda value: " ".join(value) if isinstance(value, tuple) else "")
def test_every_command_explains_itself(path: tuple[str, ...], command: click.Command) -> None:
    assert command.help and command.get_short_help_str(100).endswith("."), path
    assert all(getattr(parameter, "help", None) for parameter in command.params if parameter.expose_value), path


@pytest.mark.parametrize("path,command", EVERY, ids=lambda value: " ".join(value) if isinstance(value, tuple) else "")
def test_the_same_option_is_the_same_everywhere(path: tuple[str, ...], command: click.Command) -> None:
    words = {option for parameter in command.params for option in parameter.opts}
    acts = "--dry-run" in words
    assert acts == ("--yes" in words), f"{path} has one of --dry-run and --yes"
    if not isinstance(command, click.Group) and path[-1] not in ("run", "completion", "help"):
        assert "--json" in words, f"{path} has no --json"


def test_help_loads_nothing_heavy_and_no_slice() -> None:
    code = (
        "import sys; from sesync_cli.app import sesync; sesync(['--help'], standalone_mode=False); print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not (HEAVY | {"subprocess", "sesync_cli.site.settings"}) & set(loaded)
    assert not [module for module in loaded if module.startswith("sesync_cli.") and module.endswith(".cli")]


def test_a_link_that_is_there_loads_nothing_heavy(nfs: Path, site, sesync, home: Path) -> None:
    sesync("link", "cooltrees")
    code = (
        "import sys; sys.argv[1:] = ['link', 'cooltrees']\nfrom sesync_cli.app import sesync\n"
        "sesync(standalone_mode=False); print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not (HEAVY | {"subprocess", "difflib", "json"}) & set(loaded)


def test_a_list_of_kernels_reads_no_packages(site, home: Path) -> None:
    code = (
        "import sys; sys.argv[1:] = ['kernel', 'list']\nfrom sesync_cli.app import sesync\n"
        "sesync(standalone_mode=False); print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "sesync_cli.kernel.discovery" in loaded and not {"packaging", "importlib.metadata"} & set(loaded)


def test_generated_pages_and_completions_are_fresh() -> None:
    checked = subprocess.run([sys.executable, PROJECT / "docs/generate.py", "--check"], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


def test_every_slice_has_tests() -> None:
    tests = "\n".join(str(path) for path in (PROJECT / "tests").rglob("test_*.py"))
    for slice_ in SLICES:
        assert f"tests/{slice_}/test_" in tests, f"{slice_} has no tests"


def test_the_readme_names_every_command() -> None:
    readme = (PROJECT / "README.md").read_text()
    assert not [name for name in COMMANDS if f"sesync {name}" not in readme]


def test_the_json_page_names_every_command_that_speaks_json() -> None:
    page = (PROJECT / "docs/json.md").read_text()
    missing = []
    for path, command in EVERY:
        words = {option for parameter in command.params for option in parameter.opts}
        if "--json" in words and f"`{' '.join(('sesync', *path))}`" not in page:
            missing.append(path)
    assert not missing


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_what_is_asked_of_a_site_are_settings_that_there_are(path: Path) -> None:
    known = {key.replace(".", "_") for key, _, _ in kinds()}
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("site.has", "site.off")):
            names = node.args if ast.unparse(node.func).endswith("has") else node.args[:1]
            said = {one.value for one in names if isinstance(one, ast.Constant)}
            assert len(said) == len(names) and said <= known, f"{name(path)}: {ast.unparse(node)}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_only_commands_know_the_session(path: Path) -> None:
    if "sesync_cli.session" in (module for module, _ in imports(path)):
        knows = is_command_line(name(path)) or name(path) in ("answer", "app", "help", "terminal")
        assert knows, f"{name(path)} wants a Caller, not the session"


def test_who_is_calling_is_one_value() -> None:
    both = {"env", "home"}
    records = [
        f"{name(path)}:{node.name}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and name(path) != "caller"
        if both <= {ast.unparse(one.target) for one in node.body if isinstance(one, ast.AnnAssign)}
    ]
    assert not records, f"these hold an env and a home, which a Caller has: {records}"
    takers = [
        where
        for where, node in functions()
        if both <= {one.arg for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
    ]
    assert not takers, f"these take an env and a home, which a Caller has: {takers}"


CHECKS = [path for path in MODULES if path.name == "checks.py"]


@pytest.mark.parametrize("path", CHECKS, ids=name)
def test_every_slice_is_asked_for_its_health_in_the_same_words(path: Path) -> None:
    checks = import_module("sesync_cli." + name(path).replace("/", ".")).checks
    asked = {"caller": Caller, "site": Site, "watch": Watch, "return": tuple[Check, ...]}
    assert get_type_hints(checks) == asked
    assert (PROJECT / "tests" / path.relative_to(HOUSE).with_name("test_checks.py")).is_file()


PLANS = [path for path in MODULES if path.name == "plans.py"]
COMMAND_LINES = [path for path in MODULES if is_command_line(name(path))]


@pytest.mark.parametrize("path", PLANS, ids=name)
def test_a_plan_is_made_from_a_request_in_the_same_words_everywhere(path: Path) -> None:
    module = import_module(f"sesync_cli.{name(path).replace('/', '.')}")
    own = (value for value in vars(module).values() if getattr(value, "__module__", "") == module.__name__)
    made = [one for one in own if callable(one) and one.__name__.startswith("plan_")]
    assert made, f"{name(path)} makes no plans"
    known = {"caller": Caller, "site": Site, "watch": Watch, "prompter": Prompter}
    for one in made:
        (what, shape), *others, (_, plan) = get_type_hints(one).items()
        assert (what, shape) == ("name", str) or (what, shape.__module__.split(".")[-1]) == ("request", "request"), one
        assert others[:2] == list(known.items())[:2] and others[2:] == [
            pair for pair in known.items() if pair in others[2:]
        ]
        assert plan is Plan, one


@pytest.mark.parametrize("path", COMMAND_LINES, ids=name)
def test_a_command_line_makes_no_plan_itself(path: Path) -> None:
    nodes = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom))
    taken = {alias.name for node in nodes if node.module == "sesync_cli.plan" for alias in node.names}
    assert taken <= {"Plan", "by_hand"}, f"{name(path)} does what belongs into plans.py"
    assert "sesync_cli.steps" not in {module for module, _ in imports(path)}
    calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
    assert "Plan" not in {ast.unparse(node.func) for node in calls}


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_nothing_prints_but_the_screen(path: Path) -> None:
    calls = [ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    said = {"print", "click.echo", "click.secho", "sys.stdout.write", "sys.stderr.write"} & set(calls)
    assert not said or name(path) == "screen"


def is_text(call: ast.Call) -> bool:
    """Whether this reads or writes a text, or starts a program whose words are one."""
    function = ast.unparse(call.func)
    if function.endswith((".read_text", ".write_text")):
        return True
    said = [one.value for one in (*call.args, *(word.value for word in call.keywords)) if isinstance(one, ast.Constant)]
    if function in ("subprocess.run", "subprocess.Popen"):
        return any(word.arg == "text" for word in call.keywords)
    opens = function.split(".")[-1] in ("open", "NamedTemporaryFile") and function not in (
        "os.open",
        "Image.open",
        "archive.open",
    )
    return opens and not any(isinstance(one, str) and "b" in one and len(one) <= 3 for one in said)


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_text_is_in_the_encoding_of_somebodys_locale(path: Path) -> None:
    for call in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
        told = any(word.arg == "encoding" for word in call.keywords)
        assert told or not is_text(call), f"{name(path)}: {ast.unparse(call)} names no encoding"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_nobody_forks_but_child(path: Path) -> None:
    calls = {ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)}
    assert not {"os.fork", "os.forkpty"} & calls or name(path) == "child"

"""sesync kernel remove: the kernel first, then its packages, and nothing else."""

import json
import os
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from tests.kernel import ground


def made(home: Path, name: str) -> Path:
    """A kernel as sesync makes them, but empty; its environment."""
    environment = ground.environments(home) / name
    (environment / "lib/python3.11/site-packages").mkdir(parents=True)
    (environment / "lib/python3.11/site-packages/ipykernel_launcher.py").write_text("")
    (environment / "bin").mkdir()
    (environment / "bin/python").symlink_to(sys.executable)
    recipe = {"python": "3.11.2", "packages": ["six"], "requirements": []}
    ours = {"version": "0.1.0", "environment": str(environment), "recipe": recipe}
    ground.spec(home, name, [f"{environment}/bin/python"], metadata={"sesync": ours})
    return environment


def test_a_kernel_goes_with_its_packages(sesync, home: Path):
    environment = made(home, "trees")
    dry = sesync("kernel", "remove", "Trees", "-n")
    assert (dry.code, dry.out) == (0, f"rm -rf {ground.specs(home)}/trees\nrm -rf {environment}\n")
    assert environment.exists()
    result = sesync("kernel", "remove", "Trees", "--yes", "--json")
    assert (result.code, result.json["result"]) == (0, {"name": "trees"})
    assert result.json["message"] == "Removed the kernel trees."
    assert ground.nothing(home)
    again = sesync("kernel", "remove", "trees", "--yes")
    assert (again.code, "Error: there is no kernel named trees" in again.err) == (1, True)


def test_without_a_terminal_it_must_be_told_yes(sesync, home: Path):
    environment = made(home, "trees")
    result = sesync("kernel", "remove", "trees")
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "Error: this needs an answer: Remove the kernel trees and all packages in it?\n"
        "Hint:  Add '--yes' to answer yes beforehand.\n"
    )
    assert environment.exists() and (ground.specs(home) / "trees/kernel.json").exists()


def test_no_on_a_terminal_changes_nothing(terminal, home: Path):
    environment = made(home, "trees")
    screen = terminal("kernel", "remove", "trees", columns=40)
    screen.wait_for("[y/N]")
    screen.type("n\r")
    assert screen.ended() == 1
    assert environment.exists() and (ground.specs(home) / "trees/kernel.json").exists()


def test_yes_on_a_terminal_removes_it(terminal, home: Path):
    made(home, "trees")
    screen = terminal("kernel", "remove", "trees")
    screen.wait_for("Remove the kernel trees and all packages in it? [y/N]")
    screen.type("y\r")
    assert (screen.ended(), "Removed the kernel trees." in screen.screen) == (0, True)
    assert ground.nothing(home)


def test_of_a_kernel_made_by_hand_only_the_spec_goes(sesync, home: Path, tmp_path: Path):
    (tmp_path / "venv/bin").mkdir(parents=True)
    (tmp_path / "venv/pyvenv.cfg").write_text("version = 3.11.2\n")
    ground.spec(home, "MyTrees", [f"{tmp_path}/venv/bin/python"])
    result = sesync("kernel", "remove", "mytrees", "--yes")
    assert (result.code, result.out) == (0, f"Removed the kernel MyTrees. Its environment stays: {tmp_path}/venv.\n")
    assert (tmp_path / "venv/pyvenv.cfg").exists() and not list(ground.specs(home).iterdir())


def test_of_a_spec_that_is_a_link_only_the_link_goes(sesync, home: Path, tmp_path: Path):
    theirs = ground.spec(tmp_path, "trees", ["/usr/bin/python3"])
    ground.specs(home).mkdir(parents=True)
    (ground.specs(home) / "trees").symlink_to(theirs)
    assert sesync("kernel", "remove", "trees", "--yes").code == 0
    assert (theirs / "kernel.json").exists() and not os.path.lexists(ground.specs(home) / "trees")


def test_a_copy_of_a_kernel_goes_without_the_packages_of_the_first(sesync, home: Path):
    environment = made(home, "trees")
    shutil.copytree(ground.specs(home) / "trees", ground.specs(home) / "variant")
    result = sesync("kernel", "remove", "variant", "--yes")
    assert (result.code, result.out) == (0, f"Removed the kernel variant. Its environment stays: {environment}.\n")
    assert [one["state"] for one in sesync("kernel", "list", "--json").json] == ["ok"]


def test_what_a_spec_calls_its_environment_is_no_reason_to_delete_it(sesync, home: Path):
    """A spec that was edited, or came from a colleague, names whatever it likes."""
    (home / "thesis").mkdir()
    (home / "thesis/chapter.md").write_text("years of work")
    recipe = {"python": "3.11.2", "packages": [], "requirements": []}
    for name, place in (("a", home / "thesis"), ("b", home), ("c", ground.environments(home) / ".."), ("d", "")):
        ours = {"version": "0.1.0", "environment": str(place), "recipe": recipe}
        ground.spec(home, name, ["/usr/bin/python3"], metadata={"sesync": ours})
        assert sesync("kernel", "remove", name, "--yes").code == 0
        assert (home / "thesis/chapter.md").exists()


def test_a_kernel_whose_environment_is_gone_goes_too(sesync, home: Path):
    shutil.rmtree(made(home, "trees"))
    assert sesync("kernel", "remove", "trees", "--yes").code == 0
    assert ground.nothing(home)


def test_an_environment_that_jupyter_does_not_offer_goes_too(sesync, home: Path):
    environment = made(home, "trees")
    shutil.rmtree(ground.specs(home) / "trees")
    result = sesync("kernel", "create", "trees", "six")
    assert (result.code, "is left from a kernel that Jupyter does not offer any more" in result.err) == (1, True)
    assert "'sesync kernel remove trees'" in result.err
    assert sesync("kernel", "remove", "trees", "--yes").code == 0
    assert not environment.exists()


def test_an_unreadable_kernel_goes_too(sesync, home: Path):
    (ground.spec(home, "trees", []) / "kernel.json").write_text("{")
    assert sesync("kernel", "remove", "trees", "--yes").code == 0
    assert ground.nothing(home)


def test_the_servers_kernels_stay(sesync, home: Path, tmp_path: Path, site):
    theirs = ground.spec(tmp_path / "server", "geo", ["/usr/bin/python3"])
    site(kernels={"server_folders": [str(theirs.parent)]})
    result = sesync("kernel", "remove", "geo", "--yes")
    assert (result.code, "Error: geo is a kernel of the server" in result.err) == (1, True)
    assert (theirs / "kernel.json").exists()


def test_an_unknown_name_gets_near_ones(sesync, home: Path):
    made(home, "cooltrees")
    result = sesync("kernel", "remove", "coltrees", "--yes")
    assert (result.code, result.out) == (1, "")
    assert result.err == (
        "Error: there is no kernel named coltrees\n"
        "Hint:  Did you mean cooltrees? 'sesync kernel list' shows your kernels.\n"
    )


@pytest.mark.parametrize("name", ["../trees", "-x", "[bold]", ""])
def test_a_name_that_no_kernel_has(sesync, home: Path, name: str):
    result = sesync("kernel", "remove", "--yes", "--", name)
    assert (result.code, f"there is no kernel named {shlex.quote(name)}" in result.err) == (1, True)


def test_packages_that_were_made_read_only_go_too(sesync, home: Path):
    environment = made(home, "trees")
    (environment / "lib/python3.11/site-packages").chmod(0o500)
    powers = "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"
    prefix = ("setpriv", *powers) if os.getuid() == 0 else ()
    assert sesync("kernel", "remove", "trees", "--yes", prefix=prefix).code == 0
    assert ground.nothing(home)


def test_json_errors(sesync, home: Path):
    result = sesync("kernel", "remove", "trees", "--yes", "--json")
    assert (result.code, list(json.loads(result.out)["error"])) == (
        1,
        ["kind", "message", "hint", "log", "remedies", "diagnosis", "problems", "left"],
    )

"""Setups that are broken for real: doctor finds exactly that, and --fix or the command that it names mends it."""

import json
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable

import pytest

from sesync_cli.leftovers import mark_unfinished
from tests.clone.conftest import commit, git
from tests.conftest import HANG, SESYNC, Ended
from tests.doctor.conftest import Well
from tests.kernel import ground
from tests.services.leaks import REVOKED
from tests.sync.conftest import write

FIX, TYPED, NAMED = "--fix", "typed", "named"
"""What mends it: doctor itself, the command that it names, or the person, whom the command shows what there is."""

CASES: dict[str, tuple[Callable[[Well], object], list[tuple[str, str]], str]] = {}


def case(*expected: tuple[str, str], mends: str) -> Callable[[Callable[[Well], object]], Callable[[Well], object]]:
    """A way to break it, what doctor finds then, and what mends it."""

    def keep(breaks: Callable[[Well], object]) -> Callable[[Well], object]:
        CASES[breaks.__name__] = breaks, list(expected), mends
        return breaks

    return keep


def editor(well: Well, change: str = "d") -> None:
    """The person's editor, with which they change the line that it is opened at: by this command of sed's."""
    well.write("editor", f'#!/bin/bash\nsed -i "${{1#+}}{change}" "$2"\n', 0o700)
    well.set("EDITOR", str(well.home / "editor"))


# ---- files


@case(("files", "open home"), mends=FIX)
def everybody_writes_in_home(well: Well) -> None:
    well.home.chmod(0o777)


@case(("files", "lost folder"), mends=TYPED)
def the_cache_was_moved_to_a_scratch_that_was_emptied(well: Well) -> None:
    (well.home / ".cache").rename(well.home / ".old") if (well.home / ".cache").exists() else None
    (well.home / ".cache").symlink_to(well.tmp / "scratch of mine/cache")


@case(("files", "lost folder"), mends=TYPED)
def a_folder_of_programs_is_a_link_to_itself(well: Well) -> None:
    (well.home / ".ipython").symlink_to(".ipython")


@case(("files", "no folder"), mends=TYPED)
def a_file_has_the_name_of_a_folder(well: Well) -> None:
    well.write(".jupyter", "notes\n")


@case(("files", "open secret"), mends=FIX)
def others_read_passwords(well: Well) -> None:
    well.write(".netrc", "machine git.example.org login me password open-sesame\n", 0o644)


# ---- shell


@case(("shell", "PYTHONPATH"), mends=FIX)
def a_pythonpath_hides_modules_of_python(well: Well) -> None:
    well.write("lib/random.py", "")
    well.write(".bashrc", '# mine\nexport EDITOR=nano\nexport PYTHONPATH="$HOME/lib"\nPYTHONPATH="$HOME/lib"\n')


@case(("shell", "PYTHONPATH"), mends=TYPED)
def a_pythonpath_is_set_with_other_variables(well: Well) -> None:
    well.write(".bashrc", 'export EDITOR=nano PYTHONPATH="$HOME/lib"\n')
    editor(well, "s/PYTHONPATH=.*/VISUAL=nano/")


@case(("shell", "PIP_USER"), mends=FIX)
def pip_is_told_to_install_for_the_user(well: Well) -> None:
    well.write(".bash_profile", "export PIP_USER=yes\n")


@case(("shell", "pip.conf"), mends=FIX)
def a_file_tells_pip_so(well: Well) -> None:
    well.write(".config/pip/pip.conf", "[list]\nuser = true\n[install]\nuser = true\nretries = 3\n")


@case(("shell", "PYTHONHOME"), mends=FIX)
def a_pythonhome_is_set(well: Well) -> None:
    well.write("dotfiles/profile", "PYTHONHOME=/opt/python\nexport PYTHONHOME\n")
    (well.home / ".profile").symlink_to("dotfiles/profile")


@case(("shell", "PATH"), mends=FIX)
def path_is_replaced(well: Well) -> None:
    well.write(".bashrc", "export PATH=~/bin:/opt/tools\n")


@case(("shell", "start file"), mends=FIX)
def a_file_came_from_windows(well: Well) -> None:
    well.write(".bashrc", "alias ll='ls -l'\r\nif true; then\r\n  :\r\nfi\r\n")


@case(("shell", "start file"), mends=TYPED)
def a_quote_was_not_closed(well: Well) -> None:
    well.write(".bashrc", "alias ll='ls -l'\nif then\n")
    editor(well)


@case(("shell", "conda base"), mends=TYPED)
def conda_begins_every_terminal(well: Well) -> None:
    # what `conda config --set` does, since conda itself cannot be had from a package index
    conda = well.write("miniconda3/bin/conda", '#!/bin/bash\n[ "$2" = --set ] && echo "$3: $4" >> ~/.condarc\n', 0o700)
    block = f"# >>> conda initialize >>>\n__conda_setup=\"$('{conda}' 'shell.bash' 'hook' 2> /dev/null)\"\n"
    well.write(".bashrc", block + 'eval "$__conda_setup"\n# <<< conda initialize <<<\n')


@case(("shell", "certificates"), mends=FIX)
def certificates_are_gone(well: Well) -> None:
    well.write(".bashrc", "export REQUESTS_CA_BUNDLE=$HOME/certificates.pem\n")


@case(("shell", "TMPDIR"), mends=FIX)
def the_place_for_temporary_files_is_gone(well: Well) -> None:
    well.write(".profile", "export TMPDIR=/scratch/jsmith\n")


@case(("shell", "locale"), mends=FIX)
def no_such_locale(well: Well) -> None:
    well.write(".bashrc", "export LC_ALL=tlh_KX.UTF-8\n")


@case(("shell", "not on PATH"), mends=TYPED)
def own_programs_are_not_found(well: Well) -> None:
    well.write(".local/bin/tree-rings", "#!/bin/sh\n", 0o755)


# ---- Jupyter


@case(("jupyter", "settings"), mends=FIX)
def a_setting_of_jupyter_was_cut_off(well: Well) -> None:
    well.write(".jupyter/labconfig/page_config.json", '{"disabledExtensions": {')


@case(("jupyter", "extension"), mends=FIX)
def an_extension_was_cut_off(well: Well) -> None:
    well.write(".local/share/jupyter/labextensions/@trees/rings/package.json", '{"name": "@trees/ri')


@case(("jupyter", "dead program"), mends=FIX)
def programs_of_a_python_that_is_gone(well: Well) -> None:
    for name in ("jupyter", "jupyter-lab"):
        well.write(f".local/bin/{name}", "#!/opt/python/3.5/bin/python3.5\nimport sys\n", 0o755)
    well.write(".profile", 'PATH="$HOME/.local/bin:$PATH"\n')


# ---- Python and packages


@case(("python", "broken Python"), mends=TYPED)
def a_python_of_ones_own_does_not_start(well: Well) -> None:
    well.write("bin/python3", "#!/bin/sh\necho broken >&2\nexit 1\n", 0o755)
    well.set("PATH", f"{well.home}/bin:{os.environ['PATH']}")


@case(("uv", "settings of uv"), mends=TYPED)
def uv_cannot_read_its_file(well: Well) -> None:
    well.write(".config/uv/uv.toml", "[pip\n")
    editor(well)


def server_with(well: Well, *packages: tuple[str, str, str]) -> None:
    """A Jupyter of the server that sees ~/.local, and has these packages."""
    prefix = well.tmp / "server"
    folder = prefix / "lib/python3.11/site-packages"
    (prefix / "bin").mkdir(parents=True)
    (prefix / "bin/python3.11").symlink_to(ground.python("3.11"))
    for name, version, needs in packages:
        with zipfile.ZipFile(ground.wheel(well.tmp / "wheels", name, version, needs)) as packed:
            packed.extractall(folder)
    spec = prefix / "share/jupyter/kernels/python3/kernel.json"
    spec.parent.mkdir(parents=True)
    argv = [str(prefix / "bin/python3.11"), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec.write_text(json.dumps({"argv": argv, "display_name": "Python 3", "language": "python"}))
    well.site(kernels={"server_folders": [str(spec.parent.parent)]})
    (folder / "ipykernel_launcher.py").write_text("")


def for_the_user(well: Well, name: str, version: str) -> None:
    wheel = ground.wheel(well.tmp / "wheels", name, version)
    pip = [ground.python("3.11"), "-m", "pip", "install", "--quiet", "--user", "--no-deps", "--no-index", wheel]
    subprocess.run(pip, check=True, capture_output=True)


@case(("packages", "breaks a kernel"), mends=TYPED)
def a_package_of_ones_own_breaks_jupyter(well: Well) -> None:
    server_with(well, ("tornado", "6.2", ""), ("jupyter_server", "2.0", "Requires-Dist: tornado>=6.2\n"))
    for_the_user(well, "tornado", "5.1")


@case(("packages", "shadows Jupyter"), mends=TYPED)
def a_package_of_ones_own_stands_before_jupyters(well: Well) -> None:
    server_with(well, ("tornado", "6.2", ""), ("jupyter_server", "2.0", "Requires-Dist: tornado>=6\n"))
    for_the_user(well, "tornado", "6.4")


@case(("index", "index"), mends=NAMED)
def the_index_does_not_answer(well: Well) -> None:
    well.set("PIP_INDEX_URL", "http://127.0.0.1:1/simple")


# ---- kernels


@case(("kernels", "no Python"), mends=TYPED)
def the_python_of_a_kernel_is_gone(well: Well) -> None:
    (well.kernel / "bin/python").unlink()
    (well.kernel / "bin/python").symlink_to("/opt/python/3.8/bin/python3.8")


@case(("kernels", "no environment"), mends=TYPED)
def the_packages_of_a_kernel_are_gone(well: Well) -> None:
    shutil.rmtree(well.kernel)


@case(("kernels", "edited"), mends=TYPED)
def somebody_wrote_in_a_package(well: Well) -> None:
    (well.kernel / "lib/python3.11/site-packages/sesync_tree.py").write_text("version = 'mine, and longer'\n")


@case(("kernels", "unreadable"), mends=TYPED)
def a_kernels_spec_was_cut_off(well: Well) -> None:
    spec = ground.specs(well.home) / "heat/kernel.json"
    spec.write_text(spec.read_text()[:40])


@case(("kernels", "no Python"), mends=NAMED)
def the_environment_of_a_kernel_made_by_hand_is_gone(well: Well) -> None:
    ground.spec(well.home, "rain", [f"{well.home}/gone/bin/python"])


@case(("kernels", "left over"), mends=FIX)
def a_killed_run_left_a_kernel(well: Well) -> None:
    spec = ground.specs(well.home) / "heat"
    shutil.rmtree(spec)
    mark_unfinished(well.kernel, well.kernel, spec / "kernel.json", "nothing")


@case(("cache", "other file system"), mends=TYPED)
def the_cache_is_on_another_file_system(well: Well) -> None:
    well.set("UV_CACHE_DIR", "/dev/shm")


# ---- data, keys, code


@case(("links", "missing"), mends=TYPED)
def a_project_has_ended(well: Well) -> None:
    (well.home / "maps of it").mkdir()
    (well.home / "maps of it/-old").symlink_to(well.nfs / "gone-data")


@case(("git", "settings"), mends=TYPED)
def git_cannot_read_its_settings(well: Well) -> None:
    settings = well.home / ".gitconfig"
    settings.write_text(settings.read_text() + "[alias\n")
    editor(well)


@case(("git", "no name"), mends=TYPED)
def git_does_not_know_who_commits(well: Well) -> None:
    (well.home / ".gitconfig").unlink()
    for who in ("AUTHOR", "COMMITTER"):
        well.unset(f"GIT_{who}_NAME")
        well.unset(f"GIT_{who}_EMAIL")


@case(("ssh-key", "open rights"), mends=FIX)
def others_read_a_key(well: Well) -> None:
    (well.home / ".ssh/id_ed25519").chmod(0o644)


@case(("ssh-key", "key refused"), mends=NAMED)
def the_server_does_not_know_the_key(well: Well) -> None:
    for path in (well.home / ".ssh").glob("id_*"):
        path.unlink()
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", well.home / ".ssh/id_ed25519"], check=True)


@case(("ssh-key", "no key"), mends=NAMED)
def the_key_is_gone_and_a_clone_needs_it(well: Well) -> None:
    for path in (well.home / ".ssh").glob("id_*"):
        path.unlink()


@case(("ssh-key", "host key changed"), mends=TYPED)
def the_server_has_a_new_key_that_the_centre_vouches_for(well: Well) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", well.tmp / "other"], check=True)
    old = " ".join((well.tmp / "other.pub").read_text().split()[:2])
    (well.home / ".ssh/known_hosts").write_text(f"{well.server.name} {old}\n")


@case(("ssh-key", "settings"), mends=TYPED)
def ssh_does_not_understand_its_settings(well: Well) -> None:
    well.write(".ssh/config", "Host *\n  ServerAliveIntervall 60\n")
    editor(well)


@case(("token", "refused"), mends=NAMED)
def the_token_was_revoked(well: Well) -> None:
    settings = well.home / ".python-gitlab.cfg"
    settings.write_text(re.sub(r"private_token = .*", f"private_token = {REVOKED}", settings.read_text()))


@case(("token", "ends soon"), mends=NAMED)
def the_token_ends_next_week(well: Well) -> None:
    from datetime import date, timedelta

    well.gitlab.token_end = (date.today() + timedelta(days=7)).isoformat()


@case(("token", "open token"), mends=FIX)
def others_read_a_token(well: Well) -> None:
    (well.home / ".python-gitlab.cfg").chmod(0o644)


@case(("clones", "half done"), mends=TYPED)
def a_sync_was_killed(well: Well) -> None:
    head = git("rev-parse", "HEAD", cwd=well.code.here).strip()
    entry = {"head": head, "to": head, "paths": [], "new": [], "host": os.uname().nodename, "process": 0}
    write(well.code.here / ".git/.sesync-journal", json.dumps(entry))


@case(("clones", "exposed secret"), mends=TYPED)
def a_password_stands_in_an_address(well: Well) -> None:
    git("remote", "add", "mirror", "https://me:open-sesame@git.example.org/a/b.git", cwd=well.code.here)


@case(("clones", "only here"), mends=TYPED)
def commits_were_never_sent(well: Well) -> None:
    commit(well.code.here, {"heat.py": "print(2)\n"})


@case(("clones", "conflict"), mends=NAMED)
def a_merge_was_left_in_a_conflict(well: Well) -> None:
    git("checkout", "--quiet", "-b", "other", cwd=well.code.here)
    for branch, text in (("other", "print(3)\n"), ("main", "print(2)\n")):
        git("checkout", "--quiet", branch, cwd=well.code.here)
        commit(well.code.here, {"heat.py": text})
    subprocess.run(["git", "merge", "--quiet", "other"], cwd=well.code.here, capture_output=True, check=False)


@case(("clones", "unreadable"), mends=NAMED)
def git_does_not_open_a_clone(well: Well) -> None:
    (well.home / "code/old/.git").mkdir(parents=True)


# ---- sesync and its site


@case(("site", "not-ready"), mends=NAMED)
def the_site_file_is_no_toml(well: Well) -> None:
    (well.home / "site.toml").write_text("[data\n")
    well.set("SESYNC_SITE", str(well.home / "site.toml"))


@case(("sesync", "another sesync"), mends=NAMED)
def another_sesync_comes_first(well: Well) -> None:
    well.write("bin/sesync", f'#!/bin/sh\nexec {SESYNC} "$@"\n', 0o755)
    well.set("PATH", f"{well.home}/bin:{os.environ['PATH']}")


# ----


@pytest.mark.parametrize("name", CASES)
def test_exactly_what_is_broken_is_found_and_what_is_named_mends_it(
    well: Well, sesync: Callable[..., Ended], found: Callable[..., list[tuple[str, str]]], name: str
) -> None:
    breaks, expected, mends = CASES[name]
    breaks(well)
    done = sesync("doctor", "--json")
    assert "findings" in done.json, done.out
    (one,) = done.json["findings"]
    assert [(one["check"], one["kind"])] == expected, one
    assert one["fixable"] == (mends == FIX)
    assert done.code == (3 if one["broken"] else 0) and done.json["works"] == (not one["broken"])
    assert "open-sesame" not in done.out and one["command"]
    if mends == FIX:
        fixed = sesync("doctor", one["check"], "--fix", "--yes")
        assert fixed.code == 0, fixed.err
    elif mends == TYPED:
        command = one["command"].replace("sesync ", f"{SESYNC} ") + (" -y" if "repair" in one["command"] else "")
        command += " -y" if one["command"].startswith(("sesync uninstall", "sesync ssh-key")) else ""
        if command.startswith("unset "):
            command += f" && {SESYNC} doctor {one['check']} --json"
        typed = subprocess.run(
            ["bash", "-c", command], capture_output=True, text=True, timeout=HANG, stdin=subprocess.DEVNULL, check=False
        )
        assert typed.returncode == 0, typed.stderr + typed.stdout
        if command.startswith("unset "):
            assert json.loads(typed.stdout)["findings"] == []
            return
    if mends == NAMED:
        shown = sesync("doctor", one["check"])
        assert shown.code == done.code and one["command"] in shown.out and "well" not in shown.out, shown.err
    else:
        assert found(one["check"]) == []


def test_a_healthy_home_is_well(well: Well, sesync: Callable[..., Ended]) -> None:
    done = sesync("doctor")
    assert (done.code, done.out.splitlines()[0][:12]) == (0, "All is well:"), done.out
    assert sesync("doctor", "--fix").out == "All is well: there is nothing to mend.\n"


def test_there_are_thirty_ways_at_least() -> None:
    assert len(CASES) >= 30

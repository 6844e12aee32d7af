"""sesync ssh-key on odd ground: links, full disks, settings of one's own, an account's own home, kills."""

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.conftest import SESYNC, needed, needed_root
from tests.services.sshd import make_key
from tests.sshkey.conftest import accept, accepted_key, keygen, know, tree, where


@pytest.fixture
def own(home, tmp_path):
    """Makes the test's home the account's own, as it is for everybody: ssh looks it up, whatever $HOME says."""
    needed_root()
    passwd = tmp_path / "passwd"
    lines = Path("/etc/passwd").read_text().splitlines()
    passwd.write_text(
        "".join(f"root:x:0:0:root:{home}:/bin/bash\n" if x.startswith("root:") else f"{x}\n" for x in lines)
    )
    return (needed("unshare"), "--mount", "sh", "-c", 'mount --bind "$0" /etc/passwd && exec "$@"', str(passwd))


def test_in_the_accounts_own_home_ssh_needs_no_telling(sesync, server, home, own):
    assert "does not know your key yet" in sesync("ssh-key", prefix=own).err
    accept(server, (home / ".ssh/id_ed25519.pub").read_text())
    done = sesync("ssh-key", prefix=own)
    assert (done.code, done.out) == (
        0,
        f"{where(server)} knows your key {home}/.ssh/id_ed25519: Welcome to GitLab, @jsmith!\n",
    )


def test_settings_that_others_can_change_make_ssh_refuse_and_are_closed(sesync, server, home, own):
    accepted_key(server, home)
    know(server, home)
    config = home / ".ssh/config"
    config.write_text("# mine\n")
    config.chmod(0o666)
    said = subprocess.run([*own, "ssh", "-G", "x"], capture_output=True, text=True).stderr
    assert "Bad owner or permissions" in said
    done = sesync("ssh-key", "--check", prefix=own)
    assert (done.code, f"others can change {config}, so ssh does not use it" in done.out) == (1, True)
    assert sesync("ssh-key", prefix=own).code == 0
    assert (config.stat().st_mode & 0o777, config.read_text()) == (0o644, "# mine\n")
    assert sesync("ssh-key", "--check", prefix=own).code == 0


def test_a_key_that_the_settings_ask_for_is_made_under_that_name(sesync, server, home, own):
    (home / ".ssh").mkdir(mode=0o700)
    make_key(home / ".ssh/id_ed25519")
    config = home / ".ssh/config"
    config.write_text("Include conf.d/*\n")
    (home / ".ssh/conf.d").mkdir()
    (home / ".ssh/conf.d/lab").write_text(
        "Host 127.0.0.1\n  IdentityFile ~/.ssh/lab key\n".replace("lab key", "lab_%r")
    )
    sesync("ssh-key", prefix=own)
    public = home / f".ssh/lab_{server.user}.pub"
    accept(server, public.read_text())
    done = sesync("ssh-key", prefix=own)
    assert (done.code, f"knows your key {public.with_suffix('')}: Welcome" in done.out) == (0, True)
    assert config.read_text() == "Include conf.d/*\n"


def test_the_block_takes_effect_before_ones_own_lines_and_ends_with_itself(sesync, server, home, own):
    know(server, home)
    (home / ".ssh/id_ed25519").write_text("notes\n")
    config = home / ".ssh/config"
    mine = b"IdentityFile ~/.ssh/work\n# caf\xe9\nServerAliveInterval 7\nHost other\n  Port 9\n"
    config.write_bytes(mine)
    accept(server, make_key(home / ".ssh/work").read_text(), "echo wrong; exit 1")
    (home / ".ssh/work").unlink()
    (home / ".ssh/work.pub").unlink()
    (home / ".ssh/work").write_text("no key either\n")
    sesync("ssh-key", prefix=own)
    text = config.read_bytes()
    assert text.endswith(b"# <<< sesync: 127.0.0.1 <<<\n" + mine)

    def told(host):
        argv = [*own, "ssh", "-G", host]
        return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.splitlines()

    inside, outside = told(f"{server.user}@127.0.0.1"), told("elsewhere")
    made = next(line for line in text.decode(errors="replace").splitlines() if "IdentityFile" in line).split('"')[1]
    assert f"identityfile {made}" in inside and f"identityfile {made}" not in outside
    for lines in (inside, outside):
        assert "serveraliveinterval 7" in lines and "identityfile ~/.ssh/work" in lines
    assert "port 9" in told("other")


def test_a_port_that_ssh_would_miss_is_written_down_for_that_user_alone(sesync, server, home, site):
    site(gitlab={"ssh": f"ssh://git@127.0.0.1:{server.port}/{{repo}}.git"})
    sesync("ssh-key")
    config = home / ".ssh/config"
    lines = config.read_text().splitlines()
    assert lines[1:3] == ["Match originalhost 127.0.0.1 user git", f"    Port {server.port}"]
    before = config.read_text()
    sesync("ssh-key")
    assert config.read_text() == before


def test_settings_that_are_read_only_stay_so(sesync, server, home):
    know(server, home)
    (home / ".ssh/id_ed25519").write_text("notes\n")
    config = home / ".ssh/config"
    config.write_text("# of the centre\n")
    config.chmod(0o400)
    before = tree(home)
    done = sesync("ssh-key")
    assert (done.code, f"{config} is read-only" in done.err, "IdentityFile" in done.err) == (1, True, True)
    assert tree(home) == before


def test_links_stay_links(sesync, server, home, tmp_path, monkeypatch):
    """~/.ssh and its files are often links into a repository of dotfiles, and home may be one too."""
    real = tmp_path / "J. O'Smith [bold] 100%"
    home.rename(real)
    home.symlink_to(real)
    dotfiles = tmp_path / "dotfiles"
    dotfiles.mkdir(mode=0o755)
    (real / ".ssh").symlink_to(dotfiles)
    (tmp_path / "config").write_text("# mine\n")
    (dotfiles / "config").symlink_to(tmp_path / "config")
    (dotfiles / "id_ed25519").write_text("notes\n")
    for path in (home, real):
        monkeypatch.setenv("HOME", str(path))
        monkeypatch.setenv("PWD", str(path))
        monkeypatch.chdir(path)
        assert "does not know your key yet" in sesync("ssh-key").err
    key = next(path for path in dotfiles.iterdir() if path.name.startswith("id_ed25519_") and path.suffix == ".pub")
    accept(server, key.read_text())
    assert sesync("ssh-key").code == 0
    assert (real / ".ssh").is_symlink() and (dotfiles / "config").is_symlink()
    assert (tmp_path / "config").read_text().endswith("# <<<\n# mine\n".replace("# <<<", "# <<< sesync: 127.0.0.1 <<<"))
    assert dotfiles.stat().st_mode & 0o777 == 0o700


def test_a_full_disk_is_called_full_and_nothing_is_left(sesync, server, home):
    needed_root()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16k,mode=700", "tmpfs", str(home)]
    subprocess.run(mount, check=True)
    try:
        (home / "ballast").write_bytes(b"x" * 8192)
        (home / ".ssh").mkdir(mode=0o700)
        with open(home / "more", "wb", buffering=0) as file, pytest.raises(OSError):
            while True:
                file.write(b"x" * 4096)
        done = sesync("ssh-key")
        assert (done.code, f"the file system {home} is full" in done.err) == (1, True)
        assert list((home / ".ssh").iterdir()) == []
    finally:
        subprocess.run(["umount", str(home)], check=True)


@pytest.mark.parametrize("kind", ["file", "link to nowhere"])
def test_a_folder_that_cannot_be_made_stays_what_it_is(sesync, server, home, kind):
    (home / ".ssh").write_text("x") if kind == "file" else (home / ".ssh").symlink_to("nowhere")
    done = sesync("ssh-key")
    assert (done.code, f"{home}/.ssh is no folder, or a link that leads nowhere" in done.err) == (1, True)
    assert os.path.lexists(home / ".ssh")


def test_whenever_it_is_killed_there_is_no_key_or_a_whole_one(background, sesync, server, home):
    """The next run clears up, and makes the public half again if the kill came between the two."""
    for _ in range(20):
        subprocess.run(["rm", "-rf", home / ".ssh"], check=True)
        process = background("ssh-key")
        time.sleep(random.uniform(0.05, 0.6))
        process.send_signal(signal.SIGKILL)
        process.wait()
        secret = home / ".ssh/id_ed25519"
        if secret.exists():
            assert secret.stat().st_mode & 0o777 == 0o600
            assert keygen("-y", "-P", "", "-f", secret)
    kept = secret.read_bytes() if secret.exists() else None
    assert "does not know your key yet" in sesync("ssh-key").err
    assert kept in (None, secret.read_bytes())
    assert sorted(path.name for path in (home / ".ssh").iterdir()) == ["id_ed25519", "id_ed25519.pub", "known_hosts"]


def test_a_kill_between_the_halves_is_healed_by_the_next_run(sesync, server, home):
    """A key with a passphrase too: its public half stands in the open in its file."""
    key = accepted_key(server, home, passphrase="open sesame")
    line = key.with_suffix(".pub").read_text().split()
    key.with_suffix(".pub").unlink()
    assert sesync("ssh-key").code == 0
    assert key.with_suffix(".pub").read_text().split()[:2] == line[:2]


def test_it_loads_no_library_that_it_does_not_need():
    code = "import sys; from sesync_cli.sshkey import cli; print(*sys.modules)"
    argv = [SESYNC.with_name("python"), "-c", code]
    loaded = subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split()
    assert not {"git", "gitlab", "requests", "yaml", "rich", "filelock"} & set(loaded)


def spoilt(home, way):
    """A key as Windows leaves it, and the command that mends it."""
    key = home / ".ssh/id_ed25519"
    text = key.read_bytes()
    if way == "windows":
        key.write_bytes(text.replace(b"\n", b"\r\n"))
        return f"{key} has the line ends of Windows", f"sed -i -e 's/\\r$//' {key}"
    if way == "no end":
        key.write_bytes(text.rstrip(b"\n"))
        return f"{key} has no end to its last line", f"sed -i -e '$a\\' {key}"
    key.write_text("PuTTY-User-Key-File-3: ssh-ed25519\r\nEncryption: none\r\n")
    return f"{key} is a key in the format of PuTTY", f"puttygen {key} -O private-openssh -o {key}.openssh"


@pytest.mark.parametrize("way", ["windows", "no end", "putty"])
def test_a_key_that_came_from_windows_says_what_mends_it(sesync, server, home, way):
    accepted_key(server, home)
    know(server, home)
    whole = (home / ".ssh/id_ed25519").read_bytes()
    words, mend = spoilt(home, way)
    checked = sesync("ssh-key", "--check")
    assert (checked.code, words in checked.out, f"'{mend}" in checked.out) == (1, True, True), checked
    cloned = sesync("clone", "cooltrees/analysis")
    assert (cloned.code, words in cloned.err, f"'{mend}" in cloned.err) == (1, True, True), cloned
    made = sesync("ssh-key")
    assert (made.code, words in made.err, f"'{mend}" in made.err) == (1, True, True), made
    assert "no other key is needed then" in made.err
    if way != "putty":
        subprocess.run(["sh", "-c", mend], check=True)
        assert (home / ".ssh/id_ed25519").read_bytes() == whole
        assert sesync("ssh-key", "--check").code == 0

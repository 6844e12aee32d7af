"""Packages of kernels come from where pip would have them, whatever pip is told by."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sesync_cli.python.pip_settings import as_variables
from tests.conftest import SESYNC, Ended
from tests.kernel import ground
from tests.services.leaks import PASSWORD
from tests.services.packageindex import USER, PackageIndex, package_index

Told = Callable[..., Ended]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PackageIndex]:
    """An index with packages that stand nowhere else, whose certificate nobody knows."""
    with package_index(tmp_path_factory.mktemp("index")) as running:
        for name in ("sesync_oak", "sesync_elm", "sesync_ash"):
            ground.wheel(running.wheels, name)
        yield running


@pytest.fixture(scope="module")
def grove(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a kernel, to which tests add packages of different names."""
    return tmp_path_factory.mktemp("grove")


@pytest.fixture
def told(sesync, site, grove: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    """Run sesync with these lines in the person's pip.conf: told("install", "six", conf="proxy = ...")."""
    site(python={"default": "3.11", "places": [str(ground.python("3.11").parent)]})
    for name in list(os.environ):
        if name.startswith(("REQUESTS_", "CURL_")) or (name.startswith("PIP_") and "CACHE" not in name):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(grove))
    conf = grove / ".config/pip/pip.conf"
    conf.parent.mkdir(parents=True, exist_ok=True)
    if not (grove / ".local/share/sesync/kernels/trees").exists():
        with monkeypatch.context() as usual:
            usual.delenv("PIP_CONFIG_FILE", raising=False)
            made = subprocess.run([SESYNC, "kernel", "create", "trees"], capture_output=True, text=True)
            assert made.returncode == 0, made.stderr

    def run(*words: str | Path, settings: str, to: Path = conf) -> Ended:
        to.write_text(f"[global]\n{settings}\n")
        try:
            return sesync(*words)
        finally:
            to.unlink()

    yield run


def versions(grove: Path, name: str) -> list[str]:
    packages = grove / ".local/share/sesync/kernels/trees/lib/python3.11/site-packages"
    return [one.name.removesuffix(".dist-info").split("-")[1] for one in packages.glob(f"{name}-*.dist-info")]


def local(index: PackageIndex) -> str:
    return f"127.0.0.1:{index.port}"


def test_an_index_that_nobody_vouches_for_is_said_in_one_sentence(told: Told, index: PackageIndex, grove: Path) -> None:
    settings = f"extra-index-url = https://{local(index)}/simple\nretries = 0"
    ended = told("install", "--kernel", "trees", "sesync_oak", settings=settings)
    assert (ended.code, ended.out) == (1, "")
    assert "the certificate of the package index" in ended.err and "is not trusted" in ended.err
    assert versions(grove, "sesync_oak") == []


def test_a_host_that_pip_trusts_is_trusted(told: Told, index: PackageIndex, grove: Path) -> None:
    settings = f"extra-index-url = https://{local(index)}/simple\ntrusted-host =\n  {local(index)}\n  other.example.org"
    ended = told("install", "--kernel", "trees", "sesync_oak", settings=settings)
    assert ended.code == 0, ended.err
    assert versions(grove, "sesync_oak") == ["1.0"]


@pytest.mark.parametrize("words", [("--kernel", "trees"), ("--python", "3.8")], ids=["in a kernel", "for a Python"])
def test_the_certificate_that_pip_is_told_of(told: Told, index: PackageIndex, site, words: tuple[str, str]) -> None:
    site(python={"places": [str(ground.python(one).parent) for one in ("3.8", "3.11")]})
    settings = f"index-url = {index.url}\nproxy = {index.proxy.removeprefix('http://')}\ncert = {index.authority}"
    ended = told("install", *words, "sesync_elm", settings=settings)
    assert ended.code == 0, ended.err


def test_a_password_in_the_address_reads_the_index_and_is_written_nowhere(
    told: Told, grove: Path, tmp_path: Path
) -> None:
    with package_index(tmp_path / "guarded", guarded=True, alone=True) as guarded:
        ground.wheel(guarded.wheels, "sesync_fir")
        host = local(guarded)
        way = f"trusted-host = {host}\nretries = 0\nextra-index-url = https://{USER}:{{password}}@{host}/simple"
        refused = told("install", "--kernel", "trees", "sesync_fir", settings=way.format(password="wr0ng-s3cret"))
        assert refused.code == 1 and versions(grove, "sesync_fir") == []
        settings = way.format(password=PASSWORD)
        let_in = told("install", "--kernel", "trees", "sesync_fir", settings=settings)
        assert let_in.code == 0, let_in.err
        created = told("kernel", "create", "fir", "sesync_fir", settings=settings)
        assert created.code == 0, created.err
        locked = told("kernel", "lock", "fir", "-o", tmp_path / "pylock.fir.toml", settings="")
        assert locked.code == 0 and "sesync-fir" in (tmp_path / "pylock.fir.toml").read_text()
    searched = ["grep", "-rlE", f"wr0ng-s3cret|{PASSWORD}", grove, tmp_path / "pylock.fir.toml"]
    assert subprocess.run(searched, capture_output=True, text=True).stdout == ""
    assert "wr0ng-s3cret" not in refused.out + refused.err


def test_a_password_in_netrc_is_used(told: Told, grove: Path, tmp_path: Path) -> None:
    with package_index(tmp_path / "guarded", guarded=True, alone=True) as guarded:
        ground.wheel(guarded.wheels, "sesync_box")
        netrc = grove / ".netrc"
        netrc.write_text(f"machine 127.0.0.1 login {USER} password {PASSWORD}\n")
        netrc.chmod(0o600)
        settings = f"extra-index-url = https://{local(guarded)}/simple\ntrusted-host = {local(guarded)}"
        ended = told("install", "--kernel", "trees", "sesync_box", settings=settings)
    assert ended.code == 0, ended.err


def test_a_password_that_is_refused_is_not_called_a_missing_package(told: Told, tmp_path: Path) -> None:
    with package_index(tmp_path / "guarded", guarded=True) as guarded:
        host = local(guarded)
        settings = f"trusted-host = {host}\nindex-url = https://{USER}:wr0ng@{host}/simple"
        ended = told("install", "--kernel", "trees", "six", settings=settings)
    assert ended.code == 1
    assert f"https://{host}/simple answers: a lack of valid authentication credentials" in ended.err, ended.err
    assert "wr0ng" not in ended.err


def test_a_password_in_a_requirements_file_may_be_a_variable(
    told: Told, grove: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INDEX_TOKEN", PASSWORD)
    with package_index(tmp_path / "guarded", guarded=True, alone=True) as guarded:
        ground.wheel(guarded.wheels, "sesync_bay")
        address = f"https://{USER}:${{INDEX_TOKEN}}@{local(guarded)}/simple"
        (tmp_path / "list.txt").write_text(f"--index-url {address}\nsesync_bay\n")
        words = ("install", "--kernel", "trees", "-r", tmp_path / "list.txt")
        ended = told(*words, settings=f"trusted-host = {local(guarded)}")
    assert ended.code == 0, ended.err


@pytest.mark.parametrize(
    "variables",
    [
        {"https_proxy": "GOOD", "HTTPS_PROXY": "DEAD"},
        {"HTTPS_PROXY": "GOOD", "no_proxy": "localhost"},
        {"https_proxy": "DEAD", "PIP_PROXY": "GOOD", "NO_PROXY": ".example.org"},
    ],
    ids=["small letters first", "capitals alone", "pip's own alone"],
)
def test_proxies_are_those_of_pip(
    told: Told, index: PackageIndex, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], request
) -> None:
    name = f"sesync_proxy{len(variables)}{variables.get('HTTPS_PROXY', '')}".lower()
    ground.wheel(index.wheels, name)
    for variable, value in variables.items():
        monkeypatch.setenv(variable, {"GOOD": index.proxy, "DEAD": "http://127.0.0.1:9"}.get(value, value))
    settings = f"index-url = {index.url}\ncert = {index.authority}"
    ended = told("install", "--kernel", "trees", name, settings=settings)
    assert ended.code == 0, ended.err


def test_a_proxy_that_is_set_to_nothing_is_none(told: Told, index: PackageIndex, monkeypatch, grove: Path) -> None:
    ground.wheel(index.wheels, "sesync_none")
    for variable, value in {"http_proxy": "", "HTTP_PROXY": "http://127.0.0.1:9", "https_proxy": ""}.items():
        monkeypatch.setenv(variable, value)
    settings = f"index-url = https://{local(index)}/simple\ntrusted-host = {local(index)}"
    ended = told("install", "--kernel", "trees", "sesync_none", settings=settings)
    assert ended.code == 0, ended.err


def test_the_index_that_does_not_answer_is_named(told: Told, grove: Path) -> None:
    settings = "extra-index-url = http://127.0.0.1:9/private\nretries = 0"
    ended = told("install", "--kernel", "trees", "wheel", settings=settings)
    assert (ended.code, versions(grove, "wheel")) == (1, [])
    assert "Hint:  http://127.0.0.1:9/private is asked beside the usual index" in ended.err


def test_the_tours_sandbox_goes_by_paths_of_the_persons_home(told: Told, grove: Path, index: PackageIndex) -> None:
    shutil.copy(index.authority, grove / "authority.pem")
    (grove / ".config/pip/pip.conf").write_text("[global]\ncert = ~/authority.pem\nfind-links = ~/wheels\n  wheels\n")
    variables = as_variables({"HOME": str(grove)})
    assert variables["PIP_CERT"] == str(grove / "authority.pem")
    assert variables["PIP_FIND_LINKS"] == f"{grove}/wheels {Path.cwd()}/wheels"


def test_folders_of_wheels_and_no_index(told: Told, grove: Path, tmp_path: Path) -> None:
    ground.wheel(tmp_path / "my-wheels", "sesync_yew")
    settings = f"no-index = yes\nfind-links = {tmp_path}/not-there\n  file:///not/there {tmp_path}/my-wheels"
    ended = told("install", "--kernel", "trees", "sesync_yew", settings=settings)
    assert ended.code == 0, ended.err
    assert versions(grove, "sesync_yew") == ["1.0"]
    unknown = told("install", "--kernel", "trees", "sesync_tools", "six", settings=settings)
    assert unknown.code == 1 and versions(grove, "six") == []


def test_the_newest_version_counts_whichever_index_has_it(told: Told, index: PackageIndex, grove: Path) -> None:
    ground.wheel(index.wheels, "tabulate", "0.7.0")
    settings = f"extra-index-url = https://{local(index)}/simple\ntrusted-host = {local(index)}"
    ended = told("install", "--kernel", "trees", "tabulate", settings=settings)
    assert ended.code == 0, ended.err
    assert versions(grove, "tabulate") not in ([], ["0.7.0"])


def test_the_index_in_a_requirements_file_counts_before_that_of_the_settings(
    told: Told, index: PackageIndex, grove: Path, tmp_path: Path
) -> None:
    (tmp_path / "more.txt").write_text(f"--index-url https://{local(index)}/simple\nsesync_ash\n")
    (tmp_path / "list.txt").write_text("-r more.txt\n")
    settings = f"index-url = http://127.0.0.1:9/simple\ntrusted-host = {local(index)}\nretries = 0"
    ended = told("install", "--kernel", "trees", "-r", tmp_path / "list.txt", settings=settings)
    assert ended.code == 0, ended.err
    created = told("kernel", "create", "ash", "-r", tmp_path / "list.txt", settings=settings)
    assert created.code == 0, created.err


def test_the_file_of_a_python_itself_is_read(told: Told, index: PackageIndex, grove: Path) -> None:
    settings = f"extra-index-url = https://{local(index)}/simple\ntrusted-host = {local(index)}"
    ground.wheel(index.wheels, "sesync_lime")
    conf = grove / ".local/share/sesync/kernels/trees/pip.conf"
    ended = told("install", "--kernel", "trees", "sesync_lime", settings=settings, to=conf)
    assert ended.code == 0, ended.err


def test_empty_variables_of_certificates_say_nothing(
    told: Told, index: PackageIndex, grove: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"):
        monkeypatch.setenv(name, "")
    shutil.rmtree(grove / ".cache/uv", ignore_errors=True)
    monkeypatch.setenv("UV_CACHE_DIR", str(grove / "fresh"))
    ended = told("install", "--kernel", "trees", "humanize", settings="")
    assert ended.code == 0, ended.err

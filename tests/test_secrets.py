"""What is struck out before others read a text: leaks as programs print them, and what must stay readable."""

import json
from pathlib import Path

import pytest

from sesync_cli.secrets import holds_secret, without_logins, without_people, without_secrets

CASES = json.loads(Path(__file__).with_name("secrets.json").read_text())
SHAPES = [case["text"] for case in CASES["secrets"]] + CASES["more secrets"]
HARMLESS = CASES["harmless"] + CASES["more harmless"]
HEXES = ("0f3a9c", "a68df67", "a1a1a1")  # what is secret in the cases that have not the secret of the others
# where a word that people choose passes and a random one does not: `key` and `login` are said of harmless things too
RANDOM_ONLY = ("wandb.login(key=", "register_google(key", "Login: jo /")

S = "hunter2secret9"  # in each leak below, what nobody may see
HEX = "0f3a9c" * 7
KEY = """-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACBhunter2secret9abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH
AAAAhunter2secret9==
-----END OPENSSH PRIVATE KEY-----"""
LEAKS = {
    # what pip, uv, git, curl and twine print when an address carries a login
    "pip index": f"Looking in indexes: https://jsmith:{S}@pypi.example.org/simple, https://index.example.org/simple",
    "pip retry": f"WARNING: Retrying (Retry(total=0)) after 'https://__token__:{S}@gitlab.example.org'",
    "pip vcs": f"  Running command git clone -q https://oauth2:{S}@gitlab.example.org/g/p.git /tmp/x",
    "uv": f"error: Failed to fetch: `https://u:{S}@host.example.org/simple/pandas/`",
    "git": f"fatal: unable to access 'https://{S}@github.com/o/r.git/': The requested URL returned error: 403",
    "git credentials": f"http://jsmith:{S}@127.0.0.1%3a8418",
    "proxy": f"https_proxy=http://jsmith:{S}@proxy.example.org:3128",
    "slash": f"postgresql://jsmith:a/{S}@db.example.org/trees",
    "sqlalchemy": f"mysql+pymysql://trees:{S}@db.example.org:3306/trees",
    "mongo": f"mongodb+srv://u:{S}@cluster0.example.net/?retryWrites=true",
    "pip.conf": f"extra-index-url = https://u:{S}@nexus.example.org/repository/pypi/simple",
    # tokens by their shape
    "gitlab": f"remote: HTTP Basic: Access denied with glpat-{S}AbCdEf",
    "gitlab new": f"token was glpat-{S}AbCdEf.01.0w1abcdef",
    "gitlab job": f"CI_JOB: glcbt-64_{S}AbCdEfGh",
    "github": f"using ghp_{S}AbCdEfGhIjKlMnOpQrSt",
    "github fine": f"using github_pat_11ABCDEFG0{S}_AbCdEfGhIjKlMnOp",
    "aws id": "aws_access_key_id = AKIAHUNTER2SECRET9XY",
    "aws": f"aws_secret_access_key = {S}/bPxRfiCYEXAMPLEKEY",
    "aws env": f"AWS_SESSION_TOKEN={S}",
    "slack": f"xoxb-123456789012-{S}",
    "slack hook": f"POST https://hooks.slack.com/services/T000/B000/{S}",
    "discord": f"https://discord.com/api/webhooks/1234/{S}",
    "pypi": f"TWINE: pypi-AgEIcHlwaS5vcmcC{S}AbCdEfGhIjKlMnOpQr",
    "hugging face": f"hf_{S}AbCdEfGhIj",
    "openai": f"sk-proj-{S}AbCdEfGh",
    "google": f"AIzaSy{S}AbCdEfGhIjKlMnOpQrStUv",
    "anaconda": f"https://conda.anaconda.org/t/tk-{S}/group/noarch/repodata.json",
    "jwt": f"got eyJhbGciOiJIUzI1NiJ9.eyJzdWIi{S}.SflKxwRJSM",
    # headers
    "authorization": f"> Authorization: Basic {S}==",
    "authorization json": f"{{'Authorization': 'token {S}'}}",
    "bearer": f"curl -H 'Authorization: Bearer {S}' https://api.example.org",
    "bearer alone": f"sent bearer {S}",
    "private token": f"PRIVATE-TOKEN: {S}",
    "api key": f"x-api-key: {S}",
    "cookie": f"Set-Cookie: _gitlab_session={S}; path=/",
    "jupyter": f"http://127.0.0.1:8888/lab?token={S}",
    "s3": f"https://b.s3.amazonaws.com/x?X-Amz-Credential={S}&X-Amz-Signature={S}",
    "sas": f"https://a.blob.core.windows.net/c?sv=2020&sig={S}%3D",
    "azure": f"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={S}==;EndpointSuffix=x",
    # files and environments
    "env": f"PGPASSWORD={S}",
    "env exported": f'export GITLAB_TOKEN="{S}"',
    "mysql env": f"MYSQL_PWD={S}",
    "jupyterhub": f"JUPYTERHUB_API_TOKEN={S}",
    "pg_service": f"[treesdb]\nhost=db.example.org\npassword={S} and more {S}\nuser=trees",
    "my.cnf": f"[client]\npassword = '{S}'",
    "pgpass": f"db.research.example.org:5432:trees:jsmith:{S}",
    "pgpass any": f"*:*:*:jsmith:{S}\\:x",
    "netrc": f"machine gitlab.example.org login jsmith password {S}",
    "netrc lines": f"machine gitlab.example.org\n  login jsmith\n  password {S}\n",
    "json": f'{{"user": "jsmith", "password": "{S} x"}}',
    "yaml": f"  db_password: {S}",
    "python": f"connect(host='db', password='{S}', port=5432)",
    "odbc": f"DRIVER=FreeTDS;SERVER=db;UID=jsmith;PWD={S};",
    "libpq": f"psycopg2.connect('host=db user=trees password={S} dbname=trees')",
    "shadow": f"jsmith:$6$salt1234${S}:19000:0",
    "htpasswd": f"jsmith:$apr1$abcdefgh${S}",
    # command lines
    "option": f"twine upload --password {S} dist/*",
    "option is": f"sesync x --api-token={S}",
    "curl": f"curl -sS -u jsmith:{S} https://files.example.org",
    "mysql": f"mysql -u trees -p{S} trees",
    "sql": f"ALTER ROLE trees WITH PASSWORD '{S}'",
    "sql mysql": f"CREATE USER u IDENTIFIED BY '{S}'",
    # keys
    "key": KEY,
    "key in a log": "\n".join(f"  | {line}" for line in KEY.splitlines()),
    "key in json": '{"private_key": "' + KEY.replace("\n", "\\n") + '"}',
    "key cut short": KEY[:-60],
}
FINE = """
ERROR: Could not find a version that satisfies the requirement tokenizers==0.13.3 (from versions: none)
Collecting secretstorage>=3.3
  Using cached tokenize_rt-5.0.0-py2.py3-none-any.whl
src/tokens.c:12:5: error: expected ';' before '}' token
pkg/_secret.c:10:3: fatal error: geos_c.h: No such file or directory
a.c:1:2:error:x
uv: token.h:3:1:note:here
psycopg2/psycopg.h:36:10: fatal error: libpq-fe.h: No such file or directory
fatal: Authentication failed for 'https://gitlab.sesync.org/cooltrees/analysis.git/'
git@gitlab.sesync.org: Permission denied (publickey).
Cloning ssh://git@gitlab.sesync.org/cooltrees/analysis.git
PWD=/research-home/jsmith
FATAL:  password authentication failed for user "jsmith"
sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
Downloading https://files.pythonhosted.org/packages/ab/cd/pandas-2.0.3-cp38-cp38-manylinux_2_17_x86_64.whl
npm registry http://localhost:4873/@scope/name
12:30:45 INFO building
-- Found GDAL: /usr/lib/libgdal.so (found version "3.6.2")
"""


@pytest.mark.parametrize("name", LEAKS)
def test_a_leak_is_struck_out(name: str) -> None:
    clean = without_secrets(LEAKS[name])
    assert S not in clean and "HUNTER2" not in clean, clean
    assert "***" in clean
    assert without_secrets(clean) == clean


@pytest.mark.parametrize("name", [name for name in LEAKS if "\n" in LEAKS[name]])
def test_a_leak_is_struck_out_line_by_line_where_lines_tell(name: str) -> None:
    clean = "".join(map(without_secrets, LEAKS[name].splitlines(keepends=True)))
    assert S not in without_secrets(clean)


@pytest.mark.parametrize("text", SHAPES)
def test_a_secret_of_any_shape_is_struck_out(text: str) -> None:
    clean = without_secrets(text)
    assert "***" in clean and CASES["secret"] not in clean and not any(part in clean for part in HEXES), clean
    assert without_secrets(clean) == clean


@pytest.mark.parametrize("text", [text for text in CASES["more secrets"] if CASES["secret"] * 2 not in text])
def test_a_password_that_people_chose_is_struck_out_too(text: str) -> None:
    clean = without_secrets(text.replace(CASES["secret"], "maple7river"))
    assert "maple7river" not in clean or text.startswith(RANDOM_ONLY), clean


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_stays(text: str) -> None:
    assert without_secrets(text) == text


def test_what_programs_said_when_installs_failed_stays() -> None:
    for log in Path(__file__).parent.glob("diagnosis/recorded/*"):
        text = log.read_text(errors="replace")
        assert without_secrets(text) == text, log.name


def test_a_text_is_cleaned_as_its_lines_are() -> None:
    text = "\n".join([*SHAPES, *HARMLESS])
    assert CASES["secret"] not in without_secrets(text)


@pytest.mark.parametrize("text", CASES["never shared"])
def test_a_file_with_a_secret_is_never_shared(text: str) -> None:
    assert holds_secret(text)
    assert holds_secret("# first\n\n" + text + "\nlast\n")


@pytest.mark.parametrize("text", CASES["may be shared"])
def test_a_file_without_a_secret_may_be_shared(text: str) -> None:
    assert not holds_secret(text)
    assert not holds_secret("# first\n\n" + text + "\nlast\n")


@pytest.mark.parametrize("text", [*CASES["settings"]["secret"], *CASES["settings"]["harmless"]])
def test_where_a_program_reads_settings_a_word_is_a_password(text: str) -> None:
    assert holds_secret(f"user: jo\n{text}\n", settings=True) == (text in CASES["settings"]["secret"])


@pytest.mark.parametrize(
    "text", ["the default password location", "smb://host/a%20b", "password sha256 fails", "C:/a:b@c", "see s3:/a/b"]
)
def test_words_about_passwords_stay(text: str) -> None:
    assert without_secrets(text) == text


def test_none_of_the_harmless_lines_makes_a_file_secret() -> None:
    assert [text for text in HARMLESS if holds_secret(text)] == []


def test_the_projects_own_code_holds_no_secret() -> None:
    house = Path(__file__).parents[1]
    texts = [*(house / "sesync_cli").rglob("*.py"), *(house / "docs").glob("*.md")]
    assert [path.name for path in texts if holds_secret(path.read_text())] == []


def test_what_tells_of_the_failure_stays() -> None:
    assert without_secrets(FINE) == FINE


def test_no_text_makes_it_hang() -> None:
    for text in (
        "a" * 300_000,
        "://" * 3000,
        " -p mysql curl -u" * 1000,
        "=:" * 3000,
        "password " * 3000,
        "\\n" * 3000,
        "mysql " * 50_000,
        "a:" * 150_000,
        "a-" * 150_000,
        "password=" * 30_000,
        "key = " * 50_000,
        "x.y:5432:" * 30_000,
        "aB3dE5gH7" * 30_000,
        "curl -H echo " * 20_000,
        "machine x login y " * 15_000,
        "Authorization: " * 20_000,
        "'" * 300_000,
        '\\"' * 150_000,
        "<password " * 30_000,
        "set token " * 30_000,
        "https://a:b" * 25_000,
        " " * 300_000,
        "\n" * 300_000,
        "-----BEGIN PRIVATE KEY-----\n" * 10_000,
    ):
        assert without_secrets(text)  # what grows faster than its text would take hours
        assert holds_secret(text) in (True, False)


def test_only_logins_are_struck_out_of_addresses() -> None:
    assert without_logins("https://tok:en@host/x?token=1") == "https://***@host/x?token=1"
    assert without_logins("ssh://git@host/x") == "ssh://git@host/x"


def test_people_are_struck_out_and_whom_one_writes_to_is_not() -> None:
    text = "Author: Ann Doe <ann.doe@example.org>, git@gitlab.sesync.org:g/p.git, ask cyberhelp@sesync.org, numpy@1.2"
    assert without_people(text, {"cyberhelp@sesync.org"}) == text.replace("ann.doe", "***")

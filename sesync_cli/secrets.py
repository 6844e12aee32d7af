"""What must not be read by others, struck out of texts: passwords, tokens, keys, cookies, and people's addresses.

The shapes of tokens are those that their makers document; what has no shape is known by the name before it.
"""

import re
from collections.abc import Collection

_GONE = "***"
_LOGIN = re.compile(r"(?<=://)(?!git@)[^/\s]+@")
_ADDRESS = re.compile(r"\b(?!git@)[\w.+-]+@((?:[\w-]+\.)+[A-Za-z]{2,})\b")
_NAMES = (
    r"(?:pass(?:word|wd|phrase|code)?|mysql_pwd|secret|token|credentials?"
    r"|(?:api|access|account|auth|client|deploy|private|secret|shared|signing)[_-]?key(?:[_-]?id)?)"
)
_VALUE = r"(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s,;&\"'<>)\]}]+)"
_SHAPES = (
    r"gl[a-z]{1,6}-[\w-]{16,}",  # GitLab: glpat-, gldt-, glrt-, glptt-, glcbt-, gloas-
    r"gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{16,}",
    r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}",  # AWS
    r"xox[a-z]-[\w-]{8,}|xapp-[\w-]{8,}",  # Slack
    r"eyJ[\w-]{6,}\.[\w-]{6,}\.[\w-]*",  # JSON Web Token
    r"pypi-[\w-]{32,}|npm_[A-Za-z0-9]{30,}|hf_[A-Za-z0-9]{20,}|dckr_pat_[\w-]{16,}",
    r"sk-[\w-]{20,}|[srp]k_(?:live|test)_\w{10,}|AIza[\w-]{30,}|SG\.[\w-]{16,}\.[\w-]{16,}",
)
_RULES = tuple(
    (re.compile(pattern, re.MULTILINE), by)
    for pattern, by in (
        # a key's block, as long as its lines look like one's; in JSON its line breaks are two letters
        (
            r"(-----BEGIN [^-\n]*PRIVATE KEY[^-\n]*-----)(?: \*\*\*)?"
            r"(?:(?:\\r)?\\n[\w+/=:, .-]*?(?=\\|-----|\"|$)"
            r"|\r?\n[ \t>|│]*(?:[A-Za-z0-9+/=*]+(?=\r?$)|[\w-]+: [^\n]*|(?=\r?\n)))+",
            rf"\1 {_GONE}",
        ),
        (r"^([ \t>|│]*)[A-Za-z0-9+/]{60,80}={0,2}[ \t]*$", rf"\1{_GONE}"),  # a line of such a block
        (r"(?<=://)(?!git@)[^/\s]+@", f"{_GONE}@"),
        (r"(?<=://)[^/\s:@]+:(?!\d+/)[^\s@'\"]+@(?=[\w.-]+)", f"{_GONE}@"),  # a password with a slash
        (rf"\b(?:{'|'.join(_SHAPES)})", _GONE),
        (r"(hooks\.slack\.com/|discord(?:app)?\.com/api/webhooks/|webhook\.office\.com/)[^\s\"']+", rf"\1{_GONE}"),
        (r"(/t/)[\w-]{8,}(?=/)", rf"\1{_GONE}"),  # a token of anaconda.org
        (r"\$(?:apr1|[156]|2[aby]|y)\$[^\s:\"']{8,}", _GONE),  # a password's hash, as in /etc/shadow
        (
            r"((?i:(?:proxy-)?authorization)[\"']?\s*[:=]\s*+[\"']?+"
            r"(?:(?i:basic|bearer|digest|token|negotiate) +)?+)(?!\*)[^\n\"']+",
            rf"\1{_GONE}",
        ),
        (r"(\b(?i:bearer) +)(?=[\w.~+/-]*\d|[\w.~+/-]{20})[\w.~+/=-]{6,}", rf"\1{_GONE}"),
        (r"(\b(?i:set-cookie2?|cookie)[\"']?\s*:\s*)[^\n]+", rf"\1{_GONE}"),
        (r"([?&](?i:sig|signature|key|code|x-amz-(?:signature|credential|security-token))=)[^&\s\"']+", rf"\1{_GONE}"),
        (rf"^([ \t]*(?:export )?(?i:[\w.-]*{_NAMES})[ \t]*(?:=(?!=)|:(?!:))[ \t]*)(?=\S)[^\n]+", rf"\1{_GONE}"),
        (rf"((?i:{_NAMES})[\"']?[ \t]*(?:=>?(?!=)|:(?!:))[ \t]*){_VALUE}", rf"\1{_GONE}"),
        (r"(\b(?i:pwd)=)(?!/)" + _VALUE, rf"\1{_GONE}"),  # ODBC's word; the shell's PWD is a folder
        (rf"(\s--(?i:[\w-]*{_NAMES})(?:=|[ \t]+))(?!-){_VALUE}", rf"\1{_GONE}"),
        (r"(\bcurl\b[^\n]*?\s(?:-u|--user)[ =]?[^\s:]+:)\S+", rf"\1{_GONE}"),
        (r"(\b(?:mysql|mariadb)\w*\b[^\n]*?\s-p)[^\s=]\S*", rf"\1{_GONE}"),
        (r"(\b(?i:machine\s+\S+\s+|login\s+\S+\s+)(?:account\s+\S+\s+)?(?i:password)\s+)\S+", rf"\1{_GONE}"),  # netrc
        (r"^([ \t]*(?i:password)[ \t]+)\S+[ \t]*$", rf"\1{_GONE}"),
        (r"(\b(?i:identified by|password)\s+)(?:'[^'\n]*'|\"[^\"\n]*\")", rf"\1{_GONE}"),  # SQL
        # a line of .pgpass, and not file.c:1:2: of a compiler
        (
            r"^([ \t]*(?![^\s:]*(?:/|\.(?:c|h|cc|cpp|cxx|hpp|py|pyx|f90|rs):))"
            r"[^\s:#]+:(?:\d+|\*):[^\s:]+:[^\s:]+:)\S[^\n]*",
            rf"\1{_GONE}",
        ),
    )
)
# most lines of most logs have none of these, and one look tells it
_SUSPECT = re.compile(
    r"://|pass|pwd|secret|token|credential|key|bearer|author|cookie|hook|identified|curl|mysql|mariadb|/t/|\$\d?[a-z]*\$"
    r"|[A-Za-z0-9+/]{60}|[?&]\w|^[^\s:]+:(?:\d+|\*):"
    r"|gl[a-z]+-|gh._|github_|A[KSBC][ICA]A|xox|xapp|eyJ|pypi-|npm_|hf_|dckr_|sk-|k_live|k_test|AIza|SG\.",
    re.IGNORECASE | re.MULTILINE,
)


def without_secrets(text: str) -> str:
    """The text with every password, token and key in it struck out: https://***@example.org, PGPASSWORD=***."""
    if _SUSPECT.search(text):
        for pattern, by in _RULES:
            text = pattern.sub(by, text)
    return text


def without_logins(text: str) -> str:
    """The text with the name and password of every address in it struck out, and nothing else."""
    return _LOGIN.sub(f"{_GONE}@", text)


def without_people(text: str, known: Collection[str] = ()) -> str:
    """The text with the mail addresses of people in it struck out, but for those that are known to all."""
    return _ADDRESS.sub(lambda found: found[0] if found[0] in known else f"{_GONE}@{found[1]}", text)

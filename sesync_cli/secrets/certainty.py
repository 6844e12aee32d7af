"""Whether what looks like a secret is one for certain, so that a file with it should never be shared."""

import re

from sesync_cli.secrets.values import PATH, Found, after_a_host, bare, blank, password, secret_key, token, unguessable

_IN_DOCUMENTS = re.compile(
    r"pass(?:word|wd|phrase|code|wort)|\bpw\b|\bpass\d*\b|_pass|pass_|secret|token|credential|example|sample|dummy"
    r"|fake|mock|foo|bar|test|demo"
    r"|your|my[-_ ]|change|replace|insert|placeholder|todo|fixme|redacted|some|here|user|admin|login|hello|world|value"
    r"|string|xxx|\*\*\*|\.\.\.|…|1234|abcd?ef|qwerty|correct.?horse|hunter2\b|key\b|[<>{}]|\$[({A-Za-z]|%[(s]|%\w+%",
    re.IGNORECASE,
)
# parts with hyphens, as names of things have them: sort-key-2, tokens.v1.json
_NAME = re.compile(r"[A-Za-z]*\d{0,4}(?:[-_.:/ ][A-Za-z]*\d{0,4})+|[A-Za-z]+\d{1,3}|\d[\d.:/-]*[A-Za-z]{0,3}")
_NO_NAME = r"(?i)u(?:ser)?(?:[-_ ]?name)?\d*|name|login|foo|bar|me|x+|your.*|.*[<{$%].*"


def real(value: str) -> bool:
    """Whether this is no placeholder and no example of a document."""
    return not blank(value) and not _IN_DOCUMENTS.search(value) and len(set(value)) >= 4


def real_token(found: Found) -> bool:
    """Whether what has the shape of a token is one, and not ghp_xxxxxxxxxxxxxxxx."""
    value = found["it"]
    tail = re.split(r"[-_.]", value, maxsplit=1)[-1]
    return not re.search(r"(?i)example|xxxx|\.\.\.|your|<|\$", value) and len(set(tail)) >= 8


def real_key(found: Found) -> bool:
    """Whether lines of a key follow its first one, which alone is in every program that reads keys."""
    return bool(re.search(r"[A-Za-z0-9+/=]{4}", found["it"].replace("\\r", "").replace("\\n", " ")))


def real_login(found: Found) -> bool:
    """Whether an address has a name and a password, and not the words for them."""
    user, _, secret = found["it"].partition(":")
    few = r"(?!xyz|abc|pwd)[A-Za-z]{2,3}"
    if not user or len(secret) < 2 or secret == user or re.fullmatch(_NO_NAME, user):
        return False
    return real(secret) or bool(re.fullmatch(few, secret))


def real_password(found: Found) -> bool:
    """Whether a file sets a password: to what is quoted, or to a line of its own that is no word of code."""
    whole = found["it"].strip().rstrip(",;")
    value = bare(whole)
    if len(value) < 6 or not real(value) or not password(found) or PATH.fullmatch(value) or re.search(r"\s", value):
        return False
    if whole != value and re.fullmatch(r"(?:\w+\.){2,}\w+(?::\w+)?", value):
        return False  # a module
    if whole != value:
        return not re.match(
            r"[^\n]*[\"'`]\s*[+%.(\[]", whole[-1:] + found.string[found.end("it") : found.end("it") + 3]
        )
    return bool(re.fullmatch(r"(?=\D*\d)(?=.*[A-Za-z])[^\s()\[\]{}<>\"'`|]+", value))


def real_secret(found: Found) -> bool:
    """Whether a file sets a token or a key: to letters and digits that are no name of anything."""
    whole = found["it"].strip().rstrip(",;")
    value = bare(whole)
    if not re.fullmatch(r"(?=.*\d)(?=.*[A-Za-z])[\w+/=~.:!@#$%^&*-]{8,}", value) or _NAME.fullmatch(value):
        return False
    said = whole != value or (unguessable(value) and not re.fullmatch(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+", value))
    named = secret_key(found) or not found["name"].lower().startswith("key")
    return said and named and real(value) and token(found)


def real_header(found: Found) -> bool:
    """Whether a header has a value, and not the name of one."""
    value = found["it"].strip().split(" ")[-1]
    return (
        len(value) >= 12 and real(value) and bool(re.search(r"\d", value)) and not re.search(r"[(){}<>$%\\+ ]", value)
    )


def real_netrc(found: Found) -> bool:
    """Whether a line of .netrc has a password, and not the word for one."""
    return len(found["it"]) >= 4 and real(found["it"])


def pgpass(found: Found) -> bool:
    """Whether a line is one of .pgpass: nothing before it, and a password that is none of the documentation's."""
    line = found.string.rfind("\n", 0, found.start()) + 1
    host = found.string[line : found.start()]
    return (
        after_a_host(found)
        and not re.search(r"[^\w.*/-]", host)
        and not re.search(r"\s", found["it"])
        and len(found["it"]) >= 4
        and real(found["it"])
    )


def hash_like(found: Found) -> bool:
    """Whether what begins as a password's hash goes on as one, and is not `$1$` of a pattern."""
    return (
        bool(re.search(r"\d", found["it"][4:]))
        and len(found["it"]) >= 20
        and not re.search(r"[()\\<>|?]|xxx", found["it"])
    )

"""Whether what looks like a secret is one for certain, so that a file with it should never be shared."""

import base64
import binascii
import re

from sesync_cli.secrets.names import PASSWORD
from sesync_cli.secrets.values import (
    NAME,
    PATH,
    Found,
    after_a_host,
    bare,
    blank,
    drawn_at_random,
    handed,
    option,
    password,
    secret_key,
    token,
    unguessable,
)

_IN_DOCUMENTS = re.compile(
    r"pass(?:word|wd|phrase|code|wort)|\bpw\b|\bpass\d*\b|_pass|pass_|secret|token|credential|example|sample|dummy"
    r"|fake|mock|foo|bar|test|demo"
    r"|your|my[-_ ]|change|replace|insert|placeholder|todo|fixme|redacted|some|here|user|admin|login|hello|world|value"
    r"|string|xxx|\*\*\*|\.\.\.|…|1234|abcd?ef|qwerty|correct.?horse|hunter2\b|key\b|[<>{}]|\$[({A-Za-z]|%[(s]|%\w+%",
    re.IGNORECASE,
)
_STATES = re.compile(
    r"(?i)compat|files?|systemd|winbind|sssd?|ldap|disabled?|enabled?|encrypted|plain(?:text)?|always|never|auto|random"
    r"|inherit|manual|generated?|base64|sha\d*|md5|crypt|bcrypt|[!&*@|>].*"
)
_PAGES = re.compile(r"(?i)(?:page|next|previous|continuation|sync|cursor)[-_]?$")
_NETRC = re.compile(
    r"[ \t]*(?:machine\s+\S+|default)(?:\s+(?:login|user|account|password)\s+\S+)+\s*(?:macdef\b.*|#.*)?", re.IGNORECASE
)
_NO_NAME = r"(?i)u(?:ser)?(?:[-_ ]?name)?\d*|name|login|foo|bar|me|x+|your.*|.*[<{$%].*"


def real(value: str) -> bool:
    """Whether this is no placeholder and no example of a document."""
    return not blank(value) and not _IN_DOCUMENTS.search(value) and len(set(value)) >= 4


def real_token(found: Found) -> bool:
    """Whether what has the shape of a token is one, and not ghp_xxxxxxxxxxxxxxxx."""
    value = found["it"]
    if found.string.endswith("pk.", 0, found.start("it")):
        return False  # Mapbox's public ones
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
    if not re.fullmatch(r"(?=.*\d)(?=.*[A-Za-z])[\w+/=~.:!@#$%^&*-]{8,}", value) or NAME.fullmatch(value):
        return False
    said = whole != value or (unguessable(value) and not re.fullmatch(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+", value))
    if value.startswith("pk.") or _PAGES.search(found.string, max(found.start("name") - 24, 0), found.start("name")):
        return False  # for everybody; or where a list goes on
    named = secret_key(found) or not found["name"].lower().startswith("key")
    return said and named and real(value) and token(found)


def real_handed(found: Found) -> bool:
    """Whether a program is handed a password that somebody has chosen."""
    return handed(found) and _chosen(bare(found["it"]))


def real_option(found: Found) -> bool:
    """Whether an option has such a password, or a token that nobody could guess."""
    value = bare(found["it"])
    named = bool(re.fullmatch(PASSWORD, found["name"], re.IGNORECASE)) or unguessable(value)
    return option(found) and named and _chosen(value)


def real_words(found: Found) -> bool:
    """Whether a statement of SQL sets such a password."""
    return _chosen(bare(found["it"]))


def real_pw(found: Found) -> bool:
    """Whether `pw` is set to such a password."""
    return real_password(found) and _chosen(bare(found["it"]))


def real_element(found: Found) -> bool:
    """Whether an element of XML has such a password, or a token that nobody could guess."""
    named = bool(re.fullmatch(f"{PASSWORD}|pass", found["name"], re.IGNORECASE))
    return _chosen(found["it"]) and (named or (unguessable(found["it"]) and found["name"].lower() != "key"))


def real_call(found: Found) -> bool:
    """Whether a function that takes a key is called with one that nobody could guess."""
    named = found["name"].lower() != "key" or secret_key(found)
    return named and drawn_at_random(found) and real(bare(found["it"]))


def real_basic(found: Found) -> bool:
    """Whether this is a name and a password in base64."""
    try:
        said = base64.b64decode(found["it"], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return False
    user, colon, secret = said.partition(":")
    return said.isprintable() and bool(user and colon) and len(secret) >= 4 and real(secret)


def real_psk(found: Found) -> bool:
    """Whether this is the password of a wireless network."""
    value = bare(found["it"])
    return real(value) and (value != found["it"] or _chosen(value))


def real_in_shell(found: Found) -> bool:
    """Whether a shell hands a word to a command: it stands for itself there, with or without digits."""
    value, alone = found["it"], not found.string[found.end() :].strip()
    set_for = (found["for"] or "").startswith("export") or not alone
    return set_for and real(value) and not PATH.fullmatch(value) and not re.search(r"[\\{}\[\],=]", value)


def real_setting(found: Found) -> bool:
    """Whether a line of settings sets a password: any word is one there, unless it says how or whether."""
    whole = re.sub(r"\s+#.*", "", found["it"].strip()).rstrip(",;")
    value = bare(whole)
    if len(value) < 6 or not real(value) or PATH.fullmatch(value) or _STATES.fullmatch(value):
        return False
    if re.search(PASSWORD, value, re.IGNORECASE) or not password(found):
        return False
    if whole == value:
        return bool(re.fullmatch(r"[^\s()\[\]{}<>\"'`|]+", value)) and not re.fullmatch(r"(?:\w+\.)+\w+", value)
    return len(value) <= 40 and len(value.split()) <= 4 and (" " not in value or not re.fullmatch(r"[^\d]+", value))


def real_header(found: Found) -> bool:
    """Whether a header has a value, and not the name of one."""
    value = found["it"].strip().split(" ")[-1]
    return (
        len(value) >= 12 and real(value) and bool(re.search(r"\d", value)) and not re.search(r"[(){}<>$%\\+ ]", value)
    )


def real_netrc(found: Found) -> bool:
    """Whether a line of .netrc has a password, and not the word for one; nothing else stands in such a line."""
    start = found.string.rfind("\n", 0, found.start("it")) + 1
    line = found.string[start:].partition("\n")[0]
    told = "whose" not in found.groupdict() or (
        _NETRC.fullmatch(line) and (found["login"] or found["whose"].lower() != "default" or NAME.search(found["it"]))
    )
    return bool(told) and len(found["it"]) >= 4 and real(found["it"])


def pgpass(found: Found) -> bool:
    """Whether a line is one of .pgpass: nothing before it, and a password that is none of the documentation's."""
    line = found.string.rfind("\n", 0, found.start()) + 1
    host = found.string[line : found.start()]
    return (
        after_a_host(found)
        and re.fullmatch(r"[\w.*/-]*|\[[\da-fA-F:.]+\]", host) is not None
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


def numbered(found: Found) -> bool:
    """Whether a key is that of the Climate Data Store, with the number of whom it belongs to before it."""
    return ":" in found["it"]


def _chosen(value: str) -> bool:
    """Whether this is a password that somebody may have chosen: letters and digits that are no name of anything."""
    mixed = re.fullmatch(r"(?=.*\d)(?=.*[A-Za-z])[^\s()\[\]{}<>]{6,}", value)
    return bool(mixed) and real(value) and not PATH.fullmatch(value) and not NAME.fullmatch(value)

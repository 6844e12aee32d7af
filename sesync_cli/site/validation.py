"""What the values of a site file must be like: by setting, or else by the kind of its value."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

_MOST = 10**12
_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_LABEL = _WORD | {"-"}
_USER = _WORD | set("+-.")
_MAILBOX = _WORD | set("!#$%&'*+/=?^`{|}~-.")
_PATH = _WORD | set("-./~")
_PAGE = frozenset(map(chr, range(ord("!"), ord("~") + 1))) - set('"<>\\^`{|}')
_NO_LINE = frozenset(map(chr, (*range(0x20), *range(0x7F, 0xA0), *range(0x2028, 0x202F), *range(0x2066, 0x206A))))
"""Line ends and control characters, and those that turn the direction of writing."""
_ECDSA = tuple(f"ecdsa-sha2-nistp{bits}" for bits in (256, 384, 521))
_KEYS = {"ssh-ed25519", "ssh-rsa", *_ECDSA, "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"}


class ValueRule(NamedTuple):
    """Whether a value is good, what it must be in words, and what helps where it is not."""

    holds: Callable[[Any], bool]
    words: str
    hint: str = ""


def broken_rule(key: str, kind: Any, value: Any) -> tuple[ValueRule, Any] | None:
    """The rule that a value of the right kind breaks, and what breaks it: the value, or one text of a list."""
    rule = _RULES.get(key) or _BY_KIND.get(kind)
    for one in value if isinstance(value, list) else (value,):
        if isinstance(one, str) and not _LINE.holds(one):
            return _LINE, one
        if rule and not rule.holds(one):
            return rule, one
    return None


def web_host(url: str) -> str:
    """The host of a web address, as it stands there; empty if it is no web address."""
    scheme, _, rest = url.partition("://")
    host, rest = _after_host(rest)
    return host if scheme in ("https", "http") and is_host(host) and _is_port(rest.partition("/")[0]) else ""


def is_host(text: str) -> bool:
    """Whether this is the name of a host or its IP address, which is in brackets if it is one of IPv6."""
    if text.startswith("["):
        return text.endswith("]") and _is_ip(text[1:-1], 6)
    labels = text.split(".")
    if labels[-1].isdigit():
        return _is_ip(text, 4)
    return len(text) <= 253 and all(
        0 < len(label) < 64 and _LABEL.issuperset(label) and "-" not in (label[0], label[-1]) for label in labels
    )


def _is_ip(text: str, version: int) -> bool:
    from ipaddress import ip_address

    try:
        return "%" not in text and ip_address(text).version == version
    except ValueError:
        return False


def _after_host(text: str) -> tuple[str, str]:
    """The host that a text begins with, and the rest: a port, a path."""
    ends = (text.find(":"), text.find("/"), len(text))
    end = text.find("]") + 1 if text.startswith("[") else min(end for end in ends if end >= 0)
    return text[:end], text[end:]


def _is_port(text: str) -> bool:
    """Whether this is what may follow a host: nothing, or a colon and a port."""
    number = text[1:]
    is_number = number.isascii() and number.isdigit() and len(number) < 6
    return not text or (text[0] == ":" and is_number and 0 < int(number) < 65536)


def _is_web(letters: frozenset[str]) -> Callable[[str], bool]:
    """A rule for web addresses whose path has these letters."""
    return lambda url: bool(web_host(url)) and letters.issuperset(url.partition("://")[2].partition("/")[2])


def _is_repository(template: str) -> bool:
    scheme, _, rest = template.partition("://")
    is_url = scheme in ("ssh", "https", "http")
    if template.count("{repo}") != 1 or scheme == "file":
        return template.count("{repo}") == 1 and rest.startswith("/")
    user, at, place = (rest if is_url else template).rpartition("@")
    host, rest = _after_host(place)
    if not is_host(host) or (at and not _is_user(user)) or set(" ?#") & set(rest):
        return False
    if is_url:
        port, _, path = rest.partition("/")
        return _is_port(port) and "{repo}" in path
    return bool(at) and rest.startswith(":") and not rest.startswith(("::", ":-", "://"))


def _is_user(text: str) -> bool:
    return _USER.issuperset(text) and text[:1] in _WORD


def _is_email(text: str) -> bool:
    name, _, host = text.partition("@")
    return _MAILBOX.issuperset(name) and all(name.split(".")) and is_host(host) and not host.startswith("[")


def _is_mailer(words: str) -> bool:
    import shlex

    try:
        return not words or any(shlex.split(words)[:1])
    except ValueError:
        return False


def _is_host_key(line: str) -> bool:
    from binascii import a2b_base64

    kind, blob, *_ = *line.split(), "", ""
    try:
        parts = list(_parts(a2b_base64(blob, strict_mode=True)))
    except ValueError:
        return False
    return kind in _KEYS and len(parts) > 1 and parts[0] == kind.encode()


def _parts(blob: bytes) -> Iterator[bytes]:
    """What a public key consists of, each part after its length: its type, then numbers."""
    while blob:
        end = 4 + int.from_bytes(blob[:4])
        if len(blob) < end:
            raise ValueError("a part of the key is missing")
        yield blob[4:end]
        blob = blob[end:]


def _between(least: int, most: int) -> ValueRule:
    return ValueRule(lambda number: least <= number <= most, f"from {least} to {most:_}")


def _is_version(text: str) -> bool:
    return text.startswith("3.") and text.isascii() and text[2:].isdigit()


_HOSTS = "A host is a name such as gitlab.example.org or an IP address (of IPv6: in brackets), a port is 1 to 65535."
_ADDRESS = "an address that begins with https:// or http:// and a host, as in https://HOST:PORT/PATH"
_LINE = ValueRule(_NO_LINE.isdisjoint, "one line without control characters")
_TEXT = ValueRule(lambda text: bool(text.strip()), "more than blanks")
_SECONDS = ValueRule(lambda seconds: 0 < seconds < 3600, "above 0 and below 3600")
_VERSION = ValueRule(_is_version, "a version such as 3.8")
_ABSOLUTE = ValueRule(lambda path: path.startswith("/"), "an absolute path")
_PAGE_ADDRESS = ValueRule(_is_web(_PAGE), _ADDRESS, _HOSTS)
_HOST = ValueRule(is_host, "the name of a host, such as ssh.example.org", "It has no blank, no port and no path.")
_REPOSITORY = ValueRule(
    _is_repository,
    "an address for git, with {repo} once in its path",
    "It is as git@HOST:{repo}.git, ssh://git@HOST:PORT/{repo}.git or https://HOST/{repo}.git, without a password.",
)
_BY_KIND: Mapping[Any, ValueRule] = {
    int: _between(1, _MOST),
    str: _TEXT,
    tuple[str, ...]: _TEXT,
}
_RULES: Mapping[str, ValueRule] = {
    "home.path": _ABSOLUTE,
    "home.warn_percent": _between(1, 100),
    "data.path": ValueRule(
        lambda path: path.startswith("/") and path.count("{project}") == 1 and "{project}" in path.rpartition("/")[2],
        "an absolute path with {project} once, in its last part",
    ),
    "data.patience_seconds": _SECONDS,
    "scratch.path": _ABSOLUTE,
    "scratch.node_path": _ABSOLUTE,
    "uploads.url": _PAGE_ADDRESS,
    "uploads.sftp_host": _HOST,
    "where.small_table_rows": _between(0, _MOST),
    "python.default": _VERSION,
    "python.system": _VERSION,
    "python.advice_seconds": _SECONDS,
    "kernels.start_seconds": _SECONDS,
    "gitlab.url": ValueRule(_is_web(_PATH), _ADDRESS, _HOSTS),
    "gitlab.ssh": _REPOSITORY,
    "gitlab.https": _REPOSITORY,
    "gitlab.prefer": ValueRule(lambda way: way in ("ssh", "https"), "'ssh' or 'https'"),
    "gitlab.host_keys": ValueRule(
        _is_host_key,
        "keys such as 'ssh-ed25519 AAAA...', each whole",
        "Leave out the host's name, which ssh-keyscan prints before each key: a key begins with its type.",
    ),
    "database.host": ValueRule(lambda host: is_host(host.replace("{host}", "host")), _HOST.words, _HOST.hint),
    "accounts.password_url": _PAGE_ADDRESS,
    "accounts.gateway": _HOST,
    "jupyter.url": _PAGE_ADDRESS,
    "support.email": ValueRule(_is_email, "one address such as help@example.org, and no more"),
    "support.url": _PAGE_ADDRESS,
    "support.search_url": ValueRule(
        lambda url: (
            url.partition("://")[2].partition("/")[2].count("{words}") == 1
            and _PAGE_ADDRESS.holds(url.replace("{words}", "", 1))
        ),
        f"{_ADDRESS}, with {{words}} once in its path",
        _HOSTS,
    ),
    "support.mailer": ValueRule(_is_mailer, "a command line such as 'sendmail -t', or empty"),
}

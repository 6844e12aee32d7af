"""What is put where a secret would be: whether it looks like one, or is only a placeholder, a word, or code."""

import re

Found = re.Match[str]

# what stands for a secret and is none
_PLACEHOLDER = re.compile(
    r"[*x.\-_#•?]+|<.*|\[.*\]?|\{\{.*|\{[\w.\[\]!:\'\"()]*\}?|\$\{?\(?\{?\w*.*|%[\w()]+%?s?|@\w+@|\\?[\"'`]*"
    r"|(?:none|null|nil|na|nan|jwt|true|false|yes|no|not|is|was|are|and|or|of|for|to|in|on|if|as|at|the|an?|with|from"
    r"|has"
    r"|undefined|empty|missing|required|optional|expired|invalid|incorrect|wrong|unknown|unset|found|must|can|may"
    r"|requires?|needs?|takes?|expects?|should"
    r"|will|when|which|that|use|using|ask|enter|prompt|hidden|redacted|masked|removed|filtered|default|denied|failed"
    r"|rejected|accepted|ok|str|string|int|bytes|bool|text|any|optional\[.*|union\[.*|option|options|flag|instead)",
    re.IGNORECASE,
)
# code that gets it from elsewhere: a call, an item, an attribute of what holds settings
_CODE = re.compile(
    r"[rbf]?[\w.:$]*[\w\])]\(|\w[\w.]*\[|(?:self|cls|this|args?|opts?|options?|config|conf|cfg|settings?|params?|kwargs"
    r"|env|os|sys|process|request|req|data|user|session|secrets|credentials?|auth|client|ctx|context)(?:\.|->|\$"
    r"|\?\.)\w"
    r"|\w+\)* [+%*/-] \w|(?:await|new|lambda|not|str|int|bytes)\b[ :]",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[A-Za-z][a-z'\u2019-]*[,;:]?(?: +[(\"'`]?[A-Za-z][A-Za-z'\u2019/_-]*[)\"'`.,;:!?]*)+")
_HEX = re.compile(r"(?=[a-f]*\d)(?=\d*[a-f])[\da-f]{20,}|(?=[A-F]*\d)(?=\d*[A-F])[\dA-F]{20,}")
_UUID = re.compile(r"(?:\d+:)?[\da-fA-F]{8}(?:-[\da-fA-F]{4}){3}-[\da-fA-F]{12}")
_MIXED = re.compile(
    r"(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=\D*\d.*[A-Za-z])(?!.*[\s(){}\[\]<>\\:,;])[\w+/=~.!@#$%^&*-]{10,}"
)
_WORDS = re.compile(
    r"pass|pwd|pw\b|kennwort|secret|token|key|credential|auth(?!or)|login|log in|cookie|session|\bpin\b|\bpat\b|geheim"
    r"|contrase|clave|senha|parola|wachtwoord|senord|adgangskode|salasana|has[łl]o|heslo|jelsz|ifre|пароль|密[码碼]"
    r"|パスワード|비밀번호|mdp|bearer|basic",
    re.IGNORECASE,
)
_KEYS = re.compile(
    r"(?:api|app|application|access|account|auth|client|consumer|deploy|encryption|function|license|master|private"
    r"|project|secret|service|shared|signing|ssh|storage|subscription|webhook|write)[-_ ]?(?:access[-_ ]?)?$",
    re.IGNORECASE,
)
_HOST = re.compile(r"(?:\*|\[[\da-fA-F:.]+\]|(?<![\w.*/-])[\w./-]+)$")
_SOURCE = re.compile(r"\.(?:c|h|cc|cpp|cu|cxx|hpp|py|pyx|f90|rs|jl|o|r|js|ts|go|java|log|tex|sh|txt)$", re.IGNORECASE)
# parts with hyphens, as names of things have them: sort-key-2, tokens.v1.json
NAME = re.compile(r"[A-Za-z]*\d{0,4}(?:[-_.:/ ][A-Za-z]*\d{0,4})+|[A-Za-z]+\d{1,3}|\d[\d.:/-]*[A-Za-z]{0,3}")
PATH = re.compile(r"(?:~|\.{1,2}|[A-Za-z]:)?[\\/][\w.~\\/ -]*|[\w.+-]+://.*")


def any_value(found: Found) -> bool:
    """Always: what stands before or around it leaves no doubt."""
    return True


def never(found: Found) -> bool:
    """Not at all: the first line of a key that tells its kind is no secret by itself."""
    return False


def not_a_placeholder(found: Found) -> bool:
    """Whether what stands there is more than a word for it, such as <token>."""
    return not blank(bare(found["it"]))


def not_a_name(found: Found) -> bool:
    """Whether a word that stands behind one for passwords is one, and not sha256 or utf-8."""
    return not blank(bare(found["it"])) and not NAME.fullmatch(found["it"].rstrip(".:!?"))


def told_by_netrc(found: Found) -> bool:
    """Whether a line is one of .netrc: `the default password policy` is none."""
    default = found["whose"].lower() == "default" and not found["login"]
    return not_a_placeholder(found) and (not default or has_digit(found))


def not_a_variable(found: Found) -> bool:
    """Whether the password of an address is more than ${TOKEN}, which a program fills in."""
    return not re.fullmatch(r"(?:[^:]*:)?(?:\$\{?\w+\}?|<[^>]*>|\{\w*\}|%\(?\w+\)?s|\*{3})", found["it"])


def handed(found: Found) -> bool:
    """Whether a program is handed a password there: -pthread is an option of compilers, $PW a variable."""
    value = bare(found["it"])
    compiles = re.fullmatch(r"thread|ipe|edantic|rofile|g|ie|IC|IE|rotocol\S*|ort\S*", value)
    return not blank(value) and not compiles and not (value == found["it"] and value[0] in "-$/")


def header(found: Found) -> bool:
    """Whether a header's value is one, and not what a sentence goes on with."""
    value = found["it"].strip()
    return not blank(value) and not _SENTENCE.fullmatch(value) and not value.startswith(("{", "$", "+"))


def near_a_word_for_secrets(found: Found) -> bool:
    """Whether a word for a password, a token or a key is said shortly before."""
    before = found.string[max(found.start() - 120, 0) : found.start()]
    return bool(_WORDS.search(before[before.rfind("\n") + 1 :]))


def bare(value: str) -> str:
    """The value without the quotes around it."""
    value = re.sub(r"^(?:\\|[rbuf]{1,2}(?=[\"']))", "", value.strip())
    if value[:1] and value[0] in "\"'`":
        return value[1:].partition(value[0])[0].rstrip("\\")
    return value[1:-1] if value.startswith("{") and ";" in value else value  # as ODBC quotes


def blank(value: str) -> bool:
    """Whether this only stands for a value: None, ***, <token>, ${TOKEN}."""
    return not value or bool(_PLACEHOLDER.fullmatch(value))


def unguessable(value: str) -> bool:
    """Whether nobody would write this but a program that draws lots: letters of both cases and digits, or long hex."""
    written = PATH.fullmatch(value) or re.fullmatch(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+", value)
    return not written and bool(_MIXED.fullmatch(value) or _HEX.fullmatch(value) or _UUID.fullmatch(value))


def has_digit(found: Found) -> bool:
    """Whether it has a digit, which words of a sentence have not."""
    return any(map(str.isdigit, found["it"]))


def drawn_at_random(found: Found) -> bool:
    """Whether the value is unguessable: for names that are also said of harmless things, such as key."""
    return unguessable(bare(found["it"]))


def _set_apart(found: Found) -> bool:
    """Whether the value is written as one, and not as the rest of a sentence or a piece of code."""
    whole, value = found["it"], bare(found["it"])
    if blank(value) or (value == whole and (_CODE.match(value) or value.lower() == found["name"].lower())):
        return False
    colon = ":" in found["by"] and "=" not in found["by"]
    if colon and _SENTENCE.fullmatch(value) and value == whole:
        return False
    prose = colon and bool(
        re.search(r"[a-z:] {1,2}$", found.string[max(found.start("name") - 3, 0) : found.start("name")])
    )
    return not prose or (unguessable(value) or any(map(str.isdigit, value)))


def password(found: Found) -> bool:
    """Whether what follows the name of a password may be one: all but placeholders, code and prose."""
    if found["name"].lower() in ("pwd", "pw", "pass") and PATH.fullmatch(bare(found["it"])):
        return False  # the shell's PWD is a folder
    return _set_apart(found)


def token(found: Found) -> bool:
    """Whether what follows the name of a token may be one: not 'EOF', which a compiler says, nor a number."""
    value = bare(found["it"])
    if found["name"].lower().startswith("key") and not secret_key(found):
        return unguessable(value) and not found.string[: found.start("name")].endswith("cache ")
    if found["name"].lower().startswith("cred") and not re.search(r"\d", value):
        return False  # in a browser, credentials=include
    return len(value) >= 6 and not value.isdecimal() and not PATH.fullmatch(value) and _set_apart(found)


def short_password(found: Found) -> bool:
    """Whether what follows `pass` is no count of tests that pass."""
    value = bare(found["it"])
    told = value != found["it"] or not value.isalpha()
    return len(value) >= 4 and not re.fullmatch(r"[\d.%/, ]+\b.*", value) and told and password(found)


def option(found: Found) -> bool:
    """Whether what follows an option is its value, and neither a word of a help text nor the name of a file."""
    value, name = bare(found["it"]), found["name"].lower()
    if blank(value) or value.startswith("-") or PATH.match(value) or re.fullmatch(r"[A-Z]+|[\w-]+\.[a-z]{2,4}", value):
        return False
    if name.startswith("key") and not secret_key(found):
        return unguessable(value)
    return len(value) >= (4 if "pass" in name or "pw" in name else 6)


def after_a_host(found: Found) -> bool:
    """Whether a host's name stands before a line of .pgpass, and not a compiler's file.c or a time."""
    before = _HOST.search(found.string, max(found.start() - 100, 0), found.start())
    return bool(before and not before[0].isdecimal() and not _SOURCE.search(before[0]))


def secret_key(found: Found) -> bool:
    """Whether the word before `key` says that it is a secret: a primary or a sorting key is none."""
    return bool(_KEYS.search(found.string, max(found.start("name") - 24, 0), found.start("name")))

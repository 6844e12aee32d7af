"""What gives a secret away: its own shape, the name before it, or the program that it is handed to.

The shapes of tokens are those that their makers document; what has no shape is known by what stands before it.
"""

from sesync_cli.secrets.certainty import (
    hash_like,
    numbered,
    pgpass,
    real_call,
    real_element,
    real_handed,
    real_header,
    real_key,
    real_login,
    real_netrc,
    real_option,
    real_password,
    real_pw,
    real_secret,
    real_token,
    real_words,
)
from sesync_cli.secrets.files import FILES
from sesync_cli.secrets.names import LOOSE, LOOSE_HINTS, PASSWORD, PASSWORD_HINTS, TOKEN, TOKEN_HINTS
from sesync_cli.secrets.programs import PROGRAMS
from sesync_cli.secrets.rule import Rule, Rules
from sesync_cli.secrets.shapes import ALONE, BLOCK, DISCORD, LINE, PGPASS, PLAIN_IS, RANDOM, UUID
from sesync_cli.secrets.shapes import TOKENS as SHAPES
from sesync_cli.secrets.values import (
    after_a_host,
    any_value,
    drawn_at_random,
    handed,
    has_digit,
    header,
    near_a_word_for_secrets,
    never,
    not_a_name,
    not_a_placeholder,
    not_a_variable,
    option,
    password,
    short_password,
    token,
    told_by_netrc,
)

_IS = (
    r"(?P<by>[ \t]*(?:=>?(?!=)|:=|:(?!:)|<-|\uff1a|%3[Dd])[ \t]*|\\?[\"'`]?\)?\]*[ \t]*(?:=>?(?!=)|:=|:(?!:)"
    r"|<-)[ \t]*)"
)
_VALUE = (
    r"(?P<it>(?:[rbuf]{1,2}(?=[\"']))?(?:\\\"[^\"\\\n]*\\\"|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`[^`\n]*`)"
    r"|\{[^{}\n]*\}(?=;|$)|[^\s,;&\"'`<>)\]}]+)"
)
_TELLING = r"(?=[^\s\"']*\d)(?=[^\s\"']*[A-Za-z])(?![^\s\"']*[/()])[^\s\"',;]{6,}"  # with letters and digits
_WORD = r"(?P<it>\"[^\"\n]+\"|'[^'\n]+'|[^\s\"'|;&<>`]+)"


def _handed(hints: tuple[str, ...], program: str, behind: str) -> Rule:
    return Rule(
        hints,
        rf"(?<![\w-]){program}(?:\.exe)?(?=\s)(?:[^\n|]{{0,200}}?\s)??(?<=\s){behind}{_WORD}",
        handed,
        real_handed,
    )


def _is_option(behind: str) -> bool:
    return behind.startswith(("-", "(?:-"))


_OPTIONS = tuple(_handed(*program) for program in PROGRAMS if _is_option(program[2]))
_NO_GIT = r"(?<=://)(?!git@)(?:(?<!ssh://)(?<!sftp://)|(?=[^/\s@]*:))"

_ANY = ("",)  # the hint that is in every text
BLOCKS = Rules(  # of several lines
    Rule(("private key",), BLOCK, any_value, real_key),
    Rule(("private key",), r"\A-----BEGIN [^-\n]*PRIVATE KEY(?P<it>)", never, any_value),  # a file of nothing else
    Rule(("machine",), r"^[ \t]*machine\s+\S+\s+login\s+\S+\s+password\s+(?P<it>\S+)", not_a_placeholder, real_netrc),
    Rule(("putty-user-key",), r"^PuTTY-User-Key-File-\d: (?P<it>[^\n]*)", never, any_value),
    Rule(("---- begin ssh2",), r"\A---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----(?P<it>)", never, any_value),
    # a key as JSON
    Rule(('"kty"',), r"\"[dk]\"\s*:\s*\"(?P<it>[\w-]{22,})\"", any_value, real_token),
    Rule(("private-lines",), r"^Private-Lines: \d+(?P<it>(?:\r?\n[A-Za-z0-9+/=]+)+)", any_value),
)
TOKENS = Rules(
    *(Rule(hints, rf"(?<![\w-])(?P<it>{shape})", any_value, real_token) for hints, shape in SHAPES),
    Rule((":",), PGPASS, after_a_host, pgpass),
)
LINES = Rules(
    Rule(_ANY, rf"^[ \t>|│]*(?P<it>{LINE})[ \t]*$", any_value),  # a line of such a block
    Rule(("://",), rf"{_NO_GIT}(?P<it>[^/\s\"'<>`]+)(?=@)", not_a_variable, real_login),
    Rule(
        ("://",), r"(?<=://)(?!\*\*\*)(?P<it>[^/\s:@]{1,99}:(?!\d+/)[^\s@'\"]{1,199})(?=@[\w.-]+)", not_a_variable
    ),  # with a slash
    Rule(
        (":/",), r"(?<!\w)[A-Za-z][\w+.-]{1,20}:/(?P<it>[^/\s:@\"']{1,99}:[^\s@\"']{1,199})(?=@[\w.-])", not_a_variable
    ),
    Rule(("discord", "token", "bot"), rf"(?<![\w.-])(?P<it>{DISCORD})(?![\w.-])", any_value, real_token),
    Rule(
        ("hooks", "webhook", "/bot"),
        r"(?:hooks\.slack\.com/|discord(?:app)?\.com/api/webhooks/|webhook\.office\.com/|api\.telegram\.org/bot"
        r"|/hooks/(?=\w{20}))(?P<it>[^\s\"'<>]+)",
    ),
    Rule(("/t/",), r"(?:conda|mamba|quetz)[^\s\"']{0,80}?/t/(?P<it>[\w-]{8,})(?=/)"),
    Rule(
        ("$",),
        r"(?P<it>\$(?:apr1|[1567]|2[abxy]|g?y|P|H|sha1|md5|scrypt|argon2(?:id|[id])"
        r"|pbkdf2(?:-sha\d+)?)\$(?:v=\d+\$)?(?:m=[\d,tp=]+\$)?[^\s:\"',;]{8,})",
        any_value,
        hash_like,
    ),
    Rule(
        ("pbkdf2", "scrypt", "bcrypt", "{s", "sha1:", "scram-", "md5"),
        r"(?<!\w)(?P<it>(?:pbkdf2[_:]\w+[:$]|scrypt:|bcrypt\w*\$)\S{20,}|\{S(?:SHA\d*|HA|MD5)\}[\w+/=]{16,}"
        r"|sha(?:1|256):[0-9a-f]{8,16}:[0-9a-f]{40,64}|SCRAM-SHA-\d+\$\S{20,})",
        any_value,
        hash_like,
    ),
    Rule(
        ("authorization",),
        r"(?i:authorization)\\?[\"']?\]?\s{0,9}[:=]\s{0,9}\\?f?[\"']?(?:(?i:basic|bearer|digest|token|negotiate"
        r"|apikey) +)?(?P<it>[^\n\"'\\]+)",
        header,
        real_header,
    ),
    Rule(
        ("bearer",),
        r"(?<!\w)(?i:bearer) +(?P<it>(?=[\w.~+/-]*\d|[\w.~+/-]{20})[\w.~+/=-]{6,})",
        not_a_placeholder,
        real_header,
    ),
    Rule(("basic",), r"(?<!\w)(?i:basic) +(?P<it>(?=[A-Za-z+/]*\d|[\w+/]+=)[A-Za-z0-9+/]{8,}=*)(?![\w.-])"),
    Rule(("cookie",), r"(?<!\w)(?i:set-cookie2?|cookie)[\"']?[ \t]*:[ \t]*(?P<it>[^\n]+)", has_digit),
    Rule(
        ("cookie",),
        r"(?i:cookies?)(?:=| = | |[\"']?: ?)(?P<it>\{[^}\n]*\}|\"[^\"\n]*=[^\"\n]*\"|'[^'\n]*=[^'\n]*'|\w+=[^\s;\"']+)",
        has_digit,
    ),
    Rule(
        ("curl",),
        r"(?<![\w-])curl\s(?:[^\n|]{0,200}?\s)??-b[ =]?(?P<it>\"[^\"\n]*=[^\"\n]*\"|'[^'\n]*=[^'\n]*'|[^\s=]+=\S+)",
    ),
    Rule(("\ttrue\t", "\tfalse\t"), r"^\S+\t(?:TRUE|FALSE)\t\S+\t(?:TRUE|FALSE)\t\d+\t[^\t\n]+\t(?P<it>[^\t\n]+)"),
    Rule(
        ("?", "&"),
        r"[?&](?i:sig|signature|x-amz-(?:signature|credential|security-token)|x-goog-(?:signature|credential)"
        r"|se?cret)=(?P<it>[^&\s\"'<>]+)",
    ),
    Rule(
        ("?", "&"),
        r"[?&#](?i:key|code|auth|session|sid|state|ticket|pw|pwd|pass|passwd|apikey|appid)="
        r"(?P<it>(?=[^&\s]*\d)[^&\s\"'<>]{8,})",
    ),
    Rule(
        PASSWORD_HINTS,
        rf"{ALONE}[\w.-]*?(?i:(?P<name>{PASSWORD}))\d*{PLAIN_IS}(?P<it>\S[^\n]*)",
        password,
        real_password,
    ),
    Rule(TOKEN_HINTS, rf"{ALONE}[\w.-]*?(?i:(?P<name>{TOKEN}))\d*{PLAIN_IS}(?P<it>\S[^\n]*)", token, real_secret),
    Rule(PASSWORD_HINTS, rf"(?i:(?P<name>{PASSWORD}))\d*{_IS}{_VALUE}", password, real_password),
    Rule(TOKEN_HINTS, rf"(?i:(?P<name>{TOKEN}))\d*{_IS}{_VALUE}", token, real_secret),
    Rule(
        ("pass",),
        rf"(?:(?<![A-Za-z])|(?<=[a-z\d])(?=P)|(?<=PG)|(?<=DB)|(?<=SQL)|(?<=FTP)|(?<=USER))(?P<name>pass|PASS"
        rf"|Pass){_IS}{_VALUE}",
        short_password,
        real_password,
    ),
    Rule(("pw",), rf"(?<![A-Za-z])(?i:(?P<name>pw)){_IS}{_VALUE}", short_password, real_pw),
    Rule(LOOSE_HINTS, rf"(?<![A-Za-z\d])(?<!cache )(?i:(?P<name>{LOOSE})){_IS}{_VALUE}", drawn_at_random),
    # of the Climate Data Store, and kaggle.json
    Rule(("key:",), rf"^[ \t]*key: *(?P<it>(?:\d+:)?{UUID})[ \t]*$", any_value, numbered),
    Rule(("username",), r"\"username\": ?\"[^\"\n]+\", ?\"key\": ?\"(?P<it>[0-9a-f]{32})\"", any_value, any_value),
    Rule(  # a call
        TOKEN_HINTS,
        r"(?i:(?P<name>key|token|secret))\w{0,9}\(\s*(?P<it>\"[^\"\n]+\"|'[^'\n]+')\s*[,)]",
        drawn_at_random,
        real_call,
    ),
    Rule(
        (*PASSWORD_HINTS, *TOKEN_HINTS),
        rf"(?<!\S)-{{1,2}}(?i:[\w.-]*?(?P<name>{PASSWORD}|{TOKEN}))(?:=|[ \t]+){_VALUE}",
        option,
        real_option,
    ),
    Rule(
        ("</",),
        rf"<(?i:(?:[\w:]*?(?P<name>{PASSWORD}|{TOKEN}|pass)))\b[^<>\n]{{0,80}}>(?P<it>[^<>\s][^<>\n]*)(?=</)",
        has_digit,
        real_element,
    ),
    Rule(("value",), rf"(?i:(?:{PASSWORD}|{TOKEN}))[\"'][ \t]+value[ \t]*=[ \t]*(?P<it>\"[^\"\n]+\"|'[^'\n]+')"),
    Rule(
        ("password",),
        r"(?i:(?P<whose>machine\s+\S+|default)\s+(?P<login>login\s+\S+\s+)?(?:account\s+\S+\s+)?password)\s+(?P<it>[^\s=]\S*)",
        told_by_netrc,
        real_netrc,
    ),
    Rule(("password",), r"(?i:\blogin\s+\S+\s+(?:account\s+\S+\s+)?password)\s+(?P<it>[^\s=]\S*)"),
    Rule(("password",), r"^[ \t]*(?i:password)[ \t]+(?P<it>\S+)[ \t]*$"),
    Rule(PASSWORD_HINTS, rf"(?i:{PASSWORD}) +(?P<it>{_TELLING})", not_a_name),  # said in a sentence
    Rule(
        ("password", "identified", "pragma"),
        r"\b(?i:identified by|password|pragma +(?:hex)?key)(?i: +for +\S+)?(?:\s*=\s*|\s+)"
        r"(?P<it>'[^'\n]*'|\"[^\"\n]*\")",
        not_a_placeholder,
        real_words,
    ),
    Rule(  # said in a sentence
        (*PASSWORD_HINTS, *TOKEN_HINTS),
        rf"(?i:{PASSWORD}|token|secret|key)\b(?: +[\w.@]+){{0,3}}? +(?:is|was|to|ist|lautet|est|es|é|è):? +"
        rf"(?P<it>{_TELLING})",
    ),
    Rule(  # set by a command
        (*PASSWORD_HINTS, *TOKEN_HINTS),
        rf"(?<![\w-])(?i:-*(?:set|setx|env|arg|config|add|modify|connect|global)\b[^\n]{{0,60}}?(?:{PASSWORD}"
        rf"|{TOKEN})) +(?P<it>{_TELLING})",
    ),
    Rule(  # handed to a function, after the name of whom it belongs to
        ("auth", "login", "password"),
        r"(?i:(?P<name>set_password|auth|login))(?P<by>\s?=?\s?\()(?:\s*(?:\"[^\"\n]*\"|'[^'\n]*'|\w+)\s*,){1,2}\s*"
        r"(?P<it>\"[^\"\n]*\"|'[^'\n]*')\s*\)",
        password,
        real_password,
    ),
    Rule(("identified by",), r"(?i:identified by) (?P<it>(?!values?\b|password\b)[^\s'\";]+)", has_digit),
    *_OPTIONS,
    *(_handed(*program) for program in PROGRAMS if not _is_option(program[2])),
    Rule(
        ("smb", "cifs", "samba"),
        rf"(?i:smb|cifs|samba)[^\n]{{0,200}}?(?<=[\s=])[\w.\\-]+%(?P<it>{_TELLING})",
        not_a_name,
    ),
    *FILES,
    Rule(
        ("echo", "printf", "<<<"),
        r"(?:echo|printf)\s+(?:-\w+ +)*[\"']?(?:\w+:)?(?P<it>[^\s\"'|]+)[\"']?\s*\|\s*(?:sudo\b[^\n]{0,40} -S"
        r"|[\w ]{0,30}(?:passwd|kinit|cryptsetup|login))",
    ),
    # no rule above knows it, but it is random, and words for secrets are said before it; or it is all that a line says
    Rule(_ANY, rf"(?<![\w/.+@-])(?<!SHA256:)(?<!MD5:)(?P<it>{RANDOM})", near_a_word_for_secrets),
    Rule(_ANY, rf"^[ \t]*(?:[\w.@-]{{2,32}}:)?(?P<it>{RANDOM})[ \t]*$", any_value),
)
CERTAIN = LINES.certain(but=_OPTIONS)
HANDED = Rules(*_OPTIONS)  # certain, too, but only where a line has an option

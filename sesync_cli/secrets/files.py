"""Where secrets stand in the files of single programs, and in settings, where words are values."""

from sesync_cli.secrets.certainty import real_basic, real_in_shell, real_psk, real_setting
from sesync_cli.secrets.names import PASSWORD, PASSWORD_HINTS
from sesync_cli.secrets.rule import Rule, Rules
from sesync_cli.secrets.shapes import ALONE, PLAIN_IS
from sesync_cli.secrets.values import any_value, never, not_a_placeholder, password

FILES = (
    # Docker's config.json: a name and a password, packed
    Rule(('"auth"',), r"\"auth\"\s*:\s*\"(?P<it>[A-Za-z0-9+/]{8,}={0,2})\"", any_value, real_basic),
    # FileZilla
    Rule(('"base64"',), r"<Pass encoding=\"base64\">(?P<it>[^<>\s]+)(?=</)", any_value, any_value),
    # wireless networks
    Rule(
        ("psk",),
        r"^[ \t]*(?:wpa-)?psk[ \t]*[= ][ \t]*(?P<it>\"[^\"\n]{8,63}\"|[^\s\"]{8,64})[ \t]*$",
        not_a_placeholder,
        real_psk,
    ),
    # a word that a shell hands to a command, or to all of them
    Rule(
        ("password=", "passwd=", "pwd=", "pass="),
        r"(?:^|[;&|] ?|[$%>] )[ \t]*(?P<for>export +|env +|sudo +)?(?:[A-Z_]+=\S* +)*(?:[A-Z_\d]*_|PG)?"
        r"(?:PASSWORD|PASSWD|PWD|PASS)=(?P<it>[^\s\"'$`;|&<>()]{6,})(?P<then>(?= +[a-z./~])|[ \t]*$)",
        never,  # a rule for all passwords strikes it
        real_in_shell,
    ),
)
SETTINGS = Rules(
    Rule(
        PASSWORD_HINTS,
        rf"{ALONE}(?:[\w.-]*?)(?i:(?P<name>{PASSWORD}|(?<![A-Za-z])pass))\d*{PLAIN_IS}(?P<it>\S[^\n]*)",
        password,
        real_setting,
    ),
)

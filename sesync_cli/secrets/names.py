"""What secrets are called in programs, settings and the languages of people: patterns, with the words in each."""

# words for a password: English, German, French, Spanish, Portuguese, Italian, Dutch, the Nordic ones, Polish, ...
PASSWORD = (
    r"(?:pass(?:[-_ ]?(?:word|phrase|code)|wd|wort)|(?<![a-z])p(?:ass)?wd|pswd|kennwort|mot[-_ ]?de[-_ ]?passe|\bmdp"
    r"|contrase(?:ñ|n|\\xf1|\\u00f1)a|\bclave|\bsenha|palavra[-_ ]passe|\bparola(?: d.ordine)?|wachtwoord|l[öo]senord"
    r"|adgangskode|passord|salasana|has[łl]o|\bheslo|jelsz[óo]|\b[şs]ifre|пароль|密码|密碼|パスワード|비밀번호)"
)
PASSWORD_HINTS = (
    *("pass", "pwd", "pswd", "kennwort", "mdp", "contrase", "clave", "senha", "parola", "wachtwoord", "senord"),
    *("adgangskode", "salasana", "hasło", "haslo", "heslo", "jelsz", "ifre", "пароль", "密码", "密碼", "パスワード"),
    "비밀번호",
)
TOKEN = (
    r"(?:token|secret|credentials?|key(?:[-_]?(?:id|data))?"
    r"|(?-i:(?<![A-Za-z])PAT))"
)
TOKEN_HINTS = ("token", "secret", "credential", "key", "pat=", "pat =", "pat:")
# names that are also those of harmless things: their values must be unguessable
LOOSE = r"(?:auth|pat|pin|sid|sess(?:ion)?(?:[-_]?(?:id|key))?|jsessionid|phpsessid|otp|psk|sig|signature|hash)"
LOOSE_HINTS = ("auth", "pat", "pin", "sid", "sess", "otp", "psk", "sig")

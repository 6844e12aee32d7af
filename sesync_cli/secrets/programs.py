"""Which programs take a password as a word of their own command line, and behind what."""

# fmt: off
PROGRAMS = (
    (("sshpass",), r"sshpass", r"-p[ =]?"),
    (("mysql", "mariadb"), r"(?:mysql|mariadb)(?:[-_]?(?:dump|admin|import|show|check|sh|slap|binlog))?", r"-p"),
    (("login",), r"(?:docker|podman|nerdctl|helm|buildah|skopeo|crane|oras|oc|az|singularity|apptainer"
     r"|anaconda)\b[^\n]{0,60}?\blogin", r"-p[ =]?"),
    (("twine",), r"twine\s+upload", r"-p[ =]?"),
    (("mongo", "cqlsh", "beeline", "ncftp", "rdesktop"), r"(?:mongo(?:sh|dump|restore|import|export|stat)?|cqlsh"
     r"|beeline|ncftp\w*|rdesktop)", r"-p[ =]?"),
    (("sqlcmd", "bcp", "tsql", "ipmitool"), r"(?:sqlcmd|bcp|tsql|ipmitool)", r"-P[ =]?"),
    (("ldap",), r"ldap\w+", r"-w[ =]?"),
    (("redis-cli", "valkey-cli"), r"(?:redis|valkey)-cli", r"(?:-a|AUTH)[ =]"),
    (("zip",), r"(?:un)?zip(?:cloak)?", r"-P[ =]?"),
    (("7z", "rar"), r"(?:7z[arz]*|(?:un)?rar)", r"-h?p"),
    (("openssl",), r"openssl", r"(?:-(?:k|K)[ =]|-pass(?:in|out)?[ =]pass:)"),
    (("ssh-keygen",), r"ssh-keygen", r"-[NP][ =]?"),
    (("smbclient", "rpcclient", "smbget", "net "), r"(?:smbclient|rpcclient|smbget|net)", r"(?:-U"
     r"|--user=)[ =]?[^\s%]+%"),
    (("curl",), r"curl", r"(?:-u|-U|--user|--proxy-user)[ =]?[\"']?[^\s:\"']+:"),
    (("http",), r"https?", r"(?:-a|--auth)[ =]?[^\s:]+:"),
    (("lftp",), r"lftp", r"(?:-u|user)[ =]?[^\s,]+,(?!-)"),
    (("htpasswd",), r"htpasswd", r"(?:-\w*b\w*(?:\s+-\w+)*\s+(?:\S+\s+)?\S+\s+)(?=[^\s-]\S*\s*$)"),
    (("sqlplus", "sqlldr", "expdp", "impdp", "rman"), r"(?:sqlplus|sqlldr|expdp|impdp|rman)", r"\"?[\w$.]+/"),
    (("/p:",), r"(?:[xw]freerdp3?|mstsc)", r"/p:"),
    (("net use",), r"net\s+use", r"\\\\\S+\s+(?![/*])"),
    (("nmcli", "iwconfig"), r"(?:nmcli|iwconfig)", r"(?:\S*psk|key)[ =]"),
    (("pdftk", "qpdf"), r"(?:pdftk|qpdf)", r"(?:\w+_pw|--encrypt)[ =]"),
    (("rclone",), r"rclone\s+obscure", r""),
    (("poetry",), r"poetry\s+config", r"(?:http-basic\.\S+\s+\S+|pypi-token\.\S+)\s+"),
    (("rsh", "mc ", "minio"), r"mc\s+(?:alias|config)", r"(?:set|host add)\s+\S+\s+\S+\s+\S+\s+"),
)

# fmt: on

"""What secrets look like: tokens as their makers document them, each behind letters that it has, and keys."""

# fmt: off
TOKENS = (
    (("glpat-", "gloas-", "gldt-", "glrt", "glcbt-", "glptt-",
      "glft-", "glimt-", "glagent-", "glwt-", "glsoat-", "glffct-", "gr1348941"),
     r"gl(?:pat|oas|dt|rt|rtr|cbt|ptt|ft|imt|agent|wt|soat|ffct)-[\w-]{16,}(?:\.\w+)*|GR1348941[\w-]{16,}"),  # GitLab
    (("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"), r"gh[pousr]_[A-Za-z0-9]{16,}"
     r"|github_pat_\w{16,}"),  # GitHub
    (("akia", "asia", "abia", "acca", "absk"), r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}|ABSK[A-Za-z0-9+/]{60,}=*"),  # AWS
    (("xox", "xapp-"), r"xox[a-z](?:\.xox[bp])?-[\w-]{9,}|xapp-[\w-]{9,}"),  # Slack
    (("eyj",), r"eyJ[\w-]{6,}\.[\w-]{6,}\.?[\w-]*"),  # JSON Web Token: also of Earthdata, Kubernetes, Supabase
    (("aiza", "ya29.", "1//0", "gocspx-"), r"AIza[\w-]{30,}|ya29\.[\w-]{20,}|1//0[\w-]{20,}"
     r"|GOCSPX-[\w-]{20,}"),  # Google
    (("pypi-", "npm_", "dckr_", "rubygems_", "oy2", "cio"), r"pypi-[\w-]{32,}|npm_[A-Za-z0-9]{30,}"
     r"|dckr_[op]at_[\w-]{16,}"
     r"|rubygems_[a-f0-9]{32,}|oy2[a-z0-9]{43}|cio[A-Za-z0-9]{32}"),  # registries of packages
    (("hf_", "api_org_", "kgat_", "wandb_v"), r"(?:hf|api_org)_[A-Za-z0-9]{20,}|KGAT_\w{20,}|wandb_v\d_\w{20,}"),
    (("sk-",), r"sk-(?:(?:proj|svcacct|admin|None|ant|or|lf|api\d*)-[\w-]{16,}|[A-Za-z0-9]{20,})"),  # OpenAI, Anthropic
    (("gsk_", "xai-", "pplx-", "pcsk_", "tvly-", "lsv2_", "r8_", "nvapi-"), r"gsk_\w{20,}|xai-\w{20,}|pplx-\w{20,}"
     r"|pcsk_\w{20,}|tvly-[\w-]{16,}|lsv2_[ps][tk]_\w{20,}|r8_[A-Za-z0-9]{37}(?!\w)|nvapi-[\w-]{20,}"),
    (("k_live_", "k_test_", "whsec_", "sq0"), r"[srp]k_(?:live|test)_\w{10,}|whsec_[\w+/]{16,}=*"
     r"|sq0[a-z]{3}-[\w-]{20,}"),
    (("sk", "key-", "sg.", "-us"), r"SK[0-9a-f]{32}|key-[0-9a-f]{32}|SG\.[\w-]{16,}\.[\w-]{16,}"
     r"|[0-9a-f]{32}-us\d{1,2}"),
    (("sk.eyj", "plak", "sl."), r"sk\.eyJ[\w-]+\.[\w-]+|PLAK\w{12,}|sl\.(?:u\.)?[\w-]{40,}"),  # Mapbox, Planet, Dropbox
    (("o_v1_", "hvs.", "hvb.", "atlasv1", "dapi", "glsa_", "glc_"), r"do[opr]_v1_[a-f0-9]{32,}|hv[sb]\.[\w-]{20,}"
     r"|\w{14}\.atlasv1\.[\w-]{40,}|dapi[0-9a-f]{32}(?:-\d)?"
     r"|gls?[ac]_[\w=]{20,}"),  # DigitalOcean, Vault, Terraform, ...
    (("att3", "atctt", "atbb", "shp", "pscale_"), r"AT(?:ATT|CTT)3[\w-]{20,}=?\w*|ATBB\w{20,}|shp(?:at|ss|ca"
     r"|pa)_[a-fA-F0-9]{32}"
     r"|pscale_\w+_[\w.-]{20,}"),
    (("figd_", "pmak-", "nrak-", "sntry", "lin_api_", "ntn_", "secret_", "tskey-", "olp_", "dp."), r"figd_[\w-]{20,}"
     r"|PMAK-[\w-]{20,}"
     r"|NRAK-\w{20,}|sntry[su]_[\w+/=.-]{20,}|lin_api_\w{20,}|ntn_\w{30,}|secret_[A-Za-z0-9]{40,}|tskey-[\w-]{16,}"
     r"|olp_\w{16,}|dp\.(?:pt|st|ct|sa)\.[\w.-]{20,}"),
    (("sbp_", "nfp_", "fo1_", "fm2_", "bkua_", "ccipat_", "age-secret", "ops_eyj", "akc", "ltai"),
     r"sbp_[a-f0-9]{32,}|nfp_\w{30,}"
     r"|fo1_[\w-]{30,}|fm2_[\w+/=]{30,}|bkua_\w{30,}|CCIPAT_\w{20,}|AGE-SECRET-KEY-1[A-Z0-9]{40,}|ops_eyJ[\w-]{40,}"
     r"|AKCp\w{60,}|LTAI[A-Za-z0-9]{12,20}"),
    ((":aa", "8q~", "hrku-"), r"\d{8,10}:AA[\w-]{33}|[\w.~-]{3}8Q~[\w.~-]{31,34}"
     r"|HRKU-[\w-]{30,}"),  # Telegram, Azure, Heroku
    (("pat",), r"pat[A-Za-z0-9]{14}\.[a-f0-9]{64}"),  # Airtable
)
# fmt: on
DISCORD = r"[MNO][A-Za-z0-9_-]{23,25}\.[\w-]{6}\.[\w-]{27,}"
UUID = r"[\da-fA-F]{8}(?:-[\da-fA-F]{4}){3}-[\da-fA-F]{12}"
PGPASS = (
    r":(?:\d{4,5}|\*):(?:\*|[A-Za-z_][\w-]*):(?:\*|(?!(?i:error|warning|info|debug|note|fatal|err):)[A-Za-z_][\w.@-]*)"
    r":(?P<it>[^\s\"'`*][^\n\"'`]*)"
)
# two digits or more among letters of both cases: a name of a program's part is no such thing
RANDOM = (
    r"(?=[A-Za-z0-9]{12})(?=[A-Za-z0-9]*[A-Za-z]\d+[A-Za-z]+\d)(?=[A-Z0-9]*[a-z])"
    r"(?=[a-z0-9]*[A-Z])[A-Za-z0-9]{12}[\w+/=~.!@#$%^&*-]*"
)
BLOCK = (
    # as long as its lines look like a key's; in JSON its line breaks are two letters
    r"-----BEGIN [^-\n]*PRIVATE KEY[^-\n]*-----(?: \*\*\*)?"
    r"(?P<it>(?:(?:\\r)?\\n[\w+/=:, .-]*?(?=\\|-----|\"|$)"
    r"|\r?\n[ \t>|│]*(?:[A-Za-z0-9+/=*]+(?=\r?$)|[\w-]+: [^\n]*|(?=\r?\n)))+)"
)
LINE = (
    r"(?=[A-Za-z0-9+/]{60})(?=[^a-z\n]*[a-z])(?=[^A-Z\n]*[A-Z])(?=(?:[^\d\n]*\d){3})"
    r"(?!(?:[^/\n]*/){5})[A-Za-z0-9+/]{60,80}={0,2}"
)
PLAIN_IS = r"(?P<by>[ \t]*(?:=>?(?!=)|:=|:(?!:)|<-|\uff1a|%3[Dd])[ \t]*)"
# before the name that a line begins with
ALONE = r"^[ \t>|│+]*(?:- )?(?:(?:export|set|setx|local|declare -x|ENV|ARG) +|\$env:)?"

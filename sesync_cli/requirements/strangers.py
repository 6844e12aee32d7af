"""Names in lists that the package index does not have under that name, or has for other machines."""

import re
import tomllib
from functools import cache
from pathlib import Path

from sesync_cli.diagnosis.modules import comes_with_python, has_no_package, package_of
from sesync_cli.python.distributions import canonical

ONLY_CONDA = "without {}: conda alone has that"
_PLUMBING = re.compile(
    r"_.*|lib.*|ld_impl.*|.*-ng|mkl.*|intel-openmp|(numpy|tensorflow)-base|blas|openblas|bzip2|c-ares|ca-certificates|dbus"
    r"|expat|font.*|freetype|gettext|giflib|glib|gmp|gst.*|icu|jpeg|krb5|lerc|lz4-c|ncurses|nspr|nss|openssl|pcre2?|pip"
    r"|pixman|pthread-stubs|readline|sip|snappy|sqlite|tbb|tk|tzdata|vc|vs201.*|xorg-.*|xz|yaml|zlib|zstd|python_abi"
)
_HERE = Path(__file__).parent
_WHY = {
    "debian": "without {}: that is of Debian's own Python",
    "other-systems": "without {}: that is for another operating system",
    "conda": ONLY_CONDA,
}
_DEBIANS = re.compile(r"ubuntu|debian|dfsg|\d(build\d|[-+~]\d*deb\d)|-\d+deb", re.IGNORECASE)  # in a version
# conda's packages of other languages, compilers and the like, which conda_names.txt does not list
_CONDAS = re.compile(
    r"(r|bioconductor|perl|m2|m2w64|ros|ros2|rb|rust|go|xorg|font|fonts|ocaml|octave|texlive|cuda|lua)-.*"
    r"|llvm(dev|-.*)?|_.*|(clang|gcc|gxx|gfortran|binutils|sysroot|kernel-headers|compiler-rt|ghc|php|vim|ld-impl).*"
    r"|lib(cu|nv)(blas|fft|rand|solver|sparse|file|pp|jitlink|jpeg|toolsext).*|.*-(devel|static|cos[67]-.*)"
)


def left_out(name: str, version: str = "", origin: str = "") -> str:
    """The remark on a package that pip is not to be asked for, by its name or version; empty for all others.

    `origin` is "debian" or "conda" for what is in a list of Debian's own Python, or of an environment of conda's.
    """
    name = canonical(name)
    if comes_with_python(name):
        return "without {}: that comes with Python itself"
    if origin and name in _names(f"with-{origin}"):
        return _WHY[origin]
    if _DEBIANS.search(version):
        return _WHY["debian"]
    return next((remark for kind, remark in _WHY.items() if name in _names(kind)), "")


def is_of_debian(name: str) -> bool:
    """Whether a list with this name in it is of Debian's own Python, and not of an environment made on Debian."""
    return canonical(name) in _names("debian") - {"pkg-resources"}


def is_of_kernels(name: str) -> bool:
    """Whether this is a part of Jupyter's by which a kernel speaks with it."""
    return canonical(name) in _names("kernels")


def other_name(name: str) -> tuple[str, bool]:
    """What the index calls a package that people call so, and whether its versions are the same."""
    if renamed := _table()["renamed"].get(canonical(name)):
        return str(renamed), True
    return (package_of(name), False) if has_no_package(name) else ("", True)


def condas_name(name: str) -> str | None:
    """What the index calls a package of conda's; None where it has none."""
    name = canonical(name)
    known = _conda_names()
    if name in _names("conda"):
        return None
    if name in known:
        return known[name] or None
    return None if _CONDAS.fullmatch(name) else name


def is_plumbing(name: str) -> bool:
    """Whether a package of conda's is what others rest on, rather than what somebody asks for."""
    return bool(_PLUMBING.fullmatch(name.lower()))


@cache
def _table() -> dict[str, dict[str, str]]:
    return tomllib.loads((_HERE / "strangers.toml").read_text(encoding="utf-8"))


@cache
def _names(kind: str) -> frozenset[str]:
    return frozenset(_table()[kind]["names"].split())


@cache
def _conda_names() -> dict[str, str]:
    """The names in conda's repositories that the index has otherwise, with what it calls them; empty for none."""
    text = (_HERE / "conda_names.txt").read_text(encoding="utf-8")
    pairs = (line.partition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: other for name, _, other in pairs}

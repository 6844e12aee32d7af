"""The family of Linux that this machine belongs to, by which its packages are named."""

from pathlib import Path

DEBIAN, RHEL = "debian", "rhel"
_FILE = Path("/etc/os-release")


def family(file: Path = _FILE) -> str:
    """`debian`, `rhel`, or nothing if it is neither or cannot be told."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    facts = {name: value.strip("'\"") for name, _, value in (line.partition("=") for line in lines)}
    words = f"{facts.get('ID', '')} {facts.get('ID_LIKE', '')}".split()
    if {DEBIAN, "ubuntu"} & set(words):
        return DEBIAN
    return RHEL if {RHEL, "fedora", "centos"} & set(words) else ""

"""The family of Linux that this machine belongs to, by which its packages are named."""

import platform
from collections.abc import Mapping

DEBIAN, RHEL = "debian", "rhel"


def family() -> str:
    """`debian`, `rhel`, or nothing if it is neither or cannot be told."""
    try:
        return family_of(platform.freedesktop_os_release())
    except (OSError, UnicodeDecodeError):
        return ""


def family_of(release: Mapping[str, str]) -> str:
    """The family of a system that says this of itself in its file os-release."""
    words = {release.get("ID", ""), *release.get("ID_LIKE", "").split()}
    if {DEBIAN, "ubuntu"} & words:
        return DEBIAN
    return RHEL if {RHEL, "fedora", "centos"} & words else ""

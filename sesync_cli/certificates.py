"""Whom the system trusts: its certificates, which often know more than the lists that programs bring along."""

from pathlib import Path

# Debian's, Red Hat's, SUSE's, Alpine's
_FILES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


def system_certificates() -> Path | None:
    """The file of all certificates that this system trusts; None where it keeps none."""
    return next((path for path in map(Path, _FILES) if path.is_file()), None)

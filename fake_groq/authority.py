"""HTTPS by an authority of the fake's own, for platforms that know their provider by name only.

The platform must trust `ca.pem` and find the name at the fake's address (a line in its hosts file,
or the alias of a container). The authority is kept in a folder, so that it has to be trusted once.
"""

import ssl
from pathlib import Path
from typing import Final

NAMES: Final = ("api.groq.com", "localhost", "127.0.0.1", "::1")
CERTIFICATE: Final = "ca.pem"
KEY: Final = "ca.key"
ONLY_OWNER: Final = 0o600


class NoAuthority(Exception):
    """There can be no HTTPS; the text says why and what to do."""


def https_context(folder: Path, host: str) -> ssl.SSLContext:
    """Return the TLS of a server for `NAMES` and `host`, signed by the authority in `folder`.

    A new authority is made where there is none yet.

    Raises:
        NoAuthority: the library for it is not installed, or the folder cannot be used.
    """
    try:
        import trustme
    except ImportError as error:
        raise NoAuthority(
            "HTTPS needs the package trustme. Install it: pip install 'voicecert[https]'."
        ) from error
    certificate, key = folder / CERTIFICATE, folder / KEY
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if key.exists() and certificate.exists():
            authority = trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
        else:
            authority = trustme.CA(organization_name="fake_groq", organization_unit_name="tests")
            key.touch(mode=ONLY_OWNER)
            key.write_bytes(authority.private_key_pem.bytes())
            certificate.write_bytes(authority.cert_pem.bytes())
    except (OSError, ValueError) as error:
        raise NoAuthority(f"Cannot use the authority in {folder}: {error}.") from error
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    authority.issue_cert(*dict.fromkeys((*NAMES, host))).configure_cert(context)
    return context

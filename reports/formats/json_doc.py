"""JSON: the certificate for programs, as the schema beside it describes; keys in a fixed order."""

import msgspec

from reports.certificate import Certificate
from reports.formats.base import document


@document("json", file_name="certificate.json")
def render(certificate: Certificate) -> str:
    """Return the document; the same certificate gives the same bytes."""
    raw = msgspec.json.encode(certificate, order="deterministic")
    return msgspec.json.format(raw, indent=2).decode() + "\n"

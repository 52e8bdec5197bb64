"""The JSON schema of the certificate, made from its structs: what a program may rely on.

After a change of the structs, make the file anew, and raise ``CERTIFICATE_SCHEMA`` where a program
that reads the document could stumble:

    python -P -m reports.schema > reports/schema/certificate.schema.json
"""

from pathlib import Path
from typing import Any

import msgspec

from reports.certificate import CERTIFICATE_SCHEMA, Certificate

SCHEMA_FILE = Path(__file__).with_name("certificate.schema.json")


def json_schema() -> dict[str, Any]:
    """Return the schema (JSON Schema 2020-12) of the document that the JSON format writes."""
    made = msgspec.json.schema(Certificate)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"voicecert certificate, schema {CERTIFICATE_SCHEMA}",
        **made,
    }


def text() -> bytes:
    """Return the schema as it lies in the file."""
    raw = msgspec.json.encode(json_schema(), order="deterministic")
    return msgspec.json.format(raw, indent=2) + b"\n"

"""The schema file is the one of the structs."""

import subprocess
import sys

import msgspec
import pytest

from reports.certificate import CERTIFICATE_SCHEMA
from reports.schema import SCHEMA_FILE, json_schema, text


def test_the_schema_file_is_the_one_that_the_structs_make() -> None:
    assert SCHEMA_FILE.read_bytes() == text(), "see reports/schema/__init__.py"


def test_the_schema_names_its_version() -> None:
    assert json_schema()["title"].endswith(f"schema {CERTIFICATE_SCHEMA}")


def test_every_reference_of_the_schema_resolves() -> None:
    schema = json_schema()
    raw = msgspec.json.encode(schema).decode()
    wanted = {part.split('"')[0] for part in raw.split('"#/$defs/')[1:]}
    assert wanted <= set(schema["$defs"])


@pytest.mark.io
def test_the_command_prints_the_schema() -> None:
    command = [sys.executable, "-P", "-m", "reports.schema"]
    assert subprocess.run(command, capture_output=True, check=True).stdout == text()

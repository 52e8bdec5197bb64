"""The OpenAPI document is true: Schemathesis calls what it describes, right and wrong."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from fake_groq.behaviour import DEFAULT_BEHAVIOUR, read_behaviour
from fake_groq.control import _CALLS, ROOT
from fake_groq.openapi import document
from fake_groq.openapi_schemas import schemas

pytestmark = [pytest.mark.io, pytest.mark.slow, pytest.mark.timeout(300)]

COMMAND = [sys.executable, "-P", "-m", "fake_groq", "--pace", "max", "--ms-per-character", "0"]
QUICK = ("--first-audio-ms", "0", "--header-ms", "0")
Operation = APIOperation[Any, Any, Any, Any]
EXAMPLES = 40
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Run a fake in a process of its own."""
    with subprocess.Popen([*COMMAND, *QUICK], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        yield f"http://{ready['host']}:{ready['port']}"
        process.terminate()


SCHEMA = schemathesis.openapi.from_dict(document(server="http://127.0.0.1:1"))
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)]


# What takes no input, or any string, cannot be asked wrongly.
CALLS = [
    (operation, mode)
    for operation in OPERATIONS
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or operation.body or operation.query
]


@pytest.mark.parametrize(
    ("operation", "mode"), CALLS, ids=[f"{op.label} {mode.value}" for op, mode in CALLS]
)
def test_the_fake_does_what_its_document_says(
    operation: Operation, mode: GenerationMode, address: str
) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,  # the machine may be busy
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(base_url=address, checks=CHECKS, timeout=20)

    call()


def test_every_call_of_the_control_api_is_described() -> None:
    described = document(server="http://127.0.0.1:1")["paths"]
    calls = {
        f"{method.upper()} {path.removeprefix(ROOT)}"
        for path, item in described.items()
        if path.startswith(ROOT)
        for method in item
        if method in ("get", "post")
    }
    assert calls == set(_CALLS) - {"GET /", "GET /openapi.json"}


@pytest.mark.parametrize(
    "fault",
    ["jitter", {"name": "stall_mid_stream", "after_ms": 400, "every": 7}, {"name": "jitter"}],
)
def test_the_document_knows_a_fault_by_name_or_with_its_settings(fault: object) -> None:
    components = {"components": {"schemas": schemas()}}
    faults = {"faults": [fault]}
    read_behaviour(faults, DEFAULT_BEHAVIOUR)  # the fake takes it
    schema = {**components, "$ref": "#/components/schemas/Behaviour"}
    jsonschema_rs.validate(schema, faults)
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validate(schema, {"faults": [{"every": 7}]})

"""The JSON document is stable, and its frozen paths are where programs look for them."""

import msgspec

from reports.certificate import Certificate, make
from reports.formats.json_doc import render
from suites.selftest.reports.staging import a_failed_judgement, a_judgement, a_manifest


def test_the_kind_of_toxiproxy_lies_at_its_frozen_path() -> None:
    document = msgspec.json.decode(render(make(a_manifest(), a_judgement())))
    assert document["environment"]["toxiproxy"]["kind"] == "real"
    assert document["schema"] == 2


def test_the_same_certificate_gives_the_same_bytes() -> None:
    first = make(a_manifest(), a_failed_judgement())
    environment = msgspec.structs.replace(
        first.environment, versions=dict(reversed(first.environment.versions.items()))
    )
    assert render(first) == render(msgspec.structs.replace(first, environment=environment))


def test_the_document_can_be_read_back() -> None:
    made = make(a_manifest(), a_failed_judgement())
    assert msgspec.json.decode(render(made), type=Certificate) == made

"""HTTPS by an authority of the fake's own."""

import ssl
from dataclasses import replace
from pathlib import Path

import aiohttp
import groq
import httpx
import pytest

from fake_groq.app import CannotServe, Settings, running
from fake_groq.authority import CERTIFICATE, KEY
from fake_groq.behaviour import DEFAULT_BEHAVIOUR
from suites.selftest.fake_groq.staging import ENGLISH, NONCE, VOICE, runs_of, text_of

pytestmark = pytest.mark.io

BEHAVIOUR = replace(DEFAULT_BEHAVIOUR, pace="max", first_audio_ms=0, header_ms=0)


async def test_a_client_that_trusts_the_authority_is_served(tmp_path: Path) -> None:
    settings = Settings(authority=tmp_path / "new", nonce=NONCE, behaviour=BEHAVIOUR)
    async with running(settings) as server:
        assert str(server.ready()["control"]).startswith("https://")
        trusted = ssl.create_default_context(cafile=str(tmp_path / "new" / CERTIFICATE))
        async with (
            httpx.AsyncClient(verify=trusted) as http,
            groq.AsyncGroq(
                api_key="gsk_x", base_url=f"https://{server.address}", http_client=http
            ) as client,
        ):
            answer = await client.audio.speech.create(
                model=ENGLISH, voice=VOICE, input=text_of(3, 2), response_format="wav"
            )
            assert runs_of((await answer.read())[78:])


async def test_the_certificate_is_for_the_host_that_platforms_have_in_their_code(
    tmp_path: Path,
) -> None:
    async with running(Settings(authority=tmp_path)) as server:
        trusted = ssl.create_default_context(cafile=str(tmp_path / CERTIFICATE))
        async with (
            aiohttp.ClientSession() as session,
            session.get(
                f"https://127.0.0.1:{server.port}/v1/models",
                ssl=trusted,
                server_hostname="api.groq.com",
            ) as response,
        ):
            assert response.status == 200


async def test_a_client_that_does_not_know_the_authority_turns_away(tmp_path: Path) -> None:
    async with running(Settings(authority=tmp_path)) as server, aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await session.get(f"https://127.0.0.1:{server.port}/v1/models")


async def test_the_authority_stays_the_same_and_its_key_is_the_owners(tmp_path: Path) -> None:
    found = []
    for _ in range(2):
        async with running(Settings(authority=tmp_path)):
            found.append((tmp_path / CERTIFICATE).read_bytes())
    assert found[0] == found[1]
    assert (tmp_path / KEY).stat().st_mode & 0o077 == 0


async def test_a_folder_that_cannot_be_used_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotServe, match="Cannot use the authority in"):
        async with running(Settings(authority=tmp_path / "file")):
            pass
    (tmp_path / KEY).write_text("no key")
    (tmp_path / CERTIFICATE).write_text("no certificate")
    with pytest.raises(CannotServe, match="Cannot use the authority in"):
        async with running(Settings(authority=tmp_path)):
            pass

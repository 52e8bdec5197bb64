"""How a plan is performed, seen from its ledger."""

import pytest

from suites.selftest.fake_groq.staging import fake, heard, text_of

pytestmark = pytest.mark.io


async def test_zeros_are_counted_and_keep_their_place() -> None:
    async with fake(pauses=[[40, 100]], ms_per_character=4) as server:
        async with server.speaking(text_of(1, 1)) as client:
            pcm, _, _ = await heard(client)
        assert len(pcm) == 4 * 3840
        assert not any(pcm[40 * 48 : 140 * 48])
        sent = [event["data"] for event in server.events("stream_sent")]
        assert [(data["runs"][0][1:], data["zeros"]) for data in sent] == [
            ([0, 960], 960),
            ([3360, 480], 1440),
            ([3840, 1920], 0),
            ([5760, 1920], 0),
        ]
        opened = await server.wait_for("stream_opened")
        assert opened["data"]["total_samples"] == 4 * 1920


async def test_a_text_of_two_messages_is_told_as_mixed() -> None:
    async with fake(ms_per_character=0) as server:
        async with server.speaking(f"{text_of(3, 2)} {text_of(4, 1)}") as client:
            await heard(client)
        opened = await server.wait_for("stream_opened")
        assert opened["data"]["mixed"] is True
        assert opened["data"]["identities"] == [[3, 2, 0], [4, 1, 0]]
        assert (opened["session"], opened["message"]) == ("s3", "m2")


async def test_a_text_without_identity_is_nobodys() -> None:
    async with fake(ms_per_character=0) as server:
        async with server.speaking("Good morning!") as client:
            await heard(client)
        opened = await server.wait_for("stream_opened")
        assert (opened["session"], opened["message"], opened["stream"]) == (None, None, 0)
        assert opened["data"]["identities"] == []


@pytest.mark.parametrize(("pace", "ms_per_frame"), [("real-time", 80), ("8x", 10)])
async def test_frames_are_sent_when_they_are_due_and_never_before(
    pace: str, ms_per_frame: int
) -> None:
    async with fake(pace=pace, first_audio_ms=50, ms_per_character=8) as server:
        async with server.speaking(text_of(1, 1)) as client:
            await heard(client)
        opened = server.events("stream_opened")[0]["at_ns"]
        sent = [(event["at_ns"] - opened) / 1e6 for event in server.events("stream_sent")]
        assert len(sent) > 5
        lateness = [at - 50 - ms_per_frame * n for n, at in enumerate(sent)]
        assert min(lateness) > -0.1
        assert min(lateness[-3:]) < 40  # no drift


async def test_a_refusal_behind_a_stall_is_still_a_refusal() -> None:
    faults = ["error_status", {"name": "stall_before_first_byte", "stall_ms": 50}]
    async with fake() as server:
        rules = [{"match": {"session": 1}, "behaviour": {"faults": faults}}]
        server.running.service.rulebook.update({"rules": rules})
        async with server.speaking(text_of(1, 1)) as client:
            assert (await heard(client))[2] == "close 1011"
        refused = await server.wait_for("stream_refused")
        assert refused["data"]["status"] == 503


async def test_a_stream_for_a_client_that_has_left_is_not_opened() -> None:
    async with fake() as server:
        peer = await server.posted(text_of(1, 1))
        peer.leave("fin")  # in one go with the request
        await server.wait_for("socket_closed")
        assert len(server.events("stream_opened")) == len(server.events("stream_released"))

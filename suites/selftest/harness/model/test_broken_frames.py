import pytest
from websockets.frames import Frame, Opcode
from websockets.protocol import Protocol, Side

from harness.model.broken_frames import BROKEN_FRAMES, TEXT, frame

LENIENT = {"unmasked_text", "close_code_2999"}  # refused by some libraries only


def refusal(wire: bytes) -> Exception | None:
    """Return what an independent implementation of the protocol says of the bytes."""
    server = Protocol(Side.SERVER)
    server.receive_data(wire)
    for event in server.events_received():
        if isinstance(event, Frame) and event.opcode is Opcode.TEXT:
            try:
                bytes(event.data).decode()
            except UnicodeDecodeError as error:
                return error
    return server.parser_exc


def test_a_frame_that_is_whole_is_no_breach() -> None:
    assert refusal(frame(TEXT, b"{}")) is None


@pytest.mark.parametrize("kind", sorted(BROKEN_FRAMES))
def test_each_broken_frame_is_refused_by_a_strict_server(kind: str) -> None:
    assert refusal(BROKEN_FRAMES[kind]) is not None or kind in LENIENT

"""What breaks WebSocket itself (RFC 6455): bytes as a client would write them, by name.

Each is masked with a key of zeros, so that its payload can be read in a capture.
"""

from collections.abc import Mapping

FIN = 0x80
MASKED = 0x80
NO_MASK = bytes(4)

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA


def frame(opcode: int, payload: bytes = b"", *, first: int = FIN, mask: int = MASKED) -> bytes:
    """Return one short frame: ``first`` holds FIN and the reserved bits."""
    assert len(payload) < 126, "these frames are short"
    key = NO_MASK if mask else b""
    return bytes([first | opcode, mask | len(payload)]) + key + payload


BROKEN_FRAMES: Mapping[str, bytes] = {
    "reserved_bit_1": frame(TEXT, b"{}", first=FIN | 0x40),
    "reserved_bit_2": frame(TEXT, b"{}", first=FIN | 0x20),
    "reserved_bit_3": frame(TEXT, b"{}", first=FIN | 0x10),
    "reserved_opcode_3": frame(0x3, b"{}"),
    "reserved_opcode_7": frame(0x7, b"{}"),
    "reserved_control_opcode": frame(0xB, b"{}"),
    "unmasked_text": frame(TEXT, b"{}", mask=0),
    "continuation_of_nothing": frame(CONTINUATION, b"{}"),
    "text_inside_a_text": frame(TEXT, b"{", first=0) + frame(TEXT, b"}"),
    "binary_inside_a_text": frame(TEXT, b"{", first=0) + frame(BINARY, b"}"),
    "fragmented_ping": frame(PING, b"x", first=0),
    "fragmented_close": frame(CLOSE, b"\x03\xe8", first=0),
    "giant_ping": bytes([FIN | PING, MASKED | 126]) + b"\x00\x80" + NO_MASK + bytes(128),
    "invalid_utf8": frame(TEXT, b'{"type":"\xff\xfe"}'),
    "utf8_cut_short": frame(TEXT, b'{"type":"\xd8'),
    "utf8_surrogate": frame(TEXT, b"\xed\xa0\x80"),
    "close_code_0": frame(CLOSE, b"\x00\x00"),
    "close_code_1005": frame(CLOSE, b"\x03\xed"),
    "close_code_2999": frame(CLOSE, b"\x0b\xb7"),
    "close_of_one_byte": frame(CLOSE, b"\x03"),
    "close_reason_not_utf8": frame(CLOSE, b"\x03\xe8\xff"),
    "length_of_two_to_the_63": bytes([FIN | TEXT, MASKED | 127]) + b"\x80" + bytes(7) + NO_MASK,
}

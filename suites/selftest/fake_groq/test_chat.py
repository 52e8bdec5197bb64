"""A language model that says what it is told, for platforms that have one in their path."""

import groq
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_groq.chat import pieces
from suites.selftest.fake_groq.staging import fake, text_of

TEXT = text_of(3, 2, sentences=3)
HISTORY = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Something else."},
    {"role": "assistant", "content": "Something else."},
    {"role": "user", "content": TEXT},
]


@given(st.text())
def test_the_pieces_are_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text


@pytest.mark.io
async def test_groq_is_told_its_prompt_at_once() -> None:
    async with fake() as server, groq.AsyncGroq(api_key="gsk_x", base_url=server.base) as client:
        answer = await client.chat.completions.create(model="any", messages=HISTORY)  # type: ignore[arg-type]
        assert answer.choices[0].message.content == TEXT
        assert answer.choices[0].finish_reason == "stop"
        assert answer.usage is not None
        told = await server.wait_for("chat_completed")
        assert told["data"]["text_chars"] == len(TEXT)


@pytest.mark.io
async def test_openai_is_told_it_word_by_word() -> None:
    async with fake() as server:
        url = f"{server.base}/openai/v1"
        async with openai.AsyncOpenAI(api_key="gsk_x", base_url=url) as client:
            stream = await client.chat.completions.create(
                model="any",
                messages=HISTORY,  # type: ignore[arg-type]
                stream=True,
            )
            assert isinstance(stream, openai.AsyncStream)
            deltas = [chunk.choices[0].delta.content async for chunk in stream]
        assert "".join(delta or "" for delta in deltas) == TEXT
        assert len(deltas) == len(TEXT.split()) + 2


@pytest.mark.io
@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "not a JSON object"),
        (b"[" * 100_000, "not a JSON object"),
        (b"{}", "must hold a message"),
        (b'{"messages": [1, {"role": "system", "content": "x"}]}', "must hold a message"),
    ],
)
async def test_what_holds_no_message_of_a_user_is_a_400(body: bytes, said: str) -> None:
    async with fake() as server:
        peer = await server.requested("/v1/chat/completions", body)
        head, answer = await peer.answer()
        assert " 400 " in head
        assert said.encode() in answer


@pytest.mark.io
async def test_the_parts_of_a_message_are_joined() -> None:
    parts = b'[{"type": "text", "text": "Good "}, {"type": "image"}, {"text": "night"}]'
    body = b'{"messages": [{"role": "user", "content": %s}]}' % parts
    async with fake() as server:
        peer = await server.requested("/v1/chat/completions", body)
        _, answer = await peer.answer()
        assert b'"content": "Good night"' in answer

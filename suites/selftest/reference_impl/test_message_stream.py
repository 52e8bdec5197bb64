"""The state machine of the messages: stories for the rules, properties for any order of inputs."""

from itertools import chain, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_impl.message_stream import (
    MESSAGE_IDS_REMEMBERED_MAX,
    TRANSITIONS,
    IllegalTransition,
    MessageStream,
    Phase,
)
from reference_impl.vocabulary import (
    AudioArrived,
    AwaitDrain,
    CleanUp,
    CleanUpNow,
    ClientLeft,
    CloseClient,
    Command,
    Drained,
    Ending,
    EndReason,
    Failure,
    Input,
    OpenUpstream,
    Pinged,
    Rejected,
    ReleaseUpstream,
    Retire,
    SendAudio,
    SendEnd,
    SendError,
    SendPong,
    SendStart,
    Speak,
    Stop,
    UpstreamEnded,
)

COMPLETED = Ending(reason=EndReason.COMPLETED)
FAILED = Ending(
    reason=EndReason.UPSTREAM_ERROR, failure=Failure(code="upstream_reset", message="It broke.")
)


def speak(message_id: str = "m1") -> Speak:
    return Speak(message_id=message_id, text="A sentence.", voice="fahad")


def audio(exchange: int = 1) -> AudioArrived:
    return AudioArrived(exchange=exchange, pcm=b"\1\0")


def ended(exchange: int = 1, ending: Ending = COMPLETED) -> UpstreamEnded:
    return UpstreamEnded(exchange=exchange, ending=ending)


def tell(stream: MessageStream, *inputs: Input) -> list[Command]:
    return list(chain.from_iterable(map(stream.receive, inputs)))


def kinds(commands: list[Command]) -> list[type[Command]]:
    return [type(command) for command in commands]


def test_a_message_that_completes() -> None:
    stream = MessageStream()
    commands = tell(stream, speak(), audio(), audio(), ended(), Drained(exchange=1))
    assert kinds(commands) == [
        *(CleanUp, SendStart, OpenUpstream, SendAudio, SendAudio),
        *(ReleaseUpstream, AwaitDrain, CleanUp, SendEnd),
    ]
    assert commands[-1] == SendEnd(message_id="m1", reason=EndReason.COMPLETED)
    assert stream.phase is Phase.IDLE


@pytest.mark.parametrize("before", [(), (audio(),), (audio(), ended())])
def test_a_new_message_supersedes_in_every_phase(before: tuple[Input, ...]) -> None:
    stream = MessageStream()
    tell(stream, speak("m1"), *before)
    commands = tell(stream, speak("m2"))
    assert kinds(commands) == [CleanUp, SendEnd, CleanUp, SendStart, OpenUpstream]
    assert commands[1] == SendEnd(message_id="m1", reason=EndReason.SUPERSEDED)
    assert commands[3] == SendStart(message_id="m2")


@pytest.mark.parametrize("before", [(), (audio(),), (audio(), ended())])
@pytest.mark.parametrize("message_id", [None, "m1"])
def test_stop_ends_the_open_message_in_every_phase(
    before: tuple[Input, ...], message_id: str | None
) -> None:
    stream = MessageStream()
    tell(stream, speak(), *before)
    commands = tell(stream, Stop(message_id=message_id))
    assert commands == [
        CleanUp(message_id="m1", cause="stop", call=1, effective=True),
        SendEnd(message_id="m1", reason=EndReason.STOPPED),
    ]
    assert tell(stream, Stop(), audio(), ended(), Drained(exchange=1)) == []


def test_stop_of_a_message_that_is_not_current_does_nothing() -> None:
    stream = MessageStream()
    assert tell(stream, Stop()) == []
    tell(stream, speak(), audio())
    assert tell(stream, Stop(message_id="m0")) == []
    assert stream.phase is Phase.STREAMING


def test_a_failure_is_told_before_the_end() -> None:
    stream = MessageStream()
    commands = tell(stream, speak(), ended(ending=FAILED), Drained(exchange=1))
    assert kinds(commands)[-3:] == [CleanUp, SendError, SendEnd]


def test_a_repeated_message_id_makes_no_stream() -> None:
    stream = MessageStream()
    tell(stream, speak())
    (error,) = tell(stream, speak())
    assert isinstance(error, SendError)
    assert error.failure.code == "duplicate_message_id"
    assert stream.current == "m1"


def test_the_memory_for_message_ids_is_bounded() -> None:
    stream = MessageStream()
    for number in range(MESSAGE_IDS_REMEMBERED_MAX + 1):
        tell(stream, speak(f"m{number}"))
    assert kinds(tell(stream, speak("m0")))[-1] is OpenUpstream
    assert kinds(tell(stream, speak(f"m{MESSAGE_IDS_REMEMBERED_MAX}"))) == [SendError]


def test_cleanup_is_effective_once() -> None:
    stream = MessageStream()
    tell(stream, speak(), audio())
    first, second = tell(stream, CleanUpNow()), tell(stream, CleanUpNow())
    assert kinds(first) == [CleanUp, SendEnd]
    assert second == [CleanUp(message_id="m1", cause="hook", call=2, effective=False)]


def test_a_client_that_left_is_told_nothing() -> None:
    stream = MessageStream()
    tell(stream, speak(), audio())
    assert kinds(tell(stream, ClientLeft(cause="client_left"))) == [CleanUp]
    assert tell(stream, speak("m2"), Stop(), CleanUpNow(), audio()) == []
    assert stream.phase is Phase.CLOSED


def test_a_retired_session_ends_its_message_first() -> None:
    stream = MessageStream()
    tell(stream, speak())
    commands = tell(stream, Retire(close_code=1001, cause="shutdown"))
    assert kinds(commands) == [CleanUp, SendEnd, CloseClient]


@pytest.mark.parametrize(
    "inputs",
    [(speak(), Drained(exchange=1)), (speak(), ended(), audio()), (speak(), ended(), ended())],
)
def test_what_the_table_does_not_hold_is_refused(inputs: tuple[Input, ...]) -> None:
    stream = MessageStream()
    with pytest.raises(IllegalTransition):
        tell(stream, *inputs)


def test_every_action_of_the_table_exists() -> None:
    assert all(callable(getattr(MessageStream, row.by)) for row in TRANSITIONS.values())


def test_a_closed_session_stays_closed() -> None:
    rows = [row for (phase, _), row in TRANSITIONS.items() if phase is Phase.CLOSED]
    assert {(row.to, row.by) for row in rows} == {(Phase.CLOSED, "nothing")}


INPUTS = st.one_of(
    st.builds(speak, st.sampled_from(["m1", "m2", "m3", "m4"])),
    st.builds(Stop, message_id=st.sampled_from([None, "m1", "m2"])),
    st.builds(CleanUpNow),
    st.builds(audio, st.integers(1, 4)),
    st.builds(ended, st.integers(1, 4), st.sampled_from([COMPLETED, FAILED])),
    st.builds(Drained, exchange=st.integers(1, 4)),
    st.builds(Pinged, payload=st.just(b"f1")),
    st.builds(Rejected, message_id=st.none(), failure=st.just(Failure(code="c", message="s"))),
    st.builds(Retire, close_code=st.just(1001), cause=st.just("shutdown")),
    st.builds(ClientLeft, cause=st.just("client_left")),
)


def run(inputs: list[Input]) -> tuple[MessageStream, list[Command]]:
    """Feed any inputs; what the table refuses changes nothing."""
    stream, commands = MessageStream(), list[Command]()
    for arrived in inputs:
        phase = stream.phase
        try:
            commands += stream.receive(arrived)
        except IllegalTransition:
            assert stream.phase is phase
    return stream, commands


@settings(deadline=None)  # the machine may be busy
@given(st.lists(INPUTS, max_size=40))
def test_every_started_message_ends_exactly_once_or_is_the_open_one(inputs: list[Input]) -> None:
    stream, commands = run(inputs)
    started = [command.message_id for command in commands if isinstance(command, SendStart)]
    finished = [command.message_id for command in commands if isinstance(command, SendEnd)]
    still_open = [] if stream.current is None else [stream.current]
    if not any(isinstance(arrived, ClientLeft) for arrived in inputs):
        assert started == finished + still_open
    assert len(set(finished)) == len(finished)
    assert started[: len(finished)] == finished


@settings(deadline=None)  # the machine may be busy
@given(st.lists(INPUTS, max_size=40))
def test_audio_stands_between_the_start_and_the_end_of_a_message(inputs: list[Input]) -> None:
    _, commands = run(inputs)
    signals = [c for c in commands if isinstance(c, SendStart | SendAudio | SendEnd)]
    assert not signals or isinstance(signals[0], SendStart)
    for before, after in pairwise(signals):
        if isinstance(after, SendStart):
            assert isinstance(before, SendEnd)
        else:
            assert not isinstance(before, SendEnd)


@settings(deadline=None)  # the machine may be busy
@given(st.lists(INPUTS, max_size=40))
def test_an_upstream_is_opened_only_behind_a_cleanup_of_the_one_before(
    inputs: list[Input],
) -> None:
    _, commands = run(inputs)
    held = False
    for command in commands:
        if isinstance(command, OpenUpstream):
            assert not held
            held = True
        elif isinstance(command, CleanUp | ReleaseUpstream):
            held = False
        elif isinstance(command, SendEnd):
            assert not held  # first the release, then the end signal


@settings(deadline=None)  # the machine may be busy
@given(st.lists(INPUTS, max_size=40))
def test_a_message_is_cleaned_up_with_effect_at_most_once(inputs: list[Input]) -> None:
    _, commands = run(inputs)
    effective = [c.message_id for c in commands if isinstance(c, CleanUp) and c.effective]
    assert len(set(effective)) == len(effective)


@settings(deadline=None)  # the machine may be busy
@given(st.lists(INPUTS, max_size=40))
def test_a_ping_is_answered_while_the_session_lives(inputs: list[Input]) -> None:
    stream, _ = run(inputs)
    answer = stream.receive(Pinged(payload=b"f2"))
    assert answer == (() if stream.phase is Phase.CLOSED else (SendPong(payload=b"f2"),))

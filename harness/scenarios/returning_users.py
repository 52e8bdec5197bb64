"""What users do besides: ask twice, ask again after an error, come back, come twice."""

from collections.abc import Iterator

from harness.model.operations import SessionPlan
from harness.scenarios.base import Draft, Script, scenario, sessions

KINDS = (
    "asks twice",
    "asks again",
    "stays",
    "comes while the other is there",
    "leaves",
    "comes when the other has left",
)
SECOND_MS = 900.0


@scenario("returning_users")
def returning_users(draft: Draft) -> Iterator[SessionPlan]:
    """The same speak twice; again after an error; a second client while the first is there, or not.

    Of each pair of clients both have the key of one user.
    """
    yield from sessions(draft, len(KINDS) * draft.many(standard=3, smoke=1), _story)


def _story(draft: Draft, script: Script, index: int) -> None:
    kind = KINDS[index % len(KINDS)]
    if kind == "asks twice":
        spoken = script.speak(audio_ms=800)
        script.await_audio(spoken)
        if draft.has_message_ids:  # else it would be a message of its own
            script.speak_again(spoken)
        script.await_end(spoken)
        if draft.has_message_ids:
            script.speak_again(spoken)
        script.await_end(script.speak(audio_ms=320))
    elif kind == "asks again":
        script.await_end(script.speak(audio_ms=640, fault={"name": "error_message"}))
        script.await_end(script.speak(audio_ms=640))
    else:
        _one_of_a_pair(draft, script, kind)


def _one_of_a_pair(draft: Draft, script: Script, kind: str) -> None:
    """Write one client of a user: the second of a pair has the next session number."""
    is_second = kind.startswith("comes")
    script.user = f"user-{script.session - is_second}"
    if is_second:
        script.connect_after(SECOND_MS + draft.chance.uniform(0, 300))
        script.await_end(script.speak(audio_ms=640))
    elif kind == "stays":
        script.await_end(script.speak(audio_ms=4000))  # the other one comes in its middle
    else:
        spoken = script.speak(audio_ms=4000)
        script.await_audio(spoken)
        script.pause(draft.chance.uniform(80, 300))
        script.disconnect("close")

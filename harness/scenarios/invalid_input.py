"""What a client must not send: each kind once, at rest and in the middle of speech."""

from collections.abc import Iterator

from harness.model.operations import SessionPlan
from harness.scenarios.base import Draft, Script, scenario, sessions

AT_ONCE = 16


@scenario("invalid_input")
def invalid_input(draft: Draft) -> Iterator[SessionPlan]:
    """Every forbidden word and every broken frame that is known; then a message that must work."""
    broken = draft.broken if draft.tier != "smoke" else tuple(draft.chance.sample(draft.broken, 6))

    def story(_draft: Draft, script: Script, index: int) -> None:
        if index < AT_ONCE:
            _forbidden(script, draft.forbidden[index::AT_ONCE])
        else:
            _broken(script, broken[index - AT_ONCE], is_speaking=bool(index % 2))

    yield from sessions(draft, AT_ONCE + len(broken), story)


def _forbidden(script: Script, kinds: tuple[str, ...]) -> None:
    script.await_end(script.speak(audio_ms=240))
    middle = len(kinds) // 2
    for kind in kinds[:middle]:
        script.send_invalid(kind)
    spoken = script.speak(audio_ms=1200)
    script.await_audio(spoken)
    for kind in kinds[middle:]:
        script.send_invalid(kind)
    script.await_end(spoken)
    script.await_end(script.speak(audio_ms=240))


def _broken(script: Script, kind: str, *, is_speaking: bool) -> None:
    spoken = script.speak(audio_ms=800)
    if is_speaking:
        script.await_audio(spoken)
    else:
        script.await_end(spoken)
    script.send_invalid(kind)

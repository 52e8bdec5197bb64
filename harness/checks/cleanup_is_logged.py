"""OWN-6. Each cleanup call stands in the log with its session and its message.

Precedent: an aiohttp session that nobody closed, and no line that says whose it was
(livekit/agents #4676).
"""

from collections.abc import Iterator

from harness.checks.base import Limits, check
from harness.model.session_view import SessionView
from harness.model.units import NS_PER_S
from harness.model.verdict import Exposure, Finding, Level, Minimum, Outcome, Scope, Unjudged
from harness.model.views import CleanupCall, MessageView

TIME_TO_BE_READ_NS = NS_PER_S
NOTICED_AT_ONCE = ("close", "fin", "rst")


@check(
    "OWN-6",
    "each cleanup call logged with its session and message",
    scope=Scope.SESSION,
    vantages="L",
    level=Level.SHOULD,
    standard=Minimum(total=100, by_category={"hook": 10}),
    smoke=Minimum(total=20),
)
def cleanup_is_logged(session: SessionView, _limits: Limits) -> Iterator[Outcome]:
    """Look for a line of each message that is over, then for as many more as the hook was called.

    Lines beyond these are free. A message that the SUT may never have known owes none.
    """
    over = [(m, over_ns) for m in session.messages if (over_ns := _over_ns(m)) is not None]
    for message, over_ns in over:
        yield from _judge_message(session, message, over_ns)
    yield from _judge_hook(session, [message for message, _ in over])


def _over_ns(message: MessageView) -> int | None:
    """Return when the SUT had to clean up: at the end signal, or when the client was gone."""
    if message.end_ns is not None or message.lost_ns is not None:
        return message.end_ns or message.lost_ns
    is_known = bool(message.starts or message.heard_samples or message.streams)
    return message.left_ns if is_known and message.left_how in NOTICED_AT_ONCE else None


def _judge_message(session: SessionView, message: MessageView, over_ns: int) -> Iterator[Outcome]:
    if not any(line.message == message.message for line in session.logged):
        if message.is_cut or message.seen_until_ns < over_ns + TIME_TO_BE_READ_NS:
            yield Unjudged(why="cut")
            return
        yield Finding(
            sentence=f"no cleanup of {message.id} ({message.ending}) is in the log, among"
            f" {len(session.logged)} lines of its session. Expected at least 1.",
            at_ns=over_ns,
            category=message.ending,
        )
    yield Exposure(category=message.ending)


def _judge_hook(session: SessionView, over: list[MessageView]) -> Iterator[Outcome]:
    """Compare the calls of the hook that were obeyed with the lines from the first of them on."""
    calls = [call for call in session.cleanups if 200 <= call.status < 300]
    if not calls:
        return
    first_ns = calls[0].at_ns
    by_itself = [m for m in over if m.cleaned is None and (m.end_ns or 0) > first_ns]
    since = [line for line in session.logged if line.at_ns >= first_ns]
    lines = [line for line in since if _names(line.message, calls)]
    needed = len(calls) + len(by_itself)
    if len(lines) < needed:
        yield Finding(
            sentence=f"the cleanup hook of {session.session} was called {len(calls)} times and"
            f" {len(by_itself)} messages ended by themselves since, but the log has"
            f" {len(lines)} lines with its session and a message. Expected at least {needed}.",
            at_ns=calls[-1].at_ns,
            category="hook",
        )
    for _ in calls:
        yield Exposure(category="hook")


def _names(message: str | None, calls: list[CleanupCall]) -> bool:
    """Tell whether a line says whose it is; before the first message there is none to name."""
    return message is not None or any(call.message is None for call in calls)

"""Stories of sessions, at random, as a SUT plays them that is right but for being slow to stop."""

from dataclasses import dataclass
from random import Random
from typing import Any

from suites.selftest.harness.story import FRAME, Story, key

POLICIES = ("supersede", "supersede", "queue", "reject")
FAILURE_POLICIES = ("error", "error", "retry_before_audio", "restart", "resume")
PONGS_MS = (2, 2, 2, 2, 2, 30, 170, 400, None)
SPEECH_AFTER_MS = 100
PAUSE = 480  # samples, which count in the numbers of those behind them


def behaviour_of(chance: Random) -> dict[str, Any]:
    """Return what a target might declare."""
    return {
        "on_new_message": chance.choice(POLICIES),
        "segments": "sequential",
        "on_upstream_failure": chance.choice(FAILURE_POLICIES),
        "on_stop": chance.choice(("current", "current", "all")),
        "end_signal": chance.choice(("delivery",) * 8 + ("playback", "synthesis")),
        "silence": chance.choice(("pass",) * 6 + ("strip", "insert")),
        "extra_audio": chance.choice(("none",) * 8 + ("allowed",)),
        "fidelity": chance.choice(("exact",) * 12 + ("none",)),
    }


@dataclass(slots=True)
class Player:
    """Plays one session of a story; ``at_ms`` is the moment that it has come to."""

    story: Story
    chance: Random
    session: int
    behaviour: dict[str, Any]
    at_ms: float = 0.0
    message: int = 0
    exchange: int = 0
    asked_ms: float = 0.0

    def play(self, messages: int) -> None:
        """Play so many messages, then stay for a while and leave."""
        self.exchange = 100 * self.session
        while self.message < messages:
            self.at_ms += self.chance.choice((20, 300, 700))
            if self.chance.random() < 0.1:
                self.story.stop(self.at_ms, session=self.session, pong_after_ms=self._pong_ms())
                self.at_ms += 50
            if not self._message(self._next(), at_ms=self.at_ms, messages=messages):
                return
        self._leave(self.at_ms + self.chance.choice((10, 600, 620, 1300, 1700, 2600, 4000)))

    def _next(self) -> int:
        self.message += 1
        return self.message

    def _pong_ms(self) -> float | None:
        return self.chance.choice(PONGS_MS)

    def _speak(self, message: int, at_ms: float, sentences: int) -> None:
        self.asked_ms = at_ms
        self.story.speak(
            at_ms,
            message,
            session=self.session,
            sentences=sentences,
            pong_after_ms=self._pong_ms(),
        )

    def _message(self, message: int, *, at_ms: float, messages: int) -> bool:
        """Play a message to its end, whatever that is; False if the client left."""
        sentences = self.chance.choice((1, 1, 1, 2, 3))
        self._speak(message, at_ms, sentences)
        self.story.start(at_ms + 3, message, session=self.session)
        over_ms = at_ms + SPEECH_AFTER_MS
        until_ms = self._break_ms(at_ms)
        breaks = self.chance.choice(("none", "none", "stop", "stop", "next", "leave", "fail"))
        if breaks == "none":
            until_ms = 1e12
        every_ms = self.chance.choice((80, 80, 80, 10))
        opened_ms = at_ms + 5
        for sentence in range(sentences):
            over_ms = self._sentence(message, sentence, opened_ms, until_ms, every_ms)
            opened_ms = over_ms + 5
            if over_ms >= until_ms:
                break
        if over_ms < until_ms < over_ms + 30:
            until_ms = over_ms  # a STOP while draining
        if over_ms < until_ms:
            self._end(message, over_ms + 10, "completed")
            return True
        return self._broken(breaks, message, until_ms, messages)

    def _break_ms(self, at_ms: float) -> float:
        return at_ms + self.chance.choice((20, 99, 180, 262, 340, 422, 500))

    def _broken(self, breaks: str, message: int, at_ms: float, messages: int) -> bool:
        """Break a message off: STOP, the next message, a failure, or the client leaves."""
        story, session = self.story, self.session
        if breaks == "leave":
            self._leave(at_ms)
            return False
        if breaks == "stop":
            self._stop(message, at_ms)
        elif breaks == "fail":
            story.failed(at_ms, self.exchange)
            story.error(at_ms + 2, message, session=session, code="upstream_error")
            self._end(message, at_ms + 3, "upstream_error")
        elif self.message >= messages:
            self._stop(message, at_ms)
        else:
            return self._overtaken(message, at_ms, messages)
        return True

    def _stop(self, message: int, at_ms: float) -> None:
        """STOP, which the SUT may have read long before it acts on it: that is wrong."""
        story = self.story
        deaf_ms = self.chance.choice((0, 0, 0, 0, 120, 200, 300, 500))
        stop_ms = max(at_ms - deaf_ms, self.asked_ms + 1)
        for _ in range(self.chance.choice((1, 1, 1, 2))):
            story.stop(stop_ms, session=self.session, pong_after_ms=self._pong_ms())
        story.released(at_ms + 2, self.exchange)
        self._end(message, at_ms + 3, "stopped")

    def _overtaken(self, message: int, at_ms: float, messages: int) -> bool:
        later = self._next()
        policy = self.behaviour["on_new_message"]
        if policy == "reject":
            self._speak(later, at_ms, 1)
            self.story.error(at_ms + 2, later, session=self.session, code="busy")
            self._stop(message, at_ms + 10)
            return True
        if policy == "queue":
            return self._queued(message, later, at_ms, messages)
        self.story.released(at_ms + 2, self.exchange)
        self._end(message, at_ms + 2.5, "superseded")
        return self._message(later, at_ms=at_ms, messages=messages)

    def _queued(self, message: int, later: int, at_ms: float, messages: int) -> bool:
        """A message waits for the one before it, which is stopped; or STOP clears both."""
        self._speak(later, at_ms, 1)
        self._stop(message, at_ms + 10)
        if self.behaviour["on_stop"] == "all":
            self.at_ms += 20
            return True
        self.story.start(self.at_ms + 3, later, session=self.session)
        over_ms = self._sentence(later, 0, self.at_ms + 5, 1e12, 80)
        self._end(later, over_ms + 10, "completed")
        return True

    def _end(self, message: int, at_ms: float, reason: str) -> None:
        if self.behaviour["end_signal"] == "playback" and reason == "completed":
            at_ms += 500
        self.story.end(at_ms, message, reason=reason, session=self.session)
        self.at_ms = at_ms

    def _leave(self, at_ms: float) -> None:
        self.story.released(at_ms + 1, self.exchange)
        self.story.leave(at_ms, session=self.session)
        self.at_ms = at_ms + 10

    # -- speech ----------------------------------------------------------------------------

    def _sentence(
        self, message: int, sentence: int, opened_ms: float, until_ms: float, every_ms: float
    ) -> float:
        """Speak a sentence, perhaps at the second attempt; return when its stream was over."""
        frames, policy = self.chance.randint(1, 5), self.behaviour["on_upstream_failure"]
        count = first = 0
        if policy != "error" and self.chance.random() < 0.3:
            heard = 0 if policy == "retry_before_audio" else min(frames - 1, 2)
            self._open(message, sentence, 0, opened_ms, frames)
            at_ms = self._frames(message, sentence, 0, (0, heard), opened_ms, until_ms, every_ms)
            if at_ms >= until_ms:
                return at_ms
            self.story.failed(at_ms, self.exchange)
            count, opened_ms = 1, at_ms + 1
            first = heard if policy == "resume" else 0
        self._open(message, sentence, count, opened_ms, frames)
        part = (first, frames)
        at_ms = self._frames(message, sentence, count, part, opened_ms, until_ms, every_ms)
        if at_ms < until_ms:
            self.story.ended(at_ms, self.exchange)
        return at_ms

    def _open(self, message: int, sentence: int, count: int, at_ms: float, frames: int) -> None:
        self.exchange += 1
        self.story.opened(
            at_ms,
            message,
            exchange=self.exchange,
            session=self.session,
            frames=frames,
            sentences=(sentence,),
            count=count,
        )

    def _frames(
        self,
        message: int,
        sentence: int,
        count: int,
        part: tuple[int, int],
        opened_ms: float,
        until_ms: float,
        every_ms: float,
    ) -> float:
        """Speak frames ``part[0]`` to ``part[1]``, perhaps with a pause before one of them."""
        stream = key(message, session=self.session, sentence=sentence, count=count)
        pause = self.chance.randint(*part) if self.chance.random() < 0.1 else -1
        at_ms, shift = opened_ms + SPEECH_AFTER_MS - 5, 0
        for frame in range(*part):
            if at_ms + 1 >= until_ms:
                return until_ms
            if frame == pause > part[0]:
                shift = PAUSE
                self._pause(message, at_ms)
            run = (stream, shift + frame * FRAME, FRAME)
            self._sent(at_ms, {"runs": [run], "zeros": 0, "bytes": 2 * FRAME})
            self.story.audio(at_ms + 1, run, message=message, session=self.session)
            at_ms += every_ms
        return min(at_ms, until_ms)

    def _pause(self, message: int, at_ms: float) -> None:
        """The upstream makes a pause of its own; it is passed on unless silence is stripped."""
        self._sent(at_ms - 0.5, {"runs": [], "zeros": PAUSE, "bytes": 2 * PAUSE})
        if self.behaviour["silence"] != "strip":
            self.story.audio(at_ms + 0.5, message=message, session=self.session, zeros=PAUSE)

    def _sent(self, at_ms: float, data: dict[str, Any]) -> None:
        self.story.event(at_ms, "upstream", "stream_sent", {"exchange": self.exchange, **data})

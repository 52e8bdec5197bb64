"""A session while it runs: what a command, a signal or a frame means to its messages."""

from dataclasses import dataclass, field

from harness.judging.fences import Fences
from harness.judging.spans import Spans
from harness.model.session_view import SessionView
from harness.model.views import AudioReceived, CleanupCall, Command, MessageView, Phase, Signal


@dataclass(slots=True)
class OpenSession:
    """What is known of one session; ``own`` is its number, ``over_ns`` when its client was gone."""

    view: SessionView
    own: int
    spans: Spans
    open: dict[str, MessageView] = field(default_factory=dict)
    unended: dict[str, MessageView] = field(default_factory=dict)
    repeated: set[str] = field(default_factory=set)
    fences: Fences = field(default_factory=Fences)
    over_ns: int | None = None
    _marks: dict[str, int] = field(default_factory=dict)

    def cut_span(self) -> None:
        """End the span of audio: a signal or a command comes between."""
        self.spans.cut(self.unended)

    def closed(self, name: str) -> MessageView | None:
        """Return the message of this name that was judged last."""
        return next((m for m in reversed(self.view.messages) if m.message == name), None)

    def speak(self, name: str, command: Command, *, sentences: int) -> None:
        """Take a speak: a new message, and the one that it overtakes or supersedes."""
        if name in self.open:
            self.repeated.add(name)  # the same speak twice: refused by an error, no message
            return
        origin = self.view.origin
        for message in self.unended.values():
            message.is_overtaken = True
            supersedes = origin.behaviour.on_new_message == "supersede"
            if supersedes and message.superseded is None and not message.is_rejected:
                message.superseded = command
                command.phase = phase_of(message)
        self.open[name] = self.unended[name] = MessageView(
            session=self.view.session,
            message=name,
            speak=command,
            origin=origin,
            sentences=sentences,
            turn_ns=None if self.unended else command.at_ns,
            voided_ns=None if self.view.rival is None else command.at_ns,
            has_upstream=self.view.has_upstream,
        )

    def over(self, name: str, at_ns: int) -> None:
        """Take the end of a message: it is the turn of the next one."""
        if self.unended.pop(name, None) is not None and self.unended:
            following = next(iter(self.unended.values()))
            following.turn_ns = following.turn_ns or at_ns

    def stop(self, command: Command) -> None:
        """Take a STOP: which messages it met, if any."""
        there = [m for m in self.unended.values() if not m.superseded and not m.is_rejected]
        met = there if self.view.origin.behaviour.on_stop == "all" else there[:1]
        fresh = [message for message in met if message.stop is None]
        if not fresh:
            self.view.idle_stops.append(command)  # a second STOP owes no further signal
        for message in fresh:
            message.stop = command
        if fresh:
            command.phase = phase_of(fresh[0])
            command.message = fresh[0].message
        for message in there[len(met) :]:
            message.crossed_by = command

    def clean_up(self, call: CleanupCall) -> None:
        """Take a call of the cleanup hook: which message it met, open or not."""
        self.view.cleanups.append(call)
        there = (m for m in self.unended.values() if not m.superseded and not m.is_rejected)
        met = next(there, None)
        if met is not None:
            call.message, call.phase = met.message, phase_of(met)
            met.cleaned = met.cleaned or call
            return
        known = [*self.view.messages, *self.open.values()]
        if known:
            call.message = max(known, key=lambda message: message.speak.at_ns).message
            call.phase = Phase.ENDED

    def void(self, at_ns: int, *, is_broken_off: bool = False) -> None:
        """Note that the client gave up what is open, without a word about it."""
        for message in self.unended.values():
            message.voided_ns = message.voided_ns or at_ns
            message.is_broken_off = message.is_broken_off or is_broken_off

    def leave(self, at_ns: int, how: str) -> list[MessageView]:
        """Take a client that goes; return the messages that it leaves without an end signal."""
        self.view.left_ns, self.view.left_how = at_ns, how
        left = [message for message in self.open.values() if message.left_ns is None]
        for message in left:
            message.left_phase = Phase.ENDED if message.ends else phase_of(message)
            message.left_ns, message.left_how = at_ns, how
        return [message for message in left if message.end_ns is None]

    def lose(self, at_ns: int, how: str) -> None:
        """Take a connection that the SUT lets go."""
        self.view.lost_ns, self.view.lost_how = at_ns, how
        for message in self.open.values():
            if message.lost_ns is None:
                message.lost_ns, message.lost_how = at_ns, how

    def take_answer(self, error: Signal) -> None:
        """Take an error as the answer to what we sent last that is forbidden, if it had none."""
        if self.view.invalids and self.view.invalids[-1].answer is None:
            self.view.invalids[-1].answer = error

    def hear(self, audio: AudioReceived) -> None:
        """Give a frame to its label, to each message that its marks name, and to the spans."""
        at_ns, label = audio.at_ns, audio.label
        labelled = self.open.get(label or "")
        labelled_mark = -1
        if labelled is not None:
            audio.label = label = labelled.message  # one string for all of its frames
            labelled.audio.append(audio)
            labelled.received_bytes += audio.bytes
            labelled_mark = self._marks.get(labelled.message) or self._mark_of(labelled)
        if audio.foreign and all(message.is_rejected for message in self.unended.values()):
            self.view.strangers.append((at_ns, audio.foreign))
        samples = 0
        for key, _, count in audio.runs:
            mark = key >> 16
            self.spans.add(mark, count, at_ns, label, self.unended)
            if mark == labelled_mark:
                samples += count
            elif mark >> 16 == self.own:
                self._hear_unlabelled(f"m{mark & 0xFFFF}", audio)
        if labelled is not None and samples > 0:
            labelled.first_heard_ns = labelled.first_heard_ns or at_ns
            labelled.heard_samples += samples
        elif labelled is not None and not audio.runs:
            labelled.take_heard(audio)

    def _mark_of(self, message: MessageView) -> int:
        """Return what all samples of the message are marked with, and remember it."""
        mark = self._marks[message.message] = self.own << 16 | message.message_number
        return mark

    def _hear_unlabelled(self, name: str, audio: AudioReceived) -> None:
        """Give a frame to a message whose mark it bears, though its label is another."""
        message = self.open.get(name)
        if message is not None and (not message.audio or message.audio[-1] is not audio):
            message.audio.append(audio)
            message.take_heard(audio)

    def refuse(self, message: MessageView, error: Signal) -> None:
        """Take an error of an open message; one that is rejected by it has superseded nobody."""
        message.errors.append(error)
        if message.is_rejected:
            for other in self.unended.values():
                if other.superseded is message.speak:
                    other.superseded = None


def phase_of(message: MessageView) -> Phase:
    """Return where an open message stands by what was seen of it so far."""
    if message.first_heard_ns is None:
        return Phase.REQUESTED
    spoken = {k for s in message.streams if s.ended_ns is not None for k in s.sentences}
    is_done = all(s.ended_ns is not None for s in message.streams) and message.streams
    return Phase.DRAINING if is_done and len(spoken) >= message.sentences else Phase.STREAMING

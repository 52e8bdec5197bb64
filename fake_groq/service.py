"""What all connections share: seed, nonce, ledger, rulebook, and who asked for what how often."""

import random
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from hashlib import blake2b

from fake_groq import answers
from fake_groq.attempts import Attempt, Attempts
from fake_groq.audio import frames_of
from fake_groq.behaviour import Behaviour
from fake_groq.end_markers import Ending
from fake_groq.exchange import Exchange
from fake_groq.faults.base import Fault
from fake_groq.identity import identities
from fake_groq.ledger import Ledger, subject_of
from fake_groq.limits import Exceeded, Limiter
from fake_groq.plan import SpeechRequest, make_plan
from fake_groq.policy import Policy
from fake_groq.rulebook import Rulebook
from fake_groq.steps import SAMPLES_PER_MS, Plan, Profile, Step
from fake_groq.timing import Speech, settled
from fake_groq.wire import Wire

COUNT_MAX = 255
TEXTS_KEPT = 1_000_000  # the attempts of the oldest texts are forgotten beyond


@dataclass(slots=True, kw_only=True)
class Service:
    """The state of the fake; one per process."""

    seed: int
    nonce: int
    ledger: Ledger
    rulebook: Rulebook
    token: str | None = None  # guards what a stranger could do harm with
    policy: Policy = field(default_factory=Policy)
    limiter: Limiter = field(default_factory=Limiter)
    attempts: Attempts = field(default_factory=Attempts)
    exchanges: int = 0
    streams: int = 0
    upgrades: int = 0
    _attempts: OrderedDict[bytes, int] = field(default_factory=OrderedDict)  # by digest of text

    def exchange(
        self,
        wire: Wire,
        profile: Profile,
        text: str,
        *,
        asked: tuple[Fault, ...] = (),
        spent: tuple[Fault, ...] = (),
        preset: str | None = None,
        ending: Ending | None = None,
        attempt: Attempt | None = None,
    ) -> Exchange:
        """Return the stream for an accepted request: the next attempt of exactly this text.

        Faults that were asked for by the request are added, and those that are spent left out.
        """
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        count = min(self._attempts.get(digest, 0), COUNT_MAX)
        self._attempts[digest] = count + 1
        if len(self._attempts) > TEXTS_KEPT:
            self._attempts.popitem(last=False)
        behaviour = self.rulebook.behaviour(text, identities(text))
        if spent:
            kept = tuple(fault for fault in behaviour.faults if fault not in spent)
            behaviour = replace(behaviour, faults=kept)
        self.streams += 1
        request = SpeechRequest(
            text=text,
            profile=profile,
            count=count,
            number=self.streams,
            ending=ending and replace(ending, label=ending.label or f"preset {preset}"),
            faults=asked,
        )
        plan, as_performed = self._plan(request, behaviour)
        return Exchange(
            number=self.next_exchange(),
            wire=wire,
            ledger=self.ledger,
            plan=plan,
            behaviour=as_performed,
            preset=preset,
            attempt=attempt,
        )

    def at_upgrade(self, faults: tuple[Fault, ...]) -> tuple[str, Step] | None:
        """Return what the next upgrade of a WebSocket meets: the name of a fault, and its step."""
        self.upgrades += 1
        for place, fault in enumerate(faults):
            step = fault.at_upgrade()
            seed = f"{self.seed} upgrade {self.upgrades} {place} {fault.name}"
            if step is not None and fault.meets(self.upgrades, seed):
                return fault.name, step
        return None

    def first_plan(self, profile: Profile, text: str, number: int = 1) -> Plan:
        """Return the plan of a text's first attempt as the stream of this number, uncounted."""
        behaviour = self.rulebook.behaviour(text, identities(text))
        request = SpeechRequest(text=text, profile=profile, number=number)
        return self._plan(request, behaviour)[0]

    def _plan(self, request: SpeechRequest, behaviour: Behaviour) -> tuple[Plan, Behaviour]:
        """Return the plan of a stream, and its behaviour with nothing left to be drawn."""
        if behaviour.timing is not None:
            behaviour = self._timed(request, behaviour)
        return make_plan(request, behaviour, seed=self.seed, nonce=self.nonce), behaviour

    def _timed(self, request: SpeechRequest, behaviour: Behaviour) -> Behaviour:
        chance = random.Random(f"{self.seed} timing {request.count} {request.text}")
        characters = len(request.text)
        frames = frames_of(characters, behaviour.ms_per_character, behaviour.frame_samples)
        audio_ms = frames * behaviour.frame_samples / SAMPLES_PER_MS
        speech = Speech(characters=characters, audio_ms=audio_ms)
        return settled(behaviour, speech, chance)

    def govern(self, policy: Policy) -> None:
        """Take a policy; the limits begin anew where the tier is another."""
        self.policy = policy
        if policy.tier != self.limiter.tier:
            self.limiter = Limiter(policy.tier)

    def ask(self, model: str, tokens: int) -> Exceeded | None:
        """Count a request towards the limits, or return what it exceeds."""
        return self.limiter.ask(model, tokens, time.monotonic())

    def headers(self, exchange: int, model: str) -> Mapping[str, str]:
        """Return the headers of an answer."""
        limits = self.limiter.state(model, time.monotonic())
        return answers.headers(seed=self.seed, exchange=exchange, limits=limits)

    def refuse(
        self,
        wire: Wire,
        *,
        status: int,
        code: str,
        text: str = "",
        attempt: Attempt | None = None,
    ) -> int:
        """Note a request that is refused before it became a stream; return its number."""
        number = self.next_exchange()
        self.ledger.write(
            "stream_refused",
            {
                "exchange": number,
                "socket": wire.number,
                "status": status,
                "code": code,
                **(asdict(attempt) if attempt else {}),
            },
            subject_of(identities(text)),
        )
        return number

    def next_exchange(self) -> int:
        """Return the number of a new exchange; they count from 1."""
        self.exchanges += 1
        return self.exchanges

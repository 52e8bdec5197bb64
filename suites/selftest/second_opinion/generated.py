"""Generated records: a right story of some sessions, then up to three mutations of it."""

from dataclasses import dataclass
from random import Random

from harness.model.events import Event
from harness.model.record import Manifest
from suites.selftest.harness.judged import manifest
from suites.selftest.harness.story import Story
from suites.selftest.second_opinion.mutations import in_order, mutate, possible
from suites.selftest.second_opinion.sessions import Player, behaviour_of


@dataclass(frozen=True, slots=True)
class Record:
    """A record that never happened; ``mutations`` says how many things are wrong with it."""

    manifest: Manifest
    events: list[Event]
    mutations: int


def generated(seed: int, number: int) -> Record:
    """Return record ``number`` of a seed: the same two numbers give the same record."""
    chance = Random(f"{seed}/{number}")
    behaviour = behaviour_of(chance)
    sessions = tuple(range(1, chance.choice((1, 1, 2, 3)) + 1))
    story = Story(sessions=sessions)
    for session in sessions:
        player = Player(story, chance, session, behaviour)
        player.play(chance.randint(1, 4))
    _surround(story, chance)
    events = in_order(story.events())
    mutations = chance.choice((0, 1, 1, 1, 2, 3))
    for _ in range(mutations):
        events = possible(in_order(mutate(events, chance)))
    vantages = chance.choice(("CUP",) * 9 + ("C",))
    if vantages == "C":
        events = [event for event in events if event.source != "upstream"]
    return Record(manifest(behaviour=behaviour, vantages=vantages), events, mutations)


def _surround(story: Story, chance: Random) -> None:
    """Let the world have its share: the canary's word, a lag, time that goes on."""
    if chance.random() < 0.3:
        rtt_ms = chance.choice((1, 5, 80))
        story.canary(0, 4000, link="client", rtt_ms=rtt_ms, every_ms=400)
    if chance.random() < 0.2:
        story.lag(chance.randint(0, 4000), chance.choice((1, 20, 300)))
    story.later(chance.choice((0, 10_000, 20_000)))

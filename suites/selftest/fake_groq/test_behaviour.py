import pytest

from fake_groq.behaviour import DEFAULT_BEHAVIOUR, read_behaviour
from fake_groq.faults.stall_mid_stream import StallMidStream
from fake_groq.setting import SettingError


def test_only_the_given_keys_change() -> None:
    behaviour = read_behaviour({"pace": "8x", "lead_ms": 40}, DEFAULT_BEHAVIOUR)
    assert (behaviour.pace, behaviour.lead_ms, behaviour.speed) == ("8x", 40.0, 8.0)
    assert behaviour.first_audio_ms == DEFAULT_BEHAVIOUR.first_audio_ms


@pytest.mark.parametrize(
    ("pace", "speed"), [("real-time", 1.0), ("max", None), ("1.5x", 1.5), ("1000x", 1000.0)]
)
def test_a_pace_is_a_speed_or_none_at_all(pace: str, speed: float | None) -> None:
    assert read_behaviour({"pace": pace}, DEFAULT_BEHAVIOUR).speed == speed


def test_everything_can_be_set() -> None:
    behaviour = read_behaviour(
        {
            "pace": "max",
            "first_audio_ms": 1,
            "header_ms": 2,
            "end_marker": "json:type=done",
            "after_marker": "stay",
            "ms_per_character": 3.5,
            "lead_ms": 4,
            "jitter_ms": 5,
            "pauses": [[0, 10], [10, 20]],
            "faults": [{"name": "stall_mid_stream", "after_ms": 400}, "missing_marker"],
        },
        DEFAULT_BEHAVIOUR,
    )
    assert str(behaviour.end_marker) == "json:type=done"
    assert behaviour.pauses == ((0.0, 10.0), (10.0, 20.0))
    assert behaviour.faults[0] == StallMidStream(after_ms=400)
    assert behaviour.faults[1].name == "missing_marker"


@pytest.mark.parametrize(
    ("partial", "said"),
    [
        ([], "a JSON object"),
        ({"pece": "max"}, "'pece' of a behaviour; did you mean 'pace'?"),
        ({"zzz": 1}, "Known: after_marker, end_marker"),
        ({"pace": "fast"}, "as in \"8x\", not 'fast'"),
        ({"pace": "0x"}, "not '0x'"),
        ({"pace": "1001x"}, "not '1001x'"),
        ({"pace": 8}, "not 8"),
        ({"first_audio_ms": -1}, "from 0 to 86400000"),
        ({"first_audio_ms": True}, "not True"),
        ({"first_audio_ms": float("nan")}, "not nan"),
        ({"end_marker": 5}, "text:__END__"),
        ({"end_marker": "txt:x"}, "did you mean 'text'?"),
        ({"after_marker": "open"}, '"stay", "reset" or "audio", not'),
        ({"after_marker": "close:99"}, "lies between 1000 and 4999"),
        ({"marker_order": "first"}, '"after", "before", "twice"'),
        ({"pauses": 3}, "a list of at most 1000"),
        ({"pauses": [[1]]}, "[at_ms, length_ms], not [1]"),
        ({"pauses": [[0, 100], [50, 10]]}, "begins before the one before it ends"),
        ({"faults": "stall"}, "a list of at most 8"),
        ({"faults": ["stall_midstream"]}, "did you mean 'stall_mid_stream'?"),
        ({"faults": [{"name": "abrupt_reset", "afterms": 1}]}, "did you mean 'after_ms'?"),
        ({"faults": [{"name": "abrupt_reset"}]}, "needs 'after_ms'"),
        ({"faults": [{"name": "abrupt_reset", "after_ms": "x"}]}, "from 0 to 86400000, not 'x'"),
        ({"faults": [{"name": "error_status", "status": 200}]}, "from 400 to 599, not 200"),
        ({"faults": [7]}, 'written {"name": ...}'),
    ],
)
def test_what_is_wrong_is_named_with_the_nearest_right_one(partial: object, said: str) -> None:
    with pytest.raises(SettingError) as caught:
        read_behaviour(partial, DEFAULT_BEHAVIOUR)
    assert said in str(caught.value)

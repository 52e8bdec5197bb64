import pytest

from fake_groq.end_markers import EndMarkerError, Unit, parse_end_marker


@pytest.mark.parametrize(
    ("written", "units"),
    [
        ("text:__END__", (Unit(how="text", data=b"__END__"),)),
        ("text:a:b", (Unit(how="text", data=b"a:b"),)),
        ("json:type=done", (Unit(how="text", data=b'{"type":"done"}'),)),
        ("json:a=true,n=3,s=x", (Unit(how="text", data=b'{"a":true,"n":3,"s":"x"}'),)),
        ("json:audio=null,id=7x", (Unit(how="text", data=b'{"audio":null,"id":"7x"}'),)),
        ("close", (Unit(how="close", code=1000),)),
        ("close:1011", (Unit(how="close", code=1011),)),
        ("empty", (Unit(how="binary"),)),
        ("none", (Unit(how="nothing"),)),
    ],
)
def test_each_kind_is_written_so(written: str, units: tuple[Unit, ...]) -> None:
    marker = parse_end_marker(written)
    assert marker.units == units
    assert str(marker) == written


def test_silence_is_sent_in_frames_of_80_ms() -> None:
    units = parse_end_marker("silence:200").units
    assert [len(unit.data) for unit in units] == [3840, 3840, 1920]
    assert [unit.lasts_ms for unit in units] == [80, 80, 40]
    assert not any(b"".join(unit.data for unit in units))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("txt:__END__", "did you mean 'text'?"),
        ("", "is not one of close, empty"),
        ("text", "needs its text"),
        ("json:", "needs NAME=VALUE"),
        ("json:type", "needs NAME=VALUE"),
        ("close:fast", "takes a number"),
        ("close:999", "between 1000 and 4999"),
        ("empty:1", "takes no argument"),
        ("none:1", "takes no argument"),
        ("silence", "takes a number"),
        ("silence:0", "1 to 60000 ms"),
        ("silence:60001", "1 to 60000 ms"),
    ],
)
def test_a_wrong_marker_is_told_in_a_sentence(written: str, said: str) -> None:
    with pytest.raises(EndMarkerError, match=said.replace("?", "[?]")):
        parse_end_marker(written)

"""Options, environment, defaults."""

import pytest

from reference_impl.config import read_config

WS = "ws://127.0.0.1:9/v1/audio/speech/stream"


def test_options_come_before_the_environment() -> None:
    config = read_config(["--upstream-http", "http://h:1"], {"ORPHEUS_WS_URL": WS})
    assert (config.upstream_http, config.upstream_ws) == ("http://h:1", None)


def test_the_environment_names_the_upstream_and_the_key() -> None:
    config = read_config(
        [], {"ORPHEUS_WS_URL": WS, "GROQ_API_KEY": "k", "GROQ_BASE_URL": "http://h"}
    )
    assert (config.upstream_ws, config.upstream_http, config.api_key) == (WS, None, "k")
    assert read_config([], {"GROQ_BASE_URL": "http://h"}).upstream_http == "http://h"


def test_the_first_byte_has_the_idle_time_unless_it_is_given() -> None:
    arguments = ["--upstream-ws", WS, "--completion-idle-ms", "700"]
    assert read_config(arguments, {}).first_byte_ms == 700
    assert read_config([*arguments, "--first-byte-ms", "90"], {}).first_byte_ms == 90


def test_an_upstream_may_have_no_end_marker() -> None:
    assert read_config(["--upstream-ws", WS, "--end-marker", "none"], {}).end_markers.none


def test_end_markers_may_be_several() -> None:
    arguments = ["--upstream-ws", WS, "--end-marker", "close", "--end-marker", "silence:500"]
    markers = read_config(arguments, {}).end_markers
    assert (markers.close, markers.silence_ms, markers.texts) == (True, 500, ())
    assert read_config(["--upstream-ws", WS], {}).end_markers.texts == ("__END__",)


@pytest.mark.parametrize("base", ["http://h", "http://h/", "http://h/openai/v1", "http://h/openai"])
def test_the_path_of_the_endpoint_is_never_doubled(base: str) -> None:
    config = read_config(["--upstream-http", base], {})
    assert config.speech_url == "http://h/openai/v1/audio/speech"


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        ([], {}),
        ([], {"ORPHEUS_WS_URL": "127.0.0.1:80"}),
        (["--upstream-ws", "http://h"], {}),
        (["--upstream-ws", "ws://h:x/"], {}),
        (["--upstream-ws", WS, "--upstream-http", "http://h"], {}),
        (["--upstream-ws", WS, "--port", "70000"], {}),
        (["--upstream-ws", WS, "--completion-idle-ms", "0"], {}),
        (["--upstream-ws", WS, "--end-marker", "bell"], {}),
    ],
    ids=range(8),
)
def test_what_is_wrong_is_told_in_one_sentence(
    arguments: list[str], environment: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        read_config(arguments, environment)
    assert left.value.code == 2
    assert "error: " in capsys.readouterr().err

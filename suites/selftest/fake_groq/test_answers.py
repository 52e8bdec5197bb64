import pytest

from fake_groq.answers import GroqError, error_of, go_duration, headers


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "0s"),
        (0.547, "547ms"),
        (1, "1s"),
        (7.66, "7.66s"),
        (172.8, "2m52.8s"),
        (30336, "8h25m36s"),
        (59.9999, "1m0s"),
    ],
)
def test_durations_are_written_as_go_writes_them(seconds: float, written: str) -> None:
    assert go_duration(seconds) == written


def test_a_code_that_is_none_is_left_out() -> None:
    assert GroqError(status=400, message="voice is required").body() == {
        "error": {"message": "voice is required", "type": "invalid_request_error"}
    }


def test_a_status_without_words_of_its_own_says_what_http_says() -> None:
    assert error_of(502, "m").body()["error"]["message"] == "Bad Gateway"
    assert error_of(599, "m").type == "internal_server_error"
    assert "`m`" in error_of(429, "m").message


def test_request_ids_come_from_the_seed() -> None:
    assert headers(seed=1, exchange=1) == headers(seed=1, exchange=1)
    ids = {headers(seed=seed, exchange=n)["x-request-id"] for seed in (1, 2) for n in (1, 2)}
    assert len(ids) == 4

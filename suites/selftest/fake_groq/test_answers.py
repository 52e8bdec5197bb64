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
        (0.9996, "1s"),
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
    def request_id(seed: int, exchange: int) -> str:
        return headers(seed=seed, exchange=exchange, limits={})["x-request-id"]

    assert request_id(1, 1) == request_id(1, 1)
    assert len({request_id(seed, n) for seed in (1, 2) for n in (1, 2)}) == 4


def test_the_rate_headers_are_whole_numbers_and_go_durations() -> None:
    made = headers(seed=1, exchange=1, limits={"tokens": (8000, 7927.4, 0.547)})
    assert made["x-ratelimit-limit-tokens"] == "8000"
    assert made["x-ratelimit-remaining-tokens"] == "7927"
    assert made["x-ratelimit-reset-tokens"] == "547ms"


def test_a_long_wait_is_a_limit_of_the_day_and_a_short_one_of_the_minute() -> None:
    message = error_of(429, "m", retry_after_s=30336).message
    assert "tokens per day (TPD): Limit 3600, Used 4718, Requested 146." in message
    assert "Please try again in 8h25m36s." in message
    short = error_of(429, "m", retry_after_s=2).message
    assert "tokens per minute (TPM): Limit 1200, Used 1094, Requested 146." in short
    assert "Please try again in 2s." in short

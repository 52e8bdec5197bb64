from suites.selftest.harness.scenarios.narrow import carries_speech_and_is_interrupted


def test_the_link_carries_speech_and_users_interrupt_it() -> None:
    carries_speech_and_is_interrupted("client")

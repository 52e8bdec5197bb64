"""The words of the message stream are facts: nobody changes one that was said."""

from dataclasses import FrozenInstanceError
from typing import get_args

import pytest

from reference_impl.message_stream import TRANSITIONS
from reference_impl.vocabulary import Input, Stop


def test_a_word_cannot_be_changed() -> None:
    stop = Stop(message_id="m1")
    with pytest.raises(FrozenInstanceError):
        stop.message_id = "m2"  # type: ignore[misc]


def test_the_table_knows_every_input() -> None:
    assert {kind for _, kind in TRANSITIONS} == set(get_args(Input))

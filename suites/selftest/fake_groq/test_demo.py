import random
import wave
from pathlib import Path

import numpy as np
import pytest

from fake_groq.demo import demo_behaviour, save
from fake_groq.identity import message_text
from fake_groq.setting import SettingError
from fake_groq.spectral_reading import read
from fake_groq.watermark import stream_key


def test_the_file_is_whole_and_says_whose_it_is(tmp_path: Path) -> None:
    path = tmp_path / "hello.wav"
    text = save(path, demo_behaviour({}), seed=0, nonce=3)
    assert text == message_text(1, 1, sentences=2, rng=random.Random(0))
    with wave.open(str(path)) as file:
        pcm = np.frombuffer(file.readframes(file.getnframes()), np.int16)
        assert file.getframerate() == 24_000
        assert file.getnframes() * 2 == path.stat().st_size - 44
    assert pcm.size / 24_000 == pytest.approx(0.065 * len(text), abs=0.1)
    runs = read(pcm, rate=24_000, keys=(stream_key(1, 1, 0, 0),), nonce=3)
    assert sum(run.blocks for run in runs) >= pcm.size / 960 - 12  # less the pause
    assert runs[0].first_block == 0


def test_the_demo_takes_other_settings(tmp_path: Path) -> None:
    behaviour = demo_behaviour({"mark": "exact", "wav_header": "ffmpeg"})
    save(tmp_path / "x.wav", behaviour, seed=0, nonce=0)
    assert (tmp_path / "x.wav").read_bytes()[70:74] == b"data"
    with pytest.raises(SettingError, match="did you mean 'mark'"):
        demo_behaviour({"marks": "exact"})

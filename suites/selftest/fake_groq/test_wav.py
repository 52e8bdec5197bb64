"""What readers make of the WAV headers that speech services send."""

import io
import struct
import wave

import pytest

from fake_groq.wav import WAV_HEADERS, wav_header

PCM = b"\1\2" * 100


def test_the_header_is_what_ffmpeg_streams() -> None:
    header = wav_header()
    assert len(header) == 78
    assert header[:12] == b"RIFF\xff\xff\xff\xffWAVE"
    assert struct.unpack("<IHHIIHH", header[16:36]) == (16, 1, 1, 24_000, 48_000, 2, 16)
    assert header[36:70] == b"LIST\x1a\0\0\0INFOISFT\x0d\0\0\0Lavf61.7.100\0\0"
    assert header[70:] == b"data\xff\xff\xff\xff"


@pytest.mark.parametrize(
    ("kind", "frames", "read_bytes"),
    [
        ("ffmpeg", 2_147_483_647, 200),  # 24.9 hours by the header, and all that there is
        ("ffmpeg-bitexact", 2_147_483_647, 200),
        ("unknown", 2_147_483_647, 200),
        ("signed", 1_073_741_823, 200),
        ("data-zero", 0, 0),  # a success without a sound
        ("exact", 100, 200),
    ],
)
def test_the_wave_module_reads_what_the_sizes_let_it(
    kind: str, frames: int, read_bytes: int
) -> None:
    data = wav_header(kind, pcm_bytes=len(PCM)) + PCM
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (24_000, 1, 2)
        assert abs(file.getnframes() - frames) <= 18  # what lies between the two sizes
        assert file.readframes(file.getnframes()) == PCM[:read_bytes]


def test_a_riff_size_of_zero_is_no_wave_file() -> None:
    file = io.BytesIO(wav_header("riff-zero") + PCM)
    with pytest.raises(wave.Error, match="not a WAVE file"), wave.open(file):
        pass


def test_each_kind_has_its_length() -> None:
    lengths = {kind: len(wav_header(kind)) for kind in WAV_HEADERS}
    assert lengths == {
        "ffmpeg": 78,
        "ffmpeg-bitexact": 70,
        "unknown": 44,
        "signed": 44,
        "data-zero": 44,
        "riff-zero": 44,
        "exact": 44,
        "none": 0,
    }

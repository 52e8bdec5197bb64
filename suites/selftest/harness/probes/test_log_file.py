from pathlib import Path

from harness.model.target import Log
from harness.probes.log_file import LogProbe

CLEANUP = b'{"event":"cleanup","session":"s3","message_id":"s3-m1","call":1}\n'
LOG = Log(cleanup={"event": "cleanup"})


def test_a_cleanup_is_told_once_with_its_session_and_message(tmp_path: Path) -> None:
    log = tmp_path / "sut.log"
    log.write_bytes(b"starting\n" + CLEANUP)
    probe = LogProbe(path=log, log=LOG)
    assert list(probe.cleanups()) == [("s3", "s3-m1")]
    assert not list(probe.cleanups())


def test_a_line_is_read_when_its_end_has_been_written(tmp_path: Path) -> None:
    log = tmp_path / "sut.log"
    log.write_bytes(CLEANUP[:20])
    probe = LogProbe(path=log, log=LOG)
    assert not list(probe.cleanups())
    with log.open("ab") as file:
        file.write(CLEANUP[20:])
    assert list(probe.cleanups()) == [("s3", "s3-m1")]


def test_other_lines_and_nonsense_are_passed_over(tmp_path: Path) -> None:
    log = tmp_path / "sut.log"
    nonsense = b'[1]\n{"event":"start","session":"s3"}\n\xff{\n{"event":"cleanup"}\n'
    log.write_bytes(nonsense + b"[" * 5000 + b"\n")
    assert not list(LogProbe(path=log, log=LOG).cleanups())


def test_all_pairs_must_match_and_the_keys_may_have_other_names(tmp_path: Path) -> None:
    log = tmp_path / "sut.log"
    log.write_bytes(
        b'{"a":"x","b":"y","user":4}\n{"a":"x","b":"z","user":5}\n{"a":"x","b":"y","user":6,"m":"7"}\n'
    )
    probe = LogProbe(path=log, log=Log(cleanup={"a": "x", "b": "y"}, session="user", message="m"))
    assert list(probe.cleanups()) == [("4", None), ("6", "7")]


def test_a_log_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    assert not list(LogProbe(path=tmp_path / "none.log", log=LOG).cleanups())

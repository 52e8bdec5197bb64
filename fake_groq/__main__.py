"""`python -m fake_groq`: serve until SIGTERM or SIGINT.

Exit codes: 0 stopped, 3 cannot serve (a taken port, a ledger that cannot be written), 64 usage.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

from fake_groq.app import (
    GUARD,
    CannotServe,
    NotOnLoopback,
    Running,
    Settings,
    running,
)
from fake_groq.behaviour import Behaviour, read_behaviour
from fake_groq.demo import demo_behaviour, save
from fake_groq.listing import FAMILIES, print_list
from fake_groq.policy import Policy, read_policy
from fake_groq.setting import SettingError

EXIT_CANNOT_SERVE: Final = 3
EXIT_USAGE: Final = 64
LEDGER_CHECK_S: Final = 0.25
_BEHAVIOURS: Final = (
    "pace",
    "first_audio_ms",
    "header_ms",
    "ms_per_character",
    "end_marker",
    "after_marker",
)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_USAGE, f"fake_groq: {message}. See --help.\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the fake with these arguments and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        _check_nonce(options.nonce)
        if options.list is not None:
            print_list(options.list, as_markdown=options.markdown)
            return 0
        if options.save is not None:
            return _save(options)
        settings = _settings(options)
    except SettingError as error:
        return _say(str(error), EXIT_USAGE)
    try:
        with asyncio.Runner(loop_factory=_loop_factory(options)) as runner:
            return runner.run(_serve(settings, options.ready_file))
    except NotOnLoopback as error:
        return _say(str(error), EXIT_USAGE)
    except CannotServe as error:
        return _say(str(error), EXIT_CANNOT_SERVE)
    except KeyboardInterrupt:
        return 0


def _loop_factory(options: argparse.Namespace) -> Callable[[], asyncio.AbstractEventLoop] | None:
    if not options.uvloop:
        return None
    try:
        import uvloop
    except ImportError as error:
        raise CannotServe(
            "--uvloop needs the package uvloop. Install it: pip install 'voicecert[capacity]'."
        ) from error
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


def _save(options: argparse.Namespace) -> int:
    """Write the demo; what it says goes to stdout."""
    behaviour = demo_behaviour(_given(options))
    try:
        text = save(options.save, behaviour, seed=options.seed, nonce=options.nonce)
    except OSError as error:
        return _say(f"Cannot write {options.save}: {error.strerror}.", EXIT_CANNOT_SERVE)
    sys.stdout.write(f"{options.save}: {text}\n")
    return 0


async def _serve(settings: Settings, ready_file: Path | None) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with running(settings) as fake:
        _report(fake, ready_file)
        ledger = fake.service.ledger
        while ledger.failure is None and not stop.is_set():
            await _wait(stop, LEDGER_CHECK_S)
    if ledger.failure is not None:
        raise CannotServe(f"The ledger cannot be written: {ledger.failure.strerror}.")
    return 0


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


def _report(fake: Running, ready_file: Path | None) -> None:
    """Write where the fake listens, to the file at once and whole, else to stdout."""
    text = json.dumps(fake.ready()) + "\n"
    if ready_file is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    temporary = ready_file.with_name(f".{ready_file.name}.{os.getpid()}")
    try:
        temporary.write_text(text, "utf-8")
        temporary.replace(ready_file)
    except OSError as error:
        raise CannotServe(f"Cannot write {ready_file}: {error.strerror}.") from error


def _settings(options: argparse.Namespace) -> Settings:
    host, _, port = options.listen.rpartition(":")
    if not port.isdecimal() or not host or int(port) > 0xFFFF:
        raise SettingError(f"--listen is HOST:PORT, not {options.listen!r}.")
    return Settings(
        host=host.removeprefix("[").removesuffix("]"),
        port=int(port),
        seed=options.seed,
        nonce=options.nonce,
        ledger=options.ledger,
        behaviour=read_behaviour(_given(options), Behaviour()),
        policy=read_policy(dict(map(_pair, options.policy)), Policy()),
        token=os.environ.get(GUARD) or None,
        authority=options.https,
    )


def _check_nonce(nonce: int) -> None:
    if not 0 <= nonce <= 0xFF:
        raise SettingError(f"--nonce is a number from 0 to 255, not {nonce}.")


def _given(options: argparse.Namespace) -> dict[str, Any]:
    """Return the behaviour that the arguments ask for."""
    return dict(map(_pair, options.set)) | {
        name: value for name in _BEHAVIOURS if (value := getattr(options, name)) is not None
    }


def _pair(written: str) -> tuple[str, object]:
    """Read KEY=VALUE; a value that is no JSON is a word."""
    key, equals, value = written.partition("=")
    if not equals:
        raise SettingError(f"A setting is written KEY=VALUE, not {written!r}.")
    try:
        return key, json.loads(value)
    except (ValueError, RecursionError):
        return key, value


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="fake_groq", description="A fake Groq Orpheus server on loopback.")
    add = parser.add_argument
    add("--listen", default="127.0.0.1:0", metavar="HOST:PORT", help="port 0 takes a free one")
    add("--ready-file", type=Path, help="where to say that it listens, and on which port")
    add("--ledger", type=Path, help="file to append events to, one JSON line each")
    add("--https", type=Path, metavar="FOLDER", help="HTTPS, by an authority that is kept there")
    add("--policy", action="append", default=[], metavar="KEY=VALUE", help="as in tier=free")
    add("--set", action="append", default=[], metavar="KEY=VALUE", help="any other behaviour")
    add("--uvloop", action="store_true", help="a faster loop; its timers may be 1.4 ms early")
    add("--list", choices=tuple(FAMILIES), help="print what there is, and end")
    add("--markdown", action="store_true", help="print that as Markdown")
    add("--save", type=Path, metavar="FILE.wav", help="speak into a file instead, and end")
    add("--seed", type=int, default=0)
    add("--nonce", type=int, default=0, help="of the run, 0 to 255, in every watermark")
    add("--end-marker", help="text:__END__, json:type=done, close, empty, silence:500, none")
    add("--after-marker", help="close, close:1011, stay, reset, audio")
    add("--pace", help="real-time, max, or so many times faster as in 8x")
    add("--first-audio-ms", type=float)
    add("--header-ms", type=float)
    add("--ms-per-character", type=float)
    return parser


def _say(sentence: str, code: int) -> int:
    sys.stderr.write(f"fake_groq: {sentence}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())

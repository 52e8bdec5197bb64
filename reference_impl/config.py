"""What the relay is told: options first, then the environment, then defaults."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from reference_impl.framing import EndMarkers

DEFAULT_MODEL = "canopylabs/orpheus-arabic-saudi"
SPEECH_PATH = "/openai/v1/audio/speech"


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayConfig:
    """Everything that can be set; times in ms. Exactly one upstream address is given."""

    host: str
    port: int
    upstream_ws: str | None
    upstream_http: str | None
    api_key: str | None
    model: str
    end_markers: EndMarkers
    completion_idle_ms: int
    first_byte_ms: int
    connect_ms: int
    client_stall_ms: int
    vanish_ms: int
    test_hooks: bool
    log: str

    @property
    def speech_url(self) -> str:
        """The address of the HTTP endpoint, whether or not the base already holds a path."""
        assert self.upstream_http is not None, "asked only where the upstream is HTTP"
        base = self.upstream_http.rstrip("/").removesuffix("/v1").removesuffix("/openai")
        return base + SPEECH_PATH


def read_config(arguments: Sequence[str], environment: Mapping[str, str]) -> RelayConfig:
    """Return the configuration; prints one sentence and exits where it is wrong."""
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        ws, http = _upstream_address(given, environment)
        markers = EndMarkers.parse(given.end_marker or ("text:__END__",))
    except (ValueError, argparse.ArgumentTypeError) as error:
        parser.error(str(error))
    return RelayConfig(
        host=given.host,
        port=given.port,
        upstream_ws=ws,
        upstream_http=http,
        api_key=environment.get("GROQ_API_KEY") or None,
        model=given.model,
        end_markers=markers,
        completion_idle_ms=given.completion_idle_ms,
        first_byte_ms=given.first_byte_ms or given.completion_idle_ms,
        connect_ms=given.connect_ms,
        client_stall_ms=given.client_stall_ms,
        vanish_ms=given.vanish_ms,
        test_hooks=given.test_hooks,
        log=given.log,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="reference_impl", description="A speech relay that owns its state."
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1")
    add("--port", type=_port, default=8080, help="0 takes a free one; the ready line names it")
    upstream = parser.add_mutually_exclusive_group()
    upstream.add_argument("--upstream-ws", type=_url("ws", "wss"), metavar="URL")
    upstream.add_argument("--upstream-http", type=_url("http", "https"), metavar="URL")
    add("--model", default=DEFAULT_MODEL)
    add(
        "--end-marker",
        action="append",
        metavar="MARKER",
        help="text:TOKEN, json:KEY=VALUE, silence:MS, empty, close or none; may be repeated "
        "(default: text:__END__; the HTTP upstream ends with its body)",
    )
    add("--completion-idle-ms", type=_ms, default=1000, metavar="MS")
    add("--first-byte-ms", type=_ms, metavar="MS", help="default: as --completion-idle-ms")
    add("--connect-ms", type=_ms, default=5000, metavar="MS")
    add("--client-stall-ms", type=_ms, default=20_000, metavar="MS")
    add("--vanish-ms", type=_ms, default=30_000, metavar="MS")
    add("--test-hooks", action="store_true", help="offer /_test/; never in production")
    add("--log", default="-", metavar="PATH", help="JSON lines are appended here; - is stdout")
    return parser


def _upstream_address(
    given: argparse.Namespace, environment: Mapping[str, str]
) -> tuple[str | None, str | None]:
    """Return the WebSocket or the HTTP address: of the options, else of the environment."""
    if given.upstream_ws or given.upstream_http:
        return given.upstream_ws, given.upstream_http
    if environment.get("ORPHEUS_WS_URL"):
        return _url("ws", "wss")(environment["ORPHEUS_WS_URL"]), None
    if environment.get("GROQ_BASE_URL"):
        return None, _url("http", "https")(environment["GROQ_BASE_URL"])
    raise ValueError(
        "No upstream: give --upstream-ws or --upstream-http, or set ORPHEUS_WS_URL or "
        "GROQ_BASE_URL."
    )


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; expected 0 to 65535.")
    return int(text)


def _ms(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; expected whole ms, at least 1.")
    return int(text)


def _url(*schemes: str) -> Callable[[str], str]:
    """Return a reader of addresses with one of the schemes."""

    def address(text: str) -> str:
        try:
            parts = urlsplit(text)
            is_good = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_good = False
        if not is_good:
            expected = " or ".join(f"{scheme}://HOST:PORT/…" for scheme in schemes)
            raise argparse.ArgumentTypeError(f"{text!r} is no address; expected {expected}.")
        return text

    return address

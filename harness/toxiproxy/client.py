"""The HTTP API of Toxiproxy, by toxiproxy-python, with what that library leaves out.

The library keeps host and port on one class for the whole process, has no timeout, obeys
``http_proxy`` also for loopback, takes a 5xx answer for success and cannot change a toxic. So each
client loads a private copy of it with a session of its own, asks for what is missing itself, and
checks every number before it is sent: some end the real server with all its streams.

All calls block for about a millisecond; from asyncio use ``asyncio.to_thread``. They may come from
several threads.
"""

import importlib.util
import itertools
import math
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import requests
import toxiproxy

from harness.model.errors import HarnessError
from harness.toxiproxy.toxics.base import TOXICS, ToxicType

TIMEOUT_S = 5.0
NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")
STREAMS = ("downstream", "upstream")
SERVER_ERROR = 500

_copies = itertools.count(1)


class ToxiproxyError(HarnessError):
    """A call to Toxiproxy failed.

    ``status`` is the HTTP status, None where there was no answer. ``may_still_apply`` says that
    nobody knows: the server hangs (often behind a client that reads nothing) and may carry the
    change out later; end the server.
    """

    def __init__(
        self, text: str, *, status: int | None = None, may_still_apply: bool = False
    ) -> None:
        super().__init__(text)
        self.status = status
        self.may_still_apply = may_still_apply


@dataclass(frozen=True, slots=True, kw_only=True)
class Toxic:
    """A toxic as the server reports it."""

    name: str
    type: str
    stream: str
    toxicity: float
    attributes: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """A proxy as the server reports it; ``listen_port`` is 0 if it was never enabled."""

    name: str
    listen_host: str
    listen_port: int
    upstream: str
    is_enabled: bool
    toxics: tuple[Toxic, ...] = ()


class ToxiproxyClient:
    """One server's API. Proxies are named by themselves or by their name."""

    def __init__(self, host: str, port: int, *, timeout_s: float = TIMEOUT_S) -> None:
        self.host = host
        self.port = port
        self._session = _Session(timeout_s)
        self._library = _private_copy(self._session, host, port)

    def close(self) -> None:
        """Close idle connections; the client stays usable."""
        self._session.close()

    def version(self) -> str:
        """Return the server's version: ``2.12.0``, ``git`` for a plain build, or the stand-in's."""
        return str(self._ask("GET", "/version")["version"])

    def create(
        self, name: str, upstream: str, listen: str = "127.0.0.1:0", *, is_enabled: bool = True
    ) -> Proxy:
        """Make a proxy to ``upstream`` (HOST:PORT) and return it with the port that it found."""
        _check_name(name, "proxy")
        for what, address in (("upstream", upstream), ("listen", listen)):
            _check_address(address, what)
        with self._translated(f"create proxy {name}"):
            self._library.Toxiproxy().create(
                upstream=upstream, name=name, listen=listen, enabled=is_enabled
            )
        return self.get(name)

    def get(self, proxy: Proxy | str) -> Proxy:
        """Return a proxy as it is now."""
        return _proxy(self._ask("GET", f"/proxies/{_name(proxy)}"))

    def list(self) -> tuple[Proxy, ...]:
        """Return all proxies by name."""
        found = self._ask("GET", "/proxies")
        return tuple(_proxy(found[name]) for name in sorted(found))

    def set_enabled(self, proxy: Proxy | str, enabled: bool) -> Proxy:  # noqa: FBT001 - a setter
        """Open or cut a proxy: disabled, it refuses and closes; what is inside is lost.

        Raises:
            ToxiproxyError: among others, the port was taken meanwhile.
        """
        name = _name(proxy)
        self._ask("PATCH", f"/proxies/{name}", {"enabled": enabled})
        now = self.get(name)  # the answer to the change is not to be trusted
        if now.is_enabled is not enabled:
            raise ToxiproxyError(
                f"proxy {name} should be {'enabled' if enabled else 'disabled'} and is not."
            )
        return now

    def delete(self, proxy: Proxy | str) -> bool:
        """Delete a proxy with its connections; False if it was not there."""
        return self._gone(f"/proxies/{_name(proxy)}")

    def add_toxic(
        self,
        proxy: Proxy | str,
        name: str,
        type: str,  # noqa: A002 - the word of the API
        stream: str,
        attributes: Mapping[str, int],
        *,
        toxicity: float = 1.0,
    ) -> Toxic:
        """Add a toxic behind those of its direction; it bites live connections at once."""
        _check_name(name, "toxic")
        _check_stream(stream)
        kind = TOXICS.get(type)
        _check_attributes(kind, attributes, is_whole=True)
        _check_toxicity(toxicity)
        with self._translated(f"add toxic {name}"):
            found = self._library.Proxy(name=_name(proxy), upstream="", enabled=True, listen="")
            found.add_toxic(
                name=name,
                type=type,
                stream=stream,
                toxicity=float(toxicity),
                attributes=dict(attributes),
            )
        return self._toxic(proxy, name)

    def update_toxic(
        self,
        proxy: Proxy | str,
        name: str,
        attributes: Mapping[str, int] | None = None,
        *,
        toxicity: float | None = None,
    ) -> Toxic:
        """Change attributes or toxicity; what is not named stays. Chance is drawn again."""
        before = self._toxic(proxy, name)
        change: dict[str, Any] = {}
        if attributes is not None:
            _check_attributes(TOXICS.get(before.type), attributes, is_whole=False)
            change["attributes"] = dict(attributes)
        if toxicity is not None:
            _check_toxicity(toxicity)
            change["toxicity"] = float(toxicity)
        return _toxic(self._ask("PATCH", f"/proxies/{_name(proxy)}/toxics/{name}", change))

    def remove_toxic(self, proxy: Proxy | str, name: str) -> bool:
        """Take a toxic out; False if it was not there.

        Taking ``timeout`` out cuts streams. With ``bandwidth`` 0 behind it in the same direction
        the real server hangs (seen: no answer within 5 s), so take the stall out first.
        """
        _check_name(name, "toxic")
        return self._gone(f"/proxies/{_name(proxy)}/toxics/{name}")

    def toxics(self, proxy: Proxy | str) -> tuple[Toxic, ...]:
        """Return the toxics of a proxy, in the order in which they work, per direction."""
        return tuple(map(_toxic, self._ask("GET", f"/proxies/{_name(proxy)}/toxics")))

    def _toxic(self, proxy: Proxy | str, name: str) -> Toxic:
        _check_name(name, "toxic")
        return _toxic(self._ask("GET", f"/proxies/{_name(proxy)}/toxics/{name}"))

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - JSON
        url = f"http://{self.host}:{self.port}{path}"
        with self._translated(f"{method} {path}"):
            answer = self._session.request(method, url, json=body)
            answer.raise_for_status()
            return answer.json() if answer.content else None

    def _gone(self, path: str) -> bool:
        try:
            self._ask("DELETE", path)
        except ToxiproxyError as error:
            if error.status == requests.codes.not_found:
                return False
            raise
        return True

    @contextmanager
    def _translated(self, what: str) -> Iterator[None]:
        """Turn the errors of the library and of requests into ours."""
        where = f"Toxiproxy at {self.host}:{self.port} could not {what}"
        exceptions = self._library.api
        try:
            yield
        except requests.HTTPError as error:
            status, text = error.response.status_code, error.response.text.strip()
            hangs = status == requests.codes.service_unavailable
            raise ToxiproxyError(
                f"{where}: it answered {status}: {text[:200] or 'nothing'}.",
                status=status,
                may_still_apply=hangs,
            ) from error
        except requests.Timeout as error:
            raise ToxiproxyError(
                f"{where}: no answer within {self._session.timeout_s:g} s; it may still do it.",
                may_still_apply=True,
            ) from error
        except (requests.RequestException, ValueError) as error:
            raise ToxiproxyError(f"{where}: {error}.") from error
        except (exceptions.ProxyExists, exceptions.NotFound, exceptions.InvalidToxic) as error:
            status = {"ProxyExists": 409, "NotFound": 404}.get(type(error).__name__, 400)
            raise ToxiproxyError(f"{where}: {_words(error)}.", status=status) from error


class _Session(requests.Session):
    """Deaf to the environment, impatient, and without mercy for 5xx."""

    def __init__(self, timeout_s: float) -> None:
        super().__init__()
        self.timeout_s = timeout_s
        self.trust_env = False

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401 - as its parent
        answer = super().request(*args, **({"timeout": self.timeout_s} | kwargs))
        if answer.status_code >= SERVER_ERROR:
            answer.raise_for_status()
        return answer


def _private_copy(session: _Session, host: str, port: int) -> ModuleType:
    """Load toxiproxy-python once more, under a name of its own, speaking through ``session``."""
    name = f"_toxiproxy_{next(_copies)}"
    spec = importlib.util.spec_from_file_location(
        name, toxiproxy.__file__, submodule_search_locations=list(toxiproxy.__path__)
    )
    assert spec is not None
    assert spec.loader is not None
    copy = importlib.util.module_from_spec(spec)
    sys.modules[name] = copy
    spec.loader.exec_module(copy)
    copy.api.requests = session
    copy.Toxiproxy().update_api_consumer(host, port)
    for loaded in [key for key in sys.modules if key == name or key.startswith(f"{name}.")]:
        del sys.modules[loaded]  # its modules hold each other; nobody else will ask for them
    return copy


def _name(proxy: Proxy | str) -> str:
    if isinstance(proxy, Proxy):
        return proxy.name
    _check_name(proxy, "proxy")
    return proxy


def _check_name(name: str, what: str) -> None:
    if not NAME.fullmatch(name):
        raise ToxiproxyError(
            f"{what} name {name!r} cannot be used: letters, digits, _ and - only, 128 at most."
        )


def _check_address(address: str, what: str) -> None:
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65_535:
        raise ToxiproxyError(f"{what} address {address!r} cannot be used; give it as HOST:PORT.")


def _check_stream(stream: str) -> None:
    if stream not in STREAMS:
        raise ToxiproxyError(f"stream {stream!r} is neither {' nor '.join(STREAMS)}.")


def _check_toxicity(toxicity: float) -> None:
    if isinstance(toxicity, bool) or not (math.isfinite(toxicity) and 0 <= toxicity <= 1):
        raise ToxiproxyError(f"toxicity {toxicity!r} is no share from 0 to 1.")


def _check_attributes(kind: ToxicType, given: Mapping[str, int], *, is_whole: bool) -> None:
    """Refuse an unknown key, anything but a whole number, and a number out of its range.

    ``is_whole`` says that what is not given will be the server's default, not what it was.
    """
    known = {attribute.name: attribute for attribute in kind.attributes}
    for name, value in given.items():
        attribute = known.get(name)
        if attribute is None:
            raise ToxiproxyError(
                f"toxic {kind.name} has no attribute {name!r}; it has {', '.join(known)}."
            )
        is_number = isinstance(value, int) and not isinstance(value, bool)
        if not is_number or not attribute.low <= value <= attribute.high:
            raise ToxiproxyError(
                f"{kind.name}.{name} is {value!r}; it must be a whole number of {attribute.unit} "
                f"from {attribute.low} to {attribute.high}."
            )
    for name, attribute in known.items():
        if is_whole and attribute.is_required and name not in given:
            raise ToxiproxyError(f"toxic {kind.name} needs the attribute {name!r}.")


def _proxy(fields: Mapping[str, Any]) -> Proxy:
    host, _, port = fields["listen"].rpartition(":")
    return Proxy(
        name=fields["name"],
        listen_host=host.strip("[]"),
        listen_port=int(port),
        upstream=fields["upstream"],
        is_enabled=fields["enabled"],
        toxics=tuple(map(_toxic, fields.get("toxics", ()))),
    )


def _toxic(fields: Mapping[str, Any]) -> Toxic:
    return Toxic(
        name=fields["name"],
        type=fields["type"],
        stream=fields["stream"],
        toxicity=fields["toxicity"],
        attributes=fields["attributes"],
    )


def _words(error: Exception) -> str:
    """Return what the server said; the library hands its answer on as bytes."""
    said = error.args[0] if error.args else ""
    return said.decode(errors="replace").strip() if isinstance(said, bytes) else str(said)

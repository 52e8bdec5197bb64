"""The only door to fake_groq: starts it, tells it what each message shall meet, asks for plans."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from harness.engine.guardian import Child, Spawner
from harness.engine.hooks import NO_TIMEOUT
from harness.engine.python_child import python_argv
from harness.engine.ready_file import read_ready_file
from harness.model.errors import HarnessError
from harness.model.operations import ScenarioPlan, Speak
from harness.model.target import Upstream

START_DEADLINE_S = 20.0
CALL_DEADLINE_S = 10.0
RULES_PER_CALL = 500


@dataclass(slots=True, kw_only=True)
class UpstreamServer:
    """A fake upstream that runs: where it listens, and its control API."""

    host: str
    port: int
    control: str
    child: Child
    http: aiohttp.ClientSession

    @property
    def address(self) -> str:
        """Return host and port as a proxy wants them."""
        return f"{self.host}:{self.port}"

    async def prepare(self, plans: Sequence[ScenarioPlan]) -> None:
        """Tell the fake what every message of the plans shall meet."""
        rules = [
            {
                "match": {"session": session.session, "message": operation.message},
                "behaviour": operation.upstream,
            }
            for plan in plans
            for session in plan.sessions
            for operation in session.operations
            if isinstance(operation, Speak) and operation.upstream
        ]
        for begin in range(0, len(rules), RULES_PER_CALL):
            await self._post("behaviour", {"rules": rules[begin : begin + RULES_PER_CALL]})

    async def plans_hash(self, plans: Sequence[ScenarioPlan], profile: str) -> str:
        """Return the SHA-256 over what the fake would send for every text at its first attempt."""
        texts = [
            operation.text
            for plan in plans
            for session in plan.sessions
            for operation in session.operations
            if isinstance(operation, Speak)
        ]
        answer = await self._post("plans", {"texts": texts, "profile": profile})
        return str(answer["sha256"])

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            async with (
                asyncio.timeout(CALL_DEADLINE_S),
                self.http.post(f"{self.control}/{path}", json=body) as response,
            ):
                text = await response.text()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise HarnessError(f"the fake upstream does not answer {path!r}: {error}.") from error
        if response.status != 200:
            raise HarnessError(f"the fake upstream refused {path!r}: {text[:300]}")
        answer = json.loads(text or "{}")
        return answer if isinstance(answer, dict) else {}


@asynccontextmanager
async def running_upstream(
    guardian: Spawner,
    *,
    upstream: Upstream,
    seed: int,
    nonce: int,
    ledger: Path,
    logs: Path,
) -> AsyncIterator[UpstreamServer]:
    """Start fake_groq on a port of its own choice and wait until it says where it listens."""
    ready = logs / "upstream.ready.json"
    argv = python_argv(
        "fake_groq",
        "--listen",
        "127.0.0.1:0",
        "--ready-file",
        str(ready),
        "--ledger",
        str(ledger),
        "--seed",
        str(seed),
        "--nonce",
        str(nonce),
        "--end-marker",
        upstream.end_marker,
    )
    log = logs / "upstream.log"
    child = await guardian.spawn(name="upstream", argv=argv, own=True, stdout=log, stderr=log)
    try:
        text = await read_ready_file(
            ready, child, what="the fake upstream", log=log, deadline_s=START_DEADLINE_S
        )
        facts = json.loads(text)
        async with aiohttp.ClientSession(timeout=NO_TIMEOUT) as http:
            yield UpstreamServer(
                host=str(facts["host"]),
                port=int(facts["port"]),
                control=str(facts["control"]),
                child=child,
                http=http,
            )
    finally:
        await child.terminate(grace_s=2.0)

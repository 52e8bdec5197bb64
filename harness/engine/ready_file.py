"""Waits for the file in which a child says where it listens."""

import asyncio
from pathlib import Path

from harness.engine.guardian import Child
from harness.model.errors import HarnessError
from harness.sut.base import last_words

POLL_S = 0.02


async def read_ready_file(
    file: Path, child: Child, *, what: str, log: Path, deadline_s: float
) -> str:
    """Return the text of ``file`` once the child has written it.

    Raises:
        HarnessError: the child ended before, or did not write it in time.
    """
    try:
        async with asyncio.timeout(deadline_s):
            while (text := _text(file)) is None:
                if child.exit_code is not None:
                    raise HarnessError(f"{what} ended at its start: {last_words(log)}")
                await asyncio.sleep(POLL_S)
            return text
    except TimeoutError:
        raise HarnessError(
            f"{what} was not ready within {deadline_s:.0f} s: {last_words(log)}"
        ) from None


def _text(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None

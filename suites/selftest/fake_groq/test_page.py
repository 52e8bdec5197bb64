"""The page of the fake in a real browser: what it shows, and what its switches do."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, async_playwright, expect

from fake_groq.app import Settings
from suites.selftest.fake_groq.staging import Fake, eventually, fake, heard, staged, text_of

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
# A browser takes seconds to start where the machine is busy.
PATIENCE_MS = 30_000

pytestmark = [
    pytest.mark.io,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine"),
]


@asynccontextmanager
async def opened(server: Fake) -> AsyncIterator[Page]:
    """Open the page; whatever is an error to the browser is one to the test."""
    errors: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        try:
            page = await browser.new_page()
            page.set_default_timeout(PATIENCE_MS)
            page.on("pageerror", lambda error: errors.append(str(error)))
            await page.goto(str(server.running.ready()["control"]) + "/")
            yield page
        finally:
            await browser.close()
    assert errors == []


async def test_it_shows_open_streams_and_a_switch_bends_the_next_ones() -> None:
    async with (
        fake(pace="real-time", ms_per_character=300) as server,
        opened(server) as page,
    ):
        await expect(page.locator("#state")).to_have_text("live", timeout=PATIENCE_MS)
        await expect(page.locator("#open")).to_have_text("none")
        async with server.speaking(text_of(3, 2)):
            await expect(page.locator("#streams tr")).to_have_count(1, timeout=PATIENCE_MS)
            await expect(page.locator("#streams tr")).to_contain_text("s3/m2")
        await expect(page.locator("#open")).to_have_text("none", timeout=PATIENCE_MS)

        await page.fill("#filter", "stall mid")
        await page.check('.fault[data-name="stall_mid_stream"] > label input')
        await page.fill('.fault[data-name="stall_mid_stream"] input[name="after_ms"]', "240")
        await page.keyboard.press("Enter")
        rulebook = server.running.service.rulebook
        await expect(page.locator("#said")).to_have_text("")
        await eventually(lambda: _after_ms(server) == 240)
        async with server.speaking(text_of(3, 3)):
            await server.wait_for("stream_stalled")
            await expect(page.locator("#streams tr")).to_contain_text("stalled")

        await page.click("#heal")
        await eventually(lambda: rulebook.default.faults == ())


def _after_ms(server: Fake) -> float | None:
    faults = server.running.service.rulebook.default.faults
    return getattr(faults[0], "after_ms", None) if faults else None


async def test_with_a_token_it_asks_for_it() -> None:
    async with staged(Settings(token="secret")) as server, opened(server) as page:
        await expect(page.locator("#state")).to_contain_text("token", timeout=PATIENCE_MS)
        await page.fill("#token", "secret")
        await page.keyboard.press("Enter")
        await expect(page.locator("#state")).to_have_text("live", timeout=PATIENCE_MS)


async def test_another_client_is_heard_while_the_page_looks_on() -> None:
    async with fake() as server, opened(server) as page:
        await expect(page.locator("#state")).to_have_text("live", timeout=PATIENCE_MS)
        async with server.speaking(text_of(1, 1)) as client:
            assert (await heard(client))[2] == "close 1000"
        await expect(page.locator("#figures")).to_contain_text("1streams", timeout=PATIENCE_MS)


async def test_a_switch_leaves_what_others_have_set_as_it_is() -> None:
    stall = {"name": "stall_mid_stream", "after_ms": 80, "every": 7, "probability": 0.5}
    async with fake(faults=[stall, "marker_twice"]) as server, opened(server) as page:
        await expect(page.locator('input[name="marker_twice"]')).to_be_checked(timeout=PATIENCE_MS)
        before = server.running.service.rulebook.default.faults
        await page.check('.fault[data-name="jitter"] > label input')
        rulebook = server.running.service.rulebook
        await eventually(lambda: len(rulebook.default.faults) == 3)
        assert rulebook.default.faults[:2] == before
        assert rulebook.default.faults[2].name == "jitter"

"""Debian's chromium, without a window. Where there is none a test fails in CI and is left out elsewhere."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import BrowserContext, async_playwright

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@asynccontextmanager
async def browsing(**options: Any) -> AsyncIterator[BrowserContext]:
    """A fresh browser with nothing in it."""
    if BROWSER is None:
        assert not os.environ.get("CI"), "CI needs chromium: apt-get install chromium"
        pytest.skip("needs chromium on PATH; CI installs it")
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=BROWSER, args=ARGUMENTS)
        context = await browser.new_context(**options)
        context.set_default_timeout(20_000)
        yield context
        await browser.close()

"""The sandbox's sample image, which stands in for every URL on example.com. Nothing is fetched."""

from __future__ import annotations

import io
import random
from collections.abc import AsyncIterator
from functools import cache

from PIL import Image, ImageDraw

WIDE, HIGH, GRAIN = 1200, 800, 4


@cache
def picture() -> bytes:
    """Returns a colour JPEG the size of a photographed document, always the same."""
    grains = random.Random(1).randbytes(WIDE // GRAIN * HIGH // GRAIN * 3)  # noqa: S311 - a pattern
    image = Image.frombytes("RGB", (WIDE // GRAIN, HIGH // GRAIN), grains).resize((WIDE, HIGH), Image.Resampling.NEAREST)
    draw = ImageDraw.Draw(image)
    draw.rectangle((80, 80, WIDE - 80, HIGH - 80), fill=(214, 226, 240))
    draw.text((140, 140), "SAMPLE DOCUMENT", fill=(20, 60, 120), font_size=72)
    draw.text((140, 260), "Nobody lives at this address.", fill=(20, 60, 120), font_size=44)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=92)
    return buffer.getvalue()


async def chunks() -> AsyncIterator[bytes]:
    yield picture()

"""OpenSanctions' matching service, run by the firm itself (yente) or hosted: `POST /match/{dataset}`."""

from __future__ import annotations

from typing import Any

import httpx

from providers.yente.screener import YenteScreener


def build(settings: Any, http: httpx.AsyncClient) -> YenteScreener:
    return YenteScreener(
        http,
        settings.yente_base_url,
        token=settings.reveal("yente_token") or None,
        dataset=settings.yente_dataset,
        algorithm=settings.yente_algorithm,
        threshold=settings.yente_threshold,
    )

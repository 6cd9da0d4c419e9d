"""OpenSanctions' matching service, self-hosted (yente) or hosted by OpenSanctions: `POST /match/{dataset}`."""

from __future__ import annotations

import httpx

from providers.secret import reveal
from providers.yente.screener import YenteScreener
from providers.yente.settings import YenteSettings


def build(settings: YenteSettings, http: httpx.AsyncClient) -> YenteScreener:
    assert settings.yente_base_url is not None  # required with yente among the screeners
    return YenteScreener(
        http,
        settings.yente_base_url,
        token=reveal(settings.yente_token) or None,
        dataset=settings.yente_dataset,
        algorithm=settings.yente_algorithm,
        threshold=settings.yente_threshold,
    )

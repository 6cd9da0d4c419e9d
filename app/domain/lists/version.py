"""The life of one version of a list: loaded in pieces, looked into as a whole, replaced by the next."""

from __future__ import annotations

from enum import StrEnum


class ListStatus(StrEnum):
    LOADING = "LOADING"
    ACTIVE = "ACTIVE"
    REPLACED = "REPLACED"


TRANSITIONS: dict[ListStatus, frozenset[ListStatus]] = {
    ListStatus.LOADING: frozenset({ListStatus.ACTIVE}),
    ListStatus.ACTIVE: frozenset({ListStatus.REPLACED}),
    ListStatus.REPLACED: frozenset(),
}

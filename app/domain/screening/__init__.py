"""Screening: the subject of a search, its hits, and the interface of every screener."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from app.domain.aml import Screened
from app.domain.reference import Reference


class ScreenerName(StrEnum):
    """The sources of hits: the provider's own screening, the imported lists, a matching service."""

    PROVIDER = "PROVIDER"
    LISTS = "LISTS"
    YENTE = "YENTE"


class Topic(StrEnum):
    """The reason for being listed, in one vocabulary for all sources."""

    SANCTIONS = "sanctions"
    PEP = "pep"
    ADVERSE_MEDIA = "adverse_media"
    CRIME = "crime"
    TERRORISM = "terrorism"
    FITNESS_PROBITY = "fitness_probity"
    WARNING = "warning"
    OTHER = "other"


@dataclass(frozen=True)
class Screenings:
    """The firm's policy of screening: the screeners, the seconds until customers are screened again, and the deciders."""

    screeners: tuple[ScreenerName, ...] = (ScreenerName.PROVIDER, ScreenerName.LISTS)
    again_seconds: float = 30 * 86_400.0
    needs_second_person: bool = False


@dataclass(frozen=True)
class Person:
    """The person to screen. Nothing of it may be logged. Countries are alpha-2; birth dates are days, `YYYY-MM-DD`."""

    names: tuple[str, ...] = field(repr=False)
    births: tuple[str, ...] = field(default=(), repr=False)
    countries: tuple[str, ...] = field(default=(), repr=False)
    documents: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Seen:
    """A verification at a provider, with the labels of its refusal if it was refused."""

    provider: str
    reference: Reference
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """The subject of a screening: the person, and the verifications in which vendors may have screened it."""

    person: Person
    verifications: tuple[Seen, ...] = ()


@dataclass(frozen=True)
class Hit:
    """One entry of one list that may be the person.

    `key` names the entry in its list for ever; `digest` changes with what the list says of it. `score` is between 0 and 1, or
    None where the source gives none. `details` is what explains the hit, as JSON.
    """

    list: str
    key: str
    digest: str
    name: str = field(repr=False)
    topics: tuple[str, ...]
    score: float | None
    details: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Report:
    """The report of one screener. `versions` are of the lists that were searched, by list; `algorithm` compared.

    `remarks` are codes of what keeps a screening from being a whole one, e.g. NAME_NOT_LATIN.
    """

    screened: Screened
    hits: tuple[Hit, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    algorithm: str | None = None
    remarks: tuple[str, ...] = ()


class Screener(Protocol):
    async def screen(self, cases: Sequence[Case]) -> Sequence[Report]:
        """Returns one report for each case, in their order. Raises GatehouseError where there is no answer, which is
        never "clear"."""
        ...

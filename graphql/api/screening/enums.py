"""Enums of screening, each value described. Types import them from here, so that no enum lacks its descriptions."""

from __future__ import annotations

from api.scalars import described
from app.domain.aml import Screened
from app.domain.customer import AmlDecision, AmlStatus
from app.domain.hit import HitVerdict
from app.domain.screening import ScreenerName

__all__ = ["AmlDecision", "AmlStatus", "HitVerdict", "Screened", "ScreenerName"]

described(
    AmlStatus,
    "The status of the screening against sanctions and watch lists.",
    {
        "NOT_SCREENED": "No screening has run.",
        "IN_PROGRESS": "At least one screener has not finished.",
        "CLEAR": "Screening ran in full and found nothing.",
        "NEEDS_REVIEW": "Hits were found and wait for compliance.",
        "RESOLVED": "Every hit was judged and a decision recorded.",
    },
)
described(
    AmlDecision,
    "The decision of compliance about a customer's hits.",
    {"CLEARED": "The customer may be onboarded.", "REJECTED": "The customer must not be onboarded."},
)
described(
    HitVerdict,
    "The verdict of a person on a hit.",
    {
        "UNREVIEWED": "Nobody has judged it, or it has changed since.",
        "FALSE_POSITIVE": "It is somebody else.",
        "TRUE_POSITIVE": "It is the customer.",
    },
    name="AmlHitVerdict",
)
described(
    ScreenerName,
    "A source that screens customers against lists. GATEHOUSE_SCREENERS selects the active ones.",
    {
        "PROVIDER": "The provider's own screening of the verification.",
        "LISTS": "The lists that were imported here.",
        "YENTE": "A matching service that speaks OpenSanctions' interface.",
    },
    name="AmlScreener",
)
described(
    Screened,
    "The outcome of one screener. Only CLEAR means that nothing was found.",
    {
        "ABSENT": "There is nothing to look into: no list was imported. It does not count.",
        "NONE": "It ought to have looked and has not: the provider ran no screening.",
        "SILENT": "It has not answered, or is to be asked again.",
        "RUNNING": "It is still looking.",
        "CLEAR": "It looked and found nothing.",
        "UNSURE": "It found nothing, but would have missed something: for a person to look at.",
        "HITS": "It found at least one possible match.",
    },
    name="AmlOutcome",
)

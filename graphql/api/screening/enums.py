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
    "Where the screening against sanctions and watch lists stands.",
    {
        "NOT_SCREENED": "No screening has run.",
        "IN_PROGRESS": "Screening is running.",
        "CLEAR": "Screening ran in full and found nothing.",
        "NEEDS_REVIEW": "Hits were found and wait for compliance.",
        "RESOLVED": "Every hit was judged and a decision recorded.",
    },
)
described(
    AmlDecision,
    "What compliance decided about a customer's hits.",
    {"CLEARED": "The customer may be onboarded.", "REJECTED": "The customer must not be onboarded."},
)
described(
    HitVerdict,
    "What a person made of a hit.",
    {
        "UNREVIEWED": "Nobody has judged it, or it has changed since.",
        "FALSE_POSITIVE": "It is somebody else.",
        "TRUE_POSITIVE": "It is the customer.",
    },
    name="AmlHitVerdict",
)
described(
    ScreenerName,
    "Who looks for customers on lists. GATEHOUSE_SCREENERS says which of them are asked.",
    {
        "PROVIDER": "The vendor's own screening of the verification.",
        "LISTS": "The lists that were imported here.",
        "YENTE": "A matching service that speaks OpenSanctions' interface.",
    },
    name="AmlScreener",
)
described(
    Screened,
    "What one screener has said. Only CLEAR says that there is nothing.",
    {
        "ABSENT": "There is nothing to look into: no list was imported. It does not count.",
        "NONE": "It ought to have looked and has not: the vendor ran no screening.",
        "SILENT": "It has not answered, or is to be asked again.",
        "RUNNING": "It is still looking.",
        "CLEAR": "It looked and found nothing.",
        "UNSURE": "It found nothing, but would have missed something: for a person to look at.",
        "HITS": "It found somebody.",
    },
    name="AmlOutcome",
)

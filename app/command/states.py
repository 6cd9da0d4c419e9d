"""Every combination of a customer's stored statuses, for the tests that walk them, and the generated part of docs/states.md."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from app.domain import lifecycle
from app.domain.aml import TRANSITIONS as AML_TRANSITIONS
from app.domain.customer import (
    KYC_TRANSITIONS,
    AmlDecision,
    AmlStatus,
    KycStatus,
    Standing,
    data_may_change,
)
from app.domain.kyc import Submission
from app.domain.lifecycle import MAY_OPEN, REFUSALS
from app.service import consequence

REOPENED = frozenset({AmlStatus.IN_PROGRESS, AmlStatus.NEEDS_REVIEW})


def standings() -> Iterator[Standing]:
    """Yields every combination that can be stored. A decision needs a resolved screening; a rejection also survives reopening."""
    for kyc, aml, submission in itertools.product(KycStatus, AmlStatus, Submission):
        if aml is AmlStatus.RESOLVED:
            yield from (Standing(kyc, aml, decision, submission=submission) for decision in AmlDecision)
        else:
            yield Standing(kyc, aml, submission=submission)
            if aml in REOPENED:
                # No screening lifts a rejection: it stands until a person decides again.
                yield Standing(kyc, aml, AmlDecision.REJECTED, submission=submission)


ALLOWED = "yes"


def permitted(standing: Standing) -> dict[str, str]:
    """Returns the outcome of each mutation that depends on the statuses: `yes`, the values it accepts, or its error code."""
    refusal = lifecycle.may_start(standing.kyc)
    return {
        "updateKycData": ALLOWED if data_may_change(standing) else "PATCH_NOT_ALLOWED",
        "startVerification": refusal[0] if refusal else ALLOWED,
        "openVerification": ALLOWED if standing.kyc in MAY_OPEN else "NOTHING_TO_OPEN",
        "setKycRequired": _required(standing.kyc),
    }


def _required(kyc: KycStatus) -> str:
    able = [text for text, wanted in (("true", True), ("false", False)) if _may(kyc, required=wanted)]
    return ", ".join(able) or REFUSALS[kyc][0]


def _may(kyc: KycStatus, *, required: bool) -> bool:
    return isinstance(lifecycle.kyc_required(kyc, required=required), KycStatus)


def moves(name: str, transitions: Mapping[Any, Collection[str]]) -> Iterator[str]:
    yield from ("", f"### `{name}`", "", "| from | to |", "| --- | --- |")
    for old, new in transitions.items():
        yield f"| {old} | {', '.join(sorted(new))} |"


def consequences() -> Iterator[str]:
    """Yields the table of consequences: events with handlers, then facts, which never reach the log."""
    yield from (
        "",
        "## Consequences",
        "",
        "These follow inside the transaction of an event or a fact, before its events are numbered.",
        "",
    )
    yield from ("| when | what follows |", "| --- | --- |")
    named = [(f"event `{kind}`", handlers) for kind, handlers in consequence.OF_EVENTS.items()]
    named += [(_sentence(fact), handlers) for fact, handlers in consequence.OF_FACTS.items()]
    for name, handlers in named:
        if handlers:
            yield f"| {name} | {' '.join(_sentence(handler) for handler in handlers)} |"


def _sentence(described: Any) -> str:
    """Returns the first paragraph of a docstring, on one line."""
    return " ".join((inspect.getdoc(described) or "").split("\n\n")[0].split())


def lines() -> Iterator[str]:
    """Yields the generated part of docs/states.md: the moves and the consequences."""
    yield from moves("kycStatus", KYC_TRANSITIONS)
    yield from moves("aml.status", AML_TRANSITIONS)
    yield from consequences()

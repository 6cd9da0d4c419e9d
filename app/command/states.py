"""Every combination of a customer's stored statuses, as a table: `python -m app.command.states` writes it into docs/states.md."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
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
    next_action,
    own_action,
    status,
)
from app.domain.kyc import Submission
from app.domain.lifecycle import MAY_OPEN, REFUSALS
from app.service import consequence

DOCUMENT = Path(__file__).parents[2] / "docs" / "states.md"
BEGIN, END = "<!-- states: generated -->\n", "<!-- states: end -->"
REOPENED = frozenset({AmlStatus.IN_PROGRESS, AmlStatus.NEEDS_REVIEW})


def standings() -> Iterator[Standing]:
    """Every combination that can be stored: a decision belongs to a resolved screening, a rejection to what reopens it, too."""
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
    """What each mutation that depends on where a customer stands answers: `yes`, the values it takes, or its error code."""
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


def table() -> Iterator[str]:
    mutations = [f"`{name}`" for name in permitted(Standing(KycStatus.NOT_STARTED, AmlStatus.NOT_SCREENED))]
    heads = ["kycStatus", "aml.status", "decision", "submitted", "status", "nextAction", "for the customer", *mutations]
    yield "| " + " | ".join(heads) + " |"
    yield "|" + " --- |" * len(heads)
    for standing in standings():
        cells = [standing.kyc, standing.aml, standing.decision or "–", standing.submission, status(standing)]
        cells += [next_action(standing).code, own_action(standing), *permitted(standing).values()]
        yield "| " + " | ".join(cells) + " |"


def moves(name: str, transitions: Mapping[Any, Collection[str]]) -> Iterator[str]:
    yield from ("", f"{name} moves only so:", "", "| from | to |", "| --- | --- |")
    for old, new in transitions.items():
        yield f"| {old} | {', '.join(sorted(new))} |"


def consequences() -> Iterator[str]:
    """The table of consequences: events that something follows from, then facts that never reach the log."""
    yield from ("", "Inside the transaction of an event or a fact, before its events are numbered:", "")
    yield from ("| when | what follows |", "| --- | --- |")
    named = [(f"event `{kind}`", handlers) for kind, handlers in consequence.OF_EVENTS.items()]
    named += [(_sentence(fact), handlers) for fact, handlers in consequence.OF_FACTS.items()]
    for name, handlers in named:
        if handlers:
            yield f"| {name} | {' '.join(_sentence(handler) for handler in handlers)} |"


def _sentence(described: Any) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join((inspect.getdoc(described) or "").split("\n\n")[0].split())


def written(text: str) -> str:
    """The document with its generated part as it must be now."""
    head, _, rest = text.partition(BEGIN)
    lines = [*table(), *moves("kycStatus", KYC_TRANSITIONS), *moves("aml.status", AML_TRANSITIONS), *consequences()]
    return head + BEGIN + "\n".join(lines) + "\n" + END + rest.partition(END)[2]


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text()))

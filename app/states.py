"""Every combination of a customer's stored statuses, as a table: `python -m app.states` writes it into docs/states.md."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.domain import lifecycle
from app.domain.customer import KYC_TRANSITIONS, AmlDecision, AmlStatus, KycStatus, Standing, next_action, status

DOCUMENT = Path(__file__).parents[1] / "docs" / "states.md"
BEGIN, END = "<!-- states: generated -->\n", "<!-- states: end -->"


def standings() -> Iterator[Standing]:
    """Every combination that can be stored: a decision belongs to a resolved screening alone."""
    for kyc in KycStatus:
        for aml in AmlStatus:
            if aml is AmlStatus.RESOLVED:
                yield from (Standing(kyc, aml, decision) for decision in AmlDecision)
            else:
                yield Standing(kyc, aml)


def required(kyc: KycStatus) -> str:
    """What `setKycRequired` may set from here."""
    able = [text for text, wanted in (("true", True), ("false", False)) if _may(kyc, required=wanted)]
    return ", ".join(able) or "–"


def _may(kyc: KycStatus, *, required: bool) -> bool:
    return isinstance(lifecycle.kyc_required(kyc, required=required), KycStatus)


def table() -> Iterator[str]:
    yield "| kycStatus | aml.status | decision | status | nextAction | `setKycRequired` |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for standing in standings():
        decision = standing.decision or "–"
        cells = (standing.kyc, standing.aml, decision, status(standing), next_action(standing).code, required(standing.kyc))
        yield "| " + " | ".join(cells) + " |"


def moves() -> Iterator[str]:
    yield "| from | to |"
    yield "| --- | --- |"
    for old, new in KYC_TRANSITIONS.items():
        yield f"| {old} | {', '.join(sorted(new))} |"


def written(text: str) -> str:
    """The document with its generated part as it must be now."""
    head, _, rest = text.partition(BEGIN)
    return head + BEGIN + "\n".join([*table(), "", "kycStatus moves only so:", "", *moves()]) + "\n" + END + rest.partition(END)[2]


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text()))

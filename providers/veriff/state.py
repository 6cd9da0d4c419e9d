"""The state of a session, from its decision, or from its newest attempt before there is one."""

from __future__ import annotations

import hashlib

import orjson

from app.domain.provider import Snapshot
from app.domain.reference import Reference
from app.domain.verification import RejectType, ReviewAnswer, Stage, VendorState
from providers.tree import Tree
from providers.veriff import vocabulary
from providers.veriff.decision import APPROVED, ATTEMPTS, STAGES, decided_at, name, verification

REJECTED = {Stage.RESUBMISSION_REQUESTED: RejectType.RETRY, Stage.DECLINED: RejectType.FINAL}


def read(snapshot: Snapshot, reference: Reference) -> VendorState:
    decision = verification(snapshot, reference)
    if not decision:
        return _undecided(snapshot, reference)
    status = decision.at("status").text
    stage = STAGES.get(status or "")
    code = decision.at("reasonCode").id
    return VendorState(
        stage=stage,
        review_status=status,
        answer=ReviewAnswer.GREEN if status == APPROVED else ReviewAnswer.RED if stage in REJECTED else None,
        labels=(code,) if code else (),
        reject_type=REJECTED.get(stage) if stage else None,
        customer_comment=_for_the_customer(code),
        internal_comment=decision.at("reason").text,
        external_id=decision.at("vendorData").text,
        decided_at=decided_at(decision),
        data_digest=_digest(decision),
    )


def _undecided(snapshot: Snapshot, reference: Reference) -> VendorState:
    """Returns the state of a session without a decision, from its newest attempt."""
    attempts = list(Tree.parse(snapshot.payloads.get(name(ATTEMPTS, reference.id))).at("verifications").items())
    newest = max(attempts, key=lambda attempt: attempt.at("createdTime").text or "", default=Tree(None))
    status = newest.at("status").text or ("created" if snapshot.payloads else None)
    return VendorState(stage=STAGES.get(status or ""), review_status=status)


def _for_the_customer(code: str | None) -> str | None:
    """Returns the text of a reason that the customer may see: codes 200 to 299 ask for a resubmission. Else None."""
    if code is None or not code.isdecimal() or int(code) not in vocabulary.RESUBMISSION:
        return None
    return vocabulary.explain_reason(code)


def _digest(decision: Tree) -> str:
    content = [decision.at("person").value, decision.at("document").value]
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()

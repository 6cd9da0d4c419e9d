"""A session's decision in Veriff's format: the meaning of its status, and the extraction of its data.

Branch on the `status` text, never on the code: the documentation contradicts itself about 9121.
"""

from __future__ import annotations

import datetime as dt

from app.domain.normal import date
from app.domain.provider import Snapshot
from app.domain.reference import Reference
from app.domain.verification import Stage
from providers import extraction
from providers.tree import Tree

DECISION, ATTEMPTS, MEDIA = "decision", "attempts", "media"
APPROVED = "approved"
# A status that is not listed changes no stage.
STAGES: dict[str, Stage] = {
    "created": Stage.CREATED,
    "started": Stage.IN_PROGRESS,
    "submitted": Stage.IN_PROGRESS,
    "review": Stage.IN_PROGRESS,
    "approved": Stage.APPROVED,
    "declined": Stage.DECLINED,
    "resubmission_requested": Stage.RESUBMISSION_REQUESTED,
    "expired": Stage.EXPIRED,
    "abandoned": Stage.EXPIRED,
}
# Finished without approval. A session with any other status may still be approved.
REFUSED = frozenset({"declined", "resubmission_requested", "expired", "abandoned"})


def name(call: str, session_id: str) -> str:
    """Returns the name of a payload. It includes the session id, because one snapshot covers several sessions."""
    return f"{call}/{session_id}"


def verification(snapshot: Snapshot, reference: Reference) -> Tree:
    return Tree.parse(snapshot.payloads.get(name(DECISION, reference.id))).at("verification")


class Extraction(extraction.Extraction):
    vendor, holder = "Veriff", "session"

    def __init__(self, snapshot: Snapshot, reference: Reference) -> None:
        super().__init__(snapshot.fetched_at)
        self.verification = verification(snapshot, reference)
        self.media = Tree.parse(snapshot.payloads.get(name(MEDIA, reference.id)))

    @property
    def person(self) -> Tree:
        return self.verification.at("person")

    @property
    def document(self) -> Tree:
        return self.verification.at("document")

    @property
    def proof(self) -> Tree:
        """Returns the data that a proof-of-address session extracted from the document."""
        return self.verification.at("additionalVerifiedData", "proofOfAddress")

    def verified_at(self) -> dt.datetime | None:
        for key in ("decisionTime", "acceptanceTime"):
            place = self.verification.at(key)
            found = date.moment(place.value)
            if found:
                self.note("verifiedAt", place)
                return found
        return None


def decided_at(tree: Tree) -> dt.datetime | None:
    return date.moment(tree.at("decisionTime").value)

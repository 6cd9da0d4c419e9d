"""Drift in Veriff's answers: words and fields that `vocabulary` does not know."""

from __future__ import annotations

from collections.abc import Iterator

from app.domain.drift import MOST, DriftKind, Unknown, unknown
from app.domain.provider import Snapshot
from providers.tree import Tree
from providers.veriff import vocabulary
from providers.veriff.decision import ATTEMPTS, DECISION, MEDIA


def find(snapshot: Snapshot) -> tuple[Unknown, ...]:
    """Returns the unknown words and fields of a snapshot, each once, at most MOST."""
    return tuple(dict.fromkeys(_all(snapshot)))[:MOST]


def _all(snapshot: Snapshot) -> Iterator[Unknown]:
    for name, body in snapshot.payloads.items():
        tree = Tree.parse(body)
        if name.startswith(DECISION):
            yield from _decision(tree.at("verification"))
        if name.startswith(MEDIA):
            for kind in ("images", "videos"):
                for item in tree.at(kind).items():
                    yield from _word(DriftKind.MEDIA_CONTEXT, f"media.{kind}.context", item.at("context"), "contexts")
        if name.startswith(ATTEMPTS):
            for attempt in tree.at("verifications").items():
                yield from _word(DriftKind.STATUS, "attempts.verifications.status", attempt.at("status"), "statuses")


def _decision(decision: Tree) -> Iterator[Unknown]:
    yield from _word(DriftKind.STATUS, "verification.status", decision.at("status"), "statuses")
    code = decision.at("reasonCode").id
    if code and vocabulary.explain_reason(code) is None:
        yield from unknown(DriftKind.REASON_CODE, "verification.reasonCode", code, ())
    yield from _word(DriftKind.DOCUMENT_TYPE, "verification.document.type", decision.at("document", "type"), "documentTypes")
    for label in decision.at("riskLabels").items():
        yield from _word(DriftKind.LABEL, "verification.riskLabels.category", label.at("category"), "riskCategories")
    for place, fields in (("", "decisionFields"), ("person", "personFields"), ("document", "documentFields")):
        tree = decision.at(place) if place else decision
        where = f"verification.{place}" if place else "verification"
        for field, _ in tree.fields():
            yield from unknown(DriftKind.FIELD, where, field, vocabulary.words(fields))


def _word(kind: DriftKind, name: str, place: Tree, words: str) -> Iterator[Unknown]:
    yield from unknown(kind, name, place.text, vocabulary.words(words))

"""Recognised data of the twin's applicants: the declared data if there is any, or else the scenario's."""

from __future__ import annotations

import copy
from typing import Any

from providers.sumsub.twin.store import Applicant

PERSON = ("firstName", "middleName", "lastName", "dob", "nationality", "country", "gender")
IN_DOCUMENTS = ("firstName", "middleName", "lastName", "dob")


def recognise(found: Applicant, *, everything: bool) -> None:
    """Sets the recognised data, once. `everything` also includes the scenario's data and documents."""
    if "info" in found.facts:
        return
    read = copy.deepcopy(found.scenario.applicant.get("info", {})) if everything else {}
    declared = {key: value for key, value in found.facts.get("fixedInfo", {}).items() if key in PERSON}
    given = {paper["idDocType"]: paper for paper in found.papers}
    known = [paper for paper in read.pop("idDocs", []) if paper["idDocType"] not in given]
    papers = [*found.papers, *known]
    if declared.get("firstName"):
        read = {key: value for key, value in read.items() if key not in PERSON and not key.endswith("En")} | declared
        papers = [_of(paper, declared) for paper in papers]
    if read or papers:
        found.facts["info"] = {**read, "idDocs": papers}


def _of(paper: dict[str, Any], declared: dict[str, Any]) -> dict[str, Any]:
    """Returns the document with the declared personal data. Keeps none of the scenario's names."""
    kept = {key: value for key, value in paper.items() if not key.endswith("En") and not key.startswith("mrz")}
    plain = {key: value for key, value in kept.items() if key not in IN_DOCUMENTS}
    return plain | {key: declared[key] for key in IN_DOCUMENTS if key in declared}

"""Corrections of a customer's declared data at the provider: all fields are checked at once."""

from __future__ import annotations

import re

from api.scalars import given
from api.verification.input import CorrectApplicantInput
from app.domain.action import Correct
from app.domain.normal import country, date
from app.errors import UserFault
from app.service.trust import validation

TEXTS = ("first_name", "middle_name", "last_name", "place_of_birth")
COUNTRIES = ("country", "nationality")
FIELD = {"first_name": "firstName", "middle_name": "middleName", "last_name": "lastName", "place_of_birth": "placeOfBirth"}
E164 = re.compile(r"\+[1-9]\d{6,14}")
LANGUAGE = re.compile(r"[a-z]{2}")
LIMIT = 200


def corrected(input: CorrectApplicantInput) -> tuple[Correct, list[UserFault]]:
    """Returns the correction, and all its faults."""
    values = {name: given(getattr(input, name)) for name in Correct.__dataclass_fields__}
    faults: list[UserFault] = []
    for name in TEXTS:
        text = values[name]
        faults += validation.text(text, ["input", FIELD[name]], limit=LIMIT) if text is not None else []
    for name in COUNTRIES:
        code = values[name]
        if code is not None and country.alpha2(code) != code:
            faults.append(_fault("INVALID_COUNTRY", name, "This is no country by ISO 3166-1 alpha-2.", "Use two letters, e.g. ES."))
    if values["birthdate"] is not None and date.day(values["birthdate"]) is None:
        faults.append(_fault("INVALID_DATE", "birthdate", "This is no calendar day.", "Use the form 1991-07-23."))
    if values["email"] is not None:
        faults += validation.email(values["email"], ["input", "email"])
    if values["phone"] is not None and not E164.fullmatch(values["phone"]):
        faults.append(_fault("INVALID_PHONE", "phone", "This is no phone number by E.164.", "Use the form +34600000000."))
    if values["language"] is not None and not LANGUAGE.fullmatch(values["language"]):
        faults.append(_fault("INVALID_LANGUAGE", "language", "This is no language by ISO 639-1.", "Use two letters, e.g. es."))
    if all(value is None for value in values.values()):
        faults.append(UserFault("NOTHING_GIVEN", "Nothing is to be changed.", ["input"], "Give at least one field."))
    return Correct(**values), faults


def _fault(code: str, field: str, message: str, hint: str) -> UserFault:
    return UserFault(code, message, ["input", field], hint)

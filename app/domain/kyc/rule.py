"""The rules of declared data: each field cleaned and checked, all faults of one submission together.

A submission is a patch: what it leaves out stays, null removes, documents are replaced by type. Faults carry their path
below `kycData`, a code, a message and a hint. Cross rules look at the data as they would stand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from app.domain.kyc import GOVERNMENT, Address, Document, KycData, KycDocumentType, national_id
from app.domain.kyc.naming import camel
from app.domain.kyc.text import country, name, phone, plain_text, postal_code, region
from app.domain.normal import country as countries
from app.domain.normal import date
from app.errors import UserFault

ADULT, OLDEST = 18, 120
URL_LIMIT = 2000
Path = tuple[str, ...]


@dataclass(frozen=True, repr=False)
class Image:
    """One side of a document as it was given: an address to fetch it from, or the id of an upload."""

    url: str | None = None
    upload_id: str | None = None


@dataclass
class Checked:
    """The data as they would stand, the images that the submission gives by path, and everything wrong with it."""

    data: KycData
    # By `("documents", index, side)`; `order` says which document was given at which index.
    images: dict[Path, Image] = field(default_factory=dict)
    order: list[KycDocumentType] = field(default_factory=list)
    faults: list[UserFault] = field(default_factory=list)

    def refuse(self, path: Path, code: str, message: str, hint: str | None = None) -> None:
        self.faults.append(UserFault(code, message, ("input", "kycData", *path), hint))


def submit(known: KycData, patch: Mapping[str, Any], *, today: dt.date) -> Checked:
    """Applies a patch to what is known. `patch` has the names of `KycData`; `address` is a mapping, `documents` a list of such."""
    checked = Checked(known)
    values = {
        key: _value(checked, (camel(key),), key, given) for key, given in patch.items() if key not in ("address", "documents")
    }
    address = _address(checked, known.address, patch["address"]) if "address" in patch else known.address
    checked.data = replace(known, **values, address=address)
    _person(checked, patch, today)
    _national_id(checked, patch)
    if "documents" in patch:
        checked.data = replace(checked.data, documents=_documents(checked, patch["documents"] or (), today))
    return checked


def _value(checked: Checked, path: Path, key: str, given: Any) -> Any:
    """Returns one field, cleaned, or None if it was removed or is wrong (which is recorded as a fault)."""
    rule = FIELDS.get(key)
    if given is None or rule is None:
        return given
    result = rule(given)
    if isinstance(result, Refusal):
        checked.refuse(path, result.code, result.message, result.hint)
        return None
    return result


@dataclass(frozen=True)
class Refusal:
    code: str
    message: str
    hint: str | None = None


def _day(text: str) -> dt.date | Refusal:
    found = date.day(text)
    return found or Refusal("INVALID_DATE", "This is not a calendar day.", "Write it as YYYY-MM-DD, for example 1990-05-15.")


def _of(rule: Callable[[str], str | None], code: str, message: str, hint: str) -> Callable[[str], str | Refusal]:
    def checked(text: str) -> str | Refusal:
        return rule(text) or Refusal(code, message, hint)

    return checked


_NAME = _of(name, "INVALID_NAME", "This is not a name of at most 100 letters.", "Write it as in the identity document.")
_TEXT = _of(plain_text, "INVALID_TEXT", "This is blank, too long or holds invisible characters.", "Use at most 200 characters.")
_COUNTRY = _of(country, "INVALID_COUNTRY", "This is not a country code.", "Use two letters, for example US or GB.")
FIELDS: dict[str, Callable[[Any], Any]] = {
    "legal_first_name": _NAME,
    "legal_last_name": _NAME,
    "legal_middle_name": _NAME,
    "phone_number": _of(
        phone,
        "INVALID_PHONE_NUMBER",
        "This is not a complete phone number.",
        "Enter it with the country code and no spaces, for example +14155552671.",
    ),
    "date_of_birth": _day,
    "nationality": _COUNTRY,
    "national_id_number": _TEXT,
    "national_id_issuing_country": _COUNTRY,
    "most_recent_occupation": _TEXT,
    "address_line1": _TEXT,
    "address_line2": _TEXT,
    "city": _TEXT,
    "state": _TEXT,
    "state_code": _TEXT,
    "postal_code": _TEXT,
    "country": _COUNTRY,
    "locale": _of(region, "INVALID_LOCALE", "This is not a language and country.", "For example en-US or de-CH."),
    "number": _TEXT,
    "issuing_country": _COUNTRY,
    "issue_date": _day,
    "expiration_date": _day,
}


def _address(checked: Checked, known: Address, patch: Mapping[str, Any] | None) -> Address:
    if patch is None:
        return Address()
    values = {key: _value(checked, ("address", camel(key)), key, given) for key, given in patch.items()}
    address = replace(known, **values)
    land = address.country
    if land is None:
        return address
    if address.state_code is not None and ("state_code" in patch or "country" in patch):
        state = countries.subdivision_code(land, address.state_code)
        if state is None:
            hint = "Use its short code, for example CA for California."
            checked.refuse(("address", "stateCode"), "INVALID_SUBDIVISION", f"{land} has no such state or region.", hint)
        else:
            address = replace(address, state_code=state)
    if address.postal_code is not None and ("postal_code" in patch or "country" in patch):
        postal = postal_code(land, address.postal_code)
        if postal is None:
            message = f"This is not a postal code of {land}."
            checked.refuse(("address", "postalCode"), "INVALID_POSTAL_CODE", message, "Write it as on an envelope.")
        else:
            address = replace(address, postal_code=postal)
    return address


def _person(checked: Checked, patch: Mapping[str, Any], today: dt.date) -> None:
    birthdate = checked.data.date_of_birth
    if "date_of_birth" not in patch or birthdate is None:
        return
    years = date.age(birthdate, today)
    if birthdate > today or years > OLDEST:
        checked.refuse(("dateOfBirth",), "INVALID_DATE", "This is not a possible date of birth.", "Write it as YYYY-MM-DD.")
    elif years < ADULT:
        checked.refuse(("dateOfBirth",), "UNDERAGE", f"A customer must be at least {ADULT} years old.")


def _national_id(checked: Checked, patch: Mapping[str, Any]) -> None:
    data, keys = checked.data, ("national_id_type", "national_id_number", "national_id_issuing_country")
    kind, number, issuer = (getattr(data, key) for key in keys)
    if kind and number and issuer and any(key in patch for key in keys) and not national_id.fits(kind, issuer, number):
        message = "This number is not valid for the chosen type and country."
        checked.refuse(
            ("nationalIdNumber",), "INVALID_NATIONAL_ID", message, "Compare it with the document on which it is printed."
        )


def _documents(checked: Checked, given: Sequence[Mapping[str, Any]], today: dt.date) -> tuple[Document, ...]:
    """Merges documents by type, in the order in which each type was first submitted."""
    found = {document.type: document for document in checked.data.documents} if given else {}
    seen: set[KycDocumentType] = set()
    for index, patch in enumerate(given):
        path, kind = ("documents", str(index)), KycDocumentType(patch["type"])
        checked.order.append(kind)
        if kind in seen:
            checked.refuse(
                (*path, "type"), "DUPLICATE_DOCUMENT", f"There are two documents of type {kind}.", "Give each type once."
            )
            continue
        seen.add(kind)
        found[kind] = _document(checked, path, kind, found.get(kind), patch, today)
    return tuple(found.values())


def _document(
    checked: Checked, path: Path, kind: KycDocumentType, known: Document | None, patch: Mapping[str, Any], today: dt.date
) -> Document:
    keys = ("number", "issuing_country", "issue_date", "expiration_date")
    values = {key: _value(checked, (*path, camel(key)), key, patch[key]) for key in keys if key in patch}
    document = replace(known or Document(kind), **values)
    if document.issue_date is not None and document.issue_date > today:
        checked.refuse((*path, "issueDate"), "DATE_IN_FUTURE", "A document cannot have been issued in the future.")
    expires = document.expiration_date
    if kind in GOVERNMENT and expires is not None and expires <= today:
        checked.refuse((*path, "expirationDate"), "DOCUMENT_EXPIRED", "The document has expired.", "Give one that is still valid.")
    if document.issue_date and expires and expires < document.issue_date:
        checked.refuse((*path, "expirationDate"), "DATES_CONTRADICT", "The document expires before it was issued.")
    gone: dict[str, Any] = {key: None for side in ("front", "back") for key in _image(checked, path, side, patch)}
    return replace(document, **gone)


def _image(checked: Checked, path: Path, side: str, patch: Mapping[str, Any]) -> Iterator[str]:
    """Records a side's image for the caller to resolve. Yields the field's name if the image was removed."""
    by_url, by_upload = f"{side}_image_url", f"{side}_upload_id"
    url, upload_id = patch.get(by_url), patch.get(by_upload)
    place = (*path, camel(by_url))
    if url is not None and upload_id is not None:
        hint = f"Give {camel(by_url)} or {camel(by_upload)}, not both."
        checked.refuse(place, "AMBIGUOUS_IMAGE", "The image is given twice.", hint)
    elif url is not None:
        parts = _split(url)
        if parts is None or len(url) > URL_LIMIT:
            checked.refuse(place, "INVALID_URL", "This is not a web address.", "Use the form https://example.com/front.jpg.")
        else:
            checked.images[(*path, side)] = Image(url=url)
    elif upload_id is not None:
        checked.images[(*path, side)] = Image(upload_id=str(upload_id))
    elif by_url in patch or by_upload in patch:
        yield by_upload


def _split(url: str) -> Any | None:
    try:
        parts = urlsplit(url)
        good = (
            parts.scheme in ("http", "https") and bool(parts.hostname) and url.isprintable() and " " not in url and parts.port != 0
        )
    except ValueError:
        return None
    return parts if good else None

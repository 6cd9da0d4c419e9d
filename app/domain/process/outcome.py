"""The outcome of one KYC process: its data, extracted from a provider's payload."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum


class Gender(StrEnum):
    MALE = "MALE"
    FEMALE = "FEMALE"


class DocumentType(StrEnum):
    PASSPORT = "PASSPORT"
    ID_CARD = "ID_CARD"
    DRIVING_LICENSE = "DRIVING_LICENSE"
    RESIDENCE_PERMIT = "RESIDENCE_PERMIT"
    UNSUPPORTED = "UNSUPPORTED"


@dataclass(frozen=True)
class Birthplace:
    town: str
    country: str


@dataclass(frozen=True, repr=False)
class Profile:
    full_name: str
    full_name_native: str | None = None
    birthdate: dt.date | None = None
    birthplace: Birthplace | None = None
    primary_citizenship: str | None = None


@dataclass(frozen=True, repr=False)
class Address:
    """`country` is ISO 3166-1 alpha-2, `subdivision` ISO 3166-2. `unparsed` is the vendor's one-line form, kept inside."""

    country: str
    line1: str | None = None
    line2: str | None = None
    city: str | None = None
    subdivision: str | None = None
    postal_code: str | None = None
    unparsed: str | None = None


@dataclass(frozen=True, repr=False)
class Person:
    given_name: str | None = None
    family_name: str | None = None
    birthdate: dt.date | None = None
    gender: Gender | None = None
    address: Address | None = None


@dataclass(frozen=True, repr=False)
class Document:
    type: DocumentType
    number: str | None = None
    country: str | None = None
    issued_at: dt.date | None = None
    expires_at: dt.date | None = None
    # The provider's name of the type, kept in addition to ours.
    vendor_type: str | None = None


@dataclass(frozen=True, repr=False)
class Identity:
    document: Document
    person: Person
    verified_at: dt.datetime | None = None


@dataclass(frozen=True, repr=False)
class ProofOfAddress:
    person: Person
    verified_at: dt.datetime | None = None
    document_kind: str | None = None
    issued_at: dt.date | None = None


Data = Profile | Address | Identity | ProofOfAddress


class FileCategory(StrEnum):
    DOCUMENT = "DOCUMENT"
    IMAGE = "IMAGE"
    VIDEO = "VIDEO"


@dataclass(frozen=True)
class MediaReference:
    """One file at the vendor that belongs to a process. `context` says what it shows, e.g. `photo-document-front`."""

    vendor_id: str
    context: str
    category: FileCategory


@dataclass(frozen=True)
class Warn:
    """A remark that is not a failure. Messages hold no personal data."""

    code: str
    message: str


@dataclass(frozen=True)
class Source:
    """The origin of a value: `field` in our result, `path` in the provider's payload."""

    field: str
    path: str


@dataclass(frozen=True, repr=False)
class Outcome:
    data: Data
    media: tuple[MediaReference, ...] = ()
    warnings: tuple[Warn, ...] = ()
    sources: tuple[Source, ...] = field(default=())

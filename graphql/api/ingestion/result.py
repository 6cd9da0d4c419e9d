"""Results of KYC processes: one type per process behind one interface."""

from __future__ import annotations

import datetime as dt
from typing import Any

import strawberry
from strawberry.scalars import JSON

from api.context import Context, Info
from api.ingestion.enums import DocumentType, Gender, KycProcess, ResultStatus
from api.ingestion.file import File
from api.provider.enums import ProviderName
from api.relay.node import masked
from api.scalars import CountryCode
from app.model import result as result_model

Data = dict[str, Any]


@strawberry.type(description="The reason why a process failed, in words a person can act on.")
class ProcessError:
    code: str = strawberry.field(description="A stable code, e.g. provider_data_not_available.")
    message: str = strawberry.field(description="A sentence for people that says what failed.")
    hint: str | None = strawberry.field(description="The next step for a person; null if none is known.")
    step: str = strawberry.field(
        description="The step that failed: fetch-provider-data, download-provider-files or update-kyc-process."
    )
    details: JSON | None = strawberry.field(description="Facts, e.g. the provider's own error code and correlation id.")


@strawberry.type(description="Something worth knowing about a completed process. Not a failure.")
class ProcessWarning:
    code: str = strawberry.field(description="A stable code, e.g. document_expired.")
    message: str = strawberry.field(description="The meaning of the code, in a sentence for people.")


@strawberry.type(description="The origin of one value of a result.")
class Provenance:
    field: str = strawberry.field(description="The value, as a path in `data`.")
    provider: ProviderName = strawberry.field(description="The provider it came from.")
    path: str = strawberry.field(description="The path in the provider's payload.")
    fetched_at: dt.datetime = strawberry.field(description="The time at which the payload was fetched.")


@strawberry.type(description="A place of birth; given only where both halves are known.")
class Birthplace:
    town: str | None = strawberry.field(description="The town. Masked for callers without the right.")
    country: CountryCode | None = strawberry.field(description="The country. Null for callers without the right.")


@strawberry.type(description="Name, birth and citizenship of the customer, as the provider recorded them.")
class ProfileData:
    full_name: str | None = strawberry.field(description="In Latin script where the provider gives one, else as it came.")
    full_name_native: str | None = strawberry.field(description="As in the document, where that differs.")
    birthdate: dt.date | None = strawberry.field(description="The day of birth.")
    birthplace: Birthplace | None = strawberry.field(description="Town and country of birth.")
    primary_citizenship: CountryCode | None = strawberry.field(description="The citizenship; null for stateless people.")


@strawberry.type(description="An address in one normal form for all providers.")
class AddressData:
    line1: str | None = strawberry.field(description="Street and number, in the order of the country.")
    line2: str | None = strawberry.field(description="Apartment, floor or building; null if there is none.")
    city: str | None = strawberry.field(description="The town or city, without its postal code.")
    subdivision: str | None = strawberry.field(description="State or region by ISO 3166-2, where it is known for certain.")
    postal_code: str | None = strawberry.field(description="The postal code as the country writes it.")
    country: CountryCode | None = strawberry.field(description="The country, as two letters such as ES.")


@strawberry.type(description="A person as a document shows them. People with one name have no family name.")
class Person:
    given_name: str | None = strawberry.field(description="Given names, or the only name.")
    family_name: str | None = strawberry.field(description="The family name, if the document has one.")
    birthdate: dt.date | None = strawberry.field(description="The day of birth.")
    gender: Gender | None = strawberry.field(description="The gender as the document states it.")
    address: AddressData | None = strawberry.field(description="The address that the document shows.")


@strawberry.type(description="An identity document, as the provider read it.")
class IdentityDocument:
    type: DocumentType = strawberry.field(description="The kind of document.")
    number: str | None = strawberry.field(description="The document's number, masked for callers who may not read personal data.")
    country: CountryCode | None = strawberry.field(description="The country that issued it.")
    issued_at: dt.date | None = strawberry.field(description="The day of issue.")
    expires_at: dt.date | None = strawberry.field(description="The last day of validity; null where there is none.")
    provider_type: str | None = strawberry.field(description="The provider's own word for the kind of document.")


@strawberry.type(description="The identity document and the person in it.")
class IdentityData:
    document: IdentityDocument = strawberry.field(description="The document that proved the identity.")
    person: Person = strawberry.field(description="The person in the document.")
    verified_at: dt.datetime | None = strawberry.field(description="The time at which the provider approved it; null if not told.")


@strawberry.type(description="A person's address as a bill, a bank statement or a similar document proves it.")
class ProofOfAddressData:
    person: Person = strawberry.field(description="The person and the address on the document.")
    verified_at: dt.datetime | None = strawberry.field(description="The time at which the provider approved it; null if not told.")
    document_kind: str | None = strawberry.field(description="The kind of paper, e.g. bank-statement; `other` if unknown.")
    issued_at: dt.date | None = strawberry.field(description="The day the paper was issued.")


@strawberry.interface(description="The result of one KYC process of an ingestion.")
class ProcessResult:
    process: KycProcess = strawberry.field(description="The KYC process that this is about.")
    status: ResultStatus = strawberry.field(
        description="PROCESSING until the process ends, then COMPLETED or FAILED. Only a replay changes it after that."
    )
    row: strawberry.Private[Any]

    @strawberry.field(description="The reason for a failure; null unless the status is FAILED.")
    def error(self) -> ProcessError | None:
        return ProcessError(**self.row.error) if self.row.error else None

    @strawberry.field(description="Remarks that do not keep it from being used; empty if there are none.")
    def warnings(self) -> list[ProcessWarning]:
        return [ProcessWarning(**item) for item in self.row.warnings or ()]

    @strawberry.field(description="The origin of each value in `data`; empty until the process is completed.")
    async def provenance(self, info: Info) -> list[Provenance]:
        details = await _details(self.row, info.context)
        return [
            Provenance(
                field=item["field"],
                provider=ProviderName(item["provider"]),
                path=item["path"],
                fetched_at=dt.datetime.fromisoformat(item["fetchedAt"]),
            )
            for item in details.provenance or ()
        ]

    @strawberry.field(description="The files that belong to this process.")
    async def files(self, info: Info) -> list[File]:
        if self.status is not ResultStatus.COMPLETED:
            return []
        found = await info.context.loaders.files_by_ingestion.load(self.row.ingestion_id)
        return [File.of(row) for row in found if row.process == self.process]

    @classmethod
    def of(cls, row: Any) -> ProcessResult:
        process = KycProcess(row.process)
        return TYPES[process](process=process, status=ResultStatus(row.status), row=row)


async def _details(row: Any, context: Context) -> Any:
    """Returns the large, rarely requested columns of a result."""
    found = await context.loaders.details_by_ingestion.load(row.ingestion_id)
    return next(details for details in found if details.process == row.process)


async def _opened(row: Any, context: Context) -> Data | None:
    """Returns the decrypted, unmasked data of a result, or None. The caller must mask it."""
    details = await _details(row, context)
    if details.data is None:
        return None
    cipher = await context.loaders.cipher_by_customer.load(details.customer_id)
    return cipher.open_json(details.data, result_model.SEALED_DATA) if cipher else None


def _day(text: str | None, *, clear: bool) -> dt.date | None:
    return dt.date.fromisoformat(text) if text and clear else None


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


def _country(code: str | None, *, clear: bool) -> CountryCode | None:
    return CountryCode(code) if code and clear else None


def _address(data: Data | None, *, clear: bool) -> AddressData | None:
    if data is None:
        return None
    return AddressData(
        line1=masked(data.get("line1"), clear=clear),
        line2=masked(data.get("line2"), clear=clear),
        city=masked(data.get("city"), clear=clear),
        subdivision=masked(data.get("subdivision"), clear=clear),
        postal_code=masked(data.get("postal_code"), clear=clear),
        country=_country(data.get("country"), clear=clear),
    )


def _person(data: Data, *, clear: bool) -> Person:
    return Person(
        given_name=masked(data.get("given_name"), clear=clear),
        family_name=masked(data.get("family_name"), clear=clear),
        birthdate=_day(data.get("birthdate"), clear=clear),
        gender=Gender(data["gender"]) if clear and data.get("gender") else None,
        address=_address(data.get("address"), clear=clear),
    )


@strawberry.type(description="The result of PROFILE.")
class ProfileResult(ProcessResult):
    @strawberry.field(description="The data; masked for callers who may not read personal data. Null until completed.")
    async def data(self, info: Info) -> ProfileData | None:
        data, clear = await _opened(self.row, info.context), info.context.clear
        if data is None:
            return None
        place = data.get("birthplace")
        return ProfileData(
            full_name=masked(data.get("full_name"), clear=clear),
            full_name_native=masked(data.get("full_name_native"), clear=clear),
            birthdate=_day(data.get("birthdate"), clear=clear),
            birthplace=Birthplace(town=masked(place["town"], clear=clear), country=_country(place["country"], clear=clear))
            if place
            else None,
            primary_citizenship=_country(data.get("primary_citizenship"), clear=clear),
        )


@strawberry.type(description="The result of ADDRESS.")
class AddressResult(ProcessResult):
    @strawberry.field(description="The data; masked for callers who may not read personal data. Null until completed.")
    async def data(self, info: Info) -> AddressData | None:
        return _address(await _opened(self.row, info.context), clear=info.context.clear)


@strawberry.type(description="The result of IDENTITY.")
class IdentityResult(ProcessResult):
    @strawberry.field(description="The data; masked for callers who may not read personal data. Null until completed.")
    async def data(self, info: Info) -> IdentityData | None:
        data, clear = await _opened(self.row, info.context), info.context.clear
        if data is None:
            return None
        document = data["document"]
        return IdentityData(
            document=IdentityDocument(
                type=DocumentType(document["type"]),
                number=masked(document.get("number"), clear=clear),
                country=_country(document.get("country"), clear=clear),
                issued_at=_day(document.get("issued_at"), clear=clear),
                expires_at=_day(document.get("expires_at"), clear=clear),
                provider_type=document.get("vendor_type"),
            ),
            person=_person(data["person"], clear=clear),
            verified_at=_moment(data.get("verified_at")),
        )


@strawberry.type(description="The result of PROOF_OF_ADDRESS.")
class ProofOfAddressResult(ProcessResult):
    @strawberry.field(description="The data; masked for callers who may not read personal data. Null until completed.")
    async def data(self, info: Info) -> ProofOfAddressData | None:
        data, clear = await _opened(self.row, info.context), info.context.clear
        if data is None:
            return None
        return ProofOfAddressData(
            person=_person(data["person"], clear=clear),
            verified_at=_moment(data.get("verified_at")),
            document_kind=data.get("document_kind"),
            issued_at=_day(data.get("issued_at"), clear=clear),
        )


TYPES: dict[KycProcess, type[ProcessResult]] = {
    KycProcess.PROFILE: ProfileResult,
    KycProcess.ADDRESS: AddressResult,
    KycProcess.IDENTITY: IdentityResult,
    KycProcess.PROOF_OF_ADDRESS: ProofOfAddressResult,
}

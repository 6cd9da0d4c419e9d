"""From Sumsub's payloads to the four processes: sources, fall-backs and edge cases of the vendor's documentation."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.process.outcome import DocumentType, Gender
from app.domain.provider import Snapshot
from app.errors import ProcessFault
from providers.sumsub import address, applicant_profile, identity, proof_of_address
from tests.make.applicant import FETCHED_AT, document, item, snapshot


def codes(found: Any) -> list[str]:
    return [warning.code for warning in found.warnings]


def paths(found: Any, field: str) -> list[str]:
    return [source.path for source in found.sources if source.field == field]


def refusal(extract: Any, given: Snapshot) -> ProcessFault:
    with pytest.raises(ProcessFault) as refused:
        extract(given)
    return refused.value


# ---- profile


def test_the_declared_name_comes_first_and_the_recognised_one_where_it_is_missing() -> None:
    declared = applicant_profile.extract(snapshot())
    recognised = applicant_profile.extract(snapshot(applicant={"fixedInfo": None}))

    assert declared.data.full_name == "Iria Vale Montes"
    assert paths(declared, "fullName") == ["fixedInfo.firstName", "fixedInfo.lastName"]
    assert recognised.data.full_name == "IRIA VALE MONTES"
    assert paths(recognised, "birthdate") == ["info.dob"]


def test_half_a_declared_name_gives_way_to_a_whole_recognised_one() -> None:
    found = applicant_profile.extract(snapshot(applicant={"fixedInfo": {"lastName": None}}))

    assert found.data.full_name == "IRIA VALE MONTES"


def test_half_a_name_is_invalid_and_no_name_is_not_available() -> None:
    half = refusal(
        applicant_profile.extract,
        snapshot(applicant={"fixedInfo": {"lastName": None}, "info": {"lastName": None, "lastNameEn": None}}),
    )
    none = refusal(applicant_profile.extract, snapshot(applicant={"fixedInfo": None, "info": None}))

    assert (half.code, half.details) == ("provider_data_invalid", {"fields": ["fullName"]})
    assert none.code == "provider_data_not_available"
    assert none.hint


def test_a_person_with_one_name_is_fine_where_the_document_shows_one_name() -> None:
    single = document("PASSPORT", lastName=None, firstName="SUKIYATI", mrzLine1="P<IDNSUKIYATI<<<<<<<<<<<<<<<<<<")
    given = snapshot(
        applicant={
            "fixedInfo": {"firstName": "Sukiyati", "lastName": None},
            "info": {"firstName": "SUKIYATI", "lastName": None, "lastNameEn": None, "idDocs": [single]},
        }
    )

    assert applicant_profile.extract(given).data.full_name == "Sukiyati"
    person = identity.extract(given).data.person
    assert (person.given_name, person.family_name) == ("SUKIYATI", None)


def test_an_only_name_in_the_surname_field_is_the_given_name() -> None:
    given = snapshot(applicant={"info": {"idDocs": [document("PASSPORT", firstName=None, lastName="SUHARTATI")]}})

    person = identity.extract(given).data.person

    assert (person.given_name, person.family_name) == ("SUHARTATI", None)


def test_latin_twins_are_exported_and_the_native_form_is_kept() -> None:
    info = {"firstName": "Ивана", "firstNameEn": "Ivana", "lastName": "Примерова", "lastNameEn": "Primerova"}

    found = applicant_profile.extract(snapshot(applicant={"fixedInfo": None, "info": info}))

    assert (found.data.full_name, found.data.full_name_native) == ("Ivana Primerova", "Ивана Примерова")
    assert paths(found, "fullName") == ["info.firstNameEn", "info.lastNameEn"]


@pytest.mark.parametrize("dob", ["0000-00-00", "1991-02-30", "2999-01-01", "1850-01-01", "23/07/1991"])
def test_an_impossible_birthdate_is_invalid(dob: str) -> None:
    fault = refusal(applicant_profile.extract, snapshot(applicant={"fixedInfo": {"dob": dob}}))

    assert (fault.code, fault.details) == ("provider_data_invalid", {"fields": ["birthdate"]})


def test_half_a_birthplace_is_left_out_with_a_warning() -> None:
    found = applicant_profile.extract(snapshot(applicant={"fixedInfo": {"placeOfBirth": None}}))

    assert found.data.birthplace is None
    assert codes(found) == ["birthplace_incomplete"]
    assert paths(found, "birthplace.country") == []


def test_the_state_of_birth_stands_in_for_the_town() -> None:
    found = applicant_profile.extract(snapshot(applicant={"fixedInfo": {"placeOfBirth": None, "stateOfBirth": "Galicia"}}))

    assert found.data.birthplace.town == "Galicia"
    assert paths(found, "birthplace.town") == ["fixedInfo.stateOfBirth"]


@pytest.mark.parametrize(("code", "expected"), [("XXA", None), ("SUN", None), ("GBN", "GB"), ("D", "DE"), ("es", "ES")])
def test_citizenship_is_a_country_of_today_or_nothing(code: str, expected: str | None) -> None:
    found = applicant_profile.extract(snapshot(applicant={"fixedInfo": {"nationality": code}, "info": {"nationality": None}}))

    assert found.data.primary_citizenship == expected


def test_another_name_in_the_document_is_reported() -> None:
    found = applicant_profile.extract(snapshot(applicant={"info": {"idDocs": [document("PASSPORT", lastName="OTHER")]}}))

    assert "name_mismatch" in codes(found)


def test_invented_sandbox_people_are_marked() -> None:
    given = snapshot(
        applicant={
            "fixedInfo": {"lastName": "Mock-Doe"},
            "info": {"idDocs": [document("PASSPORT", number="Mock-7", lastName="Mock-Doe")]},
        }
    )

    assert "sandbox_data" in codes(applicant_profile.extract(given))
    assert "sandbox_data" in codes(identity.extract(given))


# ---- address


def test_addresses_are_tried_in_order_and_provenance_tells_which_won() -> None:
    declared = address.extract(snapshot())
    proof = address.extract(snapshot(applicant={"fixedInfo": {"addresses": None}}))

    assert paths(declared, "country") == ["fixedInfo.addresses[0].country"]
    assert paths(proof, "country") == ["info.idDocs[1].address.country"]
    assert proof.data.line1 == "Rúa do Exemplo 12"


def test_an_address_without_a_country_is_passed_over_and_none_at_all_is_not_available() -> None:
    passed = address.extract(snapshot(applicant={"fixedInfo": {"addresses": [{"street": "X", "town": "Y"}]}}))
    fault = refusal(address.extract, snapshot(applicant={"fixedInfo": None, "info": {"idDocs": [document("PASSPORT")]}}))

    assert paths(passed, "country") == ["info.idDocs[1].address.country"]
    assert fault.code == "provider_data_not_available"


def test_a_one_line_address_is_taken_apart_or_marked() -> None:
    certain = address.extract(
        snapshot(applicant={"fixedInfo": {"addresses": [{"country": "DEU", "formattedAddress": "Musterweg 7a, 01067 Dresden"}]}})
    )
    unsure = address.extract(
        snapshot(applicant={"fixedInfo": {"addresses": [{"country": "DEU", "formattedAddress": "Musterweg 7a"}]}})
    )

    assert (certain.data.line1, certain.data.postal_code, certain.data.city) == ("Musterweg 7a", "01067", "Dresden")
    assert (unsure.data.line1, unsure.data.city) == ("Musterweg 7a", None)
    assert codes(unsure) == ["address_unparsed"]


def test_an_unknown_state_and_a_post_office_box_are_warnings() -> None:
    place = {"country": "ESP", "street": "Apartado 12", "state": "Atlantis", "town": "Lugo"}

    found = address.extract(snapshot(applicant={"fixedInfo": {"addresses": [place]}}))

    assert found.data.subdivision is None
    assert sorted(codes(found)) == ["po_box", "subdivision_unresolved"]


def test_a_line_that_cannot_be_made_to_fit_is_invalid() -> None:
    fault = refusal(address.extract, snapshot(applicant={"fixedInfo": {"addresses": [{"country": "ESP", "street": "x" * 201}]}}))

    assert (fault.code, fault.details) == ("provider_data_invalid", {"fields": ["line1"]})


# ---- identity


def test_number_names_and_dates_come_from_the_document_the_step_names() -> None:
    licence = document("DRIVERS", number="D9", firstName="OTHER", validUntil="2030-01-01", dob="1991-07-23", gender="F")
    given = snapshot(
        applicant={"info": {"idDocs": [document("PASSPORT", number="P1"), licence]}},
        steps={"IDENTITY": {"idDocType": "DRIVERS"}},
        items=[item("7", "DRIVERS", side="FRONT_SIDE"), item("8", "PASSPORT")],
    )

    found = identity.extract(given)

    assert found.data.document.type is DocumentType.DRIVING_LICENSE
    assert (found.data.document.number, found.data.person.given_name) == ("D9", "OTHER")
    assert [reference.vendor_id for reference in found.media] == ["7"]


def test_of_two_alike_the_later_issued_counts() -> None:
    older, newer = (
        document("PASSPORT", number="OLD", issuedDate="2011-01-01"),
        document("PASSPORT", number="NEW", issuedDate="2021-01-01"),
    )

    assert identity.extract(snapshot(applicant={"info": {"idDocs": [newer, older]}})).data.document.number == "NEW"
    undated = [document("PASSPORT", number="FIRST"), document("PASSPORT", number="LAST")]
    assert identity.extract(snapshot(applicant={"info": {"idDocs": undated}})).data.document.number == "LAST"


def test_without_steps_an_unexpired_document_is_preferred() -> None:
    docs = [document("PASSPORT", number="P", validUntil="2020-01-01"), document("ID_CARD", number="I", validUntil="2030-01-01")]

    found = identity.extract(snapshot(applicant={"info": {"idDocs": docs}}, steps={"IDENTITY": None}))

    assert found.data.document.number == "I"


def test_an_unknown_kind_named_by_the_step_is_unsupported_with_the_vendors_word_kept() -> None:
    given = snapshot(applicant={"info": {"idDocs": [document("MARTIAN_ID")]}}, steps={"IDENTITY": {"idDocType": "MARTIAN_ID"}})

    found = identity.extract(given).data.document

    assert (found.type, found.vendor_type) == (DocumentType.UNSUPPORTED, "MARTIAN_ID")


@pytest.mark.parametrize(("missing", "field"), [("number", "document.number"), ("country", "document.country")])
def test_a_document_without_number_or_country_is_invalid(missing: str, field: str) -> None:
    given = snapshot(
        applicant={"info": {"idDocs": [document("PASSPORT", **{missing: None})]}}, steps={"IDENTITY": {"country": None}}
    )

    assert refusal(identity.extract, given).details == {"fields": [field]}


def test_expiry_is_told_and_warned_about() -> None:
    def found(**more: Any) -> Any:
        return identity.extract(snapshot(applicant={"info": {"idDocs": [document("PASSPORT", **more)]}}))

    assert codes(found(validUntil="2024-03-01")) == ["document_expired"]
    assert codes(found(validUntil="2030-03-01")) == []
    assert codes(found()) == ["no_expiry_date"]
    termless = found(validUntil="2024-03-01", termless=True)
    assert (termless.data.document.expires_at, codes(termless)) == (None, ["no_expiry_date"])


def test_gender_is_only_what_is_certain() -> None:
    def gender(value: Any) -> Any:
        given = snapshot(applicant={"info": {"gender": None, "idDocs": [document("PASSPORT", gender=value)]}})
        return identity.extract(given).data.person.gender

    assert [gender(value) for value in ("M", "F", "female", "X", "U", None, 7)] == [
        Gender.MALE,
        Gender.FEMALE,
        Gender.FEMALE,
        None,
        None,
        None,
        None,
    ]


def test_the_verdicts_date_is_utc_and_inferred_where_it_is_missing() -> None:
    found = identity.extract(snapshot())
    inferred = identity.extract(snapshot(review={"reviewDate": None}))

    assert found.data.verified_at == dt.datetime(2026, 3, 2, 9, 20, 11, tzinfo=dt.UTC)
    assert inferred.data.verified_at == dt.datetime(2026, 3, 2, 9, 15, 40, tzinfo=dt.UTC)
    assert "verified_at_inferred" in codes(inferred)


def test_no_identity_document_is_not_available() -> None:
    given = snapshot(applicant={"info": {"idDocs": [document("UTILITY_BILL")]}}, steps={"IDENTITY": None})

    assert refusal(identity.extract, given).code == "provider_data_not_available"


# ---- files


def contexts(found: Any) -> list[tuple[str, str]]:
    return [(reference.context, reference.vendor_id) for reference in found.media]


def test_sides_selfie_and_video_have_their_contexts() -> None:
    items = [
        item("3", "SELFIE"),
        item("2", "PASSPORT", side="BACK_SIDE"),
        item("1", "PASSPORT", side="FRONT_SIDE"),
        item("4", "VIDEO_SELFIE"),
        item("5", "PROFILE_IMAGE"),
        item("6", "UTILITY_BILL"),
    ]

    found = contexts(identity.extract(snapshot(items=items)))

    assert found == [("photo-document-front", "1"), ("photo-document-back", "2"), ("photo-selfie", "3"), ("video", "4")]


def test_without_sides_the_first_is_the_front() -> None:
    found = contexts(identity.extract(snapshot(items=[item("1", "PASSPORT"), item("2", "PASSPORT")])))

    assert found == [("photo-document-front", "1"), ("photo-document-back", "2")]


def test_deactivated_refused_and_earlier_attempts_are_not_taken() -> None:
    items = [
        item("1", "PASSPORT", attemptId="At0", addedDate="2026-03-01 00:00:00"),
        item("2", "PASSPORT", deactivated=True),
        item("3", "PASSPORT", reviewResult={"reviewAnswer": "RED"}),
        item("4", "PASSPORT"),
        item("5", "PASSPORT", country="FRA"),
    ]

    assert contexts(identity.extract(snapshot(items=items))) == [("photo-document-front", "4")]


def test_ids_may_be_numbers_and_steps_stand_in_for_a_missing_list() -> None:
    steps = {"IDENTITY": {"imageIds": [11, 12], "imageReviewResults": {"11": {"reviewAnswer": "GREEN"}, "12": {}}}}

    assert contexts(identity.extract(snapshot(items=[], steps=steps))) == [
        ("photo-document-front", "11"),
        ("photo-document-back", "12"),
    ]


# ---- proof of address


def test_a_whole_name_in_one_field_is_not_split() -> None:
    found = proof_of_address.extract(snapshot())

    assert (found.data.person.given_name, found.data.person.family_name) == ("IRIA VALE MONTES", None)
    assert found.data.issued_at == dt.date(2026, 1, 15)
    assert contexts(found) == [("address-proof", "2")]


def test_without_a_document_a_green_step_is_served_from_the_profile() -> None:
    place = {"country": "ESP", "street": "Calle", "buildingNumber": "1", "town": "Lugo"}
    given = snapshot(applicant={"info": {"idDocs": [document("PASSPORT")], "addresses": [place]}})

    found = proof_of_address.extract(given)

    assert found.data.person.address.line1 == "Calle 1"
    assert "name_inferred" in codes(found)


@pytest.mark.parametrize("step", [None, {"reviewResult": {"reviewAnswer": "RED"}}])
def test_no_document_and_no_green_step_is_not_available(step: Any) -> None:
    given = snapshot(applicant={"info": {"idDocs": [document("PASSPORT")]}}, steps={"PROOF_OF_RESIDENCE": step})

    assert refusal(proof_of_address.extract, given).code == "provider_data_not_available"


def test_the_documents_country_stands_in_and_without_any_it_is_invalid() -> None:
    bill = document("UTILITY_BILL", address={"formattedAddress": "somewhere"})
    inferred = proof_of_address.extract(snapshot(applicant={"info": {"idDocs": [bill]}}))
    fault = refusal(
        proof_of_address.extract,
        snapshot(applicant={"info": {"idDocs": [bill | {"country": None}]}}, steps={"PROOF_OF_RESIDENCE": {"country": None}}),
    )

    assert inferred.data.person.address.country == "ES"
    assert "country_inferred" in codes(inferred)
    assert fault.details == {"fields": ["person.address.country"]}


# ---- anything at all

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.text(max_size=5)
    | st.sampled_from(["GREEN", "PASSPORT", "ESP", "2020-01-01"]),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "info",
                    "fixedInfo",
                    "idDocs",
                    "idDocType",
                    "country",
                    "firstName",
                    "address",
                    "addresses",
                    "items",
                    "idDocDef",
                    "review",
                ]
            ),
            children,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(JSON, JSON, JSON)
def test_whatever_the_vendor_sends_ends_in_a_result_or_a_process_fault(applicant: Any, steps: Any, resources: Any) -> None:
    payloads = {"applicant": applicant, "steps": steps, "resources": resources, "status": {}}
    odd = Snapshot("a", {name: orjson.dumps(value) for name, value in payloads.items()}, FETCHED_AT)

    for extract in (applicant_profile.extract, address.extract, identity.extract, proof_of_address.extract):
        with contextlib.suppress(ProcessFault):
            assert extract(odd).data

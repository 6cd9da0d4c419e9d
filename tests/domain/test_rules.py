"""Rules without I/O: state machines, ids, names, dates, countries, addresses, content types, budgets."""

from __future__ import annotations

import datetime as dt
import importlib
import itertools
import pkgutil
from enum import StrEnum

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

import app.domain
from app.domain import budget, customer, ids, machine
from app.domain.customer import AmlDecision, AmlStatus, CustomerStatus, KycStatus, NextActionCode, Standing
from app.domain.normal import address, content, country, date, name

MODULES = [importlib.import_module(found.name) for found in pkgutil.walk_packages(app.domain.__path__, "app.domain.")]
MACHINES = {
    f"{module.__name__}.{name}": table for module in MODULES for name, table in vars(module).items() if name.endswith("TRANSITIONS")
}


def test_the_machines_are_found() -> None:
    assert {"app.domain.ingestion.TRANSITIONS", "app.domain.action.TRANSITIONS", "app.domain.hit.DECISION_TRANSITIONS"} <= set(
        MACHINES
    )
    assert len(MACHINES) >= 10


@pytest.mark.parametrize("table", MACHINES.values(), ids=MACHINES.keys())
def test_a_machine_knows_every_status_and_refuses_every_other_move(table: dict[StrEnum, frozenset[StrEnum]]) -> None:
    statuses = type(next(iter(table)))
    assert set(table) == set(statuses)
    for old, new in itertools.product(statuses, statuses):
        if new in table[old]:
            machine.check(table, old, new)
        else:
            with pytest.raises(machine.IllegalMove):
                machine.check(table, old, new)


@pytest.mark.parametrize(
    ("standing", "status", "action"),
    [
        (Standing(KycStatus.NOT_STARTED, AmlStatus.NOT_SCREENED), CustomerStatus.CREATED, NextActionCode.START_VERIFICATION),
        (Standing(KycStatus.PENDING, AmlStatus.NOT_SCREENED), CustomerStatus.UNDER_REVIEW, NextActionCode.OPEN_VERIFICATION_LINK),
        (Standing(KycStatus.IN_PROGRESS, AmlStatus.NOT_SCREENED), CustomerStatus.UNDER_REVIEW, NextActionCode.WAIT),
        (Standing(KycStatus.VERIFIED, AmlStatus.NOT_SCREENED), CustomerStatus.UNDER_REVIEW, NextActionCode.WAIT),
        (Standing(KycStatus.VERIFIED, AmlStatus.NEEDS_REVIEW), CustomerStatus.UNDER_REVIEW, NextActionCode.HOLD_FOR_AML_REVIEW),
        (Standing(KycStatus.VERIFIED, AmlStatus.CLEAR), CustomerStatus.ACTIVE, NextActionCode.ONBOARD),
        (
            Standing(KycStatus.VERIFIED, AmlStatus.RESOLVED, AmlDecision.CLEARED),
            CustomerStatus.ACTIVE,
            NextActionCode.CHECK_FINAL_DECISION,
        ),
        (
            Standing(KycStatus.VERIFIED, AmlStatus.RESOLVED, AmlDecision.REJECTED),
            CustomerStatus.REJECTED,
            NextActionCode.DO_NOT_ONBOARD,
        ),
        (Standing(KycStatus.FAILED, AmlStatus.CLEAR), CustomerStatus.REJECTED, NextActionCode.DO_NOT_ONBOARD),
        (
            Standing(KycStatus.AWAITING_RESUBMISSION, AmlStatus.NOT_SCREENED),
            CustomerStatus.NEEDS_ADDITIONAL_INFORMATION,
            NextActionCode.RESUBMIT,
        ),
        (Standing(KycStatus.NOT_REQUIRED, AmlStatus.NOT_SCREENED), CustomerStatus.ACTIVE, NextActionCode.ONBOARD),
        (
            Standing(KycStatus.VERIFIED, AmlStatus.CLEAR, deactivated=True),
            CustomerStatus.DEACTIVATED,
            NextActionCode.NOTHING,
        ),
    ],
)
def test_status_and_next_action_follow_from_the_stored_facts(
    standing: Standing, status: CustomerStatus, action: NextActionCode
) -> None:
    assert customer.status(standing) is status
    assert customer.next_action(standing).code is action


def test_every_combination_has_an_answer() -> None:
    for stored, screening, decision, gone in itertools.product(KycStatus, AmlStatus, [None, *AmlDecision], [True, False]):
        standing = Standing(stored, screening, decision, gone)
        assert customer.status(standing) in CustomerStatus
        assert customer.next_action(standing).message


def test_ids_are_unique_sorted_and_know_their_kind() -> None:
    made = [ids.new("cus") for _ in range(5000)]

    assert made == sorted(set(made))
    assert {ids.kind(value) for value in made} == {"cus"}
    assert [ids.kind(text) for text in ("", "cus", "cus_", "cus_x", "CUS_" + "0" * 26, made[0] + "0", "cus_\0" + "0" * 25)] == [
        None
    ] * 7


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  Iria   Vale ", "Iria Vale"),
        ("D\u2019Angelo", "D'Angelo"),
        ("Iria\u202eVale", "IriaVale"),
        ("Jose\u0301", "José"),
        ("null", None),
        ("N/A", None),
        ("", None),
        ("\u0000", None),
        (5, None),
        (None, None),
    ],
)
def test_texts_are_cleaned_and_never_recased(text: object, cleaned: str | None) -> None:
    assert name.clean(text) == cleaned


def test_names_compare_without_accents_case_and_order() -> None:
    assert name.same_person("Iria Vale Montes", "VALE MONTES IRIA")
    assert name.same_person("José Núñez", "JOSE NUNEZ")
    assert name.same_person("Jonas Brandner", "JONAS EMIL BRANDNER")
    assert not name.same_person("Jonas Brandner", "Jonas Bauer")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1991-07-23", dt.date(1991, 7, 23)),
        ("1984-02-29", dt.date(1984, 2, 29)),
        ("1985-02-29", None),
        ("0000-00-00", None),
        ("1991-00-00", None),
        ("23.07.1991", None),
        ("1991-07-23T00:00:00", None),
        (None, None),
    ],
)
def test_days_are_real_or_absent(text: object, day: dt.date | None) -> None:
    assert date.day(text) == day


@pytest.mark.parametrize(
    "text", ["2026-03-02 09:20:11+0000", "2026-03-02 09:20:11", "2026-03-02T10:20:11+01:00", "2026-03-02T09:20:11Z"]
)
def test_moments_are_utc(text: str) -> None:
    assert date.moment(text) == dt.datetime(2026, 3, 2, 9, 20, 11, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("code", "alpha2"),
    [("ESP", "ES"), ("es", "ES"), ("UK", "GB"), ("D", "DE"), ("GBN", "GB"), ("RKS", "XK"), ("XKX", "XK"), ("ROM", "RO")]
    + [("XXA", None), ("UNO", None), ("SUN", None), ("", None), ("ZZ", None), (None, None), (7, None)],
)
def test_countries_become_alpha_2_or_nothing(code: object, alpha2: str | None) -> None:
    assert country.alpha2(code) == alpha2


def test_every_country_is_known_by_both_codes() -> None:
    for entry in pycountry.countries:
        assert country.alpha2(entry.alpha_3) == country.alpha2(entry.alpha_2) == entry.alpha_2


@pytest.mark.parametrize(
    ("where", "text", "code"),
    [("US", "California", "US-CA"), ("US", "CA", "US-CA"), ("GB", "GB-MAN", "GB-MAN"), ("ES", "Galicia", "ES-GA")]
    + [("DE", "Sachsen", "DE-SN"), ("ES", "Atlantis", None), ("US", "", None), ("XX", "CA", None)],
)
def test_subdivisions_are_found_by_name_or_code_inside_their_country(where: str, text: str, code: str | None) -> None:
    assert country.subdivision(where, text) == code


@pytest.mark.parametrize(
    ("street", "number", "where", "line"),
    [
        ("Musterweg", "7a", "DE", "Musterweg 7a"),
        ("High Street", "12", "GB", "12 High Street"),
        ("Rúa do Exemplo 12", "12", "ES", "Rúa do Exemplo 12"),
        ("12 High Street", "12", "GB", "12 High Street"),
        ("Musterweg", None, "DE", "Musterweg"),
        (None, "7", "DE", None),
        ("Musterweg", "7", "ZZ", "Musterweg 7"),
    ],
)
def test_street_and_number_stand_in_national_order(street: object, number: object, where: str, line: str | None) -> None:
    assert address.street_line(street, number, where) == line


@pytest.mark.parametrize(
    ("line", "where", "parts"),
    [
        ("Musterweg 7a, 01067 Dresden", "DE", ("Musterweg 7a", "Dresden", "01067")),
        ("RUA DO EXEMPLO 12 3B 27001 LUGO", "ES", ("RUA DO EXEMPLO 12 3B", "LUGO", "27001")),
        ("no code here", "DE", ("no code here", None, None)),
        ("12345 Street 54321 Town", "US", ("12345 Street 54321 Town", None, None)),
        ("somewhere", "ZZ", ("somewhere", None, None)),
    ],
)
def test_one_line_addresses_are_taken_apart_only_where_it_is_certain(line: str, where: str, parts: object) -> None:
    assert address.take_apart(line, where) == parts


def test_long_lines_break_at_a_comma_or_not_at_all() -> None:
    assert address.fit("a" * 200) == ("a" * 200, None)
    assert address.fit("a" * 150 + ", " + "b" * 100) == ("a" * 150, "b" * 100)
    assert address.fit("a" * 201) is None


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"%PDF-1.7", "application/pdf"),
        (b"\0\0\0\x18ftypmp42", "video/mp4"),
        (b"\0\0\0\x18ftypqt  ", "video/quicktime"),
        (b"\x1aE\xdf\xa3", "video/webm"),
        (b"\0\0\0\x18ftypheic", None),
        (b"<!doctype html>", None),
        (b"GIF89a", None),
        (b"MZ", None),
        (b"", None),
    ],
)
def test_content_tells_the_type(head: bytes, kind: str | None) -> None:
    assert content.sniff(head) == kind


@given(st.lists(st.tuples(st.floats(0, 3), st.integers(1, 5)), max_size=60), st.integers(1, 7))
def test_no_window_ever_holds_more_calls_than_the_limit(steps: list[tuple[float, int]], limit: int) -> None:
    now, kept, made = 0.0, [], []
    for pause, wanted in steps:
        now += pause
        fresh = budget.allow(kept, now=now, blocked_until=0.0, wanted=wanted, limit=limit)
        kept = budget.keep(kept, fresh, now=now, limit=limit)
        made += fresh

    assert all(moment >= 0 for moment in made)
    for first, later in zip(made, made[limit:], strict=False):
        assert later - first >= budget.WINDOW - 1e-6


def test_nobody_calls_while_the_vendor_says_too_many() -> None:
    assert budget.allow([], now=10.0, blocked_until=15.0, wanted=2, limit=5) == [15.0, 15.0]

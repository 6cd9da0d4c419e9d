"""National identification numbers: checked by type and country where a checksum or a fixed form exists.

The forms are python-stdnum's. A country or type that is not listed is taken as it is: nothing sure can be said about it.
"""

from __future__ import annotations

import importlib
from functools import cache
from types import ModuleType

from app.domain.kyc import NationalIdType

N = NationalIdType
# Modules of python-stdnum by type and country; a number must fit one of them.
FORMS: dict[tuple[NationalIdType, str], tuple[str, ...]] = {
    (N.SSN, "US"): ("us.ssn",),
    (N.TIN, "US"): ("us.ssn", "us.itin", "us.atin", "us.ein"),
    (N.SSN, "CH"): ("ch.ssn",),
    (N.SSN, "FR"): ("fr.nir",),
    (N.SSN, "BE"): ("be.nn", "be.bis"),
    (N.SSN, "GR"): ("gr.amka",),
    (N.SSN, "CA"): ("ca.sin",),
    (N.TIN, "AT"): ("at.tin",),
    (N.TIN, "AU"): ("au.tfn",),
    (N.TIN, "BR"): ("br.cpf",),
    (N.TIN, "CA"): ("ca.sin",),
    (N.TIN, "DE"): ("de.idnr",),
    (N.TIN, "ES"): ("es.nif",),
    (N.TIN, "FR"): ("fr.nif",),
    (N.TIN, "HR"): ("hr.oib",),
    (N.TIN, "IE"): ("ie.pps",),
    (N.TIN, "IN"): ("in_.pan",),
    (N.TIN, "IT"): ("it.codicefiscale",),
    (N.TIN, "MX"): ("mx.rfc",),
    (N.TIN, "NL"): ("nl.bsn",),
    (N.TIN, "NZ"): ("nz.ird",),
    (N.TIN, "PL"): ("pl.pesel", "pl.nip"),
    (N.TIN, "PT"): ("pt.nif",),
    (N.TIN, "UA"): ("ua.rntrc",),
    (N.TIN, "ZA"): ("za.tin",),
    (N.NATIONAL_ID, "AR"): ("ar.dni",),
    (N.NATIONAL_ID, "BE"): ("be.nn", "be.bis", "be.eid"),
    (N.NATIONAL_ID, "BG"): ("bg.egn", "bg.pnf"),
    (N.NATIONAL_ID, "BR"): ("br.cpf",),
    (N.NATIONAL_ID, "CL"): ("cl.rut",),
    (N.NATIONAL_ID, "CN"): ("cn.ric",),
    (N.NATIONAL_ID, "CZ"): ("cz.rc",),
    (N.NATIONAL_ID, "DK"): ("dk.cpr",),
    (N.NATIONAL_ID, "DO"): ("do.cedula",),
    (N.NATIONAL_ID, "EC"): ("ec.ci",),
    (N.NATIONAL_ID, "EE"): ("ee.ik",),
    (N.NATIONAL_ID, "ES"): ("es.dni", "es.nie"),
    (N.NATIONAL_ID, "FI"): ("fi.hetu",),
    (N.NATIONAL_ID, "HR"): ("hr.oib",),
    (N.NATIONAL_ID, "IL"): ("il.idnr",),
    (N.NATIONAL_ID, "IN"): ("in_.aadhaar", "in_.pan", "in_.epic"),
    (N.NATIONAL_ID, "IS"): ("is_.kennitala",),
    (N.NATIONAL_ID, "IT"): ("it.codicefiscale",),
    (N.NATIONAL_ID, "KR"): ("kr.rrn",),
    (N.NATIONAL_ID, "LT"): ("lt.asmens",),
    (N.NATIONAL_ID, "MX"): ("mx.curp",),
    (N.NATIONAL_ID, "MY"): ("my.nric",),
    (N.NATIONAL_ID, "NL"): ("nl.bsn", "nl.identiteitskaartnummer"),
    (N.NATIONAL_ID, "NO"): ("no.fodselsnummer",),
    (N.NATIONAL_ID, "PE"): ("pe.cui",),
    (N.NATIONAL_ID, "PK"): ("pk.cnic",),
    (N.NATIONAL_ID, "PL"): ("pl.pesel",),
    (N.NATIONAL_ID, "PT"): ("pt.cc",),
    (N.NATIONAL_ID, "RO"): ("ro.cnp",),
    (N.NATIONAL_ID, "SE"): ("se.personnummer",),
    (N.NATIONAL_ID, "SI"): ("si.emso",),
    (N.NATIONAL_ID, "SK"): ("sk.rc",),
    (N.NATIONAL_ID, "TH"): ("th.pin",),
    (N.NATIONAL_ID, "TR"): ("tr.tckimlik",),
    (N.NATIONAL_ID, "ZA"): ("za.idnr",),
}


def fits(kind: NationalIdType, country: str, number: str) -> bool:
    """Returns whether a number can be one of this type in this country (ISO 3166-1 alpha-2)."""
    forms = FORMS.get((kind, country))
    return forms is None or any(_module(form).is_valid(number) for form in forms)


@cache
def _module(form: str) -> ModuleType:
    return importlib.import_module(f"stdnum.{form}")

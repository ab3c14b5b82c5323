"""Parties of a document, kept as JSON, as parties of an electronic invoice."""

import re
from dataclasses import replace
from typing import Any

from advisory_portal.formats.invoice import Address, Delivery, Identifier, Party
from documents import rules

E_MAIL = "EM"  # the scheme of electronic addresses that are e-mail addresses
_COUNTRY = re.compile(r"[A-Z]{2}")
# Beside the European Union, whose VAT ids are written with the country before them.
_OTHER_VAT_COUNTRIES = frozenset({"CH", "GB", "IS", "LI", "NO", "XI"})
_PREFIX_OF = {"GR": "EL"}


def party(data: dict[str, Any]) -> Party:
    """A party as it was kept, with its e-mail as its electronic address where it names no other."""
    known = {key: value for key, value in data.items() if key in Party.__dataclass_fields__}
    address = Address(**known.pop("address", {}))
    if _COUNTRY.fullmatch(address.country) is None:
        address = replace(address, country="")
    identifiers = tuple(Identifier(**one) for one in known.pop("identifiers", ()))
    kept = Party(**{"name": "", **known}, address=address, identifiers=identifiers)
    if kept.email and not kept.endpoint:
        return replace(kept, endpoint=kept.email, endpoint_scheme=E_MAIL)
    return kept


def delivery(data: dict[str, Any]) -> Delivery:
    location = Identifier(**{"value": "", **data.get("location", {})})
    return Delivery(name=data.get("name", ""), location=location, address=Address(**data.get("address", {})))


def with_tax_id(kept: Party, *, is_seller: bool) -> Party:
    """The party with its tax id where the norm wants it: a VAT id with its country, others as registrations.

    Source: EN 16931 BR-CO-09, BR-CO-26.
    """
    country, number = kept.address.country, rules.tax_id_key(kept.tax_id)
    if not number or not country:
        return kept
    if rules.is_in_eu(country) or country in _OTHER_VAT_COUNTRIES or _is_vat_id(number):
        prefix = "" if _is_vat_id(number) else _PREFIX_OF.get(country, country)
        return replace(kept, tax_id=prefix + number)
    registered = kept.legal_registration_id or kept.tax_id
    as_local = kept.tax_id if is_seller else ""
    return replace(kept, tax_id="", legal_registration_id=registered, tax_registration_id=as_local)


def names_country(tax_id: str) -> bool:
    """Whether a tax id of a file begins as VAT ids do; such a one is passed on as it came."""
    return _COUNTRY.match(tax_id) is not None


def _is_vat_id(number: str) -> bool:
    return rules.is_in_eu(number[:2]) or number[:2] in _OTHER_VAT_COUNTRIES or number[:2] == "EL"


def without_tax_id(kept: Party) -> Party:
    """The party of an invoice that is not subject to tax, which must name no VAT id. Source: EN 16931 BR-O-02."""
    registered = kept.legal_registration_id or kept.tax_id
    return replace(kept, tax_id="", legal_registration_id=registered)

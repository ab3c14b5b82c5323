"""Tax ids of contacts: how they compare, and whether one is of its country."""

import re
from functools import lru_cache

from stdnum.exceptions import ValidationError
from stdnum.util import get_cc_module

from partners.rules.tax_ids import PREFIXES, BadTaxId, clean_tax_id

# Numbers of a country's own, beside its VAT and tax numbers, that stand on invoices: names of python-stdnum modules.
OTHERS = {
    "DE": ("idnr", "stnr"),
    "FR": ("siren", "siret"),
    "IT": ("codicefiscale",),
}
_COUNTRY_OF_PREFIX = {prefix: country for country, prefixes in PREFIXES.items() for prefix in prefixes}


def tax_id_key(tax_id: str, country: str = "") -> str:
    """A tax id as it is compared: capitals and digits only, at most 60.

    With a country (ISO 3166) a valid id of that country, or one that names another country where it is valid,
    begins with its country: in Spain "ES B65410011", "ESB65410011" and "b-65.410.011" are all "ESB65410011".
    """
    compact = _compact(tax_id)
    if not country or not compact:
        return compact[:60]
    named = _COUNTRY_OF_PREFIX.get(compact[:2], compact[:2])
    # What an id says of itself counts before what its contact says: a German address may have a French number.
    for candidate in dict.fromkeys((named, country)):
        if found := _valid_key(compact, candidate):
            return found
    return compact[:60]


def is_tax_id(tax_id: str, country: str) -> bool:
    """Whether the country's rules know the text as one of its VAT, tax or company numbers; its prefix may be there.

    A number that begins with another country and is valid there is one too: businesses are registered abroad. A
    country without rules admits 3 to 30 letters and digits with at least one digit.
    """
    try:
        clean_tax_id(tax_id, country)
    except BadTaxId:
        compact = _compact(tax_id)
        if _valid_key(compact, _COUNTRY_OF_PREFIX.get(compact[:2], compact[:2])).startswith(compact[:2]):
            return True
        return any(_is_of_kind(compact.removeprefix(country), country, kind) for kind in OTHERS.get(country, ()))
    return True


def _compact(text: str) -> str:
    return "".join(character for character in text.upper() if character.isalnum())


@lru_cache(maxsize=1024)
def _has_rules(country: str) -> bool:
    if not re.fullmatch(r"[A-Z]{2}", country):
        return False
    return any(get_cc_module(country.lower(), kind) is not None for kind in ("vat", "tin"))


def _valid_key(compact: str, country: str) -> str:
    """The key of an id that the country's own rules accept, else nothing."""
    if not _has_rules(country):
        return ""
    try:
        return f"{country}{_compact(clean_tax_id(compact, country))}"[:60]
    except BadTaxId:
        return ""


def _is_of_kind(number: str, country: str, kind: str) -> bool:
    module = get_cc_module(country.lower(), kind)
    assert module is not None, "OTHERS names modules that exist"
    try:
        module.validate(number)
    except ValidationError:
        return False
    return True

"""Words of a sheet for codes: units, taxes, addresses."""

from collections.abc import Iterable
from decimal import Decimal

from babel import Locale
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from advisory_portal.core.formatting import format_number
from documents.models import TaxLine

UNITS = {  # UN/ECE Recommendation 20, the codes that people meet
    **dict.fromkeys(("C62", "EA", "H87", "PCE", "NAR", "XPP", "ZZ"), gettext_lazy("pcs")),
    **dict.fromkeys(("HUR", "LH"), gettext_lazy("h")),
    "DAY": gettext_lazy("days"),
    "WEE": gettext_lazy("weeks"),
    "MON": gettext_lazy("months"),
    "KGM": "kg",
    "GRM": "g",
    "TNE": "t",
    "MTR": "m",
    "MTK": "m²",
    "MTQ": "m³",
    "KMT": "km",
    "LTR": "l",
    "KWH": "kWh",
}
TAX_CATEGORIES = {  # UNTDID 5305, where the rate does not say it all
    "E": gettext_lazy("Exempt"),
    "AE": gettext_lazy("Reverse charge"),
    "K": gettext_lazy("Intra-community"),
    "G": gettext_lazy("Export"),
    "O": gettext_lazy("Not subject to tax"),
}
TAX_NAMES = {"L": "IGIC", "M": "IPSI"}  # what is not VAT, and is never called so


def rate_text(category: str, percent: Decimal | None, language: str, surcharge: Decimal = Decimal(0)) -> str:
    """How a line is taxed: "21 %", "21 % + 5.2 %", "IGIC 7 %", "Exempt"; "" where nothing says it."""
    if category in TAX_CATEGORIES:
        return str(TAX_CATEGORIES[category])
    if percent is None:
        return ""
    text = f"{format_number(percent, language)} %"
    if surcharge:
        text += f" + {format_number(surcharge, language)} %"
    return f"{TAX_NAMES[category]} {text}" if category in TAX_NAMES else text


def tax_text(tax: TaxLine, language: str) -> str:
    """What a row of the taxes is called, with the reason of an exemption."""
    percent = {"percent": format_number(tax.percent or Decimal(0), language)}
    if tax.kind == TaxLine.Kind.SURCHARGE:
        return _("Equivalence surcharge %(percent)s %%") % percent
    if tax.kind == TaxLine.Kind.WITHHOLDING:
        return _("Withholding %(percent)s %%") % percent
    label, reason = rate_text(tax.category, tax.percent, language), tax.exemption_reason
    if not reason or reason.casefold().startswith(label.casefold()):
        return reason or label
    return f"{label}: {reason}"


def address_lines(address: dict[str, str], locale: Locale) -> Iterable[str]:
    """An address as it is written on a letter, the country in words."""
    for name in ("street", "additional_street", "third_line"):
        if address.get(name):
            yield address[name]
    town = " ".join(filter(None, (address.get("postcode"), address.get("city"))))
    if town:
        yield town
    if address.get("region"):
        yield address["region"]
    country = address.get("country", "")
    if country:
        yield locale.territories.get(country, country)

"""What the editor of documents offers for choice, here and for this contact."""

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from advisory_portal.core.access import Actor
from advisory_portal.core.formatting import format_number
from documents import rules
from documents.models import Contact, DocumentSettings, Series, TaxRate
from documents.rules import Tax
from documents.words import UNIT_NAMES, tax_label

Choice = tuple[str, str]


def contact_of(actor: Actor, contact_id: object) -> Contact | None:
    """The contact of this id that the actor sees and that has not been merged; None for anything else."""
    try:
        key = UUID(str(contact_id))
    except ValueError:
        return None
    return Contact.objects.visible_to(actor).present().filter(pk=key).first()


def series_choices(actor: Actor, kind: str) -> list[Choice]:
    """The series that a new document of the kind may take its number from, the usual one first. One query."""
    rows = Series.objects.visible_to(actor).in_use().filter(kind=kind).order_by("-is_default", "prefix")
    return [(str(series.pk), series.prefix) for series in rows]


def own_taxes(actor: Actor) -> list[tuple[str, Tax]]:
    """The business's own rates with their names. One query."""
    rates = TaxRate.objects.visible_to(actor).in_use().order_by("name")
    return [(rate.name, own_tax(rate)) for rate in rates]


def own_tax(rate: TaxRate) -> Tax:
    """A rate of the business's own as the tax of a line."""
    percent = None if rate.category == "O" else rate.percent
    return Tax(rate.category, percent, rate.surcharge_percent, exemption_reason=rate.exemption_reason)


def tax_choices(actor: Actor, *, with_surcharge: bool, used: Iterable[str] = ()) -> list[Choice]:
    """Keys and labels of the taxes for a line: the business's own, its country's, and those already `used`."""
    country = actor.place.country
    named = {rules.key_of_tax(tax): name for name, tax in own_taxes(actor)}
    known = rules.taxes_of(country)
    if with_surcharge:
        both = [(rules.with_surcharge(tax, country), tax) for tax in known]
        known = tuple(dict.fromkeys(tax for pair in both for tax in pair))
    choices = named | {rules.key_of_tax(tax): label_of(tax) for tax in known}
    for key in used:
        tax = tax_of(key)
        if tax is not None and key not in choices:
            choices[key] = label_of(tax)
    return list(choices.items())


def label_of(tax: Tax) -> str:
    """A tax as people choose it."""
    return tax_label(tax.category, tax.percent, tax.surcharge_percent, tax.exemption_code)


def tax_of(key: str) -> Tax | None:
    """The tax of a key as forms carry it; None for a text that is no key."""
    try:
        return rules.tax_of_key(key)
    except ValueError:
        return None


def usual_tax(actor: Actor, settings: DocumentSettings, *, with_surcharge: bool) -> str:
    """The key of the tax that a new line begins with."""
    country = actor.place.country
    tax = tax_of(settings.default_tax) if settings.default_tax else None
    if tax is None:
        tax = rules.taxes_of(country)[0]
    return fitted_tax(rules.key_of_tax(tax), country, with_surcharge=with_surcharge)


def fitted_tax(key: str, country: str, *, with_surcharge: bool) -> str:
    """The same tax with the equivalence surcharge, or without it."""
    tax = tax_of(key)
    if tax is None:
        return key
    if with_surcharge:
        return rules.key_of_tax(rules.with_surcharge(tax, country))
    plain = Tax(tax.category, tax.percent, Decimal(0), tax.exemption_reason, tax.exemption_code)
    is_own = tax.surcharge_percent and rules.with_surcharge(plain, country) != tax
    return key if is_own else rules.key_of_tax(plain)


def withholding_choices(actor: Actor, used: Iterable[str] = ()) -> list[Choice]:
    """The percentages that may be held back, "" for none, and those already `used`, as texts of the reader."""
    known = [format_number(percent) for percent in rules.withholdings_of(actor.place.country)]
    texts = dict.fromkeys([*known, *filter(None, used)])
    return [("", "–"), *((text, f"{text} %") for text in texts)]


def unit_choices(used: Iterable[str] = ()) -> list[Choice]:
    """Units in words, and codes already `used`."""
    known = {code: str(label) for code, label in UNIT_NAMES.items()}
    return list((known | {code: code for code in used if code not in known}).items())

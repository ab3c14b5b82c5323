"""Invoices to write, and what of an invoice the norm has a place for."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from advisory_portal.formats.build import gross_price
from advisory_portal.formats.invoice import (
    Address,
    AllowanceCharge,
    Identifier,
    InvoiceFile,
    Line,
    Party,
    PaymentMeans,
    TaxGroup,
)

POINT_CODES = {"5": "3", "29": "35", "72": "432"}


def whole() -> InvoiceFile:
    """An invoice over 121 euro of one discounted line, with what a business of ours writes."""
    line = Line(
        id="1",
        quantity=Decimal("2.5"),
        unit="HUR",
        unit_price=Decimal("44"),
        net=Decimal("100"),
        tax_category="S",
        tax_percent=Decimal("21"),
        name="Advice",
        description="March",
        allowances_charges=(
            AllowanceCharge(is_charge=False, amount=Decimal("10"), base_amount=Decimal("110"), reason="Discount"),
        ),
    )
    return InvoiceFile(
        kind="invoice",
        type_code="380",
        number="F-2026-0001",
        specification="urn:cen.eu:en16931:2017",
        issued_on=date(2026, 3, 2),
        due_on=date(2026, 4, 1),
        currency="EUR",
        payment_terms="30 days",
        payment_means=(PaymentMeans(code="58", account="ES9121000418450200051332", account_name="Delta", bic="X"),),
        seller=Party(name="Delta", tax_id="ESB65432107", address=Address(street="Calle 1", country="ES")),
        buyer=Party(
            name="Hora",
            tax_id="FR12345678901",
            endpoint="a@hora.example",
            endpoint_scheme="EM",
            address=Address(country="FR"),
        ),
        lines=(line,),
        taxes=(TaxGroup(category="S", percent=Decimal("21"), taxable=Decimal("100"), tax=Decimal("21"), scheme="VAT"),),
        lines_net=Decimal("100"),
        tax_exclusive=Decimal("100"),
        tax_total=Decimal("21"),
        tax_inclusive=Decimal("121"),
        payable=Decimal("121"),
    )


def as_the_norm_holds(invoice: InvoiceFile) -> InvoiceFile:
    """The invoice without what the norm has no place for, or one place where a file may have several."""
    means = tuple(
        replace(one, card_number=one.card_number[-4:], reference="", mandate="", code=one.code or "1")
        for one in invoice.payment_means
        if replace(one, reference="", mandate="") != PaymentMeans()
    )
    reference = next((one.reference for one in invoice.payment_means if one.reference), "")
    seller = replace(invoice.seller, identifiers=_without_creditor(invoice.seller.identifiers))
    return replace(
        invoice,
        lines=tuple(
            replace(line, exemption_reason="", exemption_code="", gross_price=gross_price(line))
            for line in invoice.lines
        ),
        payment_means=(*means, PaymentMeans(reference=reference)),
        taxes=tuple(replace(one, scheme="VAT") for one in invoice.taxes),
        seller=seller,
        tax_point_code="" if invoice.tax_point_on else POINT_CODES.get(invoice.tax_point_code, invoice.tax_point_code),
    )


def _without_creditor(identifiers: tuple[Identifier, ...]) -> tuple[Identifier, ...]:
    return tuple(one for one in identifiers if one.scheme != "SEPA")

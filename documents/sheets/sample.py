"""A made-up invoice of a business, to show how its documents look."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext as _p

from advisory_portal.core.formatting import format_date, format_number, locale_of, money_formatter
from documents import pdf
from documents.rules.epc import epc_payload
from documents.sheets.payment import grouped_iban, transfer_code
from documents.sheets.words import address_lines
from documents.sheets.writer import RTL_LANGUAGES, Look

SAMPLE_IBAN = "ES9121000418450200051332"
NET, TOTAL = Decimal(1000), Decimal(1210)


def sample_sheet(
    look: Look, *, name: str, tax_id: str, address: dict[str, str], iban: str, language: str, today: datetime
) -> pdf.Sheet:
    """An invoice over 21 % tax, three lines and a discount in euro, of `today`, with the business's own data."""
    with translation.override(language):
        business = pdf.Business(
            name=name,
            address=tuple(address_lines(address, locale_of(language))),
            tax_id=f"{_('VAT no.')} {tax_id}" if tax_id else "",
            logo=look.logo,
            accent=look.accent,
        )
        number, account = f"INV-{today.year}-0042", iban or SAMPLE_IBAN
        code = epc_payload(name=name, iban=account, bic="", amount=TOTAL, remittance=number)
        return pdf.Sheet(
            title=_("Invoice"),
            number=number,
            language=language,
            direction="rtl" if language in RTL_LANGUAGES else "ltr",
            paper=pdf.paper_for(address.get("country", "")),
            business=business,
            customer=pdf.Customer(name=_("A customer"), heading=_("For"), address=(_("Sample Street 1"),)),
            created_at=today,
            page_pattern=_("Page {page} of {pages}"),
            facts=((_("Date"), format_date(today.date(), language)), (_("Your reference"), "PO 7781")),
            payment_title=_("Payment"),
            payment=((_("Account"), grouped_iban(account)), (_("Reference"), number)),
            footer=tuple(filter(None, (look.footer,))),
            layout=look.layout,
            payment_qr=transfer_code(code) if code else None,
            **_figures(language),
        )


def _figures(language: str) -> dict[str, Any]:
    money = money_formatter(language, "EUR")
    return {
        "headline": money(TOTAL),
        "columns": pdf.Columns(
            position="#",
            name=_("Description"),
            quantity=_("Quantity"),
            unit_price=_("Price"),
            discount=_("Discount"),
            tax=_("Tax"),
            net=_("Amount"),
        ),
        "lines": tuple(_lines(language)),
        "totals": (
            pdf.Total(_("Total without tax"), money(NET)),
            pdf.Total(_p("on an invoice", "Tax"), money(TOTAL - NET)),
            pdf.Total(_("Amount due"), money(TOTAL), emphasis=True),
        ),
        "tax_columns": pdf.TaxRow(_("Tax"), _("Taxable amount"), _("Tax amount")),
        "taxes": (pdf.TaxRow("21 %", money(NET), money(TOTAL - NET)),),
    }


def _lines(language: str) -> list[pdf.Line]:
    money = money_formatter(language, "EUR")
    rows = (
        (_("Advice"), Decimal("4"), Decimal("150"), "", Decimal("600")),
        (_("Bookkeeping"), Decimal("1"), Decimal("300"), "", Decimal("300")),
        (_("Training"), Decimal("1"), Decimal("125"), "20 %", Decimal("100")),
    )
    return [
        pdf.Line(
            position=str(position),
            name=name,
            quantity=format_number(quantity, language),
            unit_price=format_number(price, language, least=2),
            discount=discount,
            tax="21 %",
            net=money(net),
        )
        for position, (name, quantity, price, discount, net) in enumerate(rows, start=1)
    ]

"""Every field of a document lands in its place."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from advisory_portal.formats.einvoice import read_invoice
from advisory_portal.formats.invoice import (
    Address,
    AllowanceCharge,
    Attribute,
    Delivery,
    Identifier,
    InvoiceFile,
    Line,
    Note,
    Party,
    PaymentMeans,
    PrecedingInvoice,
    SupportingDocument,
    TaxGroup,
)
from tests.formats.full import CII, UBL

EXPECTED = InvoiceFile(
    kind="invoice",
    type_code="384",
    number="N-1",
    specification="urn:cen.eu:en16931:2017",
    profile="P1",
    issued_on=date(2026, 1, 2),
    due_on=date(2026, 2, 3),
    tax_point_on=date(2026, 1, 4),
    tax_point_code="35",
    delivered_on=date(2026, 1, 7),
    period_starts_on=date(2026, 1, 5),
    period_ends_on=date(2026, 1, 6),
    currency="SEK",
    tax_currency="EUR",
    buyer_reference="buyer ref",
    order_reference="order",
    sales_order_reference="sales order",
    contract_reference="contract",
    project_reference="project",
    tender_reference="tender",
    despatch_reference="despatch",
    receipt_reference="receipt",
    buyer_accounting_reference="cost",
    object_identifier=Identifier(value="object", scheme="ABT"),
    preceding_invoices=(
        PrecedingInvoice(number="N-0", issued_on=date(2025, 12, 31)),
        PrecedingInvoice(number="N-00"),
    ),
    notes=(Note(text="General\nconditions", subject="AAI"), Note(text="Plain #ABC# note")),
    payment_terms="30 days\nnet",
    payment_means=(
        PaymentMeans(code="58", text="Transfer", reference="ref", account="IBAN1", account_name="Account", bic="BIC1"),
        PaymentMeans(code="48", text="By card", card_number="************1234", card_holder="A Holder"),
        PaymentMeans(code="59", mandate="mandate", debited_account="IBAN2"),
    ),
    creditor_reference="creditor",
    seller=Party(
        name="Seller AB",
        trading_name="Shop",
        legal_registration_id="reg",
        legal_registration_scheme="0007",
        tax_id="SE1",
        tax_registration_id="F-tax",
        endpoint="endpoint",
        endpoint_scheme="0088",
        identifiers=(Identifier(value="id1", scheme="0060"), Identifier(value="creditor", scheme="SEPA")),
        legal_form="AB, capital 1",
        address=Address(
            street="S1",
            additional_street="S2",
            third_line="S3",
            city="City",
            postcode="Zone",
            region="Region",
            country="SE",
        ),
        contact_name="Ann",
        phone="+46 1",
        email="ann@seller.example",
    ),
    buyer=Party(name="Buyer by trade name"),
    payee=Party(name="Factor"),
    tax_representative=Party(name="Rep"),
    delivery=Delivery(name="Warehouse", location=Identifier(value="gln", scheme="0088"), address=Address(city="Port")),
    lines=(
        Line(
            id="L1",
            quantity=Decimal("-2.5"),
            unit="KGM",
            unit_price=Decimal("0.12345678"),
            price_base_quantity=Decimal(100),
            price_base_unit="GRM",
            gross_price=Decimal("0.22345678"),
            price_discount=Decimal("0.10"),
            net=Decimal("101.00"),
            tax_category="E",
            tax_percent=Decimal(0),
            exemption_reason="Line exempt",
            exemption_code="VATEX-2",
            name="Item name",
            description="Long\ntext",
            note="first\nsecond",
            seller_item_id="S1",
            buyer_item_id="B1",
            standard_item=Identifier(value="G1", scheme="0160"),
            classifications=(Identifier(value="C1", scheme="STI", version="2"),),
            attributes=(Attribute(name="Colour", value="Black"),),
            origin_country="DE",
            period_starts_on=date(2026, 1, 8),
            period_ends_on=date(2026, 1, 9),
            order_line_reference="order line",
            buyer_accounting_reference="line cost",
            object_identifier=Identifier(value="meter", scheme="AWV"),
            allowances_charges=(AllowanceCharge(is_charge=False, amount=Decimal(1)),),
        ),
    ),
    allowances_charges=(
        AllowanceCharge(
            is_charge=False,
            amount=Decimal("5.00"),
            base_amount=Decimal("50.00"),
            percent=Decimal(10),
            reason="Loyal",
            reason_code="95",
            tax_category="S",
            tax_percent=Decimal(25),
        ),
        AllowanceCharge(is_charge=True, amount=Decimal(7)),
    ),
    taxes=(
        TaxGroup(
            category="E",
            percent=Decimal(0),
            taxable=Decimal("50.00"),
            tax=Decimal("1.23"),
            exemption_reason="Exempt",
            exemption_code="VATEX-1",
            scheme="VAT",
        ),
        TaxGroup(category="O", percent=None, taxable=Decimal(0), tax=Decimal(0)),
    ),
    lines_net=Decimal("101.00"),
    allowances=Decimal("104.00"),
    charges=Decimal("105.00"),
    tax_exclusive=Decimal("102.00"),
    tax_total=Decimal("1.23"),
    tax_total_in_tax_currency=Decimal("0.11"),
    tax_inclusive=Decimal("103.00"),
    prepaid=Decimal("106.00"),
    rounding=Decimal("-0.07"),
    payable=Decimal("108.00"),
    documents=(
        SupportingDocument(
            id="doc",
            description="Hours",
            uri="https://files.example/h",
            filename="h.csv",
            mime="text/csv",
            content=b"hello",
        ),
        SupportingDocument(id="bare"),
    ),
)


def test_every_field_of_a_ubl_invoice_is_read() -> None:
    assert read_invoice(UBL) == EXPECTED


def test_every_field_of_a_cross_industry_invoice_is_read() -> None:
    freight = AllowanceCharge(
        is_charge=True, amount=Decimal(8), reason="Freight", tax_category="Z", tax_percent=Decimal(0)
    )
    transfer, card, _ = EXPECTED.payment_means
    assert read_invoice(CII) == replace(
        EXPECTED,
        seller=replace(EXPECTED.seller, identifiers=(Identifier(value="id1"), Identifier(value="id2", scheme="0060"))),
        buyer=Party(name="Buyer", contact_name="Accounts"),
        allowances_charges=(*EXPECTED.allowances_charges, freight),
        payment_terms="30 days\n2 % within a week",
        payment_means=(
            replace(transfer, mandate="mandate"),
            replace(card, text="", reference="ref", mandate="mandate", account="local 9", debited_account="IBAN2"),
        ),
        documents=EXPECTED.documents[:1],
    )

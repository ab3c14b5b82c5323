"""An electronic invoice as its file gives it. Source: EN 16931-1 (BT and BG: its business terms and groups).

Texts are "" where the file gives none, dates and optional figures None, totals 0. Figures are as given, never
computed or rounded: official examples round in their own ways. Amounts are in `InvoiceFile.currency` and fit
NUMERIC(20,3), prices and quantities NUMERIC(20,8), percentages (21 means 21 %) NUMERIC(9,6).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

NUMBER_LENGTH = 100  # the invoice number, line ids and codes
NAME_LENGTH = 500  # names, references, identifiers and other texts of one line
NOTE_LENGTH = 10_000  # notes, descriptions, payment terms: may have several lines
MAX_LINES = 5_000
MAX_REPEATS = 1_000  # of anything but lines

Kind = Literal["invoice", "credit_note"]

# UNTDID 1001 codes that EN 16931 counts as credit notes; all its other codes are invoices.
CREDIT_NOTE_CODES = frozenset(
    {
        *("81", "83", "261", "262", "296", "308", "381"),
        *("396", "420", "458", "502", "503", "532"),
    }
)

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """A value and the scheme it is of (ISO 6523, UNTDID 7143, …), "" where unnamed."""

    value: str
    scheme: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    street: str = ""
    additional_street: str = ""
    third_line: str = ""
    city: str = ""
    postcode: str = ""
    region: str = ""
    country: str = ""  # ISO 3166-1 alpha-2


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Seller BG-4, buyer BG-7, payee BG-10 or the seller's tax representative BG-11."""

    name: str
    trading_name: str = ""
    legal_registration_id: str = ""
    legal_registration_scheme: str = ""
    tax_id: str = ""  # VAT identifier, BT-31, BT-48, BT-63
    tax_registration_id: str = ""  # local tax number, BT-32
    endpoint: str = ""
    endpoint_scheme: str = ""
    identifiers: tuple[Identifier, ...] = ()
    legal_form: str = ""  # additional legal information, BT-33
    address: Address = Address()
    contact_name: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """BG-13: to whom and where."""

    name: str = ""
    location: Identifier = Identifier(value="")
    address: Address = Address()


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    text: str
    subject: str = ""  # UNTDID 4451 code


@dataclass(frozen=True, slots=True, kw_only=True)
class PrecedingInvoice:
    number: str
    issued_on: date | None = None


def masked_card(number: str) -> str:
    """A card number with stars for all but its last four digits. A whole one must never be kept."""
    digits = "".join(number.split())
    return "*" * (len(digits) - 4) + digits[-4:]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMeans:
    """BG-16. `account` is the payee's IBAN or other number, `debited_account` the payer's (direct debit)."""

    code: str = ""  # UNTDID 4461
    text: str = ""
    reference: str = ""
    account: str = ""
    account_name: str = ""
    bic: str = ""
    mandate: str = ""
    debited_account: str = ""
    card_number: str = ""  # all but the last four digits are starred
    card_holder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowanceCharge:
    """An allowance (discount) or a charge (surcharge). `amount` is without sign and without tax."""

    is_charge: bool
    amount: Decimal
    base_amount: Decimal | None = None
    percent: Decimal | None = None
    reason: str = ""
    reason_code: str = ""
    tax_category: str = ""
    tax_percent: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxGroup:
    """BG-23: what is taxed alike. `category` is UNTDID 5305 (S, Z, E, AE, K, …), `scheme` as a rule VAT."""

    category: str
    percent: Decimal | None
    taxable: Decimal
    tax: Decimal
    exemption_reason: str = ""
    exemption_code: str = ""
    scheme: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """BG-25. `net` is quantity * unit_price / price_base_quantity - allowances + charges, without tax."""

    id: str
    quantity: Decimal
    unit: str = ""  # UN/ECE Recommendation 20 and 21
    unit_price: Decimal
    price_base_quantity: Decimal | None = None
    price_base_unit: str = ""
    gross_price: Decimal | None = None
    price_discount: Decimal | None = None
    net: Decimal
    tax_category: str = ""
    tax_percent: Decimal | None = None
    exemption_reason: str = ""
    exemption_code: str = ""
    name: str
    description: str = ""
    note: str = ""
    seller_item_id: str = ""
    buyer_item_id: str = ""
    standard_item: Identifier = Identifier(value="")
    classifications: tuple[Identifier, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    origin_country: str = ""
    period_starts_on: date | None = None
    period_ends_on: date | None = None
    order_line_reference: str = ""
    buyer_accounting_reference: str = ""
    object_identifier: Identifier = Identifier(value="")
    allowances_charges: tuple[AllowanceCharge, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportingDocument:
    """BG-24. `content` is None if no file is embedded or its base64 has 10,000,000 characters (7.5 MB)."""

    id: str
    description: str = ""
    uri: str = ""
    filename: str = ""
    mime: str = ""
    content: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceFile:
    """A whole invoice or credit note. A credit note's amounts are positive where they reduce what is owed."""

    kind: Kind
    type_code: str  # UNTDID 1001
    number: str
    specification: str = ""
    profile: str = ""
    issued_on: date
    due_on: date | None = None
    tax_point_on: date | None = None
    tax_point_code: str = ""
    delivered_on: date | None = None
    period_starts_on: date | None = None
    period_ends_on: date | None = None
    currency: str  # ISO 4217
    tax_currency: str = ""
    buyer_reference: str = ""
    order_reference: str = ""
    sales_order_reference: str = ""
    contract_reference: str = ""
    project_reference: str = ""
    tender_reference: str = ""
    despatch_reference: str = ""
    receipt_reference: str = ""
    buyer_accounting_reference: str = ""
    object_identifier: Identifier = Identifier(value="")
    preceding_invoices: tuple[PrecedingInvoice, ...] = ()
    notes: tuple[Note, ...] = ()
    payment_terms: str = ""
    payment_means: tuple[PaymentMeans, ...] = ()
    creditor_reference: str = ""  # bank assigned creditor identifier, BT-90
    seller: Party
    buyer: Party
    payee: Party | None = None
    tax_representative: Party | None = None
    delivery: Delivery | None = None
    lines: tuple[Line, ...]
    allowances_charges: tuple[AllowanceCharge, ...] = ()
    taxes: tuple[TaxGroup, ...] = ()
    lines_net: Decimal
    allowances: Decimal = ZERO
    charges: Decimal = ZERO
    tax_exclusive: Decimal
    tax_total: Decimal = ZERO
    tax_total_in_tax_currency: Decimal | None = None
    tax_inclusive: Decimal
    prepaid: Decimal = ZERO
    rounding: Decimal = ZERO
    payable: Decimal
    documents: tuple[SupportingDocument, ...] = ()

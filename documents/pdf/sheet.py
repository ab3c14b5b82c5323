"""What a business document prints: ready words in the document's language, and nothing to compute."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Pairs = tuple[tuple[str, str], ...]

Layout = Literal["classic", "modern", "compact", "bold"]

LETTER_COUNTRIES = frozenset({"US", "CA", "MX"})


@dataclass(frozen=True, slots=True)
class Logo:
    """An image the caller has accepted. `kind` must say what the bytes are."""

    data: bytes
    kind: Literal["png", "jpeg"]


@dataclass(frozen=True, slots=True)
class Business:
    """Who issues the document. `tax_id` comes with its own label; `accent` is `#rrggbb`."""

    name: str
    heading: str = ""
    address: tuple[str, ...] = ()
    tax_id: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    logo: Logo | None = None
    accent: str = "#1f4e79"


@dataclass(frozen=True, slots=True)
class Customer:
    """Who receives the document."""

    name: str
    heading: str = ""
    address: tuple[str, ...] = ()
    tax_id: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """Heads of the table of lines. A column of which no line has a value is not printed."""

    name: str
    net: str
    position: str = ""
    quantity: str = ""
    unit: str = ""
    unit_price: str = ""
    discount: str = ""
    tax: str = ""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """An allowance or a charge, signed in `amount`; `running` as in `Line`, on the document only."""

    label: str
    amount: str
    description: tuple[str, ...] = ()
    tax: str = ""
    running: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `running` is the sum of nets up to and with this line, printed when `Sheet.carry` is set."""

    name: str
    net: str
    position: str = ""
    description: tuple[str, ...] = ()
    quantity: str = ""
    unit: str = ""
    unit_price: str = ""
    discount: str = ""
    tax: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    running: str = ""


@dataclass(frozen=True, slots=True)
class Total:
    """A row of the sums. `emphasis` marks what the reader looks for, such as the amount due."""

    label: str
    value: str
    emphasis: bool = False


@dataclass(frozen=True, slots=True)
class TaxRow:
    """A tax group (or, as `Sheet.tax_columns`, the heads of that table)."""

    label: str
    base: str
    tax: str


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code (error correction M) of `content`, with words around it. `alt` says it to who cannot see it."""

    content: str
    alt: str
    above: str = ""
    below: str = ""


@dataclass(frozen=True, slots=True)
class Carry:
    """Words for the sum at the foot of a page (`forward`) and at the head of the next (`brought`)."""

    forward: str
    brought: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything a document prints, in its language: amounts and dates are finished strings.

    `language` is a BCP 47 code (`es`, `pt-BR`, `zh-Hant-TW`); `created_at` (aware) is the PDF's time
    of creation; `page_pattern` holds `{page}` and `{pages}`; `headline` is one large sentence above
    the lines. `payment_qr` stands beside the payment, `fiscal_qr` at the head of the first page.
    """

    title: str
    number: str
    language: str
    business: Business
    customer: Customer
    columns: Columns
    created_at: datetime
    page_pattern: str
    direction: Literal["ltr", "rtl"] = "ltr"
    paper: Literal["a4", "letter"] = "a4"
    facts: Pairs = ()
    headline: str = ""
    lines: tuple[Line, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    carry: Carry | None = None
    totals: tuple[Total, ...] = ()
    tax_columns: TaxRow = TaxRow("", "", "")
    taxes: tuple[TaxRow, ...] = ()
    payment_title: str = ""
    payment: Pairs = ()
    notes_title: str = ""
    notes: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()
    watermark: str | None = None
    layout: Layout = "classic"
    payment_qr: Qr | None = None
    fiscal_qr: Qr | None = None


def paper_for(country: str) -> Literal["a4", "letter"]:
    """Paper a business prints on, by its ISO 3166 alpha-2 country: letter in US, CA and MX, else A4."""
    return "letter" if country.upper() in LETTER_COUNTRIES else "a4"

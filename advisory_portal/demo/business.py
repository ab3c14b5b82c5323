"""What the demo's business has exchanged with its customers and suppliers over a year."""

import random
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from advisory_portal.core.access import Actor
from advisory_portal.formats.samples import cii_invoice, ubl_credit_note, ubl_invoice
from client_portal import actions as portal
from documents import actions
from documents.actions import NewLine
from documents.models import Contact, Document, Kind

# (name, tax id, e-mail, language, country, city, currency)
CUSTOMERS = (
    ("Café Erin, S. L.", "B65410011", "erin@cafe-erin.example", "es", "ES", "Girona", "EUR"),
    ("Velo Étoile SARL", "FR40303265045", "compta@velo-etoile.example", "en", "FR", "Lyon", "EUR"),
    ("Northgate Couriers Ltd", "GB980780684", "accounts@northgate.example", "en", "GB", "Leeds", "GBP"),
    ("Ayuntamiento de Valdemora", "P2800100A", "facturas@valdemora.example", "es", "ES", "Valdemora", "EUR"),
    ("Kitano Cycling Club", "", "office@kitano.example", "en", "JP", "Kobe", "JPY"),
    ("Hotel Marítim Cala Nova — Explotaciones Turísticas del Levante, Sociedad Anónima Unipersonal",
     "A07000003", "compras@calanova.example", "es", "ES", "Palma", "EUR"),
    ("Brightwater Studios Inc.", "", "ap@brightwater.example", "en", "US", "Portland", "USD"),
    ("Αθηναϊκά Ποδήλατα ΑΕ", "EL094259216", "info@athina-bikes.example", "en", "GR", "Αθήνα", "EUR"),
)  # fmt: skip
SUPPLIERS = (
    ("Gearworks Manufacturing GmbH", "DE136695976", "billing@gearworks.example", "DE", "Industriestraße 8", "Köln"),
    ("Pneus del Vallès, S. A.", "A08000143", "factures@pneus.example", "ES", "Carrer de la Roda 41", "Sabadell"),
)
GOODS = (
    ("City bike Ronda, aluminium frame", "690.00", 21, "C62"),
    ("Cargo bike Llobregat", "2450.00", 21, "C62"),
    ("Annual service and safety check", "85.00", 21, "C62"),
    ("Workshop hour", "48.50", 21, "HUR"),
    ("Puncture-proof tyre 28\"", "39.90", 21, "C62"),
    ("Brake pads, pair", "17.35", 21, "C62"),
    ("Rider's handbook", "12.50", 4, "C62"),
    ("Fleet tracking, per bike and month", "6.75", 21, "MON"),
)  # fmt: skip


def fill_business(owner: Actor) -> None:
    """Contacts, a year of documents in every kind and several states and currencies, and imported files."""
    chance, today = random.Random(20), owner.today()
    customers = [_customer(owner, *row) for row in CUSTOMERS]
    for months_ago in range(11, -1, -1):
        for number in range(3):
            index = (months_ago + number * 3) % len(customers)
            day = today - timedelta(days=months_ago * 30 + number * 9)
            _invoice(owner, customers[index], CUSTOMERS[index][-1], day, chance, today)
    _other_kinds(owner, customers, today, chance)
    _imported(owner, today)


def _customer(
    owner: Actor, name: str, tax_id: str, email: str, language: str, country: str, city: str, currency: str
) -> Contact:
    details = {"tax_id": tax_id, "email": email, "language": language, "country": country, "city": city}
    return actions.contact_for(actor=owner, kind=Contact.Kind.CUSTOMER, name=name, details=details)


def _lines(chance: random.Random, currency: str, most: int = 5) -> list[NewLine]:
    lines = []
    for name, price, tax, unit in chance.sample(GOODS, chance.randint(1, most)):
        amount = Decimal(price) * (160 if currency == "JPY" else 1)
        lines.append(
            NewLine(
                name=name,
                quantity=Decimal(chance.randint(1, 6)),
                unit_price=amount,
                tax_percent=Decimal(tax if currency == "EUR" else 0),
                discount_percent=Decimal(chance.choice((0, 0, 0, 5, 10))),
                unit=unit,
            )
        )
    return lines


def _draft(
    owner: Actor, kind: Kind, contact: Contact, currency: str, day: date, chance: random.Random, days: int = 30
) -> Document:
    note = {"es": "Gracias por su confianza."}.get(contact.language, "Thank you for riding with us.")
    return actions.draft_document(
        actor=owner,
        kind=kind,
        contact=contact,
        currency=currency,
        issued_on=day,
        due_on=day + timedelta(days=days),
        lines=_lines(chance, currency),
        note=note,
    )


def _invoice(owner: Actor, contact: Contact, currency: str, day: date, chance: random.Random, today: date) -> None:
    document = _draft(owner, Kind.INVOICE, contact, currency, day, chance)
    if day == today:
        return  # the newest one is still a draft
    actions.issue_document(actor=owner, document=document)
    age = (today - day).days
    if age > 45 or (age > 12 and chance.random() < 0.4):
        actions.review_document(actor=owner, document=document, now=timezone.now())
    paid_on = min(day + timedelta(days=chance.randint(5, 50)), today)
    if age > 90 or chance.random() < 0.45:
        _settle(owner, document, document.payable, paid_on)
    elif chance.random() < 0.3:
        part = {"JPY": Decimal(10000)}.get(currency, Decimal("50.00"))
        _settle(owner, document, min(part, document.payable), paid_on)


def _settle(owner: Actor, document: Document, amount: Decimal, day: date) -> None:
    actions.settle(
        actor=owner, document=document, amount=amount, received_on=day, method="transfer", source_key=f"demo-{day}"
    )


def _other_kinds(owner: Actor, customers: list[Contact], today: date, chance: random.Random) -> None:
    for position, kind in enumerate(
        (Kind.QUOTE, Kind.QUOTE, Kind.QUOTE, Kind.SALES_ORDER, Kind.SALES_ORDER, Kind.DELIVERY_NOTE, Kind.PROFORMA)
    ):
        contact = customers[position % 4]
        currency = CUSTOMERS[position % 4][-1]
        document = _draft(owner, kind, contact, currency, today - timedelta(days=4 * position + 2), chance, 21)
        if position != 2:
            actions.issue_document(actor=owner, document=document)
    credit = _draft(owner, Kind.CREDIT_NOTE, customers[0], "EUR", today - timedelta(days=20), chance)
    actions.issue_document(actor=owner, document=credit)
    wrong = _draft(owner, Kind.INVOICE, customers[1], "EUR", today - timedelta(days=33), chance)
    actions.issue_document(actor=owner, document=wrong)
    actions.void_document(actor=owner, document=wrong)


def _imported(owner: Actor, today: date) -> None:
    """Bills of both suppliers, one of them in two versions, and an invoice from before the portal."""

    def day(ago: int) -> str:
        return (today - timedelta(days=ago)).isoformat()

    gear, tyres = (_party("seller", row) for row in SUPPLIERS)
    us = ("ESB58378431", "hello@delta.example", "ES", "Carrer del Taller 12", "Barcelona")
    buyer = _party("buyer", (owner.place.name, *us))
    wheels = [('Wheel set 28", hub dynamo', 12, "84.20", None, 0), ("Derailleur RX-9", 30, "21.75", None, 0)]
    tubes = [('Inner tube 28"', 200, "3.15", None, 21), ('Tyre Urban 28"', 80, "18.40", None, 21)]
    purchases = (
        ubl_invoice(number="GW-44817", issued_on=day(40), due_on=day(10), lines=wheels, **gear, **buyer),
        ubl_invoice(number="GW-45120", issued_on=day(9), due_on=day(-21), lines=wheels[:1], **gear, **buyer),
        cii_invoice(number="26/3301", issued_on=day(25), due_on=day(-5), lines=tubes, **tyres, **buyer),
        # The supplier sent this one twice, with another amount: both are kept and marked.
        cii_invoice(number="26/3301", issued_on=day(24), due_on=day(-6), lines=tubes[:1], **tyres, **buyer),
        ubl_credit_note(number="GW-R-210", issued_on=day(6), lines=wheels[1:], **gear, **buyer),
    )
    for content in purchases:
        actions.import_invoice(actor=owner, content=content, direction="purchases")
    sold = [("City bike Ronda, aluminium frame", 4, "655.00", None, 21), ("Delivery", 1, "60.00", None, 21)]
    erin = ("Café Erin, S. L.", "B65410011", "erin@cafe-erin.example", "ES", "Plaça del Vi 3", "Girona")
    parties = _party("seller", (owner.place.name, *us)) | _party("buyer", erin)
    old = ubl_invoice(number="2025-0117", issued_on=day(70), due_on=day(40), lines=sold, **parties)
    actions.import_invoice(actor=owner, content=old, direction="sales")


def _party(side: str, row: tuple[str, ...]) -> dict[str, str]:
    """A party as the sample invoices take it, from (name, tax id, e-mail, country, street, city)."""
    names = ("name", "tax_id", "email", "country", "street", "city")
    return {f"{side}_{name}": value for name, value in zip(names, row, strict=True)}


def send_first_link(owner: Actor) -> None:
    """Mail Erin the link to her newest invoice, so that the demo's mail box has one to open."""
    invoice = (
        Document.objects.visible_to(owner)
        .of_kind(Kind.INVOICE)
        .filter(contact__email="erin@cafe-erin.example", state=Document.State.ISSUED)
        .order_by("-issued_on")
        .first()
    )
    if invoice is not None:
        portal.send_document_link(actor=owner, document=invoice, email="erin@cafe-erin.example", now=timezone.now())

"""What the demo's business has exchanged with its customers and suppliers over a year."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from advisory_portal.core.access import Actor
from advisory_portal.core.ids import uuid7
from advisory_portal.formats.samples import cii_invoice, ubl_credit_note, ubl_invoice
from client_portal import actions as portal
from client_portal.words import sending_words
from documents import actions, rules
from documents.models import Contact, Document, Kind
from documents.rules import AdjustmentContent, Content, LineContent, Tax
from documents.rules.recurrence import Schedule

# (name, tax id, e-mail, language, country, city, currency)
CUSTOMERS = (
    ("Café Erin, S. L.", "B65410011", "erin@cafe-erin.example", "es", "ES", "Girona", "EUR"),
    ("Velo Étoile SARL", "FR40303265045", "compta@velo-etoile.example", "en", "FR", "Lyon", "EUR"),
    ("Northgate Couriers Ltd", "GB980780684", "accounts@northgate.example", "en", "GB", "Leeds", "GBP"),
    ("Ayuntamiento de Valdemora", "P2899901I", "facturas@valdemora.example", "es", "ES", "Valdemora", "EUR"),
    ("Kitano Cycling Club", "", "office@kitano.example", "en", "JP", "Kobe", "JPY"),
    ("Hotel Marítim Cala Nova — Explotaciones Turísticas del Levante, Sociedad Anónima Unipersonal",
     "A07000003", "compras@calanova.example", "es", "ES", "Palma", "EUR"),
    ("Brightwater Studios Inc.", "", "ap@brightwater.example", "en", "US", "Portland", "USD"),
    ("Αθηναϊκά Ποδήλατα ΑΕ", "EL094259216", "info@athina-bikes.example", "en", "GR", "Αθήνα", "EUR"),
)  # fmt: skip
ERIN, VELO, COUNCIL, HOTEL = 0, 1, 3, 5
SHOP = ("Lucía Mesa Ortega", "12345678Z", "lucia@bicis-mesa.example", "es", "ES", "Reus", "EUR")
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
VAT = Tax("S", Decimal(21))


def fill_business(owner: Actor) -> None:
    """Contacts, a year of documents in every kind and several states and currencies, and imported files."""
    year = _Year(owner, random.Random(20), owner.today(), [_customer(owner, row) for row in CUSTOMERS])
    # Numbers of a series run with the dates: everything is made in the order of its days.
    acts: list[tuple[int, Callable[[int], object]]] = [(days, year.invoice) for days in range(9, 357, 10)]
    acts += [
        (160, year.invoice_of_a_course),
        (130, year.invoice_with_withholding),
        (97, year.invoice_with_surcharge),
        (64, year.invoice_with_discount),
        (52, year.from_quote_to_invoice),
        (46, year.invoice_and_credit_note),
        (33, year.void_invoice),
        (28, year.invoice_that_comes_back),
        (25, year.quote_in_two_versions),
        (12, year.offers),
        (5, year.invoice_to_open),
        (0, year.drafts),
    ]
    for days_ago, act in sorted(acts, key=lambda row: -row[0]):
        act(days_ago)
    _imported(owner, year.today)
    year.purchase(8)


def _customer(owner: Actor, row: tuple[str, ...]) -> Contact:
    name, tax_id, email, language, country, city, currency = row
    details = {"tax_id": tax_id, "email": email, "language": language, "country": country, "city": city}
    details["currency"] = currency
    return actions.contact_for(actor=owner, kind=Contact.Kind.CUSTOMER, name=name, details=details)


def line(name: str, price: str, tax: Tax = VAT, quantity: str = "1", **more: object) -> LineContent:
    """A line from texts."""
    return replace(LineContent(name, Decimal(quantity), Decimal(price), tax, unit="C62"), **more)  # type: ignore[arg-type]


@dataclass
class _Year:
    """The acts of the year, each with how many days ago it was."""

    owner: Actor
    chance: random.Random
    today: date
    customers: list[Contact]
    made: int = 0

    def day(self, days_ago: int) -> date:
        return self.today - timedelta(days=days_ago)

    def draft(self, kind: str, contact: Contact, days_ago: int, *lines: LineContent, **more: object) -> Document:
        day = self.day(days_ago)
        content = Content(
            contact_id=contact.pk,
            currency=contact.currency or "EUR",
            issued_on=day,
            due_on=day + timedelta(days=30),
            language=contact.language,
            lines=lines or self.lines(contact),
            note="Gracias por su confianza." if contact.language == "es" else "Thank you for riding with us.",
        )
        if kind in (Kind.CREDIT_NOTE, Kind.DELIVERY_NOTE):
            content = replace(content, due_on=None)
        return actions.save_draft(actor=self.owner, kind=kind, content=replace(content, **more))  # type: ignore[arg-type]

    def issue(self, document: Document) -> Document:
        actions.issue_document(actor=self.owner, document=document, now=timezone.now())
        return document

    def issued(self, kind: str, contact: Contact, days_ago: int, *lines: LineContent, **more: object) -> Document:
        return self.issue(self.draft(kind, contact, days_ago, *lines, **more))

    def lines(self, contact: Contact, most: int = 5) -> tuple[LineContent, ...]:
        found = []
        for name, price, percent, unit in self.chance.sample(GOODS, self.chance.randint(1, most)):
            amount = Decimal(price) * (160 if contact.currency == "JPY" else 1)
            quantity = str(self.chance.randint(1, 6))
            discount = Decimal(self.chance.choice((0, 0, 0, 5, 10)))
            tax = _tax(contact, Decimal(percent))
            found.append(line(name, str(amount), tax, quantity, unit=unit, discount_percent=discount))
        return tuple(found)

    def pay(self, document: Document, amount: Decimal, days_ago: int) -> None:
        actions.record_payment(
            actor=self.owner,
            document=document,
            amount=amount,
            received_on=self.day(max(days_ago, 0)),
            method="transfer",
            reference=document.number,
            key=f"demo-{days_ago}",
        )

    def invoice(self, days_ago: int) -> None:
        """An ordinary invoice; the older it is, the surer it is reviewed and paid."""
        contact = self.customers[self.made % len(self.customers)]
        self.made += 1
        document = self.issued(Kind.INVOICE, contact, days_ago)
        if days_ago > 45 or (days_ago > 12 and self.chance.random() < 0.4):
            actions.review_document(actor=self.owner, document=document, now=timezone.now())
        paid = days_ago - self.chance.randint(5, 50)
        if days_ago > 90 or self.chance.random() < 0.45:
            self.pay(document, document.payable, paid)
        elif self.chance.random() < 0.5:
            part = Decimal(10_000) if document.currency == "JPY" else Decimal("50.00")
            self.pay(document, min(part, document.payable), paid)

    def invoice_of_a_course(self, days_ago: int) -> None:
        exempt = Tax("E", Decimal(0), exemption_code="VATEX-EU-132")
        course = line("Cycling safety course for schools", "420.00", exempt, "3", unit="DAY")
        document = self.issued(Kind.INVOICE, self.customers[COUNCIL], days_ago, course, buyer_reference="EDU-12/7")
        self.pay(document, document.payable, days_ago - 30)

    def invoice_with_withholding(self, days_ago: int) -> None:
        rent = line("Hire desk at the promenade, rent of the month", "950.00", withholding_percent=Decimal(19))
        document = self.issued(Kind.INVOICE, self.customers[HOTEL], days_ago, rent)
        self.pay(document, document.payable, days_ago - 14)

    def invoice_with_surcharge(self, days_ago: int) -> None:
        shop = _customer(self.owner, SHOP)
        shop.is_person = shop.pays_surcharge = True
        actions.save_contact(actor=self.owner, contact=shop)
        document = self.issued(Kind.INVOICE, shop, days_ago)
        self.pay(document, document.payable, days_ago - 20)

    def invoice_with_discount(self, days_ago: int) -> None:
        self.issued(
            Kind.INVOICE,
            self.customers[COUNCIL],
            days_ago,
            line("Cargo bike Llobregat", "2450.00", quantity="2"),
            line("Rider's handbook", "12.50", Tax("S", Decimal(4)), quantity="10"),
            adjustments=(
                AdjustmentContent("Framework agreement", percent=Decimal(5)),
                AdjustmentContent("Delivery and assembly", is_charge=True, amount=Decimal("60.00"), tax=VAT),
            ),
            buyer_reference="L01281610",
        )

    def from_quote_to_invoice(self, days_ago: int) -> None:
        document = self.issued(Kind.QUOTE, self.customers[HOTEL], days_ago + 12)
        for step, kind in enumerate((Kind.SALES_ORDER, Kind.DELIVERY_NOTE, Kind.INVOICE)):
            today = self.day(days_ago + 8 - 4 * step)
            made = actions.convert_document(actor=self.owner, document=document, to=kind, today=today)
            document = self.issue(made)
        self.pay(document, document.payable, days_ago - 15)

    def invoice_and_credit_note(self, days_ago: int) -> None:
        """One of two bikes came back: the credit note is set off against what is open."""
        bikes = line("City bike Ronda, aluminium frame", "690.00", quantity="2")
        helmets = line("Helmet, medium", "54.90", quantity="4")
        invoice = self.issued(Kind.INVOICE, self.customers[ERIN], days_ago, bikes, helmets)
        credit = actions.credit_document(actor=self.owner, document=invoice, today=self.day(20))
        content = replace(actions.content_of(credit), lines=(replace(bikes, quantity=Decimal(1)),))
        credit = actions.save_draft(actor=self.owner, kind=Kind.CREDIT_NOTE, content=content, document=credit)
        self.issue(credit)
        actions.apply_credit(actor=self.owner, credit_note=credit, invoice=invoice, amount=credit.payable)

    def void_invoice(self, days_ago: int) -> None:
        wrong = self.issued(Kind.INVOICE, self.customers[VELO], days_ago)
        actions.void_document(actor=self.owner, document=wrong, now=timezone.now())

    def quote_in_two_versions(self, days_ago: int) -> None:
        first = self.issued(Kind.QUOTE, self.customers[COUNCIL], days_ago)
        second = actions.new_version(actor=self.owner, document=first)
        content = actions.content_of(second)
        discount = AdjustmentContent("Second offer", percent=Decimal(3))
        content = replace(content, issued_on=self.day(days_ago - 7), adjustments=(discount,))
        self.issue(actions.save_draft(actor=self.owner, kind=Kind.QUOTE, content=content, document=second))

    def invoice_that_comes_back(self, days_ago: int) -> None:
        """Every month, the next one in two days."""
        fleet = line("Fleet tracking, per bike and month", "6.75", quantity="24", unit="MON")
        document = self.issued(Kind.INVOICE, self.customers[COUNCIL], days_ago, fleet)
        monthly = Schedule(every=1, unit="month", started_on=self.today + timedelta(days=2))
        actions.make_recurring(actor=self.owner, document=document, schedule=monthly, today=self.today)

    def offers(self, days_ago: int) -> None:
        for position, kind in enumerate((Kind.QUOTE, Kind.PROFORMA, Kind.SALES_ORDER, Kind.DELIVERY_NOTE)):
            self.issued(kind, self.customers[position], days_ago - position)
        ordered = self.issued(Kind.SALES_ORDER, self.customers[HOTEL], days_ago)
        self.pay(ordered, Decimal("50.00"), days_ago - 2)

    def invoice_to_open(self, days_ago: int) -> None:
        """What `send_first_link` mails."""
        service = line("Annual service and safety check", "85.00", quantity="3")
        tyres = line('Puncture-proof tyre 28"', "39.90", quantity="4", discount_percent=Decimal(10))
        self.issued(Kind.INVOICE, self.customers[ERIN], days_ago, service, tyres)

    def drafts(self, days_ago: int) -> None:
        self.draft(Kind.INVOICE, self.customers[ERIN], days_ago)
        self.draft(Kind.QUOTE, self.customers[COUNCIL], days_ago)

    def purchase(self, days_ago: int) -> None:
        """An order to a supplier, and the bill that came for it, typed by hand."""
        tyres = Contact.objects.visible_to(self.owner).get(tax_id=SUPPLIERS[1][1])
        order = self.issued(Kind.PURCHASE_ORDER, tyres, days_ago, line('Tyre Urban 28"', "18.40", quantity="120"))
        bill = actions.convert_document(actor=self.owner, document=order, to=Kind.BILL, today=self.day(days_ago - 5))
        content = replace(actions.content_of(bill), number="26/3467")
        self.issue(actions.save_draft(actor=self.owner, kind=Kind.BILL, content=content, document=bill))


def _tax(contact: Contact, percent: Decimal) -> Tax:
    """How a business in Spain taxes goods for this contact."""
    if contact.country != "ES":
        return rules.exempt_tax("K" if rules.is_in_eu(contact.country) else "G")
    tax = Tax("S", percent)
    return rules.with_surcharge(tax, "ES") if contact.pays_surcharge else tax


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
    if invoice is None:
        return
    subject, text = sending_words(invoice, business=owner.place.name, language="es", name="Erin")
    portal.send_document(
        actor=owner,
        document=invoice,
        to=["erin@cafe-erin.example"],
        subject=subject,
        text=text,
        now=timezone.now(),
        sending=uuid7(),
    )

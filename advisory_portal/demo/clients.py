"""The clients of the demo's firm: accounts with different work pending, conversations, accesses, people in charge."""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.utils import timezone
from PIL import Image, ImageDraw

from advisory_portal.core.access import Actor
from advisory_portal.core.ids import uuid7
from advisory_portal.demo.banking import bring_statement
from advisory_portal.demo.business import line
from advisory_portal.demo.people import BOB
from bookkeeping import actions as books
from bookkeeping.models import JournalEntry
from collaborations import actions
from collaborations.models import Client, Collaboration, Conversation, Grant
from collaborations.rules.clients import OutsideClient
from collaborations.words.agreement import AGREEMENT_VERSION
from documents import actions as documents
from documents.models import Contact, Document, Kind
from documents.rules import Content
from partners.actions import add_organisation
from partners.models import Member, Organisation, Role, User
from partners.rules.values import NewOrganisation
from partners.sources import actor_of_member

DATA = Path(__file__).with_name("clients.toml")
CUSTOMERS = ("Bar La Plaza", "Comunidad de Vecinos Sol 14", "Hotel Rambla, S. A.")
SUPPLIERS = ("Suministros Iberia, S. L.", "Energía Clara, S. A.")


@dataclass(frozen=True)
class Row:
    """A client of the table, with who acts for it and for the firm."""

    data: dict[str, Any]
    owner: Actor
    acme: Actor

    def days(self, name: str) -> list[int]:
        return sorted(self.data.get(name, ()), reverse=True)


def fill_clients(acme_owner: Actor) -> None:
    """Everything that Acme finds in *My portal* and in its requests, and what its clients find in *My advisory*."""
    table = tomllib.loads(DATA.read_text(encoding="utf-8"))
    for data in table["client"]:
        owner = _owner(data["slug"]) if data["slug"] == "delta" else _register(data)
        row = Row(data, owner, acme_owner)
        if data["slug"] != "delta":
            _fill_account(row)
        _collaborate(row)
    for data in table["outside"]:
        tags = data.pop("tags", [])
        client = actions.add_client(actor=acme_owner, key=uuid7(), says=OutsideClient(**data))
        actions.tag_client(actor=acme_owner, client=client, tags=tags)


def _owner(slug: str) -> Actor:
    owners = Member.objects.effective().owners().with_rights()
    return actor_of_member(owners.filter(organisation__slug=slug).earliest("created_at"))


def _register(data: dict[str, Any]) -> Actor:
    """The business and its owner, who has no password: nobody logs in as them."""
    email = f"hello@{data['slug']}.example"
    user = User.objects.create_user(email, name=data["owner"], language="es")
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    new = NewOrganisation(
        kind="business",
        name=data["name"],
        tax_id=data["tax_id"],
        country="ES",
        legal_form="",
        team_size="2-5",
        phone="",
    )
    made = add_organisation(actor=user.actor, organisation=new)
    Organisation.objects.filter(pk=made.pk).update(slug=data["slug"], city=data["city"], email=email)
    return _owner(data["slug"])


# --- What waits in an account ----------------------------------------------------------------------------------


def _fill_account(row: Row) -> None:
    owner, today = row.owner, row.owner.today()
    books.ensure_chart(actor=owner)
    for number, days in enumerate(sorted({*row.days("waiting"), *row.days("reviewed")}, reverse=True)):
        made = _document(owner, Kind.INVOICE, CUSTOMERS[number % len(CUSTOMERS)], today - timedelta(days=days), number)
        if days in row.days("reviewed"):
            documents.review_document(actor=owner, document=made, now=timezone.now())
    for number, days in enumerate(row.days("bills")):
        _document(owner, Kind.BILL, SUPPLIERS[number % len(SUPPLIERS)], today - timedelta(days=days), number)
    if lines := row.data.get("lines"):
        _bank(owner, today, lines)
    for number in range(row.data.get("files", 0)):
        upload = (f"ticket-{number + 1}.png", _ticket(owner.place.name, number))
        books.receive_files(actor=owner, uploads=[upload], now=timezone.now() - timedelta(days=2 * number))
    if forms := row.data.get("forms"):
        books.choose_forms(actor=owner, forms=forms, today=today, since=today - timedelta(days=60))
    if row.data.get("is_clean"):
        _clean(owner)


def _document(owner: Actor, kind: str, name: str, day: date, number: int) -> Document:
    side = Contact.Kind.SUPPLIER if kind == Kind.BILL else Contact.Kind.CUSTOMER
    contact = documents.contact_for(actor=owner, kind=side, name=name, details={"country": "ES", "language": "es"})
    typed = line("Servicio del mes", f"{180 + 37 * (number % 7)}.00", quantity=str(1 + number % 3))
    content = Content(
        contact_id=contact.pk,
        currency="EUR",
        issued_on=day,
        due_on=day + timedelta(days=30),
        language="es",
        lines=(typed,),
        number=f"S-{day:%y%m}-{number + 11}" if kind == Kind.BILL else "",
    )
    # Figures of simplified invoices only: customers without a tax id are persons here.
    Contact.objects.filter(pk=contact.pk).update(is_person=True)
    made = documents.save_draft(actor=owner, kind=kind, content=content)
    documents.issue_document(actor=owner, document=made, now=timezone.now())
    return made


def _bank(owner: Actor, today: date, lines: int) -> None:
    account = books.add_bank_account(actor=owner, name="Cuenta corriente", iban="", currency="EUR")
    rows = []
    for number in range(lines):
        amount = Decimal(23 + 41 * number % 390) * (-1 if number % 3 == 0 else 1)
        text = ("RECIBO SUMINISTROS", "TRANSFERENCIA RECIBIDA", "INGRESO TPV")[number % 3]
        rows.append((today - timedelta(days=lines - number), amount, f"{text} {number + 1:03}", ""))
    bring_statement(owner, account, rows, Decimal("4200.00"))


def _ticket(name: str, number: int) -> bytes:
    """A till receipt, different for each."""
    image = Image.new("RGB", (420, 560), "#f4f1ea")
    words = f"TICKET {number + 1:04}\n\n{name[:22]}\n\nTOTAL {12 + 7 * number},40 EUR"
    ImageDraw.Draw(image).multiline_text((50, 60), words, fill="#222222", font_size=28, spacing=14)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _clean(owner: Actor) -> None:
    """Nothing waits: contacts looked at, entries made and checked."""
    now = timezone.now()
    contacts = Contact.objects.visible_to(owner).values_list("pk", flat=True)
    documents.review_contacts(actor=owner, ids=contacts, now=now)
    books.post_reviewed(actor=owner, now=now)
    books.check_entries(actor=owner, entries=JournalEntry.objects.visible_to(owner), now=now)


# --- Working together ------------------------------------------------------------------------------------------


def _collaborate(row: Row) -> None:
    """From the first message to the access, as far as the client has come."""
    firm = Organisation.objects.get(pk=row.acme.place.id)
    now = timezone.now()
    conversation = actions.open_conversation(actor=row.owner, firm=firm, now=now)
    if row.data.get("state") == "asked":
        _talk(row, conversation, now)
        actions.ask_to_collaborate(actor=row.owner, conversation=conversation, text=row.data["request"], now=now)
        return
    asked = actions.ask_to_collaborate(actor=row.owner, conversation=conversation, text="", now=now)
    actions.accept_collaboration(actor=row.acme, collaboration=asked, now=now)
    collaboration = Collaboration.objects.select_related("firm", "business", "conversation", "client").get(pk=asked.pk)
    grant = _grant(row, collaboration, now)
    _talk(row, conversation, now)
    if grant is not None and row.data.get("removed"):
        actions.remove_access(actor=row.owner, grant=grant, now=now)
    if reason := row.data.get("asks_for_access"):
        actions.request_access(actor=row.acme, collaboration=collaboration, reason=reason, now=now)
    assert collaboration.client is not None, "it was accepted"
    _look_after(row, collaboration.client)


def _grant(row: Row, collaboration: Collaboration, now: datetime) -> Grant | None:
    role = _role(row)
    if role is None:
        return None
    ends = row.data.get("ends")
    return actions.grant_access(
        actor=row.owner,
        collaboration=collaboration,
        role=role,
        ends_on=row.owner.today() + timedelta(days=ends) if ends else None,
        agreement_version=AGREEMENT_VERSION,
        now=now,
    )


def _role(row: Row) -> Role | None:
    if name := row.data.get("role_of_its_own"):
        own = {"organisation_id": row.owner.place.id, "organisation_kind": "business"}
        return Role.objects.create(**own, name=name, levels=row.data["levels"], position=100)
    code = row.data.get("role")
    return Role.objects.get(organisation=None, organisation_kind="business", code=code) if code else None


def _talk(row: Row, conversation: Conversation, now: datetime) -> None:
    for side, text in row.data.get("talk", ()):
        actor = row.acme if side == "firm" else row.owner
        actions.write_message(actor=actor, conversation=conversation, text=text, files=[], key=uuid7(), now=now)


def _look_after(row: Row, client: Client) -> None:
    since = row.acme.today() - timedelta(days=row.data["since"])
    Client.objects.filter(pk=client.pk).update(since=since)
    actions.tag_client(actor=row.acme, client=client, tags=row.data["tags"])
    if "managers" in row.data:
        bob = Member.objects.get(organisation_id=row.acme.place.id, user__email=BOB)
        actions.assign_managers(actor=row.acme, client=client, members=[bob.pk])
    for text in row.data.get("notes", ()):
        actions.write_note(actor=row.acme, client=client, text=text, key=uuid7())

"""Several organisations with a row in every table, so that every page has something to show and something to keep.

What the foreign organisation owns has MARKER in every text: a page of anybody else that shows it shows too much.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db import connection, models
from django.utils import timezone

from advisory_portal.core.access import Actor, Section
from advisory_portal.core.ids import uuid7
from advisory_portal.core.models import Notification, OutboundEmail
from advisory_portal.formats.samples import ubl_credit_note, ubl_invoice
from bookkeeping import actions as books
from bookkeeping.actions import inbox
from bookkeeping.models import BankLine, LedgerAccount, PostingRule, TaxFiling
from bookkeeping.tasks import import_statements, read_inbox
from client_portal import actions as portal
from client_portal.models import PortalLink
from documents import actions
from documents.models import Contact, Document, FiscalRecord, Kind
from documents.rules.bulk import EXPORT
from documents.rules.recurrence import Schedule
from documents.tasks import import_contacts, import_files, work_in_bulk
from partners.models import Member, Organisation, User
from partners.sources import actor_of_member
from tests.bookkeeping.factories_inbox import SPANISH, pdf
from tests.factories import (
    ContactFactory,
    FirmFactory,
    InvitationFactory,
    MemberFactory,
    OrganisationFactory,
    PortalLoginFactory,
    PortalSessionFactory,
    RoleFactory,
    UserFactory,
    contact_actor,
    issued_document,
    sent_document,
)
from tests.formats.bank_samples import IBAN, camt, table
from tests.formats.bank_samples import line as bank_line
from tests.formats.bank_samples import statement as bank_statement
from tests.house.source import our_models
from tests.house.world_of_catalog import add_catalog
from tests.house.world_of_firms import add_collaboration
from tests.house.world_of_payments import add_payments
from tests.house.world_of_shop import add_orders
from tests.partners.listed import listed

MARKER = "Xylokarp"
# Text columns whose content has a form, so that no marker fits.
OF_A_FORM = {
    "accent", "code", "content_type", "country", "currency", "feed_hash", "html", "key", "kind", "language", "part",
    "password", "path", "sha256", "slug", "subject_kind", "tax", "tax_currency", "tax_id_key", "time_zone",
    "token_hash", "unit", "url", "what",
}  # fmt: skip
MARKED_JSON = {"parties", "notes", "before", "after"}


@dataclass
class Household:
    """An organisation, its owner, and a row of everything that addresses name."""

    organisation: Organisation
    owner: User
    parts: dict[str, Any] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        return self.organisation.slug

    @property
    def actor(self) -> Actor:
        return actor_of_member(Member.objects.with_rights().get(organisation=self.organisation, user=self.owner))


@dataclass
class World:
    acme: Household
    delta: Household
    foxtrot: Household
    people: dict[str, User]
    members: dict[str, set[str]]


def build_world() -> World:
    """The cast of tests/conftest.py, Vera who may only look at Delta, and Foxtrot, whom nobody of them knows."""
    acme = household(FirmFactory(name="Acme Advisers", slug="acme"), "alice")
    rival = household(FirmFactory(name="Rival Advisers", slug="rival"), "carol")
    delta = household(OrganisationFactory(name="Delta", slug="delta"), "dan")
    foxtrot = household(OrganisationFactory(name="Foxtrot", slug="foxtrot"), "fox")
    bob, vera = person("bob"), person("vera")
    MemberFactory(organisation=acme.organisation, user=bob, code="account_manager")
    MemberFactory(organisation=delta.organisation, user=vera, code="viewer")
    rita = UserFactory(email="rita@operator.example", name="Rita", is_staff=True, is_superuser=True)
    for business in (delta, foxtrot):
        add_documents(business)
        add_to_document(business)
        add_portal(business)
        add_quote(business)
        add_settings(business)
        add_work(business)
        add_inbox(business)
        add_banking(business)
        add_journal(business)
        add_taxes(business)
        add_payments(business)
        add_catalog(business)
        add_orders(business)
    listed("listed-firm", with_logo=True)
    golf = household(FirmFactory(name="Golf Advisers", slug="golf"), "gina")
    add_collaboration(acme, delta)
    add_collaboration(golf, foxtrot)
    mark(foxtrot)
    people = {"alice": acme.owner, "bob": bob, "carol": rival.owner, "dan": delta.owner, "vera": vera, "rita": rita}
    members = {"acme": {"alice", "bob"}, "delta": {"dan", "vera"}, "foxtrot": set()}
    return World(acme, delta, foxtrot, people | {"fox": foxtrot.owner}, members)


def person(name: str) -> User:
    return UserFactory(email=f"{name}@{name}.example", name=name.capitalize())


def household(organisation: Organisation, owner_name: str) -> Household:
    owner = person(owner_name)
    MemberFactory(organisation=organisation, user=owner, code="owner")
    home = Household(organisation, owner)
    colleague = MemberFactory(organisation=organisation, user=person(f"{owner_name}s-friend"), code="administrator")
    role = RoleFactory(organisation=organisation, name="Own role", levels={Section.TEAM: 1})
    token = f"token-of-{organisation.slug}"
    invitation = InvitationFactory(organisation=organisation, code="administrator", token=token)
    notification = Notification.objects.create(
        user_id=owner.pk, organisation_id=organisation.pk, kind="partners/role_changed", text="Hello", url="/account/"
    )
    home.parts |= {
        "organisation": organisation.slug,
        "business": organisation.slug,
        "member_id": colleague.pk,
        "role_id": role.pk,
        "invitation_id": invitation.pk,
        "notification_id": notification.pk,
    }
    home.tokens["invitation"] = token
    return home


def add_documents(home: Household) -> None:
    """An imported invoice with its file, lines, a finished import, a contact, a mailed link."""
    actor, now = home.actor, timezone.now()
    files = [
        ("invoice.xml", ubl_invoice(number="F-1", issued_on="2026-03-02")),
        ("credit.xml", ubl_credit_note(number="R-1", buyer_name="Somebody else", buyer_tax_id="", buyer_email="")),
        ("broken.xml", b"<Invoice"),
    ]
    job = actions.start_import(actor=actor, direction="sales", uploads=files)
    import_files()
    document = Document.objects.get(organisation=home.organisation, number="F-1")
    link = sent_document(document, actor=actor, now=now, to="erin@example.com")
    mail = OutboundEmail.objects.get(organisation_id=home.organisation.pk, kind="client_portal/document_link")
    (home.tokens["link"],) = re.findall(r"/l/([^/\s]+)/", mail.text)
    list_of_contacts = actions.take_contact_list(actor=actor, name="contacts.csv", content=b"Name,City\nErin,Jerez\n")
    export = actions.start_contact_export(actor=actor, asked={}, file_format="csv")
    import_contacts()
    home.parts |= {
        "contact_import_id": list_of_contacts.pk,
        "contact_export_id": export.pk,
        "document_id": document.pk,
        "contact_id": document.contact_id,
        "job_id": job.pk,
        "link_id": link.pk,
        "email_id": mail.pk,
        "kind": "invoices",
    }


def add_to_document(home: Household) -> None:
    """A payment, a file and an internal note on the invoice."""
    actor, document = home.actor, Document.objects.get(pk=home.parts["document_id"])
    paid = {"amount": Decimal(1), "received_on": actor.today(), "method": "cash", "reference": "Till", "key": "world"}
    actions.record_payment(actor=actor, document=document, **paid)
    (attachment,) = actions.add_attachments(actor=actor, document=document, uploads=[("slip.txt", b"Slip")])
    actions.share_attachment(actor=actor, attachment=attachment, is_shared=True)
    home.parts |= {
        "settlement_id": document.settlements.get().pk,
        "attachment_id": attachment.pk,
        "note_id": actions.write_note(actor=actor, document=document, text="She pays on Monday").pk,
    }


def add_portal(home: Household) -> None:
    """The contact of the document has entered the portal, and has one more browser in it."""
    contact = Contact.objects.get(pk=home.parts["contact_id"])
    login = PortalLoginFactory(organisation=home.organisation, email=contact.email)
    home.tokens["session"] = f"session-of-{home.slug}"
    home.tokens["hook"] = str(uuid7())
    PortalSessionFactory(login=login, contact=contact, token=home.tokens["session"])
    home.parts |= {
        "session_id": PortalSessionFactory(login=login, contact=contact).pk,
        "logo_id": uuid4(),
        "invitations_id": portal.invite_contacts(actor=home.actor, contacts=[contact.pk]).pk,
    }


def add_quote(home: Household) -> None:
    """A quote that its contact declined, and comments of both sides on the invoice, one with a file."""
    actor, now = home.actor, timezone.now()
    contact = Contact.objects.get(pk=home.parts["contact_id"])
    document, their = Document.objects.get(pk=home.parts["document_id"]), contact_actor(contact)
    quote = issued_document(contact, kind=Kind.QUOTE, issued_on=actor.today(), due_on=actor.today())
    answer = portal.Answer(accepted=False, name="Erin Example", reason="Too dear")
    portal.decide_quote(actor=their, document=quote, answer=answer, now=now)
    said: dict[str, Any] = {"document": document, "now": now}
    comment = portal.write_comment(actor=their, text="What is this?", files=[("a.txt", b"a")], key=uuid7(), **said)
    portal.write_comment(actor=actor, text="It is advice.", files=[], key=uuid7(), **said)
    portal.write_comment(actor=their, text="Thank you.", files=[], key=uuid7(), **said)
    home.parts |= {"quote_id": quote.pk, "comment_file_id": comment.attachments.get().pk}


def add_settings(home: Household) -> None:
    """A series that is not used yet, a rate of one's own, and the fiscal record of an invoice."""
    actor = home.actor
    actions.save_settings(actor=actor, changes={"fiscal_regime": "verifactu"})
    numbers = {"digits": 4, "is_yearly": True, "next_number": 1, "today": actor.today()}
    actions.add_series(actor=actor, kind=Kind.INVOICE, prefix="A-", **numbers)
    series = actions.add_series(actor=actor, kind=Kind.INVOICE, prefix="B-", **numbers)
    rate = actions.add_tax(actor=actor, name="VAT 5 %", category="S", percent=Decimal(5))
    customer = ContactFactory(organisation=home.organisation, is_person=True, country="ES")
    invoice = issued_document(customer)
    home.parts |= {
        "series_id": series.pk,
        "tax_id": rate.pk,
        "record_id": FiscalRecord.objects.get(document=invoice).pk,
    }


def add_work(home: Household) -> None:
    """A recurring invoice, a table that a job made, and a list that the owner keeps."""
    actor = home.actor
    invoice = issued_document(ContactFactory(organisation=home.organisation))
    schedule = Schedule(every=1, unit="month", started_on=actor.today() + timedelta(days=9))
    recurrence = actions.make_recurring(actor=actor, document=invoice, schedule=schedule, today=actor.today())
    job = actions.start_bulk(actor=actor, kind=Kind.INVOICE, act=EXPORT, documents=[invoice.pk])
    work_in_bulk()
    home.parts |= {
        "recurrence_id": recurrence.pk,
        "bulk_id": job.pk,
        "filter_id": actions.save_filter(actor=actor, kind=Kind.INVOICE, name="Paid", query="state=paid").pk,
    }


def add_journal(home: Household) -> None:
    """The chart, a reviewed invoice that a job entered, an account of one's own and a rule of a contact."""
    actor = home.actor
    invoice = issued_document(ContactFactory(organisation=home.organisation))
    actions.review_document(actor=actor, document=invoice, now=timezone.now())
    posting = books.post_reviewed(actor=actor, now=timezone.now())
    account = books.add_account(actor=actor, code="4300001", name="Its own")
    books.set_posting_rule(actor=actor, part="customer", account=account, contact=invoice.contact)
    home.parts |= {
        "posting_id": posting.pk,
        "entry_id": posting.items.get().detail["made"],
        "account_id": LedgerAccount.objects.get(organisation=home.organisation, code="430").pk,
        "rule_id": PostingRule.objects.get(contact=invoice.contact).pk,
    }


def add_inbox(home: Household) -> None:
    """A file that waits, and an address for mail."""
    actor = home.actor
    (file,) = inbox.receive_files(actor=actor, uploads=[("bill.pdf", pdf(SPANISH))], now=timezone.now()).files
    inbox.renew_inbox_address(actor=actor)
    read_inbox()
    home.parts |= {"file_id": file.pk}


def add_banking(home: Household) -> None:
    """An account with a statement, a line that pays an invoice, a rule, and work on many lines."""
    actor, now = home.actor, timezone.now()
    books.ensure_chart(actor=actor)
    account = books.add_bank_account(actor=actor, name="Main account", iban=IBAN, currency="EUR")
    charges = LedgerAccount.objects.get(organisation=home.organisation, code="626")
    rule = books.keep_bank_rule(actor=actor, words="Charges", account=charges, is_income=False)
    day = actor.today()
    lines = [bank_line(day, "5.00", "Transfer of Erin"), bank_line(day, "-9.50", "Charges of March")]
    uploads = [("statement.xml", camt(bank_statement(lines))), ("table.csv", table(bank_statement(lines)))]
    job = books.take_statements(actor=actor, uploads=uploads, now=now)
    import_statements()
    line = BankLine.objects.get(organisation=home.organisation, amount=5)
    invoice = Document.objects.get(pk=home.parts["document_id"])
    (made,) = books.reconcile_line(actor=actor, line=line, picks=[books.Pick("document", invoice.pk)], key=account.pk)
    many = books.confirm_all(actor=actor, now=now)
    home.parts |= {
        "bank_account_id": account.pk,
        "bank_rule_id": rule.pk,
        "line_id": line.pk,
        "reconciliation_id": made.pk,
        "reconcile_job_id": many.pk,
        "statement_import_id": job.pk,
        "statement_file_id": job.items.get(name="table.csv").pk,
    }


def add_taxes(home: Household) -> None:
    """Returns of which one is filed, and the secret of their calendar."""
    actor, today = home.actor, home.actor.today()
    books.choose_forms(actor=actor, forms={"303": "quarter"}, today=today, since=today - timedelta(days=150))
    filing = TaxFiling.objects.filter(organisation=home.organisation).earliest("due_on")
    books.write_filing_note(actor=actor, filing=filing, note="Ask the bank")
    books.file_filing(actor=actor, filing=filing, filed_on=today, reference="303-1", today=today)
    home.parts["filing_id"] = filing.pk
    home.tokens["feed"] = books.renew_feed(actor=actor)


def expire(link_id: UUID) -> None:
    """Let a mailed link be as old as the business lets it get."""
    PortalLink.objects.filter(pk=link_id).update(expires_at=timezone.now() - timedelta(minutes=1))


def protect(user: User) -> None:
    """Give a person an authenticator app and recovery codes."""
    TOTP.activate(user, "A" * 32)
    RecoveryCodes.activate(user)


def give_passkey(user: User) -> int:
    """Give a person a passkey that can be looked at, but not used; returns its key."""
    key: int = WebAuthn.add(user, "Key of steel", {"clientExtensionResults": {}}).instance.pk
    return key


# --- Marking -------------------------------------------------------------------------------------------------


def mark(home: Household) -> None:
    """Write MARKER into every text column of every row that is the organisation's, frozen ones too."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no triggers
        try:
            for model, rows in belongings(home):
                for row in rows:
                    model._base_manager.filter(pk=row.pk).update(**marked_columns(row))
        finally:
            cursor.execute("SET session_replication_role = DEFAULT")


def belongings(home: Household) -> Iterator[tuple[type[models.Model], Any]]:
    for model in our_models():
        names = {column.attname for column in model._meta.concrete_fields}
        rows = model._base_manager.all()
        if model is Organisation:
            yield model, rows.filter(pk=home.organisation.pk)
        elif model is User:
            yield model, rows.filter(memberships__organisation=home.organisation)
        elif "organisation_id" in names:
            yield model, rows.filter(organisation_id=home.organisation.pk)
        elif "business_id" in names:
            yield model, rows.filter(business_id=home.organisation.pk)
        elif "job_id" in names:
            yield model, rows.filter(job__organisation_id=home.organisation.pk)


def marked_columns(row: models.Model) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    for column in row._meta.concrete_fields:
        value = getattr(row, column.attname)
        if isinstance(column, models.JSONField) and column.name in MARKED_JSON:
            changed[column.name] = marked_json(value)
        elif not isinstance(column, models.CharField | models.TextField) or column.choices or column.name in OF_A_FORM:
            continue
        elif isinstance(column, models.EmailField):
            changed[column.name] = f"{MARKER}-{row.pk.hex}@example.com".lower()
        elif column.max_length is None or column.max_length > 2 * len(MARKER):
            changed[column.name] = f"{MARKER} {row.pk.hex[-6:]} {value}"[: column.max_length]
    return changed


def marked_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: inner if name == "country" else marked_json(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [marked_json(inner) for inner in value]
    return f"{MARKER} {value}" if isinstance(value, str) else value

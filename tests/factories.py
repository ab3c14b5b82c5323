"""Rows for tests. Each app has its section."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import factory
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from advisory_portal.core.access import Actor, ActorKind, system_actor
from advisory_portal.core.ids import hash_token, uuid7
from advisory_portal.core.text import plain, sort_key
from client_portal.actions import send_document
from client_portal.models import PortalLink, PortalLogin, PortalSession
from documents.actions import issue_document, save_draft
from documents.models import Contact, Document, Kind
from documents.rules import SUPPLIER_NUMBERED_KINDS, Content, LineContent, Tax, tax_id_key
from partners.models import Invitation, Member, Organisation, Plan, Role, User
from partners.rules import INVITATION_LIFE, capped_levels

PASSWORD = "correct horse battery"

# --- partners ------------------------------------------------------------------------------------------------


class UserFactory(factory.django.DjangoModelFactory):
    """A person with a confirmed address and PASSWORD."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda number: f"person{number}@example.com")
    name = factory.Sequence(lambda number: f"Person {number}")

    @classmethod
    def _create(cls, model_class, *args, **fields):
        user = User.objects.create_user(fields.pop("email"), fields.pop("password", PASSWORD), **fields)
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
        return user


class OrganisationFactory(factory.django.DjangoModelFactory):
    """A business in Spain."""

    class Meta:
        model = Organisation

    kind = Organisation.Kind.BUSINESS
    name = factory.Sequence(lambda number: f"Business {number}")
    slug = factory.Sequence(lambda number: f"business-{number}")
    tax_id = "B64717838"
    country = "ES"
    time_zone = "Europe/Madrid"
    plan = factory.LazyFunction(lambda: Plan.objects.get(is_default=True))


class FirmFactory(OrganisationFactory):
    kind = Organisation.Kind.FIRM
    profession = Organisation.Profession.ASESORIA
    name = factory.Sequence(lambda number: f"Firm {number}")
    slug = factory.Sequence(lambda number: f"firm-{number}")


class RoleFactory(factory.django.DjangoModelFactory):
    """A role of an organisation's own, which opens nothing yet."""

    class Meta:
        model = Role

    organisation = factory.SubFactory(OrganisationFactory)
    organisation_kind = factory.SelfAttribute("organisation.kind")
    name = factory.Sequence(lambda number: f"Role {number}")
    levels = factory.LazyFunction(dict)
    position = 100


class MemberFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Member

    class Params:
        code = "viewer"

    organisation = factory.SubFactory(OrganisationFactory)
    user = factory.SubFactory(UserFactory)
    role = factory.LazyAttribute(lambda member: predefined_role(member.organisation.kind, member.code))


class InvitationFactory(factory.django.DjangoModelFactory):
    """An open invitation whose token is `token`."""

    class Meta:
        model = Invitation

    class Params:
        token = factory.Sequence(lambda number: f"token-{number}")
        code = "viewer"

    organisation = factory.SubFactory(OrganisationFactory)
    email = factory.Sequence(lambda number: f"invited{number}@example.com")
    role = factory.LazyAttribute(lambda row: predefined_role(row.organisation.kind, row.code))
    language = "en"
    invited_by_name = "Alice"
    token_hash = factory.LazyAttribute(lambda row: hash_token(row.token))
    sent_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyAttribute(lambda row: row.sent_at + INVITATION_LIFE)


def predefined_role(kind: str, code: str) -> Role:
    return Role.objects.get(organisation=None, organisation_kind=kind, code=code)


def member_actor(member: Member) -> Actor:
    """The actor that the middleware would find for this member."""
    return Actor(
        kind=ActorKind.MEMBER,
        name=member.user.name,
        organisation=member.organisation.workspace,
        user_id=member.user_id,
        role=member.role.code or str(member.role.pk),
        levels=capped_levels(member.role.levels, member.organisation.plan.sections),
    )


def contact_actor(contact: Contact, **values) -> Actor:
    """The contact as it is known by a link to its whole portal."""
    known = {"contact_id": contact.pk, "identified_by": "link", "email": contact.email, "language": contact.language}
    own = {"kind": ActorKind.CONTACT, "name": contact.name, "organisation": contact.organisation.workspace}
    return Actor(**own | known | values)


# --- documents and client portal -------------------------------------------------------------------------------


class ContactFactory(factory.django.DjangoModelFactory):
    """A person without tax id, who is a customer."""

    class Meta:
        model = Contact

    organisation = factory.SubFactory(OrganisationFactory)
    kind = Contact.Kind.CUSTOMER
    is_person = True
    name = factory.Sequence(lambda number: f"Customer {number}")
    email = factory.Sequence(lambda number: f"customer{number}@example.com")
    sort_key = factory.LazyAttribute(lambda contact: sort_key(contact.name))
    tax_id = ""
    country = ""
    tax_id_key = factory.LazyAttribute(
        lambda contact: tax_id_key(contact.tax_id, contact.country or contact.organisation.country)
    )
    search_text = factory.LazyAttribute(
        lambda contact: plain(f"{contact.name} {contact.tax_id} {contact.tax_id_key} {contact.email}")
    )


class DocumentFactory(factory.django.DjangoModelFactory):
    """The row of an issued invoice over 121 euro, without lines; `issued_document` makes one with lines."""

    class Meta:
        model = Document

    contact = factory.SubFactory(ContactFactory)
    organisation = factory.SelfAttribute("contact.organisation")
    kind = Kind.INVOICE
    state = Document.State.ISSUED
    number = factory.Sequence(lambda number: f"F-{number:05}")
    contact_name = factory.SelfAttribute("contact.name")
    contact_key = factory.SelfAttribute("contact.sort_key")
    language = factory.SelfAttribute("contact.language")
    issued_on = date(2026, 3, 2)
    due_on = date(2026, 4, 1)
    currency = "EUR"
    lines_net = tax_exclusive = Decimal(100)
    tax_total = Decimal(21)
    tax_inclusive = payable = Decimal(121)
    search_text = factory.LazyAttribute(lambda row: plain(f"{row.number} {row.contact_name}"))


class PortalLinkFactory(factory.django.DjangoModelFactory):
    """A link whose token is `token`, mailed just now for 48 hours."""

    class Meta:
        model = PortalLink

    class Params:
        token = factory.Sequence(lambda number: f"portal-token-{number}")

    document = factory.SubFactory(DocumentFactory)
    organisation = factory.SelfAttribute("document.organisation")
    contact = factory.SelfAttribute("document.contact")
    email = factory.LazyAttribute(lambda link: link.contact.email)
    token_hash = factory.LazyAttribute(lambda link: hash_token(link.token))
    created_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyAttribute(lambda link: link.created_at + timedelta(hours=48))
    sent_by_name = "Dan"


class PortalLoginFactory(factory.django.DjangoModelFactory):
    """An address that may enter a portal. `plain` is its password, "" for none."""

    class Meta:
        model = PortalLogin

    class Params:
        plain = ""

    organisation = factory.SubFactory(OrganisationFactory)
    email = factory.Sequence(lambda number: f"customer-{number}@customer.example")
    password = factory.LazyAttribute(lambda login: make_password(login.plain) if login.plain else "")


class PortalSessionFactory(factory.django.DjangoModelFactory):
    """A browser that has just entered a portal; its cookie holds `token`."""

    class Meta:
        model = PortalSession

    class Params:
        token = factory.Sequence(lambda number: f"session-token-{number}")

    login = factory.SubFactory(PortalLoginFactory)
    organisation = factory.SelfAttribute("login.organisation")
    token_hash = factory.LazyAttribute(lambda session: hash_token(session.token))
    seen_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyAttribute(lambda session: session.seen_at + timedelta(days=30))


ONE_LINE = (LineContent("Advice", Decimal(1), Decimal(100), Tax("S", Decimal(21))),)


def typed_line(quantity="1", price="100", percent="21", name="Advice", **values) -> LineContent:
    """A line as somebody types it; figures as texts."""
    rate = Decimal(percent)
    tax = values.pop("tax", Tax("S" if rate else "Z", rate))
    return LineContent(name, Decimal(quantity), Decimal(price), tax, **values)


def typed_content(contact: Contact, **values) -> Content:
    """What somebody types of a document, by default over 121 euro due on the first of April 2026."""
    usual = {"issued_on": date(2026, 3, 2), "due_on": date(2026, 4, 1), "language": contact.language}
    return Content(**{"contact_id": contact.pk, "currency": "EUR", "lines": ONE_LINE, **usual} | values)


def drafted_document(contact: Contact, *, kind: str = Kind.INVOICE, **values) -> Document:
    """A draft of the contact's business with `typed_content`; a bill has a number."""
    if kind in SUPPLIER_NUMBERED_KINDS:
        values = {"number": "S-1"} | values
    content = typed_content(contact, **values)
    return save_draft(actor=system_actor(contact.organisation.workspace), kind=kind, content=content)


def issued_document(contact: Contact, **values) -> Document:
    """`drafted_document`, issued on its day."""
    document = drafted_document(contact, **values)
    noon = datetime.combine(document.issued_on, time(12), UTC)
    issue_document(actor=system_actor(contact.organisation.workspace), document=document, now=noon)
    return document


def sent_document(document: Document, *, actor: Actor, now: datetime, to: str = "erin@customer.example") -> PortalLink:
    """The link of a mail that brought the document to one address, without its PDF."""
    (link,) = send_document(
        actor=actor,
        document=document,
        to=[to],
        subject=f"{document.get_kind_display()} {document.number}",
        text="Hello,\n\nhere it is.",
        now=now,
        sending=uuid7(),
        attach_pdf=False,
    )
    return link

"""A contact's yes or no to a quote, with its evidence; and what follows from a yes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, ActorKind, Forbidden, Level, system_actor
from advisory_portal.core.errors import Refused
from advisory_portal.core.files import store_file
from advisory_portal.core.history import record
from advisory_portal.core.ids import uuid7
from advisory_portal.core.mail import notify
from advisory_portal.core.text import clean_line
from client_portal import sheets
from client_portal.actions.links import new_link
from client_portal.actions.people import contact_at, staff_of
from client_portal.models import PortalSettings, QuoteDecision
from client_portal.rules import is_signature, terms_hash
from documents import actions as documents
from documents.models import Document
from partners.models import Organisation

Decision, Identified = QuoteDecision.Decision, QuoteDecision.Identified


class NotSigned(Refused):
    """The name is missing, or the drawing is no signature."""


class NotTold(Refused):
    """Staff record an answer, and do not say how the customer told them."""


class TermsChanged(Refused):
    """The business changed its terms since the person read them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody said to a quote, and from where.

    `signature` is path data (`rules.is_signature`), "" where the name was typed; `reference` the customer's order
    number; `terms` names the terms that were read (`rules.terms_hash`). `reason` is of a no alone. `told_by` is how
    the customer told it to staff who record it (`QuoteDecision.Told`), who see neither terms nor signature.
    """

    accepted: bool
    name: str
    signature: str = ""
    reference: str = ""
    reason: str = ""
    terms: str = ""
    address: str | None = None
    browser: str = ""
    told_by: str = ""


@transaction.atomic
def decide_quote(*, actor: Actor, document: Document, answer: Answer, now: datetime) -> QuoteDecision:
    """Accept or decline a quote, keep the evidence for ever, and mail both sides.

    Its contact decides, or staff record what the contact told them. Kept are the version and its PDF with the hash,
    name, signature, terms as read, time, address, browser and how the person was identified, or who recorded it and
    how it was told; a certificate says it all. An accepted quote becomes what the business's settings say. The same
    answer again changes nothing and gives what is kept. Raises QuoteClosed where it cannot be decided (any more),
    NotSigned, NotTold, TermsChanged, Forbidden for others. Source: PRODUCT 5, quotes.
    """
    is_new = documents.decide_quote(actor=actor, document=document, accepted=answer.accepted, now=now)
    if not is_new:
        return QuoteDecision.objects.get(document=document)
    quote = Document.objects.select_related("contact", "organisation").get(pk=document.pk)
    settings = PortalSettings.objects.filter(organisation_id=quote.organisation_id).first() or PortalSettings()
    _check(actor, answer, settings)
    decision = _keep(actor, quote, answer, settings, now)
    becomes = settings.accepted_becomes if answer.accepted else ""
    draft = _converted(quote, becomes, decision, now) if becomes else None
    _tell_staff(quote, decision, draft)
    if decision.email:
        _tell_contact(quote, decision, now)
    return decision


def _check(actor: Actor, answer: Answer, settings: PortalSettings) -> None:
    is_recorded = actor.kind != ActorKind.CONTACT
    if not clean_line(answer.name):
        raise NotSigned(_("Write who decided.") if is_recorded else _("Write your name."), field="name")
    if is_recorded and answer.told_by not in QuoteDecision.Told.values:
        raise NotTold(_("Say how they told you."), field="told_by")
    if is_recorded or not answer.accepted:
        return
    if answer.terms != terms_hash(settings.terms):
        raise TermsChanged(_("The terms have changed meanwhile. Read them once more."), field="agreed")
    if answer.signature and not is_signature(answer.signature):
        raise NotSigned(_("This drawing cannot be kept. Draw your signature once more, or type it."), field="signature")


def _keep(actor: Actor, quote: Document, answer: Answer, settings: PortalSettings, now: datetime) -> QuoteDecision:
    """The row with its certificate. The PDF is the one that is kept with the document, whoever reads it."""
    is_recorded = actor.kind != ActorKind.CONTACT
    if not is_recorded and actor.identified_by not in (Identified.LINK, Identified.PASSWORD, Identified.CODE):
        raise Forbidden
    has_signed = answer.accepted and not is_recorded
    pdf = documents.pdf_file(document=quote)
    decision = QuoteDecision(
        id=uuid7(),
        organisation_id=quote.organisation_id,
        document=quote,
        contact=quote.contact,
        decision=Decision.ACCEPTED if answer.accepted else Decision.DECLINED,
        name=clean_line(answer.name)[:200],
        signature=answer.signature if has_signed else "",
        reference=clean_line(answer.reference)[:60] if answer.accepted else "",
        reason="" if answer.accepted else answer.reason.strip(),
        terms=settings.terms if has_signed else "",
        version=quote.version,
        content_hash=quote.content_hash,
        pdf=pdf,
        pdf_sha256=pdf.sha256,
        decided_at=now,
        email=quote.contact.email if is_recorded else actor.email or quote.contact.email,
        **_who(actor, answer),
    )
    decision.certificate = store_file(
        organisation_id=quote.organisation_id,
        name=sheets.certificate_name(quote),
        content=sheets.certificate_pdf(decision, document=quote, business=quote.organisation),
        content_type="application/pdf",
    )
    decision.save(force_insert=True)
    return decision


def _who(actor: Actor, answer: Answer) -> dict[str, Any]:
    """How the person was known, and from where; or who recorded what the person said."""
    if actor.kind != ActorKind.CONTACT:
        told = {"recorded_by_name": actor.name[:200], "told_by": answer.told_by}
        return {"identified_by": Identified.STAFF, **told}
    browser = clean_line(answer.browser)[:300]
    return {"identified_by": actor.identified_by, "address": answer.address, "browser": browser}


def _converted(quote: Document, to: str, decision: QuoteDecision, now: datetime) -> Document | None:
    """What the accepted quote became by itself, for the business; None if it became that before or cannot."""
    place = quote.organisation.workspace
    today = now.astimezone(ZoneInfo(place.time_zone)).date()
    try:
        with transaction.atomic():
            return documents.convert_document(
                actor=system_actor(place), document=quote, to=to, today=today, order_reference=decision.reference
            )
    except Refused:  # staff see the accepted quote all the same, and its one button
        return None


def _tell_staff(quote: Document, decision: QuoteDecision, draft: Document | None) -> None:
    business = quote.organisation
    shown = draft or quote
    notify(
        "client_portal/quote_answered",
        to=staff_of(quote),
        url=reverse("documents:document", args=[business.slug, shown.pk]),
        organisation_id=business.pk,
        reply_to=decision.email,
        context={"business": business, "document": quote, "decision": decision, "draft": draft},
    )


def _tell_contact(quote: Document, decision: QuoteDecision, now: datetime) -> None:
    """A copy for whoever decided, with the certificate, unless the contact wants no such mails."""
    business: Organisation = quote.organisation
    if not quote.contact.wants("client_portal/quote_decided"):
        return
    _link, path = new_link(
        contact=quote.contact,
        document=quote,
        email=decision.email,
        sender=business.name,
        now=now,
        business=business,
    )
    notify(
        "client_portal/quote_decided",
        to=[contact_at(quote, decision.email)],
        url=path,
        organisation_id=business.pk,
        from_name=business.name,
        reply_to=business.email,
        context={"business": business, "document": quote, "decision": decision, "hours": business.link_hours},
        attachment=decision.certificate,
    )


@transaction.atomic
def convert_quote(*, actor: Actor, decision: QuoteDecision, to: str, again: bool = False) -> Document:
    """The draft of an order or invoice from an accepted quote, with the customer's order number on it.

    Raises what `documents.convert_document` raises: NotConvertible, AlreadyMade unless `again`, Forbidden.
    """
    return documents.convert_document(
        actor=actor,
        document=decision.document,
        to=to,
        today=actor.today(),
        again=again,
        order_reference=decision.reference,
    )


@transaction.atomic
def download_certificate(*, actor: Actor, decision: QuoteDecision) -> None:
    """Note that staff took the certificate. The caller has found it with `visible_to`. Raises Forbidden."""
    actor.require(decision.document.section, Level.VIEW)
    record(actor, "client_portal.certificate.downloaded", about=decision.document)

"""The certificate of a quote's decision: who decided what, when, how they were known, and on which file."""

from collections.abc import Iterator

from django.utils import translation
from django.utils.translation import gettext as _

from advisory_portal.core.formatting import format_date, format_moment, format_money
from client_portal.models import QuoteDecision
from client_portal.rules import signature_picture
from documents.models import Document
from documents.sheets import Certificate, Part, render_certificate
from partners.models import Organisation

Facts = Iterator[tuple[str, str]]


def certificate_name(document: Document) -> str:
    """What a download of the certificate is called: "Certificate QU-2026-0001.pdf"."""
    with translation.override(document.language):
        name = _("Certificate %(number)s") % {"number": document.number}
    return "".join("-" if character in '/\\:*?"<>|' else character for character in name) + ".pdf"


def certificate_pdf(decision: QuoteDecision, *, document: Document, business: Organisation) -> bytes:
    """The certificate in the document's language, times in the business's zone and in UTC. Makes no query."""
    with translation.override(document.language):
        return render_certificate(_certificate(decision, document, business))


def _certificate(decision: QuoteDecision, document: Document, business: Organisation) -> Certificate:
    parts = [
        Part(_("The quote"), tuple(_quote_facts(decision, document))),
        Part(_("The decision"), tuple(_decision_facts(decision, business))),
    ]
    if decision.reason:
        parts.append(Part(_("Reason"), texts=(decision.reason,)))
    parts.append(Part(_("How they were identified"), tuple(_evidence(decision))))
    if decision.terms:
        parts.append(Part(_("Terms that were accepted"), texts=(decision.terms,)))
    return Certificate(
        language=document.language,
        business=business.name,
        accent=business.accent,
        title=_("Certificate of acceptance") if _is_yes(decision) else _("Certificate of refusal"),
        number=f"{document.get_kind_display()} {document.number}",
        verdict=_verdict(decision, document, business),
        parts=tuple(parts),
        signature_heading=_("Signature"),
        signature=signature_picture(decision.signature),
        signature_alt=_("The signature that %(name)s drew") % {"name": decision.name},
        signature_name=decision.name,
        page_pattern=_("Page {page} of {pages}"),
        created_at=decision.decided_at,
    )


def _is_yes(decision: QuoteDecision) -> bool:
    return decision.decision == QuoteDecision.Decision.ACCEPTED


def _verdict(decision: QuoteDecision, document: Document, business: Organisation) -> str:
    said = (
        _("%(name)s accepted this quote for %(contact)s on %(moment)s.")
        if _is_yes(decision)
        else _("%(name)s declined this quote for %(contact)s on %(moment)s.")
    )
    moment = format_moment(decision.decided_at, business.time_zone)
    return said % {"name": decision.name, "contact": document.contact_name, "moment": moment}


def _quote_facts(decision: QuoteDecision, document: Document) -> Facts:
    yield _("Number"), document.number
    yield _("Version"), str(decision.version)
    yield _("Date"), format_date(document.issued_on)
    if document.due_on:
        yield _("Valid until"), format_date(document.due_on)
    yield _("Total"), format_money(document.payable, document.currency)
    yield _("SHA-256 of its PDF"), decision.pdf_sha256
    yield _("SHA-256 of its content"), decision.content_hash


def _decision_facts(decision: QuoteDecision, business: Organisation) -> Facts:
    yield _("Decision"), str(QuoteDecision.Decision(decision.decision).label)
    yield _("Name"), decision.name
    if decision.reference:
        yield _("Their order number"), decision.reference
    yield _("Time"), f"{format_moment(decision.decided_at, business.time_zone)} ({business.time_zone})"
    yield "UTC", decision.decided_at.strftime("%Y-%m-%d %H:%M:%S")
    if _is_yes(decision) and not decision.recorded_by_name:
        yield _("Signature"), _("Drawn, see below") if decision.signature else _("The typed name")


def _evidence(decision: QuoteDecision) -> Facts:
    yield _("Identified"), str(QuoteDecision.Identified(decision.identified_by).label)
    if decision.recorded_by_name:
        yield _("Recorded by"), decision.recorded_by_name
        yield _("How it was told"), str(decision.get_told_by_display())
    if decision.email:
        yield _("E-mail"), decision.email
    if decision.address:
        yield _("Internet address"), decision.address
    if decision.browser:
        yield _("Browser"), decision.browser
    yield _("Number of this record"), str(decision.pk)

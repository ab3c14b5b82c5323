"""What becomes of a quote: the customer's yes or no moves its state. The evidence is kept by `client_portal`."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, ActorKind, Forbidden, Level
from advisory_portal.core.errors import Refused
from advisory_portal.core.formatting import format_date
from advisory_portal.core.states import move
from documents import rules
from documents.models import Document, Kind

State = Document.State


class QuoteClosed(Refused):
    """The quote is not there to be decided: withdrawn, superseded, expired, or decided in the other way."""


@transaction.atomic
def decide_quote(*, actor: Actor, document: Document, accepted: bool, now: datetime) -> bool:
    """Accept or decline a quote, as its contact or as staff to whom the contact said so.

    True if it was decided now, False if so before. It is valid until its last day inclusive, in the business's time
    zone; the row stays locked until commit. Raises QuoteClosed, Forbidden for other contacts and for staff who may not
    manage the section. Source: PRODUCT 5, quotes.
    """
    quote = Document.objects.select_for_update(of=("self",), no_key=True).get(pk=document.pk)
    if actor.kind == ActorKind.CONTACT:
        _require_its_contact(actor, quote)
    elif actor.kind == ActorKind.SYSTEM or actor.organisation_id != quote.organisation_id:
        raise Forbidden
    else:
        actor.require(quote.section, Level.MANAGE)
    wanted = State.ACCEPTED if accepted else State.DECLINED
    today = now.astimezone(ZoneInfo(actor.place.time_zone)).date()
    if quote.state != wanted and (closed := why_closed(document=quote, today=today)):
        raise QuoteClosed(closed)
    is_new = move(quote, wanted, actor=actor)
    document.state = quote.state
    return is_new


def why_closed(*, document: Document, today: date) -> str:
    """Why nobody can decide on the document today, in words for its contact; "" if it waits for a decision."""
    if document.kind != Kind.QUOTE or document.state == State.DRAFT:
        return _("Only quotes that were sent to you are accepted or declined.")
    if document.state == State.ACCEPTED:
        return _("This quote was accepted already.")
    if document.state == State.DECLINED:
        return _("This quote was declined already.")
    if document.state == State.VOID:
        if Document.objects.superseding(document).exists():
            return _("There is a newer version of this quote, which takes its place.")
        return _("This quote was withdrawn.")
    if document.due_on is not None and rules.is_expired(document.state, document.due_on, today):
        return _("This quote was valid until %(date)s.") % {"date": format_date(document.due_on)}
    return ""


def _require_its_contact(actor: Actor, quote: Document) -> None:
    is_its = not actor.read_only and actor.contact_id == quote.contact_id
    if not is_its or (actor.document_ids is not None and quote.pk not in actor.document_ids):
        raise Forbidden

"""Reminders of overdue invoices: planned by documents, mailed here, because they carry the portal's link."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, system_actor
from advisory_portal.core.history import record
from client_portal.actions.sending import AlreadyPaid, NoAddress, distinct, locked_to_send, mail_document
from client_portal.models import AttemptShare, PaymentAttempt, PortalLink
from documents import actions as documents
from documents.models import Document, Reminder
from documents.rules import is_overdue

WAITS_FOR_MONEY = timedelta(hours=6)  # a reminder of what is being paid, until it is looked at again


@transaction.atomic
def send_reminder(
    *,
    actor: Actor,
    document: Document,
    to: Sequence[str],
    subject: str,
    text: str,
    now: datetime,
    sending: UUID,
    attach_pdf: bool = True,
    copy_to_me: bool = False,
) -> list[PortalLink]:
    """Remind of an overdue invoice by hand; it counts as the next step, so that ours follow it at their distance.

    `sending` makes it safe to repeat. Raises RemindedToday, AlreadyPaid, NotForPortal, NoAddress, Forbidden.
    """
    actor.require(document.section, Level.MANAGE)
    addresses = distinct(to)
    if not addresses:
        raise NoAddress(_("Give the address to send it to."), field="to")
    locked = locked_to_send(document)
    made = list(PortalLink.objects.filter(document=locked, sending=sending).order_by("id"))
    if made:
        return made
    if not is_overdue(locked.state, locked.due_on, actor.today()):
        raise AlreadyPaid(_("This invoice is not overdue: there is nothing to remind of."))
    reminder = documents.note_reminder(actor=actor, document=locked, email=addresses[0], today=actor.today())
    links = mail_document(
        actor=actor, document=locked, to=addresses, subject=subject, text=text, now=now, sending=sending,
        attach_pdf=attach_pdf, copy_to_me=copy_to_me,
    )  # fmt: skip
    after = {"email": ", ".join(addresses)}
    record(actor, "client_portal.reminder.sent", about=locked, after=after | {"step": reminder.step})
    return links


@transaction.atomic
def run_reminder(*, reminder: Reminder, now: datetime) -> None:
    """Mail a planned reminder to its contact. Called by the sweep.

    Whatever has changed since it was planned counts: a paid, void or excepted invoice is not reminded of, and the
    reminder is forgotten, as is one whose contact lost the address. While a payment of it is being processed it waits.
    """
    rows = Document.objects.select_for_update(of=("self",), no_key=True).select_related("contact", "organisation")
    document = rows.get(pk=reminder.document_id)
    actor = system_actor(document.organisation.workspace)
    email = _address(document)
    if not (email and document.is_reminded and is_overdue(document.state, document.due_on, actor.today())):
        reminder.delete()
        return
    if _is_being_paid(document):
        reminder.due_at = now + WAITS_FOR_MONEY
        reminder.save(update_fields=["due_at"])
        return
    subject, text = documents.reminder_words(document=document, step=reminder.step, today=actor.today())
    mail_document(
        actor=actor, document=document, to=[email], subject=subject, text=text, now=now, sending=reminder.pk,
        attach_pdf=True, copy_to_me=False,
    )  # fmt: skip
    reminder.email, reminder.due_at = email, None
    reminder.save(update_fields=["email", "due_at"])
    after = {"email": email, "step": reminder.step}
    record(actor, "client_portal.reminder.sent", about=document, after=after)


def _is_being_paid(document: Document) -> bool:
    """Whether its money is on its way."""
    shares = AttemptShare.objects.filter(document=document, is_open=True)
    return shares.filter(attempt__state__in=(PaymentAttempt.State.CAPTURING, PaymentAttempt.State.PENDING)).exists()


def _address(document: Document) -> str:
    """The contact's address, or the one that the document was sent to last."""
    last = PortalLink.objects.filter(document=document).order_by("-id").values_list("email", flat=True).first()
    return document.contact.email or last or ""

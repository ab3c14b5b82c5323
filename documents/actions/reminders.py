"""Reminders of overdue invoices: which are due, what they say, and that they were sent."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import translation
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.formatting import format_date, format_money
from advisory_portal.core.history import record
from advisory_portal.core.jobs import nudge
from documents.actions.settings import settings_of
from documents.models import Document, DocumentSettings, Kind, Reminder
from documents.rules import recurrence as texts
from documents.rules import reminders as rules
from documents.words import REMINDER_WORDS
from partners.models import Organisation

MOST_PLANNED = 500  # of one business in one sweep; the next minute goes on


class RemindedToday(Refused):
    """One reminder a day is enough."""


def reminder_words(*, document: Document, step: int, today: date) -> tuple[str, str]:
    """Subject and text of a step: the business's, or ours in the contact's language. Steps over three say the third.

    `document` with its contact. Makes two queries.
    """
    business = Organisation.objects.get(pk=document.organisation_id)
    steps = rules.steps_of(settings_of(document.organisation_id).reminders)
    language = document.contact.language
    with translation.override(language):
        values = placeholder_values(document, business.name, today)
        ours = REMINDER_WORDS[min(step, rules.STEPS) - 1]
        chosen = steps[min(step, rules.STEPS) - 1]
        return (
            texts.filled(chosen.subject or str(ours[0]), values),
            texts.filled(chosen.text or str(ours[1]), values),
        )


def placeholder_values(document: Document, business: str, today: date) -> dict[str, str]:
    """What the placeholders of a reminder stand for, in the active language."""
    due_on = document.due_on or document.issued_on
    return {
        "number": document.number,
        "amount": format_money(document.outstanding, document.currency),
        "due": format_date(due_on),
        "name": document.contact_name,
        "business": business,
        "days": str(max((today - due_on).days, 0)),
    }


def due_reminders(*, organisation_id: UUID, days: Sequence[int], today: date) -> list[tuple[UUID, int]]:
    """The invoices of a business that are due for a reminder today, each with its step, at most MOST_PLANNED.

    Only what was sent to its contact, is overdue, has an address to go to and is not excepted; the rest is
    `rules.reminders.step_due`. Two queries, which read what is unpaid and overdue.
    """
    invoices = Document.objects.filter(
        organisation_id=organisation_id, kind=Kind.INVOICE, is_reminded=True, sent_at__isnull=False
    )
    overdue = invoices.overdue(today).exclude(contact__email="")
    sent = Reminder.objects.filter(document=OuterRef("pk"))
    first_on = today - timedelta(days=days[0])
    new = overdue.filter(due_on__range=(first_on - timedelta(days=rules.OLDEST_DAYS), first_on))
    new = new.filter(~Exists(sent)).order_by("due_on", "id")
    begun = overdue.filter(Exists(sent)).annotate(sent=Max("reminders__step"), last_on=Max("reminders__sent_on"))
    begun = begun.filter(sent__lt=len(days), last_on__lt=today).order_by("due_on", "id")
    found = [(pk, 1) for pk in new.values_list("pk", flat=True)[:MOST_PLANNED]]
    for pk, due_on, steps, last_on in begun.values_list("pk", "due_on", "sent", "last_on"):
        assert due_on is not None, "what is overdue has a due date"
        step = rules.step_due(due_on, days, steps, last_on, today)
        if step is not None:
            found.append((pk, step))
    return found[:MOST_PLANNED]


@transaction.atomic
def plan_reminders(*, actor: Actor, today: date, now: datetime) -> int:
    """Write the reminders of one business that are due today, to be mailed at once; how many are new.

    Nothing where the business has not turned reminders on. Each step once and one a day, by constraints, so that
    repeating it, also at once, does nothing.
    """
    kept = settings_of(actor.place.id)
    if not kept.reminders_on:
        return 0
    days = [step.days for step in rules.steps_of(kept.reminders)]
    due = due_reminders(organisation_id=actor.place.id, days=days, today=today)
    rows = [
        Reminder(organisation_id=actor.place.id, document_id=pk, step=step, sent_on=today, due_at=now)
        for pk, step in due
    ]
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        nudge("client_portal.send_reminders")
    return len(rows)


@transaction.atomic
def try_reminders_again(*, actor: Actor, now: datetime) -> int:
    """Let the reminders of the business that could not be mailed be tried anew; how many. Raises Forbidden."""
    actor.require(Section.SETTINGS, Level.MANAGE)
    failed = Reminder.objects.given_up().filter(organisation_id=actor.place.id)
    number = failed.update(attempts=0, due_at=now)
    if number:
        kept = DocumentSettings.objects.get(organisation_id=actor.place.id)
        record(actor, "documents.documentsettings.reminders_retried", about=kept, after={"number": number})
        nudge("client_portal.send_reminders")
    return number


@transaction.atomic
def note_reminder(*, actor: Actor, document: Document, email: str, today: date) -> Reminder:
    """Count a reminder that goes out by hand as the next step. The caller has locked the document and mails it.

    Raises RemindedToday, Forbidden.
    """
    actor.require(document.section, Level.MANAGE)
    sent = Reminder.objects.filter(document=document)
    if sent.filter(sent_on__gte=today).exists():
        raise RemindedToday(_("A reminder of this invoice was sent today. One a day is enough."))
    last = sent.aggregate(last=Max("step"))["last"] or 0
    return Reminder.objects.create(
        organisation_id=document.organisation_id,
        document=document,
        step=last + 1,
        sent_on=today,
        email=email,
        due_at=None,
    )


@transaction.atomic
def except_from_reminders(*, actor: Actor, document: Document, is_reminded: bool) -> None:
    """Leave an invoice out of the reminders that go by themselves, or take it in again. Raises Forbidden."""
    actor.require(document.section, Level.MANAGE)
    changed = Document.objects.filter(pk=document.pk, is_reminded=not is_reminded).update(is_reminded=is_reminded)
    if changed and is_reminded:
        record(actor, "documents.document.included", about=document)
    elif changed:
        record(actor, "documents.document.excepted", about=document)
    document.is_reminded = is_reminded

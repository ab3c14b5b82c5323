"""Tax returns: which are made, by whom they are done, how they are filed. And the calendar feed of their days."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section, system_actor
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from advisory_portal.core.ids import hash_token, new_token
from advisory_portal.core.mail import notify
from advisory_portal.core.states import move
from bookkeeping.models import FilingCalendar, TaxFiling
from bookkeeping.models.filing_figures import figures_of
from bookkeeping.models.taxes import tax_team
from bookkeeping.rules.filings import due_filings, pack_of
from partners.models import Member


class NoSuchForm(Refused):
    """The country's pack has no such form, or not for such periods."""


class NotYet(Refused):
    """Filed on a day before the period's end, or on one that has not come."""


class NotOfTheTeam(Refused):
    """The person cannot work on taxes here."""


@transaction.atomic
def choose_forms(*, actor: Actor, forms: Mapping[str, str], today: date, since: date | None = None) -> FilingCalendar:
    """Set which forms the business files and for which periods, and make the returns of those that are new.

    Returns due before `since` (today) are not made. Open ones of forms that are not filed any more go, unless they
    are overdue: nobody has worked on them. Repeating it does nothing. Raises NoSuchForm, Forbidden.
    """
    actor.require(Section.TAXES, Level.MANAGE)
    pack = pack_of(actor.place.country)
    if any(code not in pack or length not in pack[code].windows for code, length in forms.items()):
        raise NoSuchForm(_("Choose forms of the list."))
    FilingCalendar.objects.bulk_create([FilingCalendar(organisation_id=actor.place.id)], ignore_conflicts=True)
    calendar = FilingCalendar.objects.select_for_update(no_key=True).get(organisation_id=actor.place.id)
    before = calendar.forms
    new = {"since": (since or today).isoformat()}
    chosen = {code: {"period": length, **new} for code, length in forms.items()}
    kept = {code: said for code, said in before.items() if forms.get(code) == said["period"]}
    calendar.forms = chosen | kept
    if calendar.forms != before:
        calendar.save(update_fields=["forms"])
        record(actor, "bookkeeping.filingcalendar.changed", about=calendar)
        _forget(calendar, [code for code in before if code not in kept], today)
    make_filings(calendar=calendar, today=today)
    return calendar


def _forget(calendar: FilingCalendar, forms: list[str], today: date) -> None:
    gone = TaxFiling.objects.filter(organisation_id=calendar.organisation_id, form__in=forms, due_on__gte=today)
    gone.filter(state=TaxFiling.State.OPEN, assigned_to=None, note="").delete()


@transaction.atomic
def make_filings(*, calendar: FilingCalendar, today: date) -> int:
    """Make the returns of a business that should stand by now; how many are new. Repeating it makes none."""
    country = calendar.organisation.country
    due = [
        filing
        for code, said in calendar.forms.items()
        for filing in due_filings(country, code, said["period"], since=date.fromisoformat(said["since"]), today=today)
    ]
    rows = TaxFiling.objects.filter(organisation_id=calendar.organisation_id)
    known = set(rows.filter(form__in=calendar.forms).values_list("form", "period"))
    new = [
        TaxFiling(
            organisation_id=calendar.organisation_id, form=one.form, period=one.period, starts_on=one.starts_on,
            ends_on=one.ends_on, opens_on=one.opens_on, due_on=one.due_on,
        )
        for one in due
        if (one.form, one.period) not in known
    ]  # fmt: skip
    TaxFiling.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


@transaction.atomic
def make_filings_of_the_day(*, calendar: FilingCalendar, now: datetime) -> None:
    """The sweep's step for one business: make what should stand, and come again in a day."""
    actor = system_actor(calendar.organisation.workspace)
    make_filings(calendar=calendar, today=actor.today())
    calendar.due_at, calendar.attempts, calendar.last_error = now + timedelta(days=1), 0, ""
    calendar.save(update_fields=["due_at", "attempts", "last_error"])


@transaction.atomic
def prepare_filing(*, actor: Actor, filing: TaxFiling) -> None:
    """Mark a return as ready to be filed. Repeating it does nothing. Raises IllegalMove, Forbidden."""
    actor.require(Section.TAXES, Level.MANAGE)
    move(filing, TaxFiling.State.PREPARED, actor=actor)


@transaction.atomic
def file_filing(*, actor: Actor, filing: TaxFiling, filed_on: date, reference: str, today: date) -> None:
    """Note that a return was filed, and keep its figures as the documents give them now.

    Repeating it changes nothing. Raises NotYet, IllegalMove, Forbidden.
    """
    actor.require(Section.TAXES, Level.MANAGE)
    if filed_on > today:
        raise NotYet(_("This day has not come yet."), field="filed_on")
    if filed_on <= filing.ends_on:
        raise NotYet(_("A return is filed after its period has ended."), field="filed_on")
    if not move(filing, TaxFiling.State.FILED, actor=actor):
        return
    filing.figures = figures_of(filing, actor.place.country).as_json()
    filing.filed_on, filing.reference, filing.filed_by_name = filed_on, reference, actor.name
    filing.save(update_fields=["figures", "filed_on", "reference", "filed_by_name"])


@transaction.atomic
def skip_filing(*, actor: Actor, filing: TaxFiling) -> None:
    """Mark a return as not needed. Repeating it does nothing. Raises IllegalMove, Forbidden."""
    actor.require(Section.TAXES, Level.MANAGE)
    move(filing, TaxFiling.State.NOT_NEEDED, actor=actor)


@transaction.atomic
def reopen_filing(*, actor: Actor, filing: TaxFiling) -> None:
    """Open a return again; what was kept of its filing is forgotten. Raises IllegalMove, Forbidden."""
    actor.require(Section.TAXES, Level.MANAGE)
    before = {"filed_on": filing.filed_on.isoformat() if filing.filed_on else "", "reference": filing.reference}
    if not move(filing, TaxFiling.State.OPEN, actor=actor):
        return
    if filing.filed_on:
        record(actor, "bookkeeping.taxfiling.forgotten", about=filing, before=before | {"figures": filing.figures})
    filing.figures, filing.filed_on, filing.reference, filing.filed_by_name = {}, None, "", ""
    filing.save(update_fields=["figures", "filed_on", "reference", "filed_by_name"])


@transaction.atomic
def assign_filings(*, actor: Actor, filings: Iterable[TaxFiling], member: Member | None) -> int:
    """Give returns to a member of the business, or to nobody; how many changed hands.

    Whoever gets some is told once, unless they take them themselves. Raises NotOfTheTeam, Forbidden.
    """
    actor.require(Section.TAXES, Level.MANAGE)
    if member is not None and member not in tax_team(actor):
        raise NotOfTheTeam(_("Choose somebody of the team who may work on taxes."), field="member")
    wanted = [filing.pk for filing in filings]
    rows = TaxFiling.objects.filter(organisation_id=actor.place.id, pk__in=wanted)
    locked = rows.select_for_update(of=("self",), no_key=True).order_by("due_on", "pk")
    found = [filing for filing in locked if filing.assigned_to_id != (member.pk if member else None)]
    rows.filter(pk__in=[filing.pk for filing in found]).update(assigned_to=member)
    for filing in found:
        record(actor, "bookkeeping.taxfiling.assigned", about=filing, after={"name": str(member) if member else ""})
    if member is not None and found and member.user_id != actor.user_id:
        _tell(actor, member, found)
    return len(found)


def _tell(actor: Actor, member: Member, filings: list[TaxFiling]) -> None:
    slug, first = actor.place.slug, filings[0]
    one = reverse("bookkeeping:filing", args=[slug, first.pk])
    notify(
        "bookkeeping/filings_assigned",
        to=[member.user.recipient],
        url=one if len(filings) == 1 else f"{reverse('bookkeeping:taxes', args=[slug])}?assigned={member.pk}",
        organisation_id=actor.place.id,
        context={"business": actor.place, "by": actor.name, "filings": filings, "first": first},
    )


@transaction.atomic
def write_filing_note(*, actor: Actor, filing: TaxFiling, note: str) -> None:
    """Keep a note on a return. Repeating it does nothing. Raises Forbidden."""
    actor.require(Section.TAXES, Level.MANAGE)
    if filing.note == note:
        return
    filing.note = note
    filing.save(update_fields=["note"])
    record(actor, "bookkeeping.taxfiling.noted", about=filing)


@transaction.atomic
def renew_feed(*, actor: Actor) -> str:
    """Make a new secret for the calendar feed and give it, this once; the one before is worth nothing any more."""
    actor.require(Section.TAXES, Level.MANAGE)
    token = new_token()
    _set_feed(actor, hash_token(token))
    return token


@transaction.atomic
def stop_feed(*, actor: Actor) -> None:
    """Let the calendar feed answer nobody. Repeating it does nothing. Raises Forbidden."""
    actor.require(Section.TAXES, Level.MANAGE)
    _set_feed(actor, "")


def _set_feed(actor: Actor, feed_hash: str) -> None:
    calendars = FilingCalendar.objects.filter(organisation_id=actor.place.id).exclude(feed_hash=feed_hash)
    calendar = calendars.select_for_update(no_key=True).first()
    if calendar is None:
        return
    calendar.feed_hash = feed_hash
    calendar.save(update_fields=["feed_hash"])
    record(actor, "bookkeeping.filingcalendar.feed_changed", about=calendar)

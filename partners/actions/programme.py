"""How firms join the partner programme, and what the operator decides of it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, ActorKind, Forbidden, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from advisory_portal.core.mail import Recipient, notify
from advisory_portal.core.states import IllegalMove, move
from partners.actions.listings import put_back, take_down
from partners.actions.locks import lock_organisation
from partners.models import Member, Organisation, ProgrammeApplication, Subscription
from partners.rules.programme import preconditions

State = ProgrammeApplication.State


class PreconditionUnmet(Refused):
    """The firm may not ask to join yet; the programme page says what is missing."""


class ReasonMissing(Refused):
    """A no needs a reason that the firm can act on."""


@transaction.atomic
def request_programme(*, actor: Actor, now: datetime) -> ProgrammeApplication:
    """Ask to join the programme; a rejected firm may ask again. Repeating it gives the application that stands.

    Raises PreconditionUnmet if one of the three preconditions is not met. Source: PRODUCT R2.
    """
    actor.require(Section.SETTINGS, Level.MANAGE)
    organisation = lock_organisation(actor.place.id)
    standing = ProgrammeApplication.objects.visible_to(actor).current().first()
    if standing is not None:
        return standing
    subscription = Subscription.objects.visible_to(actor).first()
    has_paid = subscription is not None and subscription.is_paid(actor.today())
    if not preconditions(organisation.kind, organisation.profession, has_paid=has_paid).all_met:
        raise PreconditionUnmet(_("Something is missing before you can send the request. See below what."))
    application = ProgrammeApplication.objects.create(
        organisation=organisation, sent_by_name=actor.name, created_at=now
    )
    record(actor, "partners.programmeapplication.submitted", about=application)
    return application


@transaction.atomic
def accept_application(*, actor: Actor, application: ProgrammeApplication, now: datetime) -> bool:
    """Take the firm into the programme and tell it. True if done now, False if it was in already.

    Raises IllegalMove if somebody decided otherwise meanwhile. Source: PRODUCT R2.
    """
    return _decide(actor, application, State.ACCEPTED, "", now, since=(State.SUBMITTED, State.ACCEPTED))


@transaction.atomic
def reject_application(*, actor: Actor, application: ProgrammeApplication, reason: str, now: datetime) -> bool:
    """Refuse the request with a reason, which the firm reads; it may ask again. True if done now, False if before.

    Raises ReasonMissing, and IllegalMove if somebody decided otherwise meanwhile. Source: PRODUCT 3.
    """
    return _decide(actor, application, State.REJECTED, _given(reason), now, since=(State.SUBMITTED, State.REJECTED))


@transaction.atomic
def suspend_firm(*, actor: Actor, application: ProgrammeApplication, reason: str, now: datetime) -> bool:
    """Take an accepted firm out of both listings until it is resumed; its collaborations stay.

    True if done now, False if it was suspended already. Raises ReasonMissing and IllegalMove. Source: PRODUCT 3.
    """
    done = _decide(actor, application, State.SUSPENDED, _given(reason), now, since=(State.ACCEPTED, State.SUSPENDED))
    if done:
        take_down(application.organisation_id)
    return done


@transaction.atomic
def resume_firm(*, actor: Actor, application: ProgrammeApplication, now: datetime) -> bool:
    """End a suspension: the published profile is listed again. True if done now, False if it was not suspended.

    Raises IllegalMove for an application that was never accepted. Source: PRODUCT 3.
    """
    done = _decide(actor, application, State.ACCEPTED, "", now, since=(State.SUSPENDED, State.ACCEPTED))
    if done:
        put_back(application.organisation_id, now)
    return done


@transaction.atomic
def set_subscription(
    *, actor: Actor, organisation: Organisation, status: str, paid_until: date | None, now: datetime
) -> Subscription:
    """Write by hand what an organisation has paid; `paid_until` is the last day, None for open-ended.

    From then on what Stripe says of it is not kept.

    Repeating it does nothing. Source: PRODUCT 3.
    """
    require_operator(actor)
    lock_organisation(organisation.pk)
    new = {"status": Subscription.Status(status).value, "paid_until": paid_until}
    row = Subscription.objects.filter(organisation=organisation).first()
    before = {"status": row.status, "paid_until": row.paid_until} if row else {}
    if row is None:
        row = Subscription(organisation=organisation)
    if before != new or row.is_of_stripe:
        row.status, row.paid_until, row.ends_on = status, paid_until, None
        row.source, row.set_at = Subscription.Source.HAND, now
        row.save()
        record(actor, "partners.subscription.set", about=row, before=_as_json(before), after=_as_json(new))
    return row


def require_operator(actor: Actor) -> None:
    """Raises Forbidden for everybody but the operator and the system."""
    if actor.kind not in (ActorKind.OPERATOR, ActorKind.SYSTEM):
        raise Forbidden


def is_in_programme(organisation_id: UUID) -> bool:
    """Is the firm accepted, and not suspended?"""
    return ProgrammeApplication.objects.accepted().filter(organisation_id=organisation_id).exists()


def _decide(
    actor: Actor,
    application: ProgrammeApplication,
    to: ProgrammeApplication.State,
    reason: str,
    now: datetime,
    *,
    since: tuple[ProgrammeApplication.State, ...],
) -> bool:
    """Move an application that stands in one of the states `since`, keep who and why, tell the firm."""
    require_operator(actor)
    organisation = lock_organisation(application.organisation_id)
    application.refresh_from_db()
    before = application.state
    if before not in since:
        raise IllegalMove(
            _("Somebody else decided this meanwhile: it is “%(state)s” now.") % {"state": State(before).label}
        )
    if not move(application, to, actor=actor):
        return False
    application.reason, application.decided_by_name, application.decided_at = reason, actor.name, now
    application.save(update_fields=["reason", "decided_by_name", "decided_at"])
    if reason:
        record(actor, "partners.programmeapplication.reasoned", about=application, after={"reason": reason})
    decision = "resumed" if before == State.SUSPENDED else to.value
    notify(
        "partners/programme_decision",
        to=leaders_of(organisation),
        url=reverse("partners:advisory_services", args=[organisation.slug]),
        organisation_id=organisation.pk,
        context={"organisation": organisation.name, "decision": decision, "reason": reason},
    )
    return True


def leaders_of(organisation: Organisation) -> list[Recipient]:
    """Owners and administrators who can act, as receivers of mail."""
    members = Member.objects.effective().leading().filter(organisation=organisation)
    return [member.user.recipient for member in members.select_related("user")]


def _given(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissing(_("Write a reason: the firm reads it."), field="reason")
    return reason.strip()


def _as_json(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}

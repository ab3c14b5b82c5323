"""Access to a client's account: given, changed and taken away by the client, and over by itself."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, system_actor
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from advisory_portal.core.mail import Recipient, notify
from collaborations.actions.messages import tell
from collaborations.actions.requests import address_for
from collaborations.actions.sides import lock_collaboration, people_of, record_across, require_side
from collaborations.models import Collaboration, Grant, Message, Side
from collaborations.rules.grants import DAY_BEFORE, WEEK_BEFORE, end_of, last_day_of
from collaborations.words.agreement import AGREEMENT_VERSION, agreement_text
from partners.models import Role


class NotCollaborating(Refused):
    """Access is for the firm one collaborates with now."""


class AccessStands(Refused):
    """The firm has access already, another one than this."""


class AccessOver(Refused):
    """The access ended meanwhile."""


class AgreementChanged(Refused):
    """Another agreement holds than the one that was read."""


class EndTooEarly(Refused):
    """Access ends today at the earliest."""


class RoleNotOffered(Refused):
    """The role was withdrawn meanwhile, or opens everything."""


@transaction.atomic
def grant_access(
    *,
    actor: Actor,
    collaboration: Collaboration,
    role: Role,
    ends_on: date | None,
    agreement_version: str,
    now: datetime,
) -> Grant:
    """Let the firm into the business's account with one of the business's roles, and tell the firm.

    `ends_on` is the last day, None for an open end; `agreement_version` the data-processing agreement that was shown
    and accepted, which is kept with the grant. Granting the same again does nothing. Raises NotCollaborating,
    AccessStands, AgreementChanged, EndTooEarly, RoleNotOffered, Forbidden. Source: PRODUCT R6.
    """
    collaboration = _lock_for_client(actor, collaboration)
    if collaboration.state != Collaboration.State.ACTIVE:
        raise NotCollaborating(_("You do not collaborate with this firm now."))
    role, ends_at = _role_to_give(actor, role), _end(actor, ends_on, now)
    standing = collaboration.grants.standing().select_related("role").first()
    if standing and is_over(standing, now):
        end_grant(grant=standing, now=now)
    elif standing and (standing.role_id, standing.ends_at) == (role.pk, ends_at):
        return standing
    elif standing:
        raise AccessStands(_("The firm has access already. You can change it."))
    if agreement_version != AGREEMENT_VERSION:
        raise AgreementChanged(_("The agreement was changed meanwhile. Read it again."), field="agreed")
    grant = _agreed(actor, collaboration, role, ends_at, agreement_version, now)
    record(actor, "collaborations.grant.given", about=grant, after=_terms(grant))
    record_across(actor, "collaborations.grant.given", about=grant, after=_terms(grant))
    collaboration.conversation.access_requested_at = None
    collaboration.conversation.save(update_fields=["access_requested_at"])
    _tell_thread(grant, Message.Kind.GRANTED, actor, now)
    notify("collaborations/access_granted", to=_firm(grant), **_about(grant, actor))
    return grant


@transaction.atomic
def change_access(*, actor: Actor, grant: Grant, role: Role, ends_on: date | None, now: datetime) -> Grant:
    """Give the firm another role or another last day (None: open end), from its next request on, and tell it.

    Changing nothing does nothing. Raises AccessOver, EndTooEarly, RoleNotOffered, Forbidden. Source: PRODUCT R6.
    """
    _lock_for_client(actor, grant.collaboration)
    grant = lock_grant(grant)
    if grant.revoked_at or is_over(grant, now):
        raise AccessOver(_("This access has ended. You can grant it again."))
    role, ends_at = _role_to_give(actor, role), _end(actor, ends_on, now)
    if (grant.role_id, grant.ends_at) == (role.pk, ends_at):
        return grant
    before = _terms(grant)
    grant.role, grant.ends_at = role, ends_at
    warned = _warned(ends_at, now)
    grant.told_week, grant.told_day = warned["told_week"], warned["told_day"]
    grant.save(update_fields=["role", "ends_at", "told_week", "told_day"])
    record(actor, "collaborations.grant.changed", about=grant, before=before, after=_terms(grant))
    record_across(actor, "collaborations.grant.changed", about=grant, before=before, after=_terms(grant))
    _tell_thread(grant, Message.Kind.GRANT_CHANGED, actor, now)
    notify("collaborations/access_changed", to=_firm(grant), **_about(grant, actor))
    return grant


@transaction.atomic
def remove_access(*, actor: Actor, grant: Grant, now: datetime) -> None:
    """Take the firm's access away, from its next request on, and tell it; the collaboration goes on.

    Repeating it does nothing. Raises Forbidden. Source: PRODUCT R6.
    """
    _lock_for_client(actor, grant.collaboration)
    grant = lock_grant(grant)
    if grant.revoked_at:
        return
    revoke_grants(collaboration=grant.collaboration, end=Grant.End.REMOVED, actor=actor, now=now)
    _tell_thread(grant, Message.Kind.GRANT_REMOVED, actor, now)
    notify("collaborations/access_removed", to=_firm(grant), **_about(grant, actor, end=Grant.End.REMOVED))


@transaction.atomic
def revoke_grants(*, collaboration: Collaboration, end: Grant.End, actor: Actor, now: datetime) -> list[Grant]:
    """End the access of a collaboration, from the firm's next request on; gives back what was ended.

    Part of ending and blocking, which tell about it; the caller holds the collaboration. Repeating it does nothing.
    """
    standing = collaboration.grants.standing().select_for_update(of=("self",), no_key=True)
    ended = list(standing.select_related("role", "firm", "business"))
    for grant in ended:
        grant.revoked_at, grant.revoked_by_name, grant.end = now, actor.name, end
        grant.save(update_fields=["revoked_at", "revoked_by_name", "end"])
        record(actor, "collaborations.grant.removed", about=grant, before=_terms(grant))
        record_across(actor, "collaborations.grant.removed", about=grant, before=_terms(grant))
    return ended


@transaction.atomic
def end_grant(*, grant: Grant, now: datetime) -> None:
    """End an access whose last day is over or whose role was withdrawn, and tell both sides. Source: PRODUCT R6.

    It opened nothing any more already. Doing it again, or to one that goes on, does nothing.
    """
    grant = lock_grant(grant)
    if grant.revoked_at or not is_over(grant, now):
        return
    end = Grant.End.ROLE_RETIRED if grant.role.retired_at else Grant.End.EXPIRED
    actor = system_actor(grant.business.workspace)
    revoke_grants(collaboration=grant.collaboration, end=end, actor=actor, now=now)
    _tell_thread(grant, Message.Kind.GRANT_REMOVED, actor, now, end=end)
    notify("collaborations/access_removed", to=_firm(grant), **_about(grant, actor, end=end))
    notify("collaborations/access_over", to=_business(grant), **_for_business(grant, end=end))


@transaction.atomic
def warn_of_end(*, grant: Grant, now: datetime) -> None:
    """Tell both sides that the access ends within a week, and again within a day. Each is told once.

    Source: PRODUCT 6 (about to end).
    """
    grant = lock_grant(grant)
    if grant.revoked_at or grant.ends_at is None or is_over(grant, now):
        return
    within_a_day = grant.ends_at - now <= DAY_BEFORE
    if grant.told_day or (grant.told_week and not within_a_day):
        return
    grant.told_week, grant.told_day = True, within_a_day
    grant.save(update_fields=["told_week", "told_day"])
    notify("collaborations/access_ending", to=_firm(grant), **_about(grant, system_actor()))
    notify("collaborations/access_ending", to=_business(grant), **_for_business(grant))


def is_over(grant: Grant, now: datetime) -> bool:
    """Does it open nothing any more, though nobody has taken it away?"""
    return grant.role.retired_at is not None or (grant.ends_at is not None and grant.ends_at <= now)


def lock_grant(grant: Grant) -> Grant:
    """The grant as it stands under the locks of its conversation and collaboration, with role and organisations."""
    collaboration = lock_collaboration(grant.collaboration)
    locked = Grant.objects.select_for_update(of=("self",), no_key=True)
    current = locked.select_related("role").get(pk=grant.pk)
    current.collaboration, current.firm, current.business = collaboration, collaboration.firm, collaboration.business
    return current


def _lock_for_client(actor: Actor, collaboration: Collaboration) -> Collaboration:
    """The collaboration, locked. Raises Forbidden for everybody but those who manage the team of its business."""
    require_side(actor, collaboration, Side.BUSINESS)
    return lock_collaboration(collaboration)


def _agreed(
    actor: Actor,
    collaboration: Collaboration,
    role: Role,
    ends_at: datetime | None,
    agreement_version: str,
    now: datetime,
) -> Grant:
    """The new grant, with the agreement as it was shown."""
    return Grant.objects.create(
        firm=collaboration.firm,
        business=collaboration.business,
        collaboration=collaboration,
        role=role,
        ends_at=ends_at,
        granted_by_name=actor.name,
        agreement=agreement_text(actor.language, firm=collaboration.firm.name, business=collaboration.business.name),
        agreement_version=agreement_version,
        agreed_at=now,
        agreed_by_id=_person(actor),
        agreed_by_name=actor.name,
        **_warned(ends_at, now),
    )


def _person(actor: Actor) -> UUID:
    if actor.user_id is None:
        raise LookupError("Agreements are accepted by people.")
    return actor.user_id


def _role_to_give(actor: Actor, role: Role) -> Role:
    offered = Role.objects.visible_to(actor).effective().besides_owner().filter(pk=role.pk).first()
    if offered is None:
        raise RoleNotOffered(_("This role cannot be given now. Choose another one."), field="role")
    return offered


def _end(actor: Actor, ends_on: date | None, now: datetime) -> datetime | None:
    ends_at = end_of(ends_on, actor.place.time_zone)
    if ends_at is not None and ends_at <= now:
        raise EndTooEarly(_("Choose today or a later day."), field="ends_on")
    return ends_at


def _warned(ends_at: datetime | None, now: datetime) -> dict[str, bool]:
    """Which warnings an end needs no more: whoever has just chosen it knows."""
    left = ends_at - now if ends_at else None
    return {
        "told_week": left is not None and left <= WEEK_BEFORE,
        "told_day": left is not None and left <= DAY_BEFORE,
    }


def _last_day(grant: Grant) -> date | None:
    return last_day_of(grant.ends_at, grant.business.time_zone)


def _terms(grant: Grant) -> dict[str, Any]:
    """Role and last day as the logs and the conversation keep them."""
    until = _last_day(grant)
    return {"role": grant.role.label, "until": until.isoformat() if until else ""}


def _tell_thread(grant: Grant, kind: Message.Kind, actor: Actor, now: datetime, *, end: str = "") -> None:
    tell(
        conversation=grant.collaboration.conversation,
        side=Side.BUSINESS,
        kind=kind,
        actor=actor,
        detail=_terms(grant) | ({"end": end} if end else {}),
        text="",
        now=now,
    )


def _firm(grant: Grant) -> list[Recipient]:
    return people_of(grant, Side.FIRM)


def _business(grant: Grant) -> list[Recipient]:
    return people_of(grant, Side.BUSINESS)


def _about(grant: Grant, actor: Actor, *, end: str = "") -> dict[str, Any]:
    """What `notify` needs to tell the firm of a grant: everything but the message and the receivers."""
    return {
        "url": reverse("collaborations:client", args=[grant.firm.slug, grant.collaboration.client_id]),
        "organisation_id": grant.firm_id,
        "from_name": grant.business.name,
        "context": _said(grant, end) | {"actor_name": actor.name, "is_firm": True},
    }


def _for_business(grant: Grant, *, end: str = "") -> dict[str, Any]:
    """The same for the business."""
    return {
        "url": address_for(grant.collaboration.conversation, Side.BUSINESS),
        "organisation_id": grant.business_id,
        "context": _said(grant, end) | {"actor_name": "", "is_firm": False},
    }


def _said(grant: Grant, end: str) -> dict[str, Any]:
    names = {"firm": grant.firm.name, "business": grant.business.name}
    return names | {"role": grant.role, "until": _last_day(grant), "end": end}

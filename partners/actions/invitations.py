"""Asking people by mail to join, and their coming in."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from advisory_portal.core.ids import hash_token, new_token
from advisory_portal.core.mail import Recipient, notify
from partners.actions.locks import lock_organisation, lock_person
from partners.actions.registration import create_user
from partners.models import Invitation, Member, Organisation, Role, User
from partners.rules import INVITATION_LIFE, MOST_WAITING_INVITATIONS, RESEND_PAUSE
from partners.rules.values import NewPerson


class AlreadyMember(Refused):
    """Whoever belongs already is not invited."""


class TooManyInvitations(Refused):
    """An organisation has a bounded number of unanswered invitations."""


class InvitationClosed(Refused):
    """Revoked, expired, replaced by a newer mail, or used by somebody who has left since."""


class OtherAddress(Refused):
    """The invitation was sent to another address than the one that the person logs in with."""


@transaction.atomic
def invite(*, actor: Actor, emails: Sequence[str], role: Role, now: datetime) -> list[Invitation]:
    """Mail an invitation for 14 days to each address, all or none.

    An address that is invited already gets a fresh mail, and the link of the older one dies; within a minute of it,
    with the same role, nothing happens. Raises AlreadyMember, TooManyInvitations, DoesNotExist for a role that may
    not be offered. Source: PRODUCT R4.
    """
    actor.require(Section.TEAM, Level.MANAGE)
    organisation = lock_organisation(actor.place.id)
    role = Role.objects.for_invitations(actor).get(pk=role.pk)
    addresses = list(dict.fromkeys(email.strip().lower() for email in emails))
    members = Member.objects.visible_to(actor).present().filter(user__email__in=addresses)
    present = sorted(members.values_list("user__email", flat=True))
    if present:
        raise AlreadyMember(_("%(email)s is a member already.") % {"email": present[0]}, field="emails")
    waiting = Invitation.objects.visible_to(actor).waiting()
    if waiting.exclude(email__in=addresses).count() + len(addresses) > MOST_WAITING_INVITATIONS:
        raise TooManyInvitations(_("There are too many unanswered invitations: revoke some first."), field="emails")
    known = {invitation.email: invitation for invitation in waiting.filter(email__in=addresses)}
    return [_offer(actor, organisation, address, role, known.get(address), now) for address in addresses]


def _offer(
    actor: Actor, organisation: Organisation, email: str, role: Role, known: Invitation | None, now: datetime
) -> Invitation:
    if known is None:
        invitation = Invitation(organisation=organisation, email=email, role=role)
        _mail(actor, invitation, now, what="partners.invitation.sent")
        return invitation
    if known.role_id != role.pk or _may_mail_again(known, now):
        known.role = role
        _mail(actor, known, now, what="partners.invitation.resent")
    return known


@transaction.atomic
def resend_invitation(*, actor: Actor, invitation: Invitation, now: datetime) -> bool:
    """Mail a new link for another 14 days; the old one dies. False if that was done within the last minute.

    Raises InvitationClosed if it was accepted or revoked meanwhile.
    """
    actor.require(Section.TEAM, Level.MANAGE)
    lock_organisation(actor.place.id)
    invitation = Invitation.objects.visible_to(actor).select_related("role").get(pk=invitation.pk)
    if invitation.accepted_at or invitation.revoked_at or invitation.role.retired_at:
        raise InvitationClosed(_("This invitation is closed. Invite the person again."))
    if not _may_mail_again(invitation, now):
        return False
    _mail(actor, invitation, now, what="partners.invitation.resent")
    return True


@transaction.atomic
def revoke_invitation(*, actor: Actor, invitation: Invitation, now: datetime) -> None:
    """Withdraw an invitation; its link opens nothing any more. Done before or accepted already: nothing happens."""
    actor.require(Section.TEAM, Level.MANAGE)
    lock_organisation(actor.place.id)
    invitation = Invitation.objects.visible_to(actor).get(pk=invitation.pk)
    if invitation.accepted_at or invitation.revoked_at:
        return
    invitation.revoked_at = now
    invitation.save(update_fields=["revoked_at"])
    record(actor, "partners.invitation.revoked", about=invitation)


@transaction.atomic
def accept_invitation(*, actor: Actor, token: str, now: datetime) -> Organisation:
    """Join the organisation with the offered role. Accepting again, or being a member already, changes nothing.

    Raises InvitationClosed, also for an unknown token, and OtherAddress. Source: PRODUCT R4.
    """
    invitation = _locked_by_token(token)
    user = lock_person(actor)
    if user.email != invitation.email:
        raise OtherAddress(_("This invitation was sent to another address."))
    return _join(actor, invitation, user, now)


@transaction.atomic
def register_invited(*, actor: Actor, token: str, person: NewPerson, now: datetime) -> User:
    """Make an account for the invited address and join. The mailed link proves the address, so it is confirmed.

    `person.email` counts for nothing: the address is the invitation's. Raises InvitationClosed and
    AddressTaken. Source: PRODUCT R4.
    """
    invitation = _locked_by_token(token)
    if not invitation.is_open(now):
        raise InvitationClosed(_("This invitation is no longer valid."))
    user = create_user(replace(person, email=invitation.email), verified=True)
    _join(replace(actor, name=user.name, user_id=user.pk), invitation, user, now)
    return user


def _locked_by_token(token: str) -> Invitation:
    """The invitation as it stands under its organisation's lock. Raises InvitationClosed for an unknown token."""
    found = Invitation.objects.with_token(token).first()
    if found is not None:
        lock_organisation(found.organisation_id)
        found = Invitation.objects.with_token(token).first()
    if found is None:
        raise InvitationClosed(_("This invitation is no longer valid."))
    return found


def _join(actor: Actor, invitation: Invitation, user: User, now: datetime) -> Organisation:
    organisation = invitation.organisation
    is_member = Member.objects.present().filter(organisation=organisation, user=user).exists()
    if not is_member and not invitation.is_open(now):
        raise InvitationClosed(_("This invitation is no longer valid."))
    if not is_member:
        Member.objects.create(organisation=organisation, user=user, role=invitation.role)
        joined = replace(actor, organisation=organisation.workspace)
        record(joined, "partners.invitation.accepted", about=invitation, after={"role": str(invitation.role)})
    if invitation.accepted_at is None and invitation.revoked_at is None:
        invitation.accepted_at = now
        invitation.save(update_fields=["accepted_at"])
    return organisation


def _may_mail_again(invitation: Invitation, now: datetime) -> bool:
    return now - invitation.sent_at >= RESEND_PAUSE


def _mail(actor: Actor, invitation: Invitation, now: datetime, *, what: str) -> None:
    """Give the invitation a new token and mail it; only the mail holds the token itself."""
    token = new_token()
    person = User.objects.filter(email=invitation.email).first()
    invitation.token_hash = hash_token(token)
    invitation.sent_at, invitation.expires_at = now, now + INVITATION_LIFE
    invitation.invited_by_name = actor.name
    invitation.language = person.language if person else get_language() or actor.place.language
    invitation.save()
    record(actor, what, about=invitation, after={"role": str(invitation.role)})
    receiver = Recipient(invitation.email, invitation.language, person.name if person else "")
    notify(
        "partners/invitation",
        to=[receiver],
        url=reverse("partners:invitation", args=[token]),
        organisation_id=actor.place.id,
        context={
            "organisation": actor.place.name,
            "role": invitation.role,
            "actor_name": actor.name,
            "expires_on": invitation.expires_at.date(),
        },
        always=True,
    )

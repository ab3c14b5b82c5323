"""Who of a firm looks after which client."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from advisory_portal.core.mail import notify
from collaborations.actions.clients import ClientEnded, lock_client, require_leading
from collaborations.models import Client, ManagerAssignment
from collaborations.models.clients import eligible_members
from partners.models import Member


class NotEligible(Refused):
    """Somebody chosen has left the firm or has no role that looks after clients."""


@transaction.atomic
def assign_managers(*, actor: Actor, client: Client, members: Collection[UUID]) -> int:
    """Let these members of the firm look after a client, beside those who do, and tell those who are new to it.

    Returns how many are new; repeating it does nothing. All or none: raises NotEligible if one of them is no
    effective member with an eligible role (`Members.looking_after`), ClientEnded, Forbidden, DoesNotExist.
    Source: PRODUCT R8.
    """
    require_leading(actor)
    locked = lock_client(actor, client)
    if locked.ended_at is not None:
        raise ClientEnded(_("You do not work for this client any more."))
    if not members:
        raise NotEligible(_("Pick at least one person."), field="members")
    found = list(eligible_members(actor).filter(pk__in=members).order_by("user__name", "pk"))
    if len(found) != len(set(members)):
        text = _("Somebody you picked is not in your team any more, or has another role now. Please pick again.")
        raise NotEligible(text, field="members")
    there = set(ManagerAssignment.objects.filter(client=locked).values_list("member_id", flat=True))
    new = [member for member in found if member.pk not in there]
    for member in new:
        _assign(actor, locked, member)
    return len(new)


@transaction.atomic
def remove_manager(*, actor: Actor, assignment: ManagerAssignment) -> None:
    """Let a member look after a client no more: an account manager sees it no longer with the next request.

    Repeating it does nothing. Raises Forbidden.
    """
    require_leading(actor)
    rows = ManagerAssignment.objects.visible_to(actor).select_related("client", "member__user")
    found = rows.select_for_update(of=("self",), no_key=True).filter(pk=assignment.pk).first()
    if found is None:
        return
    name = found.member.user.name
    found.delete()
    record(actor, "collaborations.manager.removed", about=found.client, before={"manager": name})


def _assign(actor: Actor, client: Client, member: Member) -> None:
    ManagerAssignment.objects.create(firm_id=client.firm_id, client=client, member=member, assigned_by_name=actor.name)
    record(actor, "collaborations.manager.assigned", about=client, after={"manager": member.user.name})
    if member.user_id == actor.user_id:
        return
    notify(
        "collaborations/assigned",
        to=[member.user.recipient],
        url=reverse("collaborations:client", args=[actor.place.slug, client.pk]),
        organisation_id=actor.place.id,
        context={"client": client.name, "firm": actor.place.name, "actor_name": actor.name},
    )

"""What a firm may see of its client, and who of the firm looks after it."""

from datetime import date, datetime

from django.utils import timezone

from advisory_portal.core.access import Actor
from collaborations import actions
from collaborations.models import Client, Collaboration, Grant, ManagerAssignment
from collaborations.models.access import way_in
from collaborations.sources import actor_of_way_in
from collaborations.words.agreement import AGREEMENT_VERSION
from partners.models import Member, Organisation, Role, User
from tests.collaborations.factories_conversations import collaborating, owner_of
from tests.factories import predefined_role


def granted(
    collaboration: Collaboration,
    role: Role | str = "bookkeeper",
    *,
    ends_on: date | None = None,
    now: datetime | None = None,
) -> Grant:
    """Access that the business's owner gave; a role by its code is a predefined one."""
    return actions.grant_access(
        actor=owner_of(collaboration.business),
        collaboration=collaboration,
        role=predefined_role("business", role) if isinstance(role, str) else role,
        ends_on=ends_on,
        agreement_version=AGREEMENT_VERSION,
        now=now or timezone.now(),
    )


def advised(business: Organisation, firm: Organisation, role: Role | str = "bookkeeper", **terms) -> Grant:
    """A collaboration with access."""
    return granted(collaborating(business, firm), role, **terms)


def looked_after(client: Client, user: User) -> ManagerAssignment:
    """The person of the firm as the client's account manager."""
    member = Member.objects.get(organisation=client.firm, user=user)
    return ManagerAssignment.objects.create(firm=client.firm, client=client, member=member, assigned_by_name="Alice")


def in_account(grant: Grant, user: User) -> Actor:
    """The person of the firm in the client's account, as the middleware finds them."""
    found = way_in(grant_id=grant.pk, user_id=user.pk, slug=grant.business.slug, now=timezone.now())
    assert found is not None
    return actor_of_way_in(found, grant_id=grant.pk, person=user.actor, language=user.language)

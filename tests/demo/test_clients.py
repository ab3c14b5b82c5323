"""The demo firm's clients: each with another picture of work, access and people in charge."""

from datetime import timedelta

import pytest
from django.utils import timezone

from advisory_portal.demo.clients import fill_clients
from advisory_portal.demo.people import make_people
from collaborations.kpis import pending_of
from collaborations.models import Client, Collaboration, Conversation, Grant, ManagerAssignment
from collaborations.rules.grants import granted_levels
from partners.models import Organisation
from tests.collaborations.factories_conversations import in_programme, owner_of


@pytest.mark.django_db
def test_acme_has_twelve_clients_with_different_pictures_and_two_outside():
    acme, _delta = make_people()
    in_programme(acme)
    fill_clients(owner_of(acme))
    now = timezone.now()
    assert Client.objects.current().exclude(business=None).count() == 12
    assert Client.objects.current().filter(business=None).count() == 2
    assert ManagerAssignment.objects.filter(member__user__email="bob@acme.example").count() == 5
    assert Collaboration.objects.filter(state="pending").count() == 1
    assert Conversation.objects.exclude(business_count=0).count() >= 5
    active = Grant.objects.active(now).select_related("role", "business__plan")
    assert active.filter(ends_at__lt=now + timedelta(days=7)).count() == 1
    assert len({grant.role for grant in active}) >= 6
    pictures = {
        tuple(
            pending_of(grant.business_id, granted_levels(grant.role.levels, grant.business.plan.sections), now).items()
        )
        for grant in active.exclude(business__slug="delta")
    }
    assert len(pictures) == active.count() - 1
    clean = Grant.objects.get(business__slug="libreria-trazos")
    levels = granted_levels(clean.role.levels, clean.business.plan.sections)
    assert sum(one.number for one in pending_of(clean.business_id, levels, now).values()) == 0
    assert Organisation.objects.filter(slug="cafe-miramar").exists()

"""Two at once, in threads of their own, on PostgreSQL."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from partners import actions
from partners.models import Invitation, Member, Organisation, User
from partners.rules.values import NewOrganisation, NewPerson
from tests.factories import PASSWORD, FirmFactory, InvitationFactory, MemberFactory, UserFactory, member_actor

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts: Callable[[], object]) -> list[object]:
    """What each act returned or raised, all begun at the same moment."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            barrier.wait(timeout=120)
            return act()
        except Exception as error:
            return type(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_two_owners_who_remove_each_other_leave_one():
    firm = FirmFactory()
    first, second = (MemberFactory(organisation=firm, code="owner") for _ in range(2))
    now = timezone.now()
    outcomes = together(
        lambda: actions.remove_member(actor=member_actor(first), member=second, now=now),
        lambda: actions.remove_member(actor=member_actor(second), member=first, now=now),
    )
    assert sorted(outcomes, key=str) == [actions.LastOwner, None]
    assert Member.objects.effective().owners().count() == 1


def test_two_owners_who_leave_at_once_leave_one():
    firm = FirmFactory()
    owners = [MemberFactory(organisation=firm, code="owner") for _ in range(2)]
    acts = [lambda m=member: actions.leave_organisation(actor=member_actor(m), now=timezone.now()) for member in owners]
    outcomes = together(*acts)
    assert sorted(outcomes, key=str) == [actions.LastOwner, None]
    assert Member.objects.effective().owners().count() == 1


def test_accepting_twice_at_once_makes_one_member():
    user = UserFactory()
    InvitationFactory(email=user.email, token="t")
    accept = lambda: actions.accept_invitation(actor=user.actor, token="t", now=timezone.now())  # noqa: E731
    outcomes = together(accept, accept, accept)
    assert outcomes == [Organisation.objects.get()] * 3
    assert Member.objects.count() == 1


def test_registering_by_invitation_twice_at_once_makes_one_person():
    InvitationFactory(email="n@acme.example", token="t")
    person = NewPerson(name="Nora", email="", password=PASSWORD, language="en")
    register = lambda: actions.register_invited(  # noqa: E731
        actor=User(name="Nora").actor, token="t", person=person, now=timezone.now()
    )
    outcomes = together(register, register)
    assert actions.InvitationClosed in outcomes
    assert (User.objects.count(), Member.objects.count()) == (1, 1)


def test_inviting_the_same_address_twice_at_once_makes_one_invitation():
    member = MemberFactory(organisation=FirmFactory(), code="owner")
    role = InvitationFactory(organisation=member.organisation, code="administrator").role
    invite = lambda: actions.invite(  # noqa: E731
        actor=member_actor(member), emails=["n@acme.example"], role=role, now=timezone.now()
    )
    together(invite, invite)
    assert Invitation.objects.filter(email="n@acme.example").count() == 1


def test_registering_the_same_address_twice_at_once_makes_one_of_each():
    person = NewPerson(name="Eva", email="eva@soler.example", password=PASSWORD, language="en")
    organisation = NewOrganisation(
        kind="business", name="Soler", tax_id="B64717838", country="ES", legal_form="", team_size="1"
    )
    register = lambda: actions.register_owner(  # noqa: E731
        actor=User(name="Eva").actor, person=person, organisation=organisation
    )
    outcomes = together(register, register)
    assert actions.AddressTaken in outcomes
    assert (User.objects.count(), Organisation.objects.count(), Member.objects.count()) == (1, 1, 1)


def test_organisations_of_the_same_name_made_at_once_get_different_addresses():
    organisation = NewOrganisation(
        kind="business", name="Soler", tax_id="B64717838", country="ES", legal_form="", team_size="1"
    )
    users = UserFactory.create_batch(3)
    together(
        *[lambda user=user: actions.add_organisation(actor=user.actor, organisation=organisation) for user in users]
    )
    slugs = Organisation.objects.order_by("slug").values_list("slug", flat=True)
    assert list(slugs) == ["soler", "soler-2", "soler-3"]

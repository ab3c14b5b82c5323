"""Invariants 1, 4 and 14 of PRODUCT 7, over random sequences of what both sides, the clock and the operators do.

Whatever is refused is refused; after each step the world is looked at. The seed of a failing sequence is its name.
"""

import random
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from advisory_portal.core.access import Level
from advisory_portal.core.errors import Refused
from advisory_portal.core.ids import uuid7
from collaborations import actions
from collaborations.kpis import KPIS
from collaborations.models import (
    Client,
    ClientNote,
    Collaboration,
    Conversation,
    Grant,
    ManagerAssignment,
    Message,
    Question,
)
from collaborations.models.access import way_in
from collaborations.rows.client_page import client_page
from collaborations.rules.grants import granted_levels
from collaborations.words.agreement import AGREEMENT_VERSION
from documents.models import Document
from partners.models import Member, Role
from tests.collaborations.factories_conversations import in_programme
from tests.collaborations.factories_pending import add_item
from tests.factories import MemberFactory, OrganisationFactory, RoleFactory, member_actor

pytestmark = pytest.mark.django_db
STEPS = 40
SECTIONS = ("sales", "purchases", "banking", "inbox", "contacts", "journal", "taxes")


class World:
    """Two firms and two businesses who do at random what they may do, at a clock that runs on."""

    def __init__(self, seed, firms):
        self.chance = random.Random(seed)
        self.now = timezone.now()
        self.firms = firms
        self.businesses = [OrganisationFactory(name=f"Business {seed} {name}") for name in "AB"]
        for business in self.businesses:
            MemberFactory(organisation=business, code="owner")
            add_item(business, self.chance.choice(list(KPIS)), self.now.date())
            for number in range(2):
                RoleFactory(organisation=business, name=f"Role {number}", levels=self.levels())
        for firm in firms:
            in_programme(firm)
            MemberFactory(organisation=firm, code="account_manager")

    def levels(self):
        return {section: self.chance.choice([0, 0, 1, 2]) for section in SECTIONS}

    def actor(self, organisation, code="owner"):
        members = Member.objects.effective().with_rights().filter(organisation=organisation, role__code=code)
        return member_actor(members.earliest("created_at"))

    def step(self):
        """One act; returns its name."""
        self.now += timedelta(hours=self.chance.randint(1, 200))
        firm, business = self.chance.choice(self.firms), self.chance.choice(self.businesses)
        act = self.chance.choice(ACTS)
        try:
            act(self, firm, business)
        except (Refused, PermissionDenied, *MISSING):
            return f"{act.__name__} refused"
        return act.__name__

    def collaboration(self, firm, business):
        found = Collaboration.objects.select_related("firm", "business", "conversation", "client")
        return found.filter(firm=firm, business=business).latest("id")

    def grant(self, firm, business):
        found = Grant.objects.select_related("collaboration__conversation", "role", "firm", "business")
        return found.filter(firm=firm, business=business).latest("id")

    def role(self, business):
        roles = Role.objects.visible_to(self.actor(business)).effective().besides_owner()
        return self.chance.choice(list(roles))

    def last_day(self):
        return self.chance.choice([None, (self.now + timedelta(days=self.chance.randint(0, 20))).date()])


MISSING = (
    Collaboration.DoesNotExist, Grant.DoesNotExist, Client.DoesNotExist, Conversation.DoesNotExist,
    ManagerAssignment.DoesNotExist,
)  # fmt: skip


def ask(world, firm, business):
    actor = world.actor(business)
    conversation = actions.open_conversation(actor=actor, firm=firm, now=world.now)
    actions.ask_to_collaborate(actor=actor, conversation=conversation, text="Please", now=world.now)


def accept(world, firm, business):
    found = world.collaboration(firm, business)
    actions.accept_collaboration(actor=world.actor(firm), collaboration=found, now=world.now)


def end(world, firm, business):
    actor = world.actor(world.chance.choice([firm, business]))
    found = world.collaboration(firm, business)
    actions.end_collaboration(actor=actor, collaboration=found, reason="", now=world.now)


def block(world, firm, business):
    found = Conversation.objects.get(firm=firm, business=business)
    actions.block(actor=world.actor(firm), conversation=found, now=world.now)


def unblock(world, firm, business):
    found = Conversation.objects.get(firm=firm, business=business)
    actions.unblock(actor=world.actor(firm), conversation=found)


def grant(world, firm, business):
    actions.grant_access(
        actor=world.actor(business),
        collaboration=world.collaboration(firm, business),
        role=world.role(business),
        ends_on=world.last_day(),
        agreement_version=AGREEMENT_VERSION,
        now=world.now,
    )


def change(world, firm, business):
    terms = {"role": world.role(business), "ends_on": world.last_day()}
    actions.change_access(actor=world.actor(business), grant=world.grant(firm, business), now=world.now, **terms)


def remove(world, firm, business):
    actions.remove_access(actor=world.actor(business), grant=world.grant(firm, business), now=world.now)


def expire(world, firm, business):
    actions.end_grant(grant=world.grant(firm, business), now=world.now)


def retire_role(world, firm, business):
    chosen = world.chance.choice(list(Role.objects.filter(organisation=business, retired_at=None).order_by("id")))
    Role.objects.filter(pk=chosen.pk).update(retired_at=world.now)
    RoleFactory(organisation=business, levels=world.levels())


def assign(world, firm, business):
    client = Client.objects.get(firm=firm, business=business)
    manager = Member.objects.get(organisation=firm, role__code="account_manager")
    actions.assign_managers(actor=world.actor(firm), client=client, members=[manager.pk])


def unassign(world, firm, business):
    found = ManagerAssignment.objects.get(firm=firm, client__business=business)
    actions.remove_manager(actor=world.actor(firm), assignment=found)


def note(world, firm, business):
    client = Client.objects.get(firm=firm, business=business)
    actions.write_note(actor=world.actor(firm), client=client, text="Secret", key=uuid7())


def wait(world, firm, business):
    add_item(business, world.chance.choice(list(KPIS)), world.now.date())


# Beginning is likelier than ending, or little would ever stand.
ACTS = [ask, accept, accept, grant, grant, assign, assign, note, wait] * 2
ACTS += [end, block, unblock, unblock, change, remove, expire, retire_role, unassign]


# --- What holds after every step -------------------------------------------------------------------------------


def no_grant_without_an_active_collaboration():
    standing = Grant.objects.standing()
    assert not standing.exclude(collaboration__state="active").exists()
    assert standing.count() == len(set(standing.values_list("collaboration", flat=True)))
    assert (
        not Client.objects.filter(ended_at=None, collaborations__isnull=False)
        .exclude(collaborations__state="active")
        .exclude(pk__in=Collaboration.objects.active().values("client"))
        .exists()
    )


def what_is_not_granted_is_absent(world):
    for firm in world.firms:
        for code in ("owner", "account_manager"):
            actor = world.actor(firm, code)
            for client in Client.objects.visible_to(actor).select_related("business__plan"):
                page = client_page(actor, client, world.now)
                grant = Grant.objects.active(world.now).filter(collaboration__client=client).first()
                assert (page.pending is None) == (grant is None)
                if grant is None or page.pending is None:
                    continue
                levels = granted_levels(grant.role.levels, client.business.plan.sections)
                opened = [kpi for kpi, row in KPIS.items() if levels.get(row.section, 0) >= Level.VIEW]
                assert [part.code for part in page.pending] == opened


def nobody_reaches_further(world):
    for firm in world.firms:
        for code in ("owner", "account_manager"):
            actor = world.actor(firm, code)
            for grant in Grant.objects.select_related("business", "collaboration"):
                found = way_in(grant_id=grant.pk, user_id=actor.user_id, slug=grant.business.slug, now=world.now)
                looks_after = (
                    code == "owner"
                    or ManagerAssignment.objects.filter(
                        client=grant.collaboration.client_id, member__user_id=actor.user_id
                    ).exists()
                )
                opens = Grant.objects.active(world.now).filter(pk=grant.pk).exists()
                assert (found is not None) == (grant.firm_id == firm.pk and looks_after and opens)


SHARED = (Client, ClientNote, Collaboration, Grant, ManagerAssignment, Question)


def nothing_of_others_is_seen(world):
    for firm in world.firms:
        actor = world.actor(firm)
        for model in SHARED:
            assert set(model.objects.visible_to(actor).values_list("firm_id", flat=True)) <= {firm.pk}, model
        assert not Document.objects.visible_to(actor).exists()
    for business in world.businesses:
        actor = world.actor(business)
        for model in (Collaboration, Grant, Question, Conversation, Message):
            assert set(model.objects.visible_to(actor).values_list("business_id", flat=True)) <= {business.pk}, model
        for model in (Client, ClientNote, ManagerAssignment):
            assert not model.objects.visible_to(actor).exists(), model


@pytest.mark.parametrize("seed", range(5))
def test_invariants_hold_over_random_sequences(seed, acme, rival, alice, carol):
    world = World(seed, [acme, rival])
    for firm, business in zip(world.firms, world.businesses, strict=True):
        for act in (ask, accept, grant):
            act(world, firm, business)
    done = []
    for _step in range(STEPS):
        done.append(world.step())
        no_grant_without_an_active_collaboration()
        what_is_not_granted_is_absent(world)
        nobody_reaches_further(world)
        nothing_of_others_is_seen(world)
    acted = [name for name in done if not name.endswith("refused")]
    assert len(acted) >= STEPS / 5, "a sequence in which nothing happens shows nothing"


def test_pages_of_one_firm_show_nothing_of_another(client_of, alice, acme, rival, carol):
    world = World(99, [acme, rival])
    for firm in world.firms:
        for business in world.businesses:
            for act in (ask, accept, grant, note):
                act(world, firm, business)
    for client in Client.objects.filter(firm=rival):
        answer = client_of(alice).get(reverse("collaborations:client", args=["acme", client.pk]))
        assert answer.status_code == 404
    shown = client_of(alice).get(reverse("collaborations:my_portal", args=["acme"])).content.decode()
    assert "Rival" not in shown
    for client in Client.objects.filter(firm=acme):
        page = client_of(alice).get(reverse("collaborations:client", args=["acme", client.pk])).content.decode()
        assert "Rival" not in page

"""Whatever people do in whatever order: who gets into a client's account (PRODUCT 7, invariants 2, 3 and 6)."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from advisory_portal.core.access import Forbidden
from advisory_portal.core.errors import Refused
from collaborations import actions
from collaborations.models import Collaboration, Conversation, Grant, ManagerAssignment
from collaborations.models.access import way_in
from collaborations.rules.grants import granted_levels
from collaborations.sources import actor_of_way_in
from collaborations.words.agreement import AGREEMENT_VERSION
from partners.actions import change_role, retire_role
from partners.models import Member, Role
from tests.collaborations.factories_conversations import conversing, owner_of
from tests.factories import MemberFactory, RoleFactory, UserFactory, predefined_role

pytestmark = pytest.mark.django_db
STEPS = 80
SECTIONS = ("sales", "purchases", "banking", "journal", "team", "settings")


class Play:
    """A firm with an owner and two account managers, a business with roles of its own, and a clock."""

    def __init__(self, random: Random, firm, business):
        self.random, self.firm, self.business = random, firm, business
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)
        MemberFactory(organisation=firm, code="owner")
        MemberFactory(organisation=business, code="owner")
        self.managers = [MemberFactory(organisation=firm, code="account_manager") for _number in range(2)]
        self.strangers = [MemberFactory(code="owner").user, UserFactory()]
        for _number in range(2):
            RoleFactory(organisation=business, levels=self.levels())
        self.conversation = conversing(business, firm)
        self.foreign = RoleFactory(levels={"sales": 2})

    def levels(self):
        return {section: self.random.randint(1, 2) for section in SECTIONS if self.random.random() < 0.6}

    def collaboration(self):
        return Collaboration.objects.filter(conversation=self.conversation).order_by("-id").first()

    def grant(self):
        return Grant.objects.filter(firm=self.firm).order_by("-id").first()

    def role(self):
        predefined = [predefined_role("business", code) for code in ("owner", "bookkeeper", "viewer")]
        own = Role.objects.filter(organisation=self.business).order_by("id")
        return self.random.choice([*own, *predefined, self.foreign])

    def terms(self):
        days = self.random.choice([None, 0, 3, 30])
        last = None if days is None else (self.now + timedelta(days=days)).date()
        return {"role": self.role(), "ends_on": last, "now": self.now}

    # --- What may happen ---

    def ask(self):
        conversation = Conversation.objects.get(pk=self.conversation.pk)
        actor = owner_of(self.business)
        actions.ask_to_collaborate(actor=actor, conversation=conversation, text="", now=self.now)

    def accept(self):
        given = {"collaboration": self.collaboration(), "now": self.now}
        actions.accept_collaboration(actor=owner_of(self.firm), **given)

    def end(self):
        actor = owner_of(self.random.choice([self.firm, self.business]))
        actions.end_collaboration(actor=actor, collaboration=self.collaboration(), reason="", now=self.now)

    def block(self):
        actions.block(actor=owner_of(self.firm), conversation=self.conversation, now=self.now)

    def unblock(self):
        actions.unblock(actor=owner_of(self.firm), conversation=self.conversation)

    def give(self):
        given = {"collaboration": self.collaboration(), "agreement_version": AGREEMENT_VERSION}
        actions.grant_access(actor=owner_of(self.business), **given, **self.terms())

    def change(self):
        actions.change_access(actor=owner_of(self.business), grant=self.grant(), **self.terms())

    def remove(self):
        actions.remove_access(actor=owner_of(self.business), grant=self.grant(), now=self.now)

    def change_levels(self):
        role = self.random.choice(list(Role.objects.filter(organisation=self.business).order_by("id")))
        change_role(actor=owner_of(self.business), role=role, name=role.name, levels=self.levels())

    def withdraw_role(self):
        role = self.random.choice(list(Role.objects.filter(organisation=self.business).order_by("id")))
        retire_role(actor=owner_of(self.business), role=role, now=self.now)
        RoleFactory(organisation=self.business, levels=self.levels())

    def assign(self):
        client = self.collaboration().client
        member = self.random.choice(self.managers)
        actions.assign_managers(actor=owner_of(self.firm), client=client, members=[member.pk])

    def unassign(self):
        assignment = self.random.choice(list(ManagerAssignment.objects.filter(firm=self.firm).order_by("id")))
        actions.remove_manager(actor=owner_of(self.firm), assignment=assignment)

    def turn(self):
        """A manager gets another role in the firm, leaves it, or comes back."""
        member = self.random.choice(self.managers)
        member.role = predefined_role("firm", self.random.choice(["account_manager", "administrator"]))
        member.retired_at = self.random.choice([None, None, self.now])
        member.save()

    def wait(self):
        self.now += timedelta(days=self.random.choice([1, 2, 10]))

    def sweep(self):
        for grant in Grant.objects.over(self.now):
            actions.end_grant(grant=grant, now=self.now)


ACTS = ["ask", "accept", "end", "block", "unblock", "change", "remove", "change_levels", "withdraw_role"]
ACTS += ["assign", "unassign", "turn", "wait", "sweep"] + [
    "ask",
    "accept",
    "give",
    "give",
    "assign",
    "change_levels",
] * 4
NOTHING_THERE = (AttributeError, IndexError)  # no collaboration, grant or assignment yet


def check(play: Play):
    standing = list(Grant.objects.standing().select_related("role", "collaboration__client"))
    assert len({grant.collaboration_id for grant in standing}) == len(standing)
    for grant in standing:
        assert grant.collaboration.state == Collaboration.State.ACTIVE
        assert grant.role.code != "owner"
        assert grant.role.organisation_id == play.business.pk or grant.role.organisation_kind == "business"
        assert grant.role_id != play.foreign.pk
    open_now = [one for one in standing if not one.role.retired_at and (not one.ends_at or one.ends_at > play.now)]
    for grant in Grant.objects.filter(firm=play.firm):
        for member in Member.objects.filter(organisation=play.firm).select_related("role", "user"):
            assigned = ManagerAssignment.objects.filter(client=grant.collaboration.client, member=member).exists()
            leads = member.role.code in ("owner", "administrator")
            expected = grant in open_now and not member.retired_at and (leads or assigned)
            check_way_in(play, grant, member.user, expected)
        for stranger in play.strangers:
            check_way_in(play, grant, stranger, False)


def check_way_in(play: Play, grant: Grant, user, expected: bool):
    found = way_in(grant_id=grant.pk, user_id=user.pk, slug=play.business.slug, now=play.now)
    assert (found is not None) == expected
    if found is not None:
        role = Role.objects.get(pk=grant.role_id)
        actor = actor_of_way_in(found, grant_id=grant.pk, person=user.actor, language=user.language)
        assert actor.levels == granted_levels(role.levels, play.business.plan.sections)
        assert actor.levels.get("team", 0) <= 1


@pytest.mark.parametrize("seed", range(6))
def test_nobody_gets_in_but_by_role_assignment_and_active_grant(seed, acme, delta):
    play = Play(Random(seed), acme, delta)
    done = set()
    for _step in range(STEPS):
        name = play.random.choice(ACTS)
        try:
            getattr(play, name)()
            done.add(name)
        except (Refused, Forbidden, *NOTHING_THERE):
            pass  # an expected no changes nothing, which is checked as everything else
        except Role.DoesNotExist:
            assert name == "change_levels", name  # of a role that was withdrawn
        check(play)
    assert {"ask", "accept", "give"} <= done

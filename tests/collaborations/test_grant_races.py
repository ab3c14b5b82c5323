"""Two people at the same moment: one wins, the other is told, and no access stands on nothing."""

import pytest
from django.utils import timezone

from advisory_portal.core.ids import uuid7
from collaborations import actions
from collaborations.models import Collaboration, Grant, Question
from collaborations.words.agreement import AGREEMENT_VERSION
from tests.collaborations.factories_conversations import collaborating, owner_of
from tests.collaborations.factories_grants import advised, granted, in_account
from tests.factories import ContactFactory, DocumentFactory, predefined_role
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def working(delta, acme, dan, alice):
    return collaborating(delta, acme)


def giving(collaboration, code):
    actor, role = owner_of(collaboration.business), predefined_role("business", code)
    given = {"role": role, "ends_on": None, "agreement_version": AGREEMENT_VERSION, "now": timezone.now()}
    return lambda: actions.grant_access(actor=actor, collaboration=collaboration, **given)


def test_two_who_give_different_access_make_one(working):
    results = together([giving(working, "viewer"), giving(working, "bookkeeper")])
    assert sorted(type(one).__name__ for one in results) == ["AccessStands", "Grant"]
    assert Grant.objects.count() == 1


def test_two_who_give_the_same_make_one(working):
    first, second = together([giving(working, "viewer"), giving(working, "viewer")])
    assert first == second == Grant.objects.get()


def test_access_given_while_the_collaboration_ends_does_not_outlive_it(working):
    actor = owner_of(working.firm)

    def end():
        return actions.end_collaboration(actor=actor, collaboration=working, reason="", now=timezone.now())

    results = together([giving(working, "viewer"), end])
    assert [
        one for one in results if isinstance(one, Exception) and not isinstance(one, actions.NotCollaborating)
    ] == []
    assert Collaboration.objects.get().state == "ended"
    assert not Grant.objects.standing().exists()


def test_access_changed_while_it_is_removed_stays_removed(working):
    grant, actor = granted(working), owner_of(working.business)
    role = predefined_role("business", "viewer")

    def change():
        return actions.change_access(actor=actor, grant=grant, role=role, ends_on=None, now=timezone.now())

    def remove():
        return actions.remove_access(actor=actor, grant=grant, now=timezone.now())

    results = together([change, remove])
    assert all(one is None or isinstance(one, Grant | actions.AccessOver) for one in results)
    assert Grant.objects.get().end == "removed"


def test_question_that_arrives_twice_at_once_is_asked_once(delta, acme, dan, alice):
    there, key = in_account(advised(delta, acme), alice), uuid7()
    document = DocumentFactory(contact=ContactFactory(organisation=delta))

    def ask():
        return actions.ask_client(actor=there, item=document, text="What for?", key=key, now=timezone.now())

    first, second = together([ask, ask])
    assert first == second == Question.objects.get()

"""From the request to the acceptance, and the other ways it goes."""

import pytest
from django.db import transaction
from django.utils import timezone

from advisory_portal.core.access import Forbidden
from advisory_portal.core.ids import uuid7
from advisory_portal.core.models import HistoryEntry, OutboundEmail
from advisory_portal.core.states import IllegalMove
from collaborations import actions
from collaborations.models import Client, Collaboration, Message
from collaborations.rules.clients import OutsideClient
from tests.collaborations.factories_conversations import asked, collaborating, conversing, in_programme, owner_of
from tests.factories import MemberFactory, member_actor
from tests.threads import together

pytestmark = pytest.mark.django_db
State = Collaboration.State


@pytest.fixture
def alice_here(alice, acme, actor_of):
    return actor_of(alice, acme)


def mails(kind):
    return sorted(OutboundEmail.objects.filter(kind=f"collaborations/{kind}").values_list("to", flat=True))


def logs(organisation):
    found = HistoryEntry.objects.filter(
        organisation_id=organisation.pk, what__startswith="collaborations.collaboration"
    )
    return [(entry.what.rpartition(".")[2], entry.actor_name, entry.firm_name) for entry in found.order_by("id")]


def kinds(collaboration):
    return list(collaboration.conversation.messages.order_by("number").values_list("kind", flat=True))


def ask(actor, conversation, text=""):
    return actions.ask_to_collaborate(actor=actor, conversation=conversation, text=text, now=timezone.now())


def accept(actor, collaboration):
    return actions.accept_collaboration(actor=actor, collaboration=collaboration, now=timezone.now())


def decline(actor, collaboration, reason=""):
    return actions.decline_collaboration(actor=actor, collaboration=collaboration, reason=reason, now=timezone.now())


def withdraw(actor, collaboration):
    return actions.withdraw_request(actor=actor, collaboration=collaboration, now=timezone.now())


def end(actor, collaboration, reason=""):
    return actions.end_collaboration(actor=actor, collaboration=collaboration, reason=reason, now=timezone.now())


def test_asking_tells_the_firm_once(alice, acme, dan_here, delta):
    conversation = conversing(delta, acme)
    first = ask(dan_here, conversation, "Our VAT, please")
    again = ask(dan_here, conversation, "Our VAT, please")
    assert first == again
    assert (first.state, first.text, first.requested_by_name) == (State.PENDING, "Our VAT, please", "Dan")
    assert mails("requested") == ["alice@acme.example"]
    assert kinds(first) == ["text", "requested"]
    assert logs(delta) == [("requested", "Dan", "")]
    assert [entry[:2] for entry in logs(acme)] == [("requested", "Dan")]


def test_asking_needs_a_firm_in_the_programme(alice, acme, dan_here, delta):
    conversation = conversing(delta, acme)
    application = in_programme(acme)
    application.state = "suspended"
    application.save()
    with pytest.raises(actions.FirmUnavailable):
        ask(dan_here, conversation)
    assert not Collaboration.objects.exists()


def test_only_who_manages_the_team_of_the_business_asks(alice, acme, dan, delta, actor_of):
    conversation = conversing(delta, acme)
    viewer = member_actor(MemberFactory(organisation=delta, code="viewer"))
    for actor in (viewer, actor_of(alice, acme)):
        with pytest.raises(Forbidden):
            ask(actor, conversation)


def test_accepting_makes_a_client_and_tells_the_business(alice_here, acme, dan_here, delta):
    collaboration = asked(delta, acme)
    assert accept(alice_here, collaboration) is True
    assert accept(alice_here, collaboration) is False
    collaboration.refresh_from_db()
    client = Client.objects.get()
    assert (collaboration.state, collaboration.client, collaboration.answered_by_name) == (
        State.ACTIVE,
        client,
        "Alice",
    )
    assert (client.firm, client.business, client.name, client.tax_id) == (acme, delta, "Delta", delta.tax_id)
    assert (client.sort_key, client.ended_at) == ("delta", None)
    assert mails("accepted") == ["dan@delta.example"]
    assert kinds(collaboration) == ["text", "requested", "accepted"]
    assert logs(delta)[-1] == ("active", "Alice", "Acme Advisers")
    assert logs(acme)[-1] == ("active", "Alice", "")


def test_accepting_takes_up_the_client_that_the_firm_had_added(alice_here, acme, dan_here, delta):
    by_hand = OutsideClient(name="Delta (by hand)", tax_id=delta.tax_id)
    client = actions.add_client(actor=alice_here, key=uuid7(), says=by_hand)
    accept(alice_here, asked(delta, acme))
    client = Client.objects.get(pk=client.pk)
    assert (client.business, client.name) == (delta, "Delta")


def test_accepting_again_after_the_end_brings_the_client_back(alice_here, acme, dan_here, delta):
    first = collaborating(delta, acme)
    end(dan_here, first)
    second = ask(dan_here, first.conversation)
    assert second != first
    accept(alice_here, second)
    client = Client.objects.get()
    assert (client.ended_at, client.business) == (None, delta)
    second.refresh_from_db()
    assert second.client == client


def test_only_those_who_lead_the_firm_answer(alice, bob, acme, dan_here, delta, actor_of):
    collaboration = asked(delta, acme)
    for actor in (actor_of(bob, acme), dan_here):
        with pytest.raises(Forbidden):
            accept(actor, collaboration)
        with pytest.raises(Forbidden):
            decline(actor, collaboration)


def test_a_stranger_firm_answers_nothing(alice, acme, dan_here, delta, carol, rival, actor_of):
    collaboration = asked(delta, acme)
    with pytest.raises(Forbidden):
        accept(actor_of(carol, rival), collaboration)


def test_declining_archives_and_tells_why(alice_here, acme, dan_here, delta):
    collaboration = asked(delta, acme)
    assert decline(alice_here, collaboration, "We are full") is True
    assert decline(alice_here, collaboration, "Still full") is False
    collaboration.refresh_from_db()
    assert (collaboration.state, collaboration.reason) == (State.DECLINED, "We are full")
    conversation = collaboration.conversation
    assert conversation.firm_archived_at is not None
    assert conversation.business_archived_at is None
    assert mails("declined") == ["dan@delta.example"]
    assert "We are full" in OutboundEmail.objects.get(kind="collaborations/declined").text
    assert kinds(collaboration) == ["text", "requested", "declined"]


def test_a_withdrawn_request_cannot_be_accepted(alice_here, acme, dan_here, delta):
    collaboration = asked(delta, acme)
    assert withdraw(dan_here, collaboration) is True
    assert withdraw(dan_here, collaboration) is False
    with pytest.raises(IllegalMove), transaction.atomic():
        accept(alice_here, collaboration)
    assert not Client.objects.exists()
    assert kinds(collaboration) == ["text", "requested", "withdrawn"]
    assert ask(dan_here, collaboration.conversation).state == State.PENDING


def test_an_accepted_request_cannot_be_withdrawn_or_asked_again(alice_here, acme, dan_here, delta):
    collaboration = collaborating(delta, acme)
    with pytest.raises(IllegalMove), transaction.atomic():
        withdraw(dan_here, collaboration)
    with pytest.raises(actions.AlreadyWorking):
        ask(dan_here, collaboration.conversation)


@pytest.mark.parametrize("who", ["dan", "alice"])
def test_either_side_ends_and_both_are_told(alice_here, acme, dan_here, delta, who):
    collaboration = collaborating(delta, acme)
    actor = {"dan": dan_here, "alice": alice_here}[who]
    MemberFactory(organisation=acme, user__email="amy@acme.example", code="administrator")
    MemberFactory(organisation=delta, user__email="dora@delta.example", code="administrator")
    assert end(actor, collaboration, "Thank you") is True
    assert end(actor, collaboration) is False
    collaboration.refresh_from_db()
    assert (collaboration.state, collaboration.ended_by_side) == (State.ENDED, actor.place.kind)
    assert Client.objects.get().ended_at == collaboration.ended_at
    everybody = {"alice@acme.example", "amy@acme.example", "dan@delta.example", "dora@delta.example"}
    assert set(mails("ended")) == everybody - {f"{who}@{'acme' if who == 'alice' else 'delta'}.example"}
    assert kinds(collaboration)[-1] == "ended"


def test_a_request_that_waits_does_not_end(acme, alice, dan_here, delta):
    with pytest.raises(IllegalMove):
        end(dan_here, asked(delta, acme))


def test_account_managers_do_not_end(alice, bob, acme, dan_here, delta, actor_of):
    with pytest.raises(Forbidden):
        end(actor_of(bob, acme), collaborating(delta, acme))


def test_too_long_a_reason_is_refused(alice_here, acme, dan_here, delta):
    collaboration = asked(delta, acme)
    with pytest.raises(actions.TextTooLong) as refused:
        decline(alice_here, collaboration, "x" * 1_001)
    assert refused.value.field == "reason"


def test_nothing_is_mailed_where_the_transaction_fails(alice_here, acme, dan_here, delta):
    collaboration = asked(delta, acme)

    class Stopped(Exception):
        pass

    with pytest.raises(Stopped), transaction.atomic():
        accept(alice_here, collaboration)
        raise Stopped
    assert mails("accepted") == []
    assert Message.objects.filter(kind="accepted").count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_who_accept_at_once_make_one_client(alice, acme, dan, delta):
    collaboration = asked(delta, acme)
    second = MemberFactory(organisation=acme, code="administrator")
    actors = [owner_of(acme), member_actor(second)]
    done = together([lambda actor=actor: accept(actor, collaboration) for actor in actors])
    assert sorted(done) == [False, True]
    assert Client.objects.count() == 1
    assert Message.objects.filter(kind="accepted").count() == 1
    assert len(mails("accepted")) == 1


@pytest.mark.django_db(transaction=True)
def test_accepting_while_the_business_withdraws_has_one_winner(alice, acme, dan, delta):
    collaboration = asked(delta, acme)
    done = together([lambda: accept(owner_of(acme), collaboration), lambda: withdraw(owner_of(delta), collaboration)])
    assert sorted(type(one) for one in done if one is not True) == [IllegalMove] and True in done
    collaboration.refresh_from_db()
    assert collaboration.state in (State.ACTIVE, State.WITHDRAWN)
    assert Client.objects.exists() == (collaboration.state == State.ACTIVE)

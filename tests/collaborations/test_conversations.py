"""Writing to each other: messages, files, what is read, archives and blocks."""

from datetime import timedelta

import pytest
from django.utils import timezone

from advisory_portal.core.access import Forbidden
from advisory_portal.core.ids import uuid7
from advisory_portal.core.models import StoredFile
from collaborations import actions
from collaborations.models import Client, Collaboration, Conversation, Grant, Message, MessageNotice, ReadMark
from tests.collaborations.factories_conversations import (
    asked,
    collaborating,
    conversing,
    in_programme,
    owner_of,
    write,
)
from tests.collaborations.factories_grants import granted, looked_after
from tests.factories import MemberFactory, member_actor
from tests.threads import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice_here(alice, acme, actor_of):
    return actor_of(alice, acme)


@pytest.fixture
def conversation(alice, acme, dan, delta):
    return conversing(delta, acme, "Good morning")


def opened(actor, firm):
    return actions.open_conversation(actor=actor, firm=firm, now=timezone.now())


def unread(actor):
    return Conversation.objects.visible_to(actor).with_unread(actor).get().unread


def mark(actor, conversation, seen):
    actions.mark_read(actor=actor, conversation=conversation, seen=seen, now=timezone.now())


def test_a_conversation_is_begun_once(alice, acme, dan_here):
    in_programme(acme)
    assert opened(dan_here, acme) == opened(dan_here, acme)
    assert Conversation.objects.count() == 1


def test_nobody_begins_with_a_firm_outside_the_programme(alice, acme, dan_here):
    with pytest.raises(actions.FirmUnavailable):
        opened(dan_here, acme)


def test_the_first_message_begins_the_conversation_or_nothing(alice, acme, dan_here):
    in_programme(acme)
    given = {"actor": dan_here, "firm": acme, "files": [], "now": timezone.now()}
    with pytest.raises(actions.NothingWritten):
        actions.write_to_firm(text=" ", key=uuid7(), **given)
    assert not Conversation.objects.exists()
    key = uuid7()
    first = actions.write_to_firm(text="Hello", key=key, **given)
    assert actions.write_to_firm(text="Hello", key=key, **given) == first
    assert Message.objects.get().text == "Hello"


def test_a_firm_does_not_begin(alice_here, acme, dan, delta):
    with pytest.raises(Forbidden):
        opened(alice_here, delta)


def test_a_message_counts_and_is_shown_in_lists(conversation, alice_here):
    message = write(alice_here, conversation, "  Tell us\r\nmore  ")
    conversation.refresh_from_db()
    assert (message.number, message.side, message.text) == (2, "firm", "Tell us\nmore")
    assert (conversation.firm_count, conversation.business_count) == (1, 1)
    assert (conversation.last_text, conversation.last_message_at) == ("Tell us more", message.created_at)


def test_a_message_sent_twice_is_written_once(conversation, alice_here):
    key = uuid7()
    files = [("a.txt", b"a")]
    assert write(alice_here, conversation, files=files, key=key) == write(
        alice_here, conversation, files=files, key=key
    )
    assert Message.objects.count() == 2
    assert StoredFile.objects.count() == 1


def test_a_message_may_be_files_alone(conversation, alice_here, acme):
    message = write(alice_here, conversation, "", [("a.txt", b"a"), ("b.txt", b"b")])
    assert [one.file.name for one in message.attachments.all()] == ["a.txt", "b.txt"]
    assert {one.file.organisation_id for one in message.attachments.all()} == {acme.pk}
    conversation.refresh_from_db()
    assert conversation.last_text == "2 files"


@pytest.mark.parametrize(
    ("text", "files", "field"),
    [
        ("", [], "text"),
        ("x" * 5_001, [], "text"),
        ("x", [("a.txt", b"")], "uploads"),
        ("x", [("a.txt", b"a" * (17 * 1024 * 1024 + 1))], "uploads"),
        ("x", [("a.txt", b"a")] * 11, "uploads"),
    ],
)
def test_what_cannot_be_sent_is_refused(conversation, alice_here, text, files, field):
    with pytest.raises((actions.NothingWritten, actions.NotSendable)) as refused:
        write(alice_here, conversation, text, files)
    assert refused.value.field == field
    assert Message.objects.count() == 1


def test_who_may_only_look_does_not_write(conversation, delta):
    viewer = member_actor(MemberFactory(organisation=delta, code="viewer"))
    assert Conversation.objects.visible_to(viewer).get() == conversation
    with pytest.raises(Forbidden):
        write(viewer, conversation)


def test_strangers_neither_see_nor_write(conversation, carol, rival, actor_of):
    stranger = actor_of(carol, rival)
    assert not Conversation.objects.visible_to(stranger).exists()
    assert not Message.objects.visible_to(stranger).exists()
    with pytest.raises(Forbidden):
        write(stranger, conversation)


def test_account_managers_see_and_write_to_their_clients_alone(alice, bob, acme, dan, delta, actor_of):
    manager = actor_of(bob, acme)
    collaboration = collaborating(delta, acme)
    assert not Conversation.objects.visible_to(manager).exists()
    looked_after(collaboration.client, bob)
    assert Conversation.objects.visible_to(manager).get() == collaboration.conversation
    assert write(manager, collaboration.conversation).author_name == "Bob"


def test_unread_is_what_the_other_side_wrote_since(conversation, alice_here, dan_here):
    assert (unread(alice_here), unread(dan_here)) == (1, 0)
    write(dan_here, conversation)
    assert unread(alice_here) == 2
    mark(alice_here, conversation, 1)
    assert unread(alice_here) == 1
    mark(alice_here, conversation, 99)
    assert unread(alice_here) == 0
    mark(alice_here, conversation, 1)
    assert unread(alice_here) == 0
    assert ReadMark.objects.get().seen == 2


def test_a_person_of_both_sides_has_a_mark_on_each(conversation, alice, alice_here, delta, actor_of):
    MemberFactory(organisation=delta, user=alice, code="administrator")
    here = actor_of(alice, delta)
    mark(alice_here, conversation, 1)
    write(alice_here, conversation)
    assert (unread(alice_here), unread(here)) == (0, 1)


def test_a_message_brings_an_archived_conversation_back(conversation, alice_here, dan_here):
    actions.archive(actor=alice_here, conversation=conversation, now=timezone.now())
    actions.archive(actor=dan_here, conversation=conversation, now=timezone.now())
    assert Conversation.objects.put_away("firm").put_away("business").exists()
    write(dan_here, conversation)
    conversation.refresh_from_db()
    assert (conversation.firm_archived_at, conversation.business_archived_at) == (None, None)


def test_archiving_is_for_ones_own_side(conversation, alice_here):
    first = timezone.now()
    actions.archive(actor=alice_here, conversation=conversation, now=first)
    actions.archive(actor=alice_here, conversation=conversation, now=first + timedelta(hours=1))
    conversation.refresh_from_db()
    assert (conversation.firm_archived_at, conversation.business_archived_at) == (first, None)
    actions.unarchive(actor=alice_here, conversation=conversation)
    actions.unarchive(actor=alice_here, conversation=conversation)
    conversation.refresh_from_db()
    assert conversation.firm_archived_at is None


def block(actor, conversation):
    return actions.block(actor=actor, conversation=conversation, now=timezone.now())


def test_a_blocked_business_neither_writes_nor_asks(conversation, alice_here, dan_here):
    assert block(alice_here, conversation) is True
    assert block(alice_here, conversation) is False
    for actor in (dan_here, alice_here):
        with pytest.raises(actions.Blocked):
            write(actor, conversation)
    with pytest.raises(actions.Blocked):
        actions.ask_to_collaborate(actor=dan_here, conversation=conversation, text="", now=timezone.now())
    assert actions.unblock(actor=alice_here, conversation=conversation) is True
    assert actions.unblock(actor=alice_here, conversation=conversation) is False
    assert write(dan_here, conversation).number == 2


def test_blocking_declines_what_waits(alice_here, acme, dan_here, delta):
    collaboration = asked(delta, acme)
    block(alice_here, collaboration.conversation)
    collaboration.refresh_from_db()
    assert collaboration.state == Collaboration.State.DECLINED


def test_blocking_ends_what_is_active_and_revokes(alice_here, acme, dan_here, delta):
    collaboration = collaborating(delta, acme)
    grant = granted(collaboration)
    block(alice_here, collaboration.conversation)
    collaboration.refresh_from_db()
    grant.refresh_from_db()
    assert collaboration.state == Collaboration.State.ENDED
    assert (grant.end, grant.revoked_by_name) == (Grant.End.BLOCKED, "Alice")
    assert Client.objects.get().ended_at is not None


def test_only_those_who_lead_the_firm_block(alice, bob, acme, dan_here, delta, actor_of):
    collaboration = collaborating(delta, acme)
    looked_after(collaboration.client, bob)
    for actor in (dan_here, actor_of(bob, acme)):
        with pytest.raises(Forbidden):
            block(actor, collaboration.conversation)


def test_downloads_are_recorded(conversation, alice_here, dan_here):
    sent = write(dan_here, conversation, "Lease", [("lease.txt", b"Lease")]).attachments.get()
    assert actions.download_sent_file(actor=alice_here, attachment=sent) == b"Lease"


@pytest.mark.django_db(transaction=True)
def test_messages_at_once_are_numbered_apart(alice, acme, dan, delta):
    conversation = conversing(delta, acme)
    actors = [owner_of(acme), owner_of(delta)] * 3
    done = together([lambda actor=actor: write(actor, conversation) for actor in actors])
    assert sorted(message.number for message in done) == [2, 3, 4, 5, 6, 7]
    conversation.refresh_from_db()
    assert (conversation.firm_count, conversation.business_count) == (3, 4)
    assert MessageNotice.objects.filter(due_at__isnull=False).count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_conversation_begun_twice_at_once_is_one(alice, acme, dan, delta):
    in_programme(acme)
    done = together([lambda: opened(owner_of(delta), acme)] * 2)
    assert done[0] == done[1]

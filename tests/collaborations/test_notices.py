"""The mail about new messages: one for a burst, to whom it concerns, of what they have not read."""

from datetime import timedelta

import pytest
from django.utils import timezone

from advisory_portal.core.models import Notification, OutboundEmail
from collaborations import actions
from collaborations.models import MessageNotice
from collaborations.tasks import mail_messages
from tests.collaborations.factories_conversations import collaborating, conversing, owner_of, write
from tests.collaborations.factories_grants import looked_after
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db
KIND = "collaborations/new_messages"


@pytest.fixture
def conversation(alice, acme, dan, delta):
    return conversing(delta, acme, "Good morning")


def swept(time_machine, minutes=11):
    time_machine.move_to(timezone.now() + timedelta(minutes=minutes), tick=False)
    mail_messages()
    return list(OutboundEmail.objects.filter(kind=KIND).order_by("id"))


def test_nothing_is_mailed_before_ten_minutes(conversation, time_machine):
    assert swept(time_machine, minutes=9) == []
    assert len(swept(time_machine, minutes=2)) == 1


def test_a_burst_is_one_mail(conversation, dan_here, time_machine):
    write(dan_here, conversation, "Are you there?")
    write(dan_here, conversation, "", [("lease.pdf", b"%PDF")])
    (mail,) = swept(time_machine)
    assert (mail.to, mail.subject, mail.from_name) == ("alice@acme.example", "Delta sent you 3 messages", "Delta")
    assert "Good morning" in mail.text and "Are you there?" in mail.text and "File: lease.pdf" in mail.text
    assert f"/o/acme/my-portal/requests/{conversation.pk}/" in mail.text
    assert Notification.objects.get(kind=KIND).text == "Delta sent you 3 messages"
    mail_messages()
    assert OutboundEmail.objects.filter(kind=KIND).count() == 1


def test_the_next_burst_is_another_mail(conversation, dan_here, time_machine):
    swept(time_machine)
    write(dan_here, conversation, "Hello again")
    mails = swept(time_machine)
    assert [mail.subject for mail in mails] == ["Delta wrote to you", "Delta wrote to you"]


def test_who_has_read_is_not_mailed(conversation, acme, dan_here, time_machine):
    MemberFactory(organisation=acme, user__email="amy@acme.example", code="administrator")
    write(dan_here, conversation, "Second")
    actions.mark_read(actor=owner_of(acme), conversation=conversation, seen=2, now=timezone.now())
    assert [mail.to for mail in swept(time_machine)] == ["amy@acme.example"]


def test_who_has_read_a_part_is_mailed_the_rest(conversation, acme, dan_here, time_machine):
    write(dan_here, conversation, "Second")
    actions.mark_read(actor=owner_of(acme), conversation=conversation, seen=1, now=timezone.now())
    (mail,) = swept(time_machine)
    assert "Second" in mail.text and "Good morning" not in mail.text


def test_the_clients_managers_are_mailed_and_other_managers_not(alice, bob, acme, dan, delta, time_machine):
    MemberFactory(organisation=acme, user__email="ben@acme.example", code="account_manager")
    collaboration = collaborating(delta, acme)
    looked_after(collaboration.client, bob)
    assert [mail.to for mail in swept(time_machine)] == ["alice@acme.example", "bob@acme.example"]


def test_the_business_is_mailed_in_its_peoples_language(conversation, acme, delta, time_machine):
    MemberFactory(organisation=delta, user__language="es", user__email="fay@delta.example", code="administrator")
    MemberFactory(organisation=delta, user__email="vera@delta.example", code="viewer")
    write(owner_of(acme), conversation, "Send the lease, please")
    mails = {mail.to: mail for mail in swept(time_machine) if mail.to.endswith("@delta.example")}
    assert set(mails) == {"dan@delta.example", "fay@delta.example"}
    assert mails["fay@delta.example"].language == "es"
    assert mails["fay@delta.example"].subject == "Acme Advisers le ha escrito"
    assert f"/o/delta/my-advisory/{conversation.pk}/" in mails["dan@delta.example"].text


def test_a_firm_that_blocked_meanwhile_is_not_mailed(conversation, acme, time_machine):
    actions.block(actor=owner_of(acme), conversation=conversation, now=timezone.now())
    assert swept(time_machine) == []
    assert not MessageNotice.objects.filter(due_at__isnull=False).exists()


def test_of_many_messages_the_last_five_are_quoted(conversation, dan_here, time_machine):
    for number in range(1, 8):
        write(dan_here, conversation, f"Number {number}. " + "long " * 200)
    (mail,) = swept(time_machine)
    assert mail.subject == "Delta sent you 8 messages"
    assert [number for number in range(1, 8) if f"Number {number}." in mail.text] == [3, 4, 5, 6, 7]
    assert "3 earlier messages, and:" in mail.text
    assert len(mail.text) < 4_500


def test_a_notice_that_was_given_up_is_tried_anew_with_the_next_message(conversation, dan_here):
    notice = MessageNotice.objects.get()
    MessageNotice.objects.update(attempts=8)
    write(dan_here, conversation, "Second")
    notice.refresh_from_db()
    assert notice.attempts == 0
    assert MessageNotice.objects.count() == 1

"""Telling people: each in their language, only what they want, nothing where the act was rolled back."""

import pytest
from django.db import transaction

from advisory_portal.core.access import Actor, ActorKind
from advisory_portal.core.mail import Recipient, notify
from advisory_portal.core.models import Notification, NotificationPreference, OutboundEmail
from tests.factories import DocumentFactory, UserFactory

pytestmark = pytest.mark.django_db
NAME = "client_portal/fresh_link"


@pytest.fixture
def tell(delta, erin, settings):
    settings.SITE_URL = "https://portal.example"
    document = DocumentFactory(contact=erin, number="F-1")

    def send(*to, **values):
        context = {"business": delta, "document": document}
        notify(NAME, to=to, url="/x/y/", **{"context": context} | values)

    return send


def test_a_mail_is_complete_when_written(tell, delta):
    tell(
        Recipient(address="erin@customer.example", language="en", name="Erin"),
        organisation_id=delta.pk,
        from_name="Delta",
        reply_to="office@delta.example",
    )
    email = OutboundEmail.objects.get()
    assert (email.to, email.to_name, email.from_name, email.reply_to, email.language, email.kind) == (
        *("erin@customer.example", "Erin", "Delta", "office@delta.example", "en", NAME),
    )
    assert (email.subject, email.organisation_id) == ("Your fresh link to Invoice F-1", delta.pk)
    assert email.text.splitlines()[0] == "Hello Erin,"
    assert "https://portal.example/x/y/" in email.text.splitlines()
    assert email.text.endswith("Delta\n")
    assert 'href="https://portal.example/x/y/"' in email.html
    assert '<html lang="en">' in email.html
    assert not Notification.objects.exists()


def test_each_receiver_reads_their_language(tell):
    tell(Recipient(address="a@x.example", language="es"), Recipient(address="b@x.example", language="en"))
    pages = {email.language: email.html for email in OutboundEmail.objects.all()}
    assert '<html lang="es">' in pages["es"]
    assert '<html lang="en">' in pages["en"]


def test_people_with_a_log_in_get_a_notification_too(tell, delta):
    user = UserFactory()
    tell(user.recipient, organisation_id=delta.pk)
    line = Notification.objects.get()
    assert (line.user_id, line.text, line.url, line.kind, line.organisation_id, line.read_at) == (
        *(user.pk, "Your fresh link to Invoice F-1", "/x/y/", NAME, delta.pk, None),
    )
    assert OutboundEmail.objects.count() == 1


@pytest.mark.parametrize(
    ("by_email", "in_app", "always", "mails", "lines"),
    [
        (True, True, False, 1, 1),
        (False, True, False, 0, 1),
        (True, False, False, 1, 0),
        (False, False, False, 0, 0),
        (False, False, True, 1, 0),
    ],
)
def test_what_a_person_turned_off_is_left_out(tell, by_email, in_app, always, mails, lines):
    user, other = UserFactory(), UserFactory()
    NotificationPreference.objects.create(user_id=user.pk, kind=NAME, by_email=by_email, in_app=in_app)
    NotificationPreference.objects.create(user_id=user.pk, kind="other/kind", by_email=False, in_app=False)
    tell(user.recipient, always=always)
    assert (OutboundEmail.objects.count(), Notification.objects.count()) == (mails, lines)
    tell(other.recipient)
    assert (OutboundEmail.objects.filter(to=other.email).count(), Notification.objects.count()) == (1, lines + 1)


def test_nobody_to_tell_is_nothing_to_do(tell, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        tell()
    assert (OutboundEmail.objects.count(), callbacks) == (0, [])


def test_mail_wakes_the_sweep_after_the_commit(tell, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        tell(Recipient(address="a@x.example", language="en"))
    assert len(callbacks) == 1


def test_a_rollback_leaves_no_mail_and_no_nudge(tell, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks, pytest.raises(LookupError), transaction.atomic():
        tell(UserFactory().recipient)
        raise LookupError
    assert (OutboundEmail.objects.count(), Notification.objects.count(), callbacks) == (0, 0, [])


def test_names_become_one_line(tell, delta):
    delta.name = "Del\r\nta"
    tell(Recipient(address="a@x.example", language="en", name="E\nrin"), from_name="Del\r\nta")
    email = OutboundEmail.objects.get()
    assert (email.to_name, email.from_name) == ("E rin", "Del ta")


def test_a_subject_is_one_line_of_at_most_250_characters(tell, erin, delta):
    document = DocumentFactory.build(contact=erin, number="F\r\t" + "9" * 400)
    tell(UserFactory().recipient, context={"business": delta, "document": document})
    subject = OutboundEmail.objects.get().subject
    assert subject == ("Your fresh link to Invoice F " + "9" * 400)[:250]
    assert Notification.objects.get().text == subject


def test_notifications_are_seen_by_their_person_alone(tell):
    user, other = UserFactory(), UserFactory()
    tell(user.recipient)
    line = Notification.objects.get()
    assert list(Notification.objects.visible_to(user.actor).unread()) == [line]
    assert not Notification.objects.visible_to(other.actor).exists()
    assert not Notification.objects.visible_to(Actor(kind=ActorKind.CONTACT, name="x")).exists()
    assert str(line) == line.text
    assert str(OutboundEmail.objects.get()) == line.text
    assert str(NotificationPreference(kind="a/b")) == "a/b"

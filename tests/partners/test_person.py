"""A person's own pages."""

from datetime import timedelta

import pytest
from django.utils import timezone

from advisory_portal.core.mail import notify
from advisory_portal.core.models import HistoryEntry, Notification, NotificationPreference, OutboundEmail
from partners import actions
from partners.models import User
from tests.pages import errors_in


def tell(user, text="Hello", days=0):
    return Notification.objects.create(
        user_id=user.pk,
        kind="partners/role_changed",
        text=text,
        url="/organisations/",
        created_at=timezone.now() - timedelta(days=days),
    )


@pytest.mark.django_db
def test_profile_saves_and_speaks_the_new_language_at_once(client_of, alice):
    client = client_of(alice)
    assert client.get("/account/").status_code == 200
    given = {"name": " Alicia  Álvarez ", "phone": "+34912345678", "language": "es"}
    response = client.post("/account/", given)
    assert response["Location"] == "/account/"
    assert response.cookies["django_language"].value == "es"
    user = User.objects.get(pk=alice.pk)
    assert (user.name, user.phone, user.language) == ("Alicia Álvarez", "+34 912 34 56 78", "es")
    assert '<html lang="es">' in client.get("/account/").content.decode()
    client.post("/account/", given)
    assert HistoryEntry.objects.get().what == "partners.person.changed"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 151}, "name"),
        ({"phone": "912345678"}, "phone"),
        ({"phone": "x" * 31}, "phone"),
        ({"language": "xx"}, "language"),
        ({"language": ""}, "language"),
    ],
)
def test_profile_refuses_bad_input_beside_its_field(client_of, alice, given, field):
    response = client_of(alice).post("/account/", {"name": "Alicia", "phone": "", "language": "en"} | given)
    assert response.status_code == 422
    assert list(errors_in(response)) == [field]
    assert User.objects.get(pk=alice.pk).name == "Alice"


@pytest.mark.django_db
def test_preferences_decide_what_is_sent(client_of, alice):
    client = client_of(alice)
    page = client.get("/account/notifications/").content.decode()
    assert page.count("checked") == page.count('type="checkbox"') > 0
    client.post("/account/notifications/", {"partners/role_changed:app": "on"})
    row = NotificationPreference.objects.get(kind="partners/role_changed")
    assert (row.user_id, row.by_email, row.in_app) == (alice.pk, False, True)
    context = {"organisation": "Acme", "role": "Owner", "actor_name": "Bob"}
    notify("partners/role_changed", to=[alice.recipient], url="/", context=context)
    notify("partners/member_removed", to=[alice.recipient], url="/", context=context)
    assert OutboundEmail.objects.count() == 0
    assert [row.kind for row in Notification.objects.all()] == ["partners/role_changed"]
    client.post("/account/notifications/", {"partners/role_changed:email": "on"})
    row.refresh_from_db()
    assert (row.by_email, row.in_app) == (True, False)


@pytest.mark.django_db
def test_notifications_are_ones_own_newest_first(client_of, alice, bob, django_assert_num_queries):
    tell(alice, "Older", days=2)
    tell(alice, "Newer")
    tell(bob, "Not yours")
    client = client_of(alice)
    page = client.get("/notifications/").content.decode()
    assert page.index("Newer") < page.index("Older")
    assert "Not yours" not in page
    with django_assert_num_queries(5):
        client.get("/notifications/")
    for number in range(30):
        tell(alice, f"Number {number}")
    with django_assert_num_queries(5):
        page = client.get("/notifications/").content.decode()
    assert 'rel="next"' in page


@pytest.mark.django_db
def test_notifications_empty_say_so(client_of, alice):
    assert "Nothing new" in client_of(alice).get("/notifications/").content.decode()


@pytest.mark.django_db
def test_notification_opened_is_read(client_of, alice, bob):
    row, other = tell(alice), tell(bob)
    client = client_of(alice)
    for _ in range(2):
        assert client.post(f"/notifications/{row.pk}/open/")["Location"] == "/organisations/"
    assert client.post(f"/notifications/{other.pk}/open/").status_code == 404
    assert [n.user_id for n in Notification.objects.unread()] == [bob.pk]


@pytest.mark.django_db
def test_notifications_are_all_read_at_once(client_of, alice, bob):
    for user in (alice, alice, bob):
        tell(user)
    assert client_of(alice).post("/notifications/read/")["Location"] == "/notifications/"
    assert [n.user_id for n in Notification.objects.unread()] == [bob.pk]
    assert actions.mark_read(actor=alice.actor, now=timezone.now()) == 0

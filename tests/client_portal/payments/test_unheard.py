"""Money that comes without its webhook is told once; webhooks that are old lose their words."""

from datetime import timedelta

import pytest
from django.utils import timezone

from advisory_portal.core.access import system_actor
from advisory_portal.core.models import OutboundEmail
from client_portal import actions
from client_portal.models import GatewayAccount, WebhookEvent
from client_portal.tasks import compare_gateways
from tests.client_portal.factories_payments import allocate_shares, attempt_at, booked_payment, gateway_account, hook_up
from tests.pages import text_of, tree

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def account(companies, dan, invoice):
    """An account with its webhook, by which Erin has paid two hours ago."""
    account = hook_up(gateway_account(invoice.organisation))
    paid = booked_payment(attempt_at(account, invoice), paid_at=timezone.now() - timedelta(hours=2))
    allocate_shares(paid)
    return account


def compared(account, now=None):
    GatewayAccount.objects.update(listed_until=timezone.now())  # what is listed is not what this is about
    account.refresh_from_db()
    actions.compare_account(
        actor=system_actor(account.organisation.workspace), account=account, now=now or timezone.now()
    )
    account.refresh_from_db()
    return OutboundEmail.objects.filter(kind="client_portal/account_unheard").count()


def test_money_without_a_webhook_for_a_day_is_told_once(account, dan, client):
    assert [compared(account) for _day in range(2)] == [1, 1]
    mail = OutboundEmail.objects.get(kind="client_portal/account_unheard")
    assert (mail.to, mail.subject) == (dan.email, "Stripe does not tell us of payments any more")
    assert f"/o/delta/settings/payments/{account.pk}/" in mail.html
    client.force_login(dan)
    for page in ("", f"{account.pk}/"):
        shown = text_of(tree(client.get(f"/o/delta/settings/payments/{page}")))
        assert "has not called for a day" in shown
        assert "tells of each payment at once" not in shown
    GatewayAccount.objects.update(hooked_at=timezone.now())
    assert (compared(account), account.is_unheard) == (1, False)
    GatewayAccount.objects.update(hooked_at=timezone.now() - 2 * DAY, unheard_since=timezone.now() - 3 * DAY)
    assert compared(account) == 2  # it had called in between


@pytest.mark.parametrize(
    ("values", "ago"),
    [
        ({"hooked_at": timedelta(hours=23)}, timedelta(hours=2)),
        ({"hook_secrets": ""}, timedelta(hours=2)),
        ({}, timedelta(minutes=59)),
        ({}, timedelta(hours=25)),
    ],
    ids=["called", "not connected", "too soon", "long ago"],
)
def test_nobody_is_told_where_the_company_may_be_silent(account, values, ago):
    GatewayAccount.objects.update(
        **{name: timezone.now() - one if isinstance(one, timedelta) else one for name, one in values.items()}
    )
    account.payments.update(paid_at=timezone.now() - ago)
    assert (compared(account), account.unheard_since) == (0, None)


def webhook(account, event_id, age, **values):
    usual = {"signature": "valid", "outcome": "done", "due_at": None, "body": b'{"id": "x"}', "headers": {"A": "b"}}
    return WebhookEvent.objects.create(
        organisation_id=account.organisation_id,
        account=account,
        event_id=event_id,
        type="a.b",
        received_at=timezone.now() - age,
        **usual | values,
    )


def test_old_webhooks_lose_their_words_and_keep_their_verdict(account, settings):
    old, young = webhook(account, "old", 90 * DAY + DAY / 24), webhook(account, "young", 90 * DAY - DAY / 24)
    assert [actions.empty_webhooks(now=timezone.now()) for _turn in range(2)] == [1, 0]
    old.refresh_from_db()
    young.refresh_from_db()
    assert (bytes(old.body), old.headers, old.outcome, old.type) == (b"", {}, "done", "a.b")
    assert (bytes(young.body), young.headers) == (b'{"id": "x"}', {"A": "b"})
    settings.WEBHOOK_BODY_DAYS = 30
    assert actions.empty_webhooks(now=timezone.now()) == 1


def test_they_are_emptied_once_a_day(account):
    webhook(account, "first", 100 * DAY)
    compare_gateways()
    webhook(account, "second", 100 * DAY)
    compare_gateways()
    assert WebhookEvent.objects.exclude(body=b"").count() == 1


def test_what_was_emptied_is_replayed_by_what_it_named(account, dan_here):
    signed, unknown = (
        webhook(account, "signed", 100 * DAY),
        webhook(account, "unknown", 100 * DAY, signature="deferred"),
    )
    actions.empty_webhooks(now=timezone.now())
    for one in (signed, unknown):
        actions.replay_webhook(actor=dan_here, event=one, now=timezone.now())
    assert actions.handle_webhook(event_id=signed.pk, now=timezone.now()) == "done"
    assert actions.handle_webhook(event_id=unknown.pk, now=timezone.now()) == "left"
    signed.refresh_from_db()
    assert signed.outcome == "ignored"

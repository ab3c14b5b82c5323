"""The sweep of webhooks in turn with other work: floods, and companies that do not answer."""

# ruff: noqa: F811 - fixtures are imported by the names that tests ask for

from itertools import count

import pytest
from django.core.cache import cache
from django.db.models import Sum
from django.utils import timezone

from client_portal.models import WebhookEvent
from client_portal.tasks import LEFT_ALONE, SECONDS_ASKING, SILENT, handle_webhooks
from tests.client_portal.factories_payments import gateway_account, hook_up, pay_at, started_attempt
from tests.client_portal.test_webhooks import account, attempt, calls, inbox, passed_on, states  # noqa: F401 - fixtures
from tests.factories import issued_document

pytestmark = pytest.mark.django_db


@pytest.fixture
def kind():
    return "square"


def test_a_flood_lets_other_work_have_its_turn_and_goes_on_behind_it(account, attempt, calls, nudged_by, monkeypatch):
    passed_on(account, calls)
    monkeypatch.setattr("client_portal.tasks.SECONDS_ASKING", -1)
    assert "client_portal.handle_webhooks" in nudged_by(handle_webhooks)
    assert states(attempt)[0] == "open"
    monkeypatch.setattr("client_portal.tasks.SECONDS_ASKING", 600)
    monkeypatch.setattr("client_portal.tasks.WEBHOOKS_AT_ONCE", 1)
    assert "client_portal.handle_webhooks" not in nudged_by(handle_webhooks)
    assert set(WebhookEvent.objects.values_list("outcome", flat=True)) == {"done"}


def theirs(companies, account):
    """What the company of the account has to call about."""
    held = companies.control("parcels", {})
    return [(one["headers"], one["body"].encode()) for one in held if one["url"] == account.hook_url]


def paid_at_another(companies, inbox, account, contact):
    """An account at Stripe beside this one, and an attempt there whose webhooks have come in."""
    other = hook_up(gateway_account(account.organisation, "stripe"), inbox.url.removesuffix("token/"))
    paid = started_attempt(other, issued_document(contact))
    companies.control("delivery", {"hold": True})
    pay_at(companies, paid)
    passed_on(other, theirs(companies, other))
    return other, paid


def test_a_company_that_is_away_holds_up_no_webhook_of_another(
    companies, inbox, account, attempt, calls, erin, monkeypatch
):
    passed_on(account, calls)
    _other, paid = paid_at_another(companies, inbox, account, erin)
    monkeypatch.setattr("client_portal.tasks.WEBHOOKS_AT_ONCE", 1)
    companies.fault("500", times=99, company="square")
    handle_webhooks()
    assert (states(attempt)[0], states(paid)[0]) == ("open", "succeeded")
    assert sum(WebhookEvent.objects.values_list("attempts", flat=True)) == 1


def test_a_company_that_takes_longer_to_fail_than_a_run_lasts_is_left_alone_by_the_next(
    companies, inbox, account, attempt, calls, erin, monkeypatch
):
    passed_on(account, calls)
    other, paid = paid_at_another(companies, inbox, account, erin)
    companies.fault("500", times=99, company="square")
    monkeypatch.setattr("client_portal.tasks.SECONDS_ASKING", SECONDS_ASKING)
    clock = count(step=SECONDS_ASKING * 0.7)  # one is asked, then the time of the run is over
    monkeypatch.setattr("client_portal.tasks.monotonic", lambda: next(clock))
    handle_webhooks()
    assert (states(attempt)[0], states(paid)[0]) == ("open", "open")
    for _more in range(WebhookEvent.objects.filter(account=other).count()):
        handle_webhooks()
    assert (states(attempt)[0], states(paid)[0]) == ("open", "succeeded")
    assert WebhookEvent.objects.filter(account=account).aggregate(tries=Sum("attempts"))["tries"] == 1


def test_what_was_silent_is_asked_again_after_its_minute_however_long_the_flood(account, attempt, calls):
    passed_on(account, calls)
    cache.set(SILENT, {account.pk: timezone.now() + LEFT_ALONE}, 60)
    assert handle_webhooks() == 0
    cache.set(SILENT, {account.pk: timezone.now()}, 60)
    assert handle_webhooks() == len(calls)
    assert states(attempt)[0] == "succeeded"

"""Subscriptions by Stripe: begun once, kept as Stripe has them, whoever noticed; never over an operator's hand."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError

from advisory_portal.core.access import Forbidden
from advisory_portal.core.models import HistoryEntry, OutboundEmail
from advisory_portal.gateways import GatewayError
from partners import actions
from partners.models import BillingAccount, Plan, Subscription
from partners.rules.billing import Paid, look_again, standing, takes_over
from partners.tasks import sync_subscriptions
from tests.partners.billing import (
    account_of,
    begin,
    charge,
    come_back,
    now,
    plan_on_sale,
    portal_of,
    press,
    subscribe,
    sync,
)
from tests.partners.programme import NOW, RITA, pay
from tests.threads import together

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def alice_here(alice, acme, actor_of):
    return actor_of(alice, acme)


@pytest.fixture
def plan(settings, sandbox, acme):
    charge(settings, sandbox)
    return plan_on_sale()


# --- Subscribing ---------------------------------------------------------------------------------------------


def test_firm_subscribes_and_gets_its_plan(sandbox, acme, alice_here, plan):
    account = subscribe(sandbox, alice_here, plan)
    assert not Subscription.objects.exists()
    assert sync(account) is True
    row = Subscription.objects.get()
    assert (row.organisation, row.status, row.source, row.price) == (acme, "active", "stripe", plan.stripe_price)
    assert timedelta(27) < row.paid_until - now().date() < timedelta(32)
    assert row.is_paid(now().date())
    acme.refresh_from_db()
    assert acme.plan == plan
    assert sync(account) is False
    said = HistoryEntry.objects.filter(organisation_id=acme.pk).values_list("what", flat=True)
    assert sorted(said) == ["partners.organisation.replanned", "partners.subscription.kept"]


def test_second_click_leads_to_the_same_page(sandbox, alice_here, plan):
    assert begin(alice_here, plan) == begin(alice_here, plan)
    assert len(sandbox.world.of("stripe.sessions")) == len(sandbox.world.of("stripe.customers")) == 1


def test_another_plan_closes_the_first_page(sandbox, alice_here, plan):
    other = plan_on_sale("Firm plus", "price_plus_4900eur_month")
    first, second = begin(alice_here, plan), begin(alice_here, other)
    assert first != second
    states = [one["status"] for one in sandbox.world.of("stripe.sessions").values()]
    assert states == ["expired", "open"]


@pytest.mark.parametrize("path", ["/customers", "/checkout/sessions"])
def test_lost_answer_makes_nothing_twice(sandbox, alice_here, plan, path):
    sandbox.fault("commit_then_drop", path=path, times=3)
    with pytest.raises(actions.BillingUnreachable):
        begin(alice_here, plan)
    begin(alice_here, plan)
    assert len(sandbox.world.of("stripe.sessions")) == len(sandbox.world.of("stripe.customers")) == 1


def test_who_paid_and_never_came_back_is_not_asked_to_pay_again(sandbox, alice_here, plan):
    subscribe(sandbox, alice_here, plan)
    with pytest.raises(actions.SubscribedAlready):
        begin(alice_here, plan)
    assert Subscription.objects.get().status == "active"


def test_nothing_is_sold_without_settings_to_others_or_to_those_who_have_one(
    settings, sandbox, acme, bob, actor_of, alice_here, plan
):
    business = plan_on_sale("Business", "price_b_900eur_month", sold_to="business")
    unsold = Plan.objects.get(is_default=True)
    for other in (business, unsold):
        with pytest.raises(actions.NotCharged):
            begin(alice_here, other)
    with pytest.raises(Forbidden):
        begin(actor_of(bob, acme), plan)
    pay(acme)
    with pytest.raises(actions.SubscribedAlready):
        begin(alice_here, plan)
    settings.PLATFORM_STRIPE_SECRET_KEY = ""
    with pytest.raises(actions.NotCharged):
        begin(alice_here, plan)
    assert not BillingAccount.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_no_call_happens_inside_a_transaction(alice_here, plan):
    with transaction.atomic(), pytest.raises(TransactionManagementError):
        begin(alice_here, plan)


# --- What becomes of it --------------------------------------------------------------------------------------


def test_failed_payment_is_told_once_and_mended(sandbox, acme, alice_here, plan):
    account = subscribe(sandbox, alice_here, plan)
    sync(account)
    page = portal_of(alice_here)
    press(page, "bad_card")
    press(page, "time")
    assert sync(account) is True
    row = Subscription.objects.get()
    assert (row.status, row.is_paid(now().date())) == ("past_due", False)
    assert sync(account) is False
    assert [mail.kind for mail in OutboundEmail.objects.all()] == ["partners/subscription_state"]
    assert "A payment for Acme Advisers failed" in OutboundEmail.objects.get().subject
    account.refresh_from_db()
    assert account.due_at > now() + timedelta(hours=5)
    press(page, "good_card")
    sync(account)
    assert Subscription.objects.get().is_paid(now().date())
    acme.refresh_from_db()
    assert acme.plan == plan


def test_cancelled_works_until_its_end_and_then_not(sandbox, acme, alice_here, plan):
    account = subscribe(sandbox, alice_here, plan)
    page = portal_of(alice_here)
    press(page, "cancel")
    sync(account)
    row = Subscription.objects.get()
    assert (row.status, row.ends_on, row.is_paid(now().date())) == ("active", row.paid_until, True)
    press(page, "time")
    sync(account)
    row.refresh_from_db()
    assert (row.status, row.ends_on, row.is_paid(now().date())) == ("cancelled", None, False)
    acme.refresh_from_db()
    assert acme.plan == Plan.objects.get(is_default=True)
    assert "has ended" in OutboundEmail.objects.get().subject
    account.refresh_from_db()
    assert account.due_at is None
    subscribe(sandbox, alice_here, plan)
    sync(account)
    assert Subscription.objects.get().status == "active"


def test_hand_of_the_operator_is_not_overwritten(sandbox, acme, alice_here, plan):
    account = subscribe(sandbox, alice_here, plan)
    sync(account)
    until = date(2020, 1, 31)
    actions.set_subscription(actor=RITA, organisation=acme, status="cancelled", paid_until=until, now=now())
    assert sync(account) is False
    row = Subscription.objects.get()
    assert (row.status, row.paid_until, row.source) == ("cancelled", until, "hand")
    actions.follow_stripe(actor=RITA, subscription=row)
    assert sync(account) is True
    row.refresh_from_db()
    assert (row.status, row.source) == ("active", "stripe")
    with pytest.raises(Forbidden):
        actions.follow_stripe(actor=alice_here, subscription=row)


def test_who_was_let_go_by_hand_may_subscribe(sandbox, acme, alice_here, plan):
    before = now() - timedelta(seconds=5)
    actions.set_subscription(
        actor=RITA, organisation=acme, status="cancelled", paid_until=date(2020, 1, 31), now=before
    )
    sync(subscribe(sandbox, alice_here, plan))
    assert Subscription.objects.get().is_of_stripe


def test_older_answer_does_not_undo_a_newer_one(sandbox, alice_here, plan):
    account = subscribe(sandbox, alice_here, plan)
    asked_before = now()
    sync(account, asked_before + timedelta(seconds=10))
    press(portal_of(alice_here), "cancel_now")
    assert sync(account, asked_before) is False
    assert Subscription.objects.get().status == "active"
    assert sync(account, asked_before + timedelta(seconds=20)) is True


def test_sweep_asks_what_is_due_and_puts_off_what_fails(sandbox, acme, alice_here, plan):
    account = subscribe(sandbox, alice_here, plan)
    assert sync_subscriptions() == 0, "somebody may still come back"
    BillingAccount.objects.update(due_at=now())
    sandbox.fault("500", path="/subscriptions", times=9)
    assert sync_subscriptions() == 0
    account.refresh_from_db()
    assert account.attempts == 1 and account.due_at > now() and "Unavailable" in account.last_error
    sandbox.control("faults", {"clear": True})
    BillingAccount.objects.update(due_at=now())
    assert sync_subscriptions() == 1
    account.refresh_from_db()
    assert (account.attempts, account.last_error) == (0, "")
    assert Subscription.objects.get().organisation == acme
    assert sync_subscriptions() == 0


def test_customers_of_another_mode_rest(settings, sandbox, alice_here, plan):
    account = subscribe(sandbox, alice_here, plan)
    settings.PLATFORM_STRIPE_MODE, settings.PLATFORM_STRIPE_SECRET_KEY = "test", "sk_test_real"
    assert sync(account) is False
    account.refresh_from_db()
    assert account.due_at is None


def test_operator_asks_for_many_and_hears_what_failed(sandbox, acme, alice_here, plan):
    account = subscribe(sandbox, alice_here, plan)
    sandbox.fault("401", path="/subscriptions", times=1)
    found = actions.ask_for_subscriptions(actor=RITA, accounts=[account], now=now())
    assert (found.asked, len(found.problems)) == (0, 1)
    assert actions.ask_for_subscriptions(actor=RITA, accounts=[account], now=now()).asked == 1
    with pytest.raises(Forbidden):
        actions.ask_for_subscriptions(actor=alice_here, accounts=[account], now=now())


def test_faults_of_stripe_are_told_as_what_they_are(sandbox, alice_here, plan):
    account = subscribe(sandbox, alice_here, plan)
    sandbox.fault("unknown_enum", path="/subscriptions", times=1)
    with pytest.raises(GatewayError):
        sync(account)
    assert not Subscription.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_return_page_and_sweep_at_once_keep_one_subscription(sandbox, acme, alice_here, plan):
    account = subscribe(sandbox, alice_here, plan)
    BillingAccount.objects.update(due_at=now())
    looks = [lambda: come_back(alice_here)] * 3 + [sync_subscriptions] * 2
    found = together(looks)
    assert not [one for one in found if isinstance(one, Exception)]
    assert found[:3] == ["subscribed"] * 3
    assert Subscription.objects.count() == 1
    assert HistoryEntry.objects.filter(what="partners.subscription.kept").count() == 1
    assert account_of(acme).pk == account.pk


@pytest.mark.django_db(transaction=True)
def test_clicks_at_once_make_one_customer(sandbox, alice_here, plan):
    found = together([lambda: begin(alice_here, plan)] * 4)
    assert len(sandbox.world.of("stripe.customers")) == 1
    assert BillingAccount.objects.count() == 1
    assert {one for one in found if isinstance(one, str)}


# --- Rules ---------------------------------------------------------------------------------------------------


def paid(status, until=None, ref="sub"):
    return Paid(ref, status, "price", AT, until, None)


def test_the_best_that_lives_counts_else_the_last_that_ended():
    early, late = AT + timedelta(days=1), AT + timedelta(days=9)
    assert standing([paid("cancelled", late), paid("past_due", early), paid("active", early)]).status == "active"
    assert standing([paid("cancelled", early, "a"), paid("cancelled", late, "b")]).ref == "b"
    assert standing([paid("incomplete")]) is None
    assert standing([]) is None


def test_it_is_asked_again_when_something_may_have_happened():
    assert look_again(None, is_waiting=True, now=AT) == AT + timedelta(minutes=10)
    assert look_again(None, is_waiting=False, now=AT) is None
    assert look_again(paid("cancelled", AT), is_waiting=False, now=AT) is None
    assert look_again(paid("past_due", AT), is_waiting=False, now=AT) == AT + timedelta(hours=6)
    assert look_again(paid("active", AT + timedelta(days=20)), is_waiting=False, now=AT) == AT + timedelta(days=1)
    soon = AT + timedelta(hours=3)
    assert look_again(paid("active", soon), is_waiting=False, now=AT) == soon + timedelta(hours=2)


@pytest.mark.parametrize(
    ("by_hand", "paid_by_hand", "set_at", "taken"),
    [
        (False, True, None, True),
        (True, True, NOW - timedelta(days=9), False),
        (True, False, NOW - timedelta(days=9), True),
        (True, False, NOW + timedelta(days=9), False),
    ],
)
def test_a_hand_yields_only_to_what_came_after_it(by_hand, paid_by_hand, set_at, taken):
    found = takes_over(is_by_hand=by_hand, is_paid_by_hand=paid_by_hand, set_at=set_at, created_at=NOW)
    assert found is taken

"""R2's second precondition: a firm subscribes on Stripe's page, by the stand-in, and then sends its request."""

import pytest
from playwright.sync_api import expect

from partners.models import ProgrammeApplication, Subscription
from partners.tasks import sync_subscriptions
from tests.e2e.conftest import PHONE
from tests.e2e.test_r02_advisory_services import open_programme, send_request
from tests.partners.billing import account_of, charge, plan_on_sale, sync


@pytest.fixture
def plan(settings, sandbox, acme, site):
    charge(settings, sandbox)
    return plan_on_sale()


def to_stripe(person, button="Subscribe"):
    person.page.get_by_role("button", name=button, exact=True).click()
    expect(person.page.get_by_text("Stripe SANDBOX – no real money")).to_be_visible()


def at_stripe(person, button):
    person.page.get_by_role("button", name=button, exact=True).click()


def test_r02_firm_subscribes_and_sends_its_request(visitor, alice, plan):
    person = visitor()
    person.log_in(alice)
    open_programme(person)
    person.press("Choose a plan")
    person.expect_path("/o/acme/settings/plan/")
    expect(person.page.get_by_role("main")).to_contain_text("29 € a month")
    to_stripe(person)
    expect(person.page.get_by_text("29.00 EUR")).to_be_visible()
    at_stripe(person, "Decline")
    expect(person.page.get_by_role("alert")).to_contain_text("Your card was declined")
    assert not Subscription.objects.exists()
    at_stripe(person, "Pay")
    person.expect_path("/o/acme/settings/plan/")
    expect(person.page.get_by_role("main")).to_contain_text("Your subscription is paid until")
    expect(person.page.get_by_text("Your plan", exact=True)).to_be_visible()
    open_programme(person)
    send_request(person)
    assert ProgrammeApplication.objects.get().organisation.slug == "acme"


def test_r02_firm_goes_back_without_paying(visitor, alice, plan):
    person = visitor(viewport=PHONE)
    person.log_in(alice)
    person.open("/o/acme/settings/plan/")
    to_stripe(person)
    at_stripe(person, "Back")
    person.expect_path("/o/acme/settings/plan/")
    expect(person.page.get_by_role("main")).to_contain_text("There is no subscription yet.")
    assert not Subscription.objects.exists()


def test_r02_firm_fails_to_pay_changes_its_card_and_leaves(visitor, alice, acme, plan):
    person = visitor()
    person.log_in(alice)
    person.open("/o/acme/settings/plan/")
    to_stripe(person)
    at_stripe(person, "Pay")
    expect(person.page.get_by_text("Your plan", exact=True)).to_be_visible()
    to_stripe(person, "Manage payment")
    at_stripe(person, "Use a card that is declined")
    at_stripe(person, "Let time move on to the next period")
    at_stripe(person, "Back")
    person.expect_path("/o/acme/settings/plan/")
    expect(person.page.get_by_role("alert")).to_contain_text("The last payment failed")
    to_stripe(person, "Manage payment")
    at_stripe(person, "Use a card that works")
    at_stripe(person, "Cancel at the end of the period")
    at_stripe(person, "Back")
    expect(person.page.get_by_role("main")).to_contain_text("It is cancelled and ends on")
    to_stripe(person, "Manage payment")
    at_stripe(person, "Let time move on to the next period")
    sync(account_of(acme))
    assert sync_subscriptions() == 0
    person.open("/o/acme/advisory-services/")
    expect(person.page.get_by_role("main")).to_contain_text("Your subscription has ended.")

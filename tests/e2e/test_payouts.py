"""A bank line is the payout of a gateway: suggested and confirmed, chosen by hand, undone."""

import pytest
from playwright.sync_api import expect

from bookkeeping.models import BankLine, GatewayMoney
from tests.bookkeeping.factories_banking import bank_line
from tests.bookkeeping.payouts import brought
from tests.e2e.conftest import PHONE
from tests.factories import ContactFactory


@pytest.fixture
def line(dan_here, delta):
    erin = ContactFactory(organisation=delta, name="Erin")
    brought(dan_here, erin)
    brought(dan_here, erin, "1.93", key="b")
    return bank_line(dan_here, "238", "STRIPE PAYMENTS EUROPE")


def test_payout_is_confirmed_and_undone(visitor, dan, line):
    person = visitor()
    person.log_in(dan)
    person.open(f"/o/delta/banking/lines/{line.pk}/")
    expect(person.page.get_by_role("main")).to_contain_text("2 payments")
    expect(person.page.get_by_text("Fees known, to the cent")).to_be_visible()
    person.page.get_by_role("button", name="Confirm Payout of Stripe", exact=True).click()
    expect(person.page.get_by_text("Every bank line is reconciled.")).to_be_visible()
    assert not GatewayMoney.objects.held().exists()
    person.open(f"/o/delta/banking/lines/{line.pk}/")
    expect(person.page.get_by_role("main")).to_contain_text("less €4.00 fees")
    person.page.get_by_role("button", name="Undo", exact=True).click()
    expect(person.page.get_by_text("Taken back. The line is open again.")).to_be_visible()
    assert GatewayMoney.objects.held().count() == 2


def test_payout_is_chosen_by_hand_on_a_phone(visitor, dan, line):
    person = visitor(viewport=PHONE)
    person.log_in(dan)
    person.open(f"/o/delta/banking/lines/{line.pk}/")
    person.page.get_by_role("link", name="It was a payout of Stripe, PayPal or Square").click()
    boxes = person.page.get_by_role("checkbox")
    expect(boxes).to_have_count(2)
    boxes.nth(1).uncheck()
    person.expected.add(422)
    person.page.get_by_role("button", name="Confirm the payout").click()
    expect(person.page.get_by_role("main")).to_contain_text("without its fees, and the line is")
    person.page.get_by_role("checkbox").nth(1).check()
    person.page.get_by_role("button", name="Confirm the payout").click()
    expect(person.page.get_by_text("Every bank line is reconciled.")).to_be_visible()
    assert BankLine.objects.get().state == "reconciled"

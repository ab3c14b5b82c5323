"""Payouts in the browser's words: suggested on the line, chosen by hand, taken back."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bookkeeping.models import BankLine, GatewayMoney, Reconciliation
from tests.bookkeeping.factories_banking import bank_line
from tests.bookkeeping.payouts import FIRST, brought, more
from tests.bookkeeping.test_bank_pages import at, key_in, named, sent_by
from tests.factories import MemberFactory, UserFactory
from tests.pages import text_of, tree

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, dan, dan_here):
    client.force_login(dan)
    return client


def body(response):
    return response.content.decode()


def test_payout_is_suggested_and_confirmed(page, dan_here, erin):
    brought(dan_here, erin)
    brought(dan_here, erin, "1.93", key="b")
    line = bank_line(dan_here, "238", "STRIPE PAYMENTS EUROPE")
    response = page.get(at("bank_line", line_id=line.pk))
    text = " ".join(body(response).split())
    assert "Payout of Stripe" in text and "2 payments" in text and "less €4.00 fees" in text
    assert "Stripe in the text" in text and "Fees known, to the cent" in text
    url = at("reconcile_payout", line_id=line.pk)
    (sent,) = sent_by(response, url)
    sent["money"] = named(response, "money")
    sent["reason"] = [value for value in named(response, "reason") if ":" not in value]
    assert page.post(url, sent).status_code == 302
    made = Reconciliation.objects.get()
    assert (made.gateway, made.fees, made.reason) == ("stripe", 4, [["gateway", "Stripe"], ["fees", "Stripe"]])
    text = " ".join(body(page.get(at("bank_line", line_id=line.pk))).split())
    assert "Payout of Stripe" in text and "less €4.00 fees" in text
    page.post(at("undo_reconciliation", line_id=line.pk, reconciliation_id=made.pk))
    assert GatewayMoney.objects.held().count() == 2


def test_guessed_fee_is_said_to_be_guessed(page, dan_here, erin):
    brought(dan_here, erin, None)
    line = bank_line(dan_here, "117", "Stripe")
    assert "The difference as its fee" in body(page.get(at("bank_line", line_id=line.pk)))


def test_choosing_by_hand_ticks_what_is_suggested_and_keeps_what_was_ticked(page, dan_here, erin):
    _one, first = brought(dan_here, erin)
    _two, second = brought(dan_here, erin, key="b")
    line = bank_line(dan_here, "118.93", "STRIPE")
    response = page.get(at("bank_payout", line_id=line.pk))
    ticked = tree(response).xpath("//input[@name='money'][@checked]/@value")
    assert ticked == [str(first.pk)]
    sent = {"key": key_in(response), "gateway": "stripe", "money": [str(first.pk), str(second.pk)]}
    url = at("reconcile_payout", line_id=line.pk)
    refused = page.post(url, sent)
    assert refused.status_code == 422
    assert "What you chose comes to €237.86 without its fees, and the line is €118.93." in body(refused)
    assert len(tree(refused).xpath("//input[@name='money'][@checked]")) == 2
    assert page.post(url, sent | {"money": [str(second.pk)]}).status_code == 302
    assert BankLine.objects.get().state == "reconciled"


def test_account_takes_the_difference(page, dan_here, erin, chart):
    _one, first = brought(dan_here, erin)
    line = bank_line(dan_here, "168.93", "STRIPE")
    response = page.get(at("bank_payout", line_id=line.pk))
    sent = {"key": key_in(response), "gateway": "stripe", "money": str(first.pk)}
    url = at("reconcile_payout", line_id=line.pk)
    assert page.post(url, sent | {"account": "nothing"}).status_code == 422
    assert page.post(url, sent | {"account": str(chart["438"])}).status_code == 302
    assert Reconciliation.objects.count() == 2


def test_each_gateway_has_its_list(page, dan_here, erin):
    invoice, _first = brought(dan_here, erin)
    more(invoice, "-21", None, key="re", day=FIRST)
    brought(dan_here, erin, method="paypal", key="p")
    line = bank_line(dan_here, "5", "Transfer")
    shown = body(page.get(at("bank_payout", line_id=line.pk) + "?gateway=stripe"))
    assert "Given back on" in shown and "not known" in shown
    assert "Payout of PayPal" in body(page.get(at("bank_payout", line_id=line.pk) + "?gateway=paypal"))
    assert page.get(at("bank_payout", line_id=line.pk) + "?gateway=nobody").status_code == 200


@pytest.mark.parametrize("sent", [{}, {"gateway": "bank"}, {"money": "nonsense"}, {"key": "x", "money": "1"}])
def test_odd_input_is_refused(page, dan_here, erin, sent):
    brought(dan_here, erin)
    line = bank_line(dan_here, "118.93", "STRIPE")
    assert page.post(at("reconcile_payout", line_id=line.pk), sent).status_code == 422
    assert not Reconciliation.objects.exists()


def test_empty_list_says_what_belongs_here(page, dan_here):
    line = bank_line(dan_here, "5", "Transfer")
    assert "No gateway holds money of yours" in text_of(tree(page.get(at("bank_payout", line_id=line.pk))))


def test_doors_admit_their_own(page, dan_here, delta, carol, alice, client_of):
    line = bank_line(dan_here, "5", "Transfer")
    viewer = UserFactory()
    MemberFactory(organisation=delta, user=viewer, code="viewer")
    for name in ("bank_payout", "reconcile_payout"):
        url = at(name, line_id=line.pk)
        assert client_of(carol).post(url).status_code == 404
        assert Client().post(url).status_code == 302
    assert client_of(viewer).post(at("reconcile_payout", line_id=line.pk)).status_code == 403
    assert client_of(viewer).get(at("bank_payout", line_id=line.pk)).status_code == 200
    assert page.get(at("reconcile_payout", line_id=line.pk)).status_code == 405


def test_list_has_as_many_queries_for_thirty_as_for_one(page, dan_here, erin):
    line = bank_line(dan_here, "5", "Transfer")
    counts = []
    for number in range(30):
        brought(dan_here, erin, key=str(number))
        if number in (0, 29):
            with CaptureQueriesContext(
                connection,
            ) as asked:
                page.get(at("bank_payout", line_id=line.pk))
            counts.append(len(asked))
    assert counts[0] == counts[1]

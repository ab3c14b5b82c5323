"""Pressing Pay: one open attempt for a document, whoever presses how often, and what a company that fails means."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from advisory_portal.core.access import Forbidden, system_actor
from advisory_portal.core.errors import Refused
from client_portal.actions import (
    BeingPaid,
    NothingToPay,
    WrongWay,
    cancel_attempt,
    look_at_attempt,
    payable_ways,
    way_of_contact,
)
from client_portal.models import (
    AttemptShare,
    ContactGateway,
    GatewayAccount,
    PaymentAttempt,
    PaymentLog,
    PortalSettings,
)
from documents.actions import settle, void_document
from documents.models import Document
from tests.client_portal.factories_payments import KINDS, contact_gateway, gateway_account
from tests.client_portal.payments.payer import Payer, back
from tests.factories import ContactFactory, contact_actor, drafted_document, issued_document, typed_line

pytestmark = pytest.mark.django_db
EACH = pytest.mark.parametrize("kind", KINDS)
PAGE = PaymentLog.Trigger.PAGE


@pytest.fixture
def payer(companies, invoice):
    return lambda kind="stripe": Payer(companies, invoice, kind)


def other_way(one, kind):
    account = gateway_account(one.invoice.organisation, kind)
    contact_gateway(one.invoice.contact, account)
    return account


def begun(companies, kind):
    """How many checkouts the company has."""
    things = {"stripe": "stripe.sessions", "paypal": "paypal.orders", "square": "square.orders"}[kind]
    return len(companies.world.of(things))


# --- What is asked of the company ----------------------------------------------------------------------------


def test_the_attempt_says_what_the_payer_recognises(payer):
    one = payer()
    attempt = one.start()
    assert attempt.title == f"Invoice {one.invoice.number}"
    assert attempt.reference.startswith(f"{one.invoice.number}-")
    assert (attempt.email, attempt.language, attempt.payer_name) == ("erin@customer.example", "en", "Erin")
    assert attempt.asked == {"return_url": back(attempt)[0], "cancel_url": back(attempt)[1], "business": "Delta"}
    assert attempt.due_at == one.now + timedelta(minutes=1)
    assert list(PaymentLog.objects.values_list("what", "trigger")) == [("new", PAGE), ("open", PAGE)]


def test_several_documents_are_one_payment(payer, erin):
    one = payer()
    others = [issued_document(erin, lines=(typed_line(price=price, percent="0"),)) for price in ("10", "20")]
    attempt = one.start(shares={document.pk: document.outstanding for document in (one.invoice, *others)})
    assert (attempt.amount, attempt.shares.count()) == (151, 3)
    assert others[0].number in attempt.title
    one.press()
    one.sync()
    assert set(Document.objects.filter(kind="invoice").values_list("state", flat=True)) == {"paid"}


# --- Once, however often it is pressed -----------------------------------------------------------------------


@EACH
def test_pressed_again_it_is_the_same_page(payer, kind):
    one = payer(kind)
    first = one.start()
    again = one.start(actor=contact_actor(one.invoice.contact, name="Ernie"))
    assert (again.pk, again.redirect_url) == (first.pk, first.redirect_url)
    assert begun(one.companies, kind) == PaymentAttempt.objects.count() == 1


def test_a_page_that_is_about_to_end_is_not_handed_out_again(payer):
    one = payer("paypal")
    first = one.start()
    one.now = first.expires_at - timedelta(minutes=5)
    second = one.start()
    first.refresh_from_db()
    assert (first.state, second.state, second.pk != first.pk) == ("cancelled", "open", True)


@pytest.mark.parametrize("kind", ["stripe", "square"])
def test_another_way_closes_the_page_of_the_first(payer, kind):
    one = payer(kind)
    first = one.start()
    second = one.start(account=other_way(one, "paypal"))
    first.refresh_from_db()
    assert (first.state, second.state, second.account.kind) == ("cancelled", "open", "paypal")
    assert list(AttemptShare.objects.filter(is_open=True).values_list("attempt", flat=True)) == [second.pk]
    one.attempt = first
    with pytest.raises(AssertionError, match=r"40[49]"):  # nobody pays there any more
        one.press("pay")
    assert one.sync().state == "cancelled"


def test_what_was_paid_meanwhile_is_not_begun_again(payer):
    one = payer("stripe")
    first = one.start()
    one.press()
    with pytest.raises(NothingToPay, match="Nothing is open"):
        one.start(account=other_way(one, "square"))
    first.refresh_from_db()
    assert (first.state, one.read[1:]) == ("succeeded", ("paid", 121))


def test_money_on_its_way_keeps_others_out(payer):
    one = payer("stripe")
    one.start()
    one.press("later")
    one.sync()
    with pytest.raises(BeingPaid, match="being processed"):
        one.start(account=other_way(one, "square"))


def test_a_page_that_cannot_be_closed_keeps_others_out(payer):
    one = payer("stripe")
    first = one.start()
    one.fault("500", times=9)
    with pytest.raises(BeingPaid, match="Stripe cannot be closed"):
        one.start(account=other_way(one, "square"))
    first.refresh_from_db()
    assert (first.state, first.close_wanted) == ("open", True)
    one.companies.control("faults", {"clear": True})
    assert one.start(account=GatewayAccount.objects.get(kind="square")).state == "open"


def test_a_page_at_an_account_that_does_not_work_any_more_keeps_nobody_out(payer):
    one = payer("stripe")
    first = one.start()
    one.companies.control("revoke", {"key": "sk_test_delta"})
    second = one.start(account=other_way(one, "square"))
    first.refresh_from_db()
    assert (first.state, second.state) == ("cancelled", "open")


def test_one_that_never_got_its_page_keeps_nobody_out(payer):
    one = payer("stripe")
    one.fault("drop", method="POST", times=9)
    first = one.start()
    assert first.state == "new"
    second = one.start(account=other_way(one, "square"))
    first.refresh_from_db()
    assert (first.state, second.state) == ("cancelled", "open")
    one.companies.control("faults", {"clear": True})
    one.attempt = first
    assert one.sync().state == "cancelled"


# --- What a contact is told ----------------------------------------------------------------------------------


def refused(one, **values):
    with pytest.raises(Refused) as caught:
        one.start(**values)
    assert not PaymentAttempt.objects.exists()
    return type(caught.value), caught.value.message


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "This is not an amount of EUR."),
        ("-1", "This is not an amount of EUR."),
        ("0.005", "This is not an amount of EUR."),
        ("121.01", "is open on"),
        ("1000000000000", "is open on"),
        ("NaN", "This is not an amount of EUR."),
    ],
)
def test_an_amount_that_is_none(payer, amount, words):
    kind, said = refused(one := payer(), shares={one.invoice.pk: Decimal(amount)})
    assert (kind, words in said) == (NothingToPay, True)


def test_a_part_only_where_the_business_takes_parts(payer):
    one = payer()
    half = {one.invoice.pk: Decimal("60.50")}
    assert refused(one, shares=half)[0] == NothingToPay
    PortalSettings.objects.create(organisation=one.invoice.organisation, takes_part=True)
    one.start(shares=half)
    one.press()
    one.sync()
    assert one.read == ("succeeded", "partially_paid", Decimal("60.50"))
    one.start(shares={one.invoice.pk: Decimal("60.50")})
    one.press()
    one.sync()
    assert one.read == ("succeeded", "paid", 121)


def test_documents_that_take_no_payment(payer, erin, dan_here):
    one = payer()
    credit_kind = issued_document(erin, kind="quote")
    assert refused(one, shares={credit_kind.pk: Decimal(10)})[0] == NothingToPay
    draft = drafted_document(erin)
    assert refused(one, shares={draft.pk: Decimal(10)})[0] == NothingToPay
    dollars = issued_document(erin, currency="USD")
    shares = {one.invoice.pk: Decimal(121), dollars.pk: Decimal(121)}
    assert "different currencies" in refused(one, shares=shares)[1]
    void_document(actor=dan_here, document=one.invoice, now=one.now)
    assert "Nothing is open" in refused(one, shares={one.invoice.pk: Decimal(121)})[1]


def test_documents_of_others_are_not_there(payer, erin):
    one = payer()
    theirs = issued_document(ContactFactory(organisation=erin.organisation))
    assert refused(one, shares={theirs.pk: Decimal(121)})[0] == NothingToPay
    narrow = replace(one.actor, document_ids=frozenset({theirs.pk}))
    assert refused(one, actor=narrow)[0] == NothingToPay


def test_only_a_contact_pays(payer, dan_here):
    one = payer()
    looking = replace(one.actor, read_only=True)
    for values in ({"actor": dan_here}, {"actor": system_actor()}, {"actor": looking}, {"shares": {}}):
        with pytest.raises(Forbidden):
            one.start(**values)


def test_only_by_ways_that_are_enabled_for_them(payer):
    one = payer()
    GatewayAccount.objects.update(is_enabled=False)
    assert refused(one)[0] == WrongWay
    GatewayAccount.objects.update(is_enabled=True, retired_at=one.now)
    assert refused(one)[0] == WrongWay
    GatewayAccount.objects.update(retired_at=None)
    ContactGateway.objects.all().delete()
    assert refused(one)[0] == WrongWay
    with pytest.raises(WrongWay):
        way_of_contact(actor=system_actor(one.invoice.organisation.workspace), account_id=one.account.pk)


def test_the_ways_and_why_not_others(payer, erin):
    one = payer("square")
    other_way(one, "stripe")
    little = issued_document(erin, lines=(typed_line(price="0.30", percent="0"),))
    dollars = issued_document(erin, currency="USD")

    def ways(document):
        return {way.account.kind: way.why_not for way in payable_ways(actor=one.actor, documents=[document])}

    assert ways(one.invoice) == {"square": "", "stripe": ""}
    assert ways(little)["square"] == ""
    assert "does not take a payment of" in ways(little)["stripe"]
    assert ways(dollars) == {"square": "It does not take payments in USD.", "stripe": ""}
    assert payable_ways(actor=one.actor, documents=[]) == []
    GatewayAccount.objects.filter(kind="stripe").update(secrets="spoilt", credentials_version=9)
    assert "out of order" in ways(one.invoice)["stripe"]
    kind, words = refused(
        one, shares={little.pk: little.outstanding}, account=GatewayAccount.objects.get(kind="stripe")
    )
    assert (kind, "out of order" in words) == (WrongWay, True)


# --- Giving up, and looking ----------------------------------------------------------------------------------


@EACH
def test_a_payer_gives_up_and_pays_another_way(payer, kind):
    one = payer(kind)
    one.start()
    attempt = cancel_attempt(actor=one.actor, attempt=one.attempt, now=one.now)
    assert (attempt.state, attempt.shares.get().is_open) == ("cancelled", False)
    assert cancel_attempt(actor=one.actor, attempt=attempt, now=one.now).state == "cancelled"
    assert one.told("given_up") == 1
    assert one.start().pk != attempt.pk


@EACH
def test_given_up_in_the_moment_of_paying_it_is_paid(payer, kind):
    one = payer(kind)
    one.start()
    one.press()
    if kind == "paypal":
        one.sync()
    attempt = cancel_attempt(actor=one.actor, attempt=one.attempt, now=one.now)
    assert attempt.state == "succeeded"
    assert one.read[1:] == ("paid", 121)


def test_who_only_looks_gives_nothing_up(payer, dan_here):
    one = payer()
    one.start()
    for actor in (dan_here, replace(one.actor, read_only=True)):
        with pytest.raises(Forbidden):
            cancel_attempt(actor=actor, attempt=one.attempt, now=one.now)


def test_a_page_that_waits_does_not_ask_twice_in_a_moment(payer):
    one = payer()
    one.start()
    one.press()
    values = {"actor": one.actor, "trigger": PaymentLog.Trigger.RETURN}
    PaymentAttempt.objects.update(synced_at=one.now)
    shares = AttemptShare.objects.with_attempt()
    assert look_at_attempt(shares=list(shares.all()), now=one.now + timedelta(seconds=1), **values).state == "open"
    assert look_at_attempt(shares=list(shares.all()), now=one.now + timedelta(seconds=2), **values).state == "succeeded"
    one.companies.world.things.clear()  # a decided one is not asked about
    assert look_at_attempt(shares=list(shares.all()), now=one.now + timedelta(days=1), **values).state == "succeeded"


def test_a_document_settled_otherwise_takes_only_what_is_left(payer):
    one = payer()
    with transaction.atomic():
        settle(
            actor=system_actor(one.invoice.organisation.workspace),
            document=one.invoice,
            amount=Decimal(100),
            received_on=one.invoice.issued_on,
            method="cash",
            source_key="hand:1",
        )
    assert one.start().amount == 21

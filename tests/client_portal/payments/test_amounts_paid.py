"""Amounts that are easily got wrong, paid from the invoice to the books: currencies, cents, rounding, limits."""

from decimal import Decimal

import pytest

from client_portal.actions import WrongWay
from client_portal.models import PaymentAttempt
from documents.models import Settlement
from tests.client_portal.factories_payments import KINDS, credentials
from tests.client_portal.payments.payer import Payer
from tests.factories import issued_document, typed_line

pytestmark = pytest.mark.django_db


def invoice_of(erin, currency, *prices, percent="0"):
    lines = tuple(typed_line(price=price, percent=percent) for price in prices)
    return issued_document(erin, currency=currency, lines=lines)


def payer_of(companies, invoice, kind):
    """A payer at an account that takes the invoice's currency, as Square's locations each take one."""
    typed = credentials(kind, "delta", invoice.currency)
    return Payer(companies, invoice, kind, typed=typed)


@pytest.mark.parametrize(
    ("kind", "currency", "price"),
    [
        ("stripe", "JPY", "5000"), ("stripe", "KWD", "12.340"), ("stripe", "EUR", "0.50"), ("stripe", "HUF", "175.00"),
        ("stripe", "EUR", "999999.99"), ("paypal", "JPY", "5000"), ("paypal", "HUF", "1500"), ("paypal", "EUR", "0.01"),
        ("square", "EUR", "0.01"), ("square", "JPY", "5000"),
    ],
)  # fmt: skip
def test_an_amount_comes_into_the_books_as_it_stands_on_the_invoice(companies, erin, kind, currency, price):
    one = payer_of(companies, invoice_of(erin, currency, price), kind)
    one.start()
    one.press()
    one.sync()
    assert one.read == ("succeeded", "paid", Decimal(price))
    assert (one.payment.amount, one.payment.currency, one.payment.credit) == (Decimal(price), currency, 0)
    assert Settlement.objects.get().amount == Decimal(price)


@pytest.mark.parametrize(
    ("kind", "currency", "price", "words"),
    [
        ("stripe", "EUR", "0.49", "does not take a payment of"),
        ("stripe", "EUR", "1000000.00", "does not take a payment of"),
        ("stripe", "KWD", "12.345", "does not take a payment of"),
        ("stripe", "ISK", "500", "does not take payments in"),
        ("paypal", "KWD", "12.340", "does not take payments in"),
        ("paypal", "HUF", "1500.50", "does not take a payment of"),
    ],
)
def test_an_amount_that_the_company_does_not_take_is_said_before_anybody_leaves(
    companies, erin, kind, currency, price, words
):
    one = payer_of(companies, invoice_of(erin, currency, price), kind)
    with pytest.raises(WrongWay, match=words):
        one.start()
    assert not PaymentAttempt.objects.exists()
    assert companies.world.of("stripe.sessions") == companies.world.of("paypal.orders") == {}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("prices", [("0.33", "0.33", "0.33"), ("33.33", "33.33", "33.34"), ("1.005", "2.675", "9.995")])
def test_three_lines_with_tax_are_paid_to_the_cent(companies, erin, kind, prices):
    invoice = invoice_of(erin, "EUR", *prices, percent="21")
    one = payer_of(companies, invoice, kind)
    attempt = one.start()
    assert attempt.amount == invoice.payable
    one.press()
    one.sync()
    assert one.read == ("succeeded", "paid", invoice.payable)
    assert (one.payment.amount, one.payment.credit, one.invoice.outstanding) == (invoice.payable, 0, 0)

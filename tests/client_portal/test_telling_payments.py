"""The mails about online payments: to whom, in which language, with which words and which one button."""

from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from advisory_portal.core.models import Notification, NotificationPreference, OutboundEmail
from client_portal.actions.payments.telling import (
    tell_dispute,
    tell_failed,
    tell_look,
    tell_received,
    tell_refunded,
)
from client_portal.models import Dispute, GatewayPayment, Refund
from tests.client_portal.factories_payments import allocate_shares, attempt_at, booked_payment, gateway_account
from tests.factories import MemberFactory, issued_document

pytestmark = pytest.mark.django_db
ERIN = "erin@customer.example"


@pytest.fixture
def account(companies, delta):
    return gateway_account(delta)


@pytest.fixture
def payment(account, dan, invoice):
    """Erin's payment of her invoice, 121 euro, booked on it."""
    return allocate_shares(booked_payment(attempt_at(account, invoice)))


def mailed(kind):
    return OutboundEmail.objects.filter(kind=f"client_portal/{kind}").order_by("id")


def refund_of(payment, **values):
    usual = {"state": "succeeded", "source": "staff", "amount": Decimal(21), "key": "rf-1", "asked_by_name": "Dan"}
    own = {"organisation_id": payment.organisation_id, "account": payment.account, "payment": payment}
    return Refund.objects.create(**own | usual | values)


def dispute_of(payment, **values):
    usual = {"state": "open", "provider_id": "dp_1", "amount": payment.amount}
    own = {"organisation_id": payment.organisation_id, "account": payment.account, "payment": payment}
    return Dispute.objects.create(**own | usual | values)


# --- Money that came -----------------------------------------------------------------------------------------


def where_it_leads(client, mail):
    """The page that the mail's link opens in a browser of nobody, and what it says."""
    path = mail.text.split("See what you have paid:\n")[1].split()[0].removeprefix("http://testserver")
    opened = client.get(path)
    assert client.get(opened.url).status_code == 200, opened.url
    return opened.url


def test_the_payer_gets_a_receipt_that_opens_the_receipt(client, payment, invoice):
    tell_received(payment=payment, now=timezone.now())
    (mail,) = mailed("payment_received")
    assert (mail.to, mail.to_name, mail.from_name) == (ERIN, "Erin", "Delta")
    assert mail.subject == "Delta has received your payment of €121.00"
    assert f"Invoice {invoice.number}: €121.00" in mail.text
    assert "Stripe" in mail.text
    assert mail.html.count("<a href") == 2  # the button, and its address in words
    assert where_it_leads(client, mail) == f"/portal/delta/receipts/{payment.pk}/"
    assert client.get(f"/portal/delta/receipts/{payment.pk}/pdf/").headers["Content-Type"] == "application/pdf"


def test_staff_who_manage_sales_are_told(payment, dan, delta):
    MemberFactory(organisation=delta, code="viewer")
    tell_received(payment=payment, now=timezone.now())
    (mail,) = mailed("payment_arrived")
    assert (mail.to, mail.subject) == (dan.email, "Erin has paid €121.00 by Stripe")
    (notification,) = Notification.objects.filter(kind="client_portal/payment_arrived")
    assert (notification.user_id, notification.text) == (dan.pk, mail.subject)
    assert notification.url == f"/o/delta/payments/{payment.pk}/"
    assert notification.url in mail.html


def test_the_receipt_speaks_the_language_that_the_payer_paid_in(payment):
    payment.attempt.language = "es"
    payment.attempt.email, payment.attempt.payer_name = "payer@customer.example", "Eva"
    tell_received(payment=payment, now=timezone.now())
    (mail,) = mailed("payment_received")
    assert (mail.to, mail.to_name, mail.language) == ("payer@customer.example", "Eva", "es")
    assert mail.subject == "Delta ha recibido su pago de 121,00 €"


def test_money_that_no_document_took_is_named(payment):
    payment.amount += 9
    payment.save()
    tell_received(payment=payment, now=timezone.now())
    assert "keeps €9.00 of it for you" in mailed("payment_received")[0].text
    assert "€9.00 of it stand on no document." in mailed("payment_arrived")[0].text


def test_several_invoices_lead_to_their_receipt_too(client, account, erin):
    first, second = issued_document(erin), issued_document(erin)
    payment = allocate_shares(booked_payment(attempt_at(account, first, second)))
    tell_received(payment=payment, now=timezone.now())
    (mail,) = mailed("payment_received")
    assert f"{first.number}: €121.00" in mail.text
    assert f"{second.number}: €121.00" in mail.text
    assert where_it_leads(client, mail) == f"/portal/delta/receipts/{payment.pk}/"


def test_several_invoices_at_another_address_do_not_open_the_whole_portal(client, account, erin):
    first, second = issued_document(erin), issued_document(erin)
    attempt = attempt_at(account, first, second, email="payer@customer.example")
    tell_received(payment=allocate_shares(booked_payment(attempt)), now=timezone.now())
    assert erin.portal_links.get(email="payer@customer.example").document_id == first.pk
    assert where_it_leads(client, mailed("payment_received")[0]) == f"/portal/delta/d/{first.pk}/"  # not all of it


def test_a_link_that_names_no_payment_opens_its_document(client, payment, invoice):
    tell_received(payment=payment, now=timezone.now())
    path = mailed("payment_received")[0].text.split("See what you have paid:\n")[1].split()[0]
    for odd in ("?payment=nothing", "", "?payment="):
        assert client.get(path.split("?")[0].removeprefix("http://testserver") + odd).url.endswith(f"/d/{invoice.pk}/")


def test_money_of_nobody_known_is_told_to_staff_alone(payment, dan):
    payment.contact, payment.attempt = None, None
    payment.save()
    tell_received(payment=payment, now=timezone.now())
    assert mailed("payment_arrived")[0].subject == "Somebody has paid €121.00 by Stripe"
    assert not mailed("payment_received").exists()


def test_a_payer_without_an_address_gets_no_mail(payment, erin):
    payment.attempt.email = payment.contact.email = ""
    tell_received(payment=payment, now=timezone.now())
    assert not mailed("payment_received").exists()


def test_who_wants_no_such_mail_gets_none(payment, dan):
    payment.contact.muted_mails = ["client_portal/payment_received"]
    payment.contact.save()
    NotificationPreference.objects.create(
        user_id=dan.pk, kind="client_portal/payment_arrived", by_email=False, in_app=True
    )
    tell_received(payment=payment, now=timezone.now())
    assert not OutboundEmail.objects.filter(kind__startswith="client_portal/payment").exists()
    assert Notification.objects.filter(user_id=dan.pk).count() == 1


def test_what_is_rolled_back_is_told_to_nobody(payment):
    with transaction.atomic():
        tell_received(payment=payment, now=timezone.now())
        transaction.set_rollback(True)
    assert not OutboundEmail.objects.exists()
    assert not Notification.objects.exists()


# --- Money that did not come, or went back -------------------------------------------------------------------


def test_a_payment_that_failed_is_told_to_both_sides(account, dan, invoice):
    attempt = attempt_at(account, invoice, state="failed")
    tell_failed(attempt=attempt, now=timezone.now())
    (payers,), (staffs,) = mailed("payment_failed"), mailed("payment_not_made")
    assert payers.subject == "Your payment of €121.00 to Delta did not go through"
    assert "You can pay again" in payers.text
    assert (staffs.to, staffs.subject) == (dan.email, "A payment of €121.00 by Erin did not go through")
    assert invoice.number in payers.text
    assert invoice.number in staffs.text


def test_a_refund_is_told_to_both_sides(payment, dan):
    tell_refunded(refund=refund_of(payment, note="Sorry"), now=timezone.now())
    (payers,), (staffs,) = mailed("payment_refunded"), mailed("refund_decided")
    assert payers.subject == "Delta has paid you back €21.00"
    assert "Sorry" in payers.text
    assert "as Dan asked" in staffs.text
    assert staffs.to == dan.email


def test_a_refund_from_the_dashboard_says_so(payment, dan):
    tell_refunded(refund=refund_of(payment, source="gateway", asked_by_name=""), now=timezone.now())
    assert "in the dashboard of Stripe" in mailed("refund_decided")[0].text


@pytest.mark.parametrize("was_told", [False, True])
def test_a_refund_that_failed_is_told_to_the_payer_who_waits_for_it(payment, dan, was_told):
    refund = refund_of(payment, state="failed", last_error="Insufficient funds")
    tell_refunded(refund=refund, now=timezone.now(), was_told=was_told)
    (staffs,) = mailed("refund_decided")
    assert staffs.subject == "The refund of €21.00 to Erin failed"
    assert "Stripe says: Insufficient funds" in staffs.text
    subjects = [mail.subject for mail in mailed("payment_refunded")]
    assert subjects == (["Your refund of €21.00 from Delta did not go through"] if was_told else [])


# --- What a person has to look at ----------------------------------------------------------------------------


@pytest.mark.parametrize("look", GatewayPayment.Look.values)
def test_what_a_person_has_to_look_at_is_told_with_why(payment, dan, look):
    payment.look = look
    tell_look(payment=payment)
    (mail,) = mailed("payment_to_look_at")
    assert mail.subject == "Look at a payment of €121.00 by Stripe"
    words = {
        "surplus": "stand on no document", "late": "after the document was closed", "mismatch": "another amount",
        "foreign": "nothing was booked", "orphan": "nothing that was begun here", "disputed": "disputes it",
        "reversed": "has taken it back",
    }  # fmt: skip
    assert words[look] in mail.text
    assert words[look] in mail.html


def test_nothing_to_look_at_is_told_to_nobody(payment, dan):
    tell_look(payment=payment)
    assert not OutboundEmail.objects.exists()


@pytest.mark.parametrize(
    ("state", "subject", "said"),
    [
        ("open", "Erin disputes a payment of €121.00", "Answer at Stripe until"),
        ("won", "You won the dispute over €121.00 with Erin", "stay with you"),
        ("lost", "You lost the dispute over €121.00 with Erin", "is open again"),
    ],
)
def test_a_dispute_is_told_to_staff(payment, dan, state, subject, said):
    tell_dispute(dispute=dispute_of(payment, state=state, due_at=timezone.now()))
    (mail,) = OutboundEmail.objects.all()
    assert (mail.to, mail.subject) == (dan.email, subject)
    assert said in mail.text


def test_what_a_payer_is_called_is_no_html(payment, dan, erin):
    erin.name = payment.contact.name = "<b>Erin</b>"
    tell_dispute(dispute=dispute_of(payment))
    (mail,) = OutboundEmail.objects.all()
    assert "<b>Erin" not in mail.html
    assert "&lt;b&gt;Erin" in mail.html

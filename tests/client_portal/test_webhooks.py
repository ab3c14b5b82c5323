"""Webhooks: kept once if they are theirs, looked into by a worker, replayed. Signed as the companies sign."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
import stripe
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.utils import timezone

from advisory_portal.core.access import Forbidden
from advisory_portal.core.models import HistoryEntry, OutboundEmail
from advisory_portal.core.secrets import seal, unseal
from client_portal.actions.payments.gateways import secrets_row
from client_portal.actions.payments.webhooks import SIGNED_BY, handle_webhook, replay_webhook, take_webhook
from client_portal.models import GatewayAccount, GatewayPayment, PaymentAttempt, Refund, WebhookEvent
from client_portal.tasks import handle_webhooks
from tests.client_portal.factories_payments import KINDS, gateway_account, hook_up, pay_at, started_attempt
from tests.factories import MemberFactory, issued_document, member_actor
from tests.gateways.test_webhooks import Inbox
from tests.threads import together

pytestmark = pytest.mark.django_db


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


@pytest.fixture
def inbox():
    """Where the companies call in these tests; what arrives is passed on to the portal by `pass_on`."""
    found = Inbox()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def account(companies, delta, dan, kind, inbox):
    return hook_up(gateway_account(delta, kind), inbox.url.removesuffix("token/"))


@pytest.fixture
def attempt(account, erin):
    return started_attempt(account, issued_document(erin))


@pytest.fixture
def calls(companies, attempt, inbox, kind):
    """What the company calls when Erin pays: headers and body of each."""
    pay_at(companies, attempt)
    return inbox.wait(1 if kind == "stripe" else 2)


def pass_on(account, headers, body, client=None):
    """Send to the portal what the company sent."""
    names = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    names = {name: value for name, value in names.items() if name not in ("HTTP_HOST", "HTTP_CONTENT_LENGTH")}
    path = f"/hooks/{account.kind}/{account.hook_token}/"
    return (client or Client()).generic("POST", path, body, content_type="application/json", **names)


def passed_on(account, calls):
    return [pass_on(account, headers, body).status_code for headers, body in calls]


def states(attempt):
    """The attempt's state, its payments, what is open on its document."""
    attempt.refresh_from_db()
    document = attempt.shares.get().document
    return attempt.state, GatewayPayment.objects.filter(attempt=attempt).count(), float(document.outstanding)


# --- The door ------------------------------------------------------------------------------------------------


def test_what_the_company_signed_is_kept_once(account, calls, kind):
    for _ in range(5):
        assert set(passed_on(account, calls)) == {200}
    assert WebhookEvent.objects.count() == len(calls)
    event = WebhookEvent.objects.first()
    assert (event.outcome, event.signature) == ("received", "deferred" if kind == "paypal" else "valid")
    assert bytes(event.body) == calls[0][1]
    assert set(event.headers) == set(SIGNED_BY[kind])


def test_a_webhook_takes_few_statements_and_no_session(account, calls, django_assert_num_queries):
    headers, body = calls[0]
    client = Client()
    pass_on(account, headers, body, client)
    WebhookEvent.objects.all().delete()
    with django_assert_num_queries(4):  # the account; the event, between begin and end of a savepoint
        answer = pass_on(account, headers, body, client)
    assert (answer.status_code, answer.content, dict(answer.cookies)) == (200, b"", {})
    with django_assert_num_queries(4):
        pass_on(account, headers, body, client)


def test_an_unknown_address_is_not_found(account, calls):
    headers, body = calls[0]
    other = GatewayAccount(kind=account.kind, hook_token=uuid4())
    assert pass_on(other, headers, body).status_code == 404
    other = GatewayAccount(kind="nonsense", hook_token=account.hook_token)
    assert pass_on(other, headers, body).status_code == 404


def test_only_post_is_answered(account, client):
    assert client.get(f"/hooks/{account.kind}/{account.hook_token}/").status_code == 405


@pytest.mark.parametrize("spoil", ["no header", "odd header", "long header", "control", "altered", "bytes", "no json"])
def test_a_forged_webhook_leaves_nothing(account, calls, kind, spoil):
    headers, body = dict(calls[0][0]), calls[0][1]
    name = SIGNED_BY[kind][-2 if kind == "paypal" else 0]
    if spoil == "no header":
        headers.pop(name)
    elif spoil in ("odd header", "long header", "control"):
        headers[name] = {"odd header": "t=ñ,v1=ö", "long header": "a" * 9_000, "control": "t=1\x00"}[spoil]
    elif spoil == "altered":
        if kind == "paypal":
            return  # only PayPal can tell: see the worker's test
        body = body.replace(b"1", b"2", 1)
    else:
        body = b"\xff\xfe" + body if spoil == "bytes" else b"{" + body
    assert pass_on(account, headers, body).status_code == 400
    assert not WebhookEvent.objects.exists()


def test_a_valid_signature_over_nonsense_leaves_nothing(companies, delta):
    account = gateway_account(delta)
    account.hook_secrets = seal({"secrets": ["whsec_1"]}, row=secrets_row(account))
    account.save()
    for body in (b"nonsense", b"[]", b"{}", b'{"id": 1}', json.dumps({"id": "evt\x00"}).encode()):
        signature = stripe.WebhookSignature.generate_signature_header(body.decode(), "whsec_1")
        assert pass_on(account, {"Stripe-Signature": signature}, body).status_code == 400
    assert not WebhookEvent.objects.exists()


def test_an_event_of_another_account_is_refused(companies, account, calls, acme, kind):
    theirs = hook_up(gateway_account(acme, kind))
    assert passed_on(theirs, calls) == [200 if kind == "paypal" else 400] * len(calls)
    for event in WebhookEvent.objects.all():
        assert handle_webhook(event_id=event.pk, now=timezone.now()) == "done"
    assert set(WebhookEvent.objects.values_list("outcome", "signature")) <= {("refused", "invalid")}


@pytest.mark.parametrize("size", [256 * 1024 + 1, 10 * 1024 * 1024])
def test_a_body_that_is_too_large_is_not_read(account, size):
    assert pass_on(account, {}, b"x" * size).status_code == 413


def test_secrets_that_cannot_be_read_make_the_company_call_again(settings, account, calls):
    GatewayAccount.objects.update(credentials_version=99)
    settings.PAYMENTS_KEYS = ["YSBrZXkgZm9yIHRlc3RzLCBwcm90ZWN0cyBub3RoaW4="]
    assert set(passed_on(account, calls)) == {503}


def test_without_a_database_the_company_shall_call_again(account, calls):
    def gone(execute, sql, params, many, context):
        raise OperationalError

    with connection.execute_wrapper(gone):
        assert set(passed_on(account, calls)) == {503}


def test_both_secrets_are_taken_while_they_change(account, calls):
    held = unseal(account.hook_secrets, row=secrets_row(account))["secrets"]
    account.hook_secrets = seal({"secrets": ["a-new-one", *held]}, row=secrets_row(account))
    account.credentials_version += 1
    account.save()
    assert set(passed_on(account, calls)) == {200}


def test_a_rolled_back_webhook_is_not_kept(account, calls):
    headers, body = calls[0]
    with transaction.atomic():
        assert take_webhook(account=account, headers=headers, body=body, now=timezone.now()) == "taken"
        transaction.set_rollback(True)
    assert not WebhookEvent.objects.exists()


# --- The worker ----------------------------------------------------------------------------------------------


def test_a_payment_is_booked_by_its_webhook(account, attempt, calls):
    passed_on(account, calls)
    assert handle_webhooks() == len(calls)
    assert states(attempt) == ("succeeded", 1, 0)
    assert set(WebhookEvent.objects.values_list("outcome", "signature", "due_at")) == {("done", "valid", None)}
    account.refresh_from_db()
    assert account.hooked_at is not None
    assert OutboundEmail.objects.filter(kind="client_portal/payment_received").count() == 1


def test_repeated_and_reordered_webhooks_book_once(account, attempt, calls):
    for headers, body in [*reversed(calls), *calls]:
        pass_on(account, headers, body)
        handle_webhooks()
    WebhookEvent.objects.update(due_at=timezone.now())
    handle_webhooks()
    assert states(attempt) == ("succeeded", 1, 0)
    assert OutboundEmail.objects.filter(kind="client_portal/payment_received").count() == 1


@pytest.mark.parametrize("kind", ["paypal"])
def test_what_paypal_did_not_send_is_refused_by_the_worker(account, attempt, calls):
    headers, body = calls[0]
    pass_on(account, headers, body.replace(b"1", b"2", 1))
    handle_webhooks()
    assert WebhookEvent.objects.values_list("outcome", "signature").get() == ("refused", "invalid")
    assert states(attempt)[0] != "succeeded"


@pytest.mark.parametrize("kind", ["paypal"])
def test_a_forged_event_does_not_keep_the_genuine_one_out(account, attempt, calls):
    headers, body = calls[0]
    assert pass_on(account, headers, body.replace(b'"summary": "', b'"summary": "not ', 1)).status_code == 200
    handle_webhooks()
    assert WebhookEvent.objects.get().outcome == "refused"
    passed_on(account, calls)
    handle_webhooks()
    assert states(attempt) == ("succeeded", 1, 0)
    assert set(WebhookEvent.objects.values_list("outcome", flat=True)) == {"done"}


def test_what_is_about_nothing_of_ours_is_ignored(companies, account, attempt, calls):
    passed_on(account, calls)
    other = gateway_account(account.organisation, retired_at=timezone.now())
    PaymentAttempt.objects.filter(pk=attempt.pk).update(account=other)
    handle_webhooks()
    assert "done" not in WebhookEvent.objects.values_list("outcome", flat=True)
    assert not GatewayPayment.objects.exists()


def test_a_company_that_does_not_answer_is_asked_again(companies, account, attempt, calls):
    passed_on(account, calls)
    companies.fault("500", times=99)
    assert handle_webhooks() == 0
    event = WebhookEvent.objects.order_by("attempts").last()
    assert (event.outcome, event.attempts) == ("received", 1)
    assert event.last_error
    companies.control("faults", {"clear": True})
    WebhookEvent.objects.update(due_at=timezone.now())
    assert handle_webhooks() == len(calls)
    assert states(attempt) == ("succeeded", 1, 0)


def test_one_that_somebody_works_on_is_left_to_them(account, calls):
    passed_on(account, calls)
    event = WebhookEvent.objects.first()
    WebhookEvent.objects.update(due_at=timezone.now() + timedelta(minutes=1))
    assert handle_webhook(event_id=event.pk, now=timezone.now()) == "left"


def test_a_webhook_is_not_looked_into_within_a_transaction(account, calls):
    passed_on(account, calls)
    with pytest.raises(transaction.TransactionManagementError), transaction.atomic():
        handle_webhook(event_id=WebhookEvent.objects.first().pk, now=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_the_same_event_five_times_at_once_is_booked_once(account, attempt, calls):
    headers, body = calls[-1]
    answers = together([lambda: pass_on(account, headers, body).status_code] * 5)
    assert answers == [200] * 5
    together([handle_webhooks] * 5)
    handle_webhooks()
    assert states(attempt) == ("succeeded", 1, 0)
    assert OutboundEmail.objects.filter(kind="client_portal/payment_received").count() == 1


# --- What happens after the payment --------------------------------------------------------------------------


def heard(companies, inbox, account, *act, **more):
    """Something happens at the company; what it then calls is passed on and looked into."""
    before = len(inbox.got)
    made = companies.act(*act, **more)
    passed_on(account, inbox.wait(before + 1)[before:])
    handle_webhooks()
    return made


def test_a_refund_of_the_dashboard_comes_by_webhook_and_so_does_its_failure(
    companies, inbox, account, attempt, calls, kind
):
    passed_on(account, calls)
    handle_webhooks()
    payment = GatewayPayment.objects.get()
    amount = "21" if kind == "paypal" else 2_100
    wanted = heard(companies, inbox, account, kind, "refund", payment.provider_id, amount=amount)["id"]
    if kind == "square":
        heard(companies, inbox, account, kind, "settle_refund", wanted)
    payment.refresh_from_db()
    assert (float(payment.refunded), Refund.objects.get().source) == (21, "gateway")
    assert states(attempt)[2] == 21
    if kind == "paypal":
        return  # it calls nobody when a refund fails
    heard(companies, inbox, account, kind, "fail_refund", wanted)
    assert Refund.objects.get().state == "failed"
    assert states(attempt)[2] == 0


def test_a_dispute_comes_by_webhook(companies, inbox, account, attempt, calls, kind):
    passed_on(account, calls)
    handle_webhooks()
    payment = GatewayPayment.objects.get()
    wanted = heard(companies, inbox, account, kind, "dispute", payment.provider_id)["id"]
    payment.refresh_from_db()
    assert payment.look == "disputed"
    heard(companies, inbox, account, kind, "lose", wanted)
    assert states(attempt)[2] == 121


def test_money_of_an_attempt_that_is_gone_is_kept_for_staff(account, attempt, calls, kind):
    document = attempt.shares.get().document
    attempt.shares.all().delete()
    PaymentAttempt.objects.filter(pk=attempt.pk).delete()
    passed_on(account, calls)
    handle_webhooks()
    payment = GatewayPayment.objects.get()
    assert (payment.look, float(payment.amount), payment.attempt_id) == ("orphan", 121, None)
    document.refresh_from_db()
    assert document.outstanding == 121


# --- Replaying -----------------------------------------------------------------------------------------------


def test_a_replayed_webhook_finds_nothing_new(dan_here, account, attempt, calls):
    passed_on(account, calls)
    handle_webhooks()
    event = WebhookEvent.objects.first()
    replay_webhook(actor=dan_here, event=event, now=timezone.now())
    event.refresh_from_db()
    assert (event.outcome, event.attempts) == ("received", 0)
    assert handle_webhooks() == 1
    assert states(attempt) == ("succeeded", 1, 0)
    assert HistoryEntry.objects.filter(what="client_portal.webhookevent.replayed").count() == 1


def test_one_that_was_given_up_is_tried_again(companies, dan_here, account, attempt, calls):
    passed_on(account, calls)
    WebhookEvent.objects.update(attempts=8)
    assert handle_webhooks() == 0
    for event in WebhookEvent.objects.given_up():
        replay_webhook(actor=dan_here, event=event, now=timezone.now())
    assert handle_webhooks() == len(calls)
    assert states(attempt) == ("succeeded", 1, 0)


def test_a_forged_one_is_not_replayed(dan_here, account, calls):
    passed_on(account, calls)
    WebhookEvent.objects.update(signature="invalid", outcome="refused", due_at=None)
    event = WebhookEvent.objects.first()
    replay_webhook(actor=dan_here, event=event, now=timezone.now())
    event.refresh_from_db()
    assert event.due_at is None
    assert not HistoryEntry.objects.filter(what="client_portal.webhookevent.replayed").exists()


def test_who_does_not_manage_settings_replays_nothing(delta, account, calls):
    passed_on(account, calls)
    viewer = member_actor(MemberFactory(organisation=delta, code="viewer"))
    with pytest.raises(Forbidden):
        replay_webhook(actor=viewer, event=WebhookEvent.objects.first(), now=timezone.now())

"""What is written down of what a gateway says: money that fits, and money that does not."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from advisory_portal.core.access import system_actor
from advisory_portal.core.models import OutboundEmail
from advisory_portal.gateways import Money, RateLimited, SeenDispute, SeenPayment, SeenRefund, Snapshot, Unavailable
from client_portal.actions.payments.adopting import adopt_payment, attempt_of
from client_portal.actions.payments.applying import apply_snapshot, note_error
from client_portal.models import GatewayPayment, PaymentAttempt, PaymentLog, Refund
from documents.actions import settle
from documents.models import Settlement
from tests.client_portal.factories_payments import attempt_at, gateway_account
from tests.factories import ContactFactory, issued_document, typed_line

pytestmark = pytest.mark.django_db
WEBHOOK, SWEEP = PaymentLog.Trigger.WEBHOOK, PaymentLog.Trigger.SWEEP


class Case:
    """An attempt over an invoice, and what its gateway says of it without being asked."""

    def __init__(self, *documents, **values):
        self.documents = documents
        self.account = gateway_account(documents[0].organisation, **values.pop("account", {}))
        self.attempt = attempt_at(self.account, *documents, ref="cs_1", **values)
        self.now = timezone.now()
        self.actor = system_actor(documents[0].organisation.workspace)

    def seen(self, amount=12100, status="succeeded", currency="EUR", fee=200, id="pay_1", **more):
        cost = Money(fee, currency) if fee is not None else None
        return SeenPayment(id, status, Money(amount, currency), cost, **more)

    def say(self, state="succeeded", *payments, known_at=..., trigger=WEBHOOK, **more):
        usual = {"payments": payments, "attempt_id": str(self.attempt.pk)}
        self.attempt.refresh_from_db()
        if known_at is not ...:
            self.attempt.synced_at = known_at
        self.attempt = apply_snapshot(
            attempt=self.attempt,
            snapshot=Snapshot(state, "cs_1", **usual | more),
            trigger=trigger,
            actor=self.actor,
            now=self.now,
        )
        for document in self.documents:
            document.refresh_from_db()
        return self.attempt

    @property
    def payment(self):
        return GatewayPayment.objects.get(provider_id="pay_1")

    @property
    def money(self):
        row = self.payment
        return row.status, row.look, row.allocated, row.refunded, row.credit

    def logged(self, what):
        return PaymentLog.objects.filter(what=what).count()


@pytest.fixture
def case(invoice):
    return Case(invoice)


def cash(case, amount):
    settle(
        actor=case.actor,
        document=case.documents[0],
        amount=Decimal(amount),
        received_on=case.actor.today(),
        method="cash",
        source_key="hand:1",
    )


def test_money_is_booked_once_however_often_it_is_told(case):
    for trigger in (WEBHOOK, SWEEP, PaymentLog.Trigger.RETURN):
        case.say("succeeded", case.seen(), trigger=trigger)
    assert case.money == ("succeeded", "", 121, 0, 0)
    assert (Settlement.objects.count(), case.documents[0].settled, case.logged("received")) == (1, 121, 1)
    assert OutboundEmail.objects.filter(to="erin@customer.example").count() == 1


def test_several_documents_are_paid_each_its_share(erin):
    documents = [issued_document(erin, lines=(typed_line(price=one, percent="0"),)) for one in ("10", "20", "30")]
    case = Case(*documents)
    case.say("succeeded", case.seen(6000))
    assert [(one.settled, one.state) for one in documents] == [(10, "paid"), (20, "paid"), (30, "paid")]
    assert case.money == ("succeeded", "", 60, 0, 0)
    assert sum(Settlement.objects.values_list("fee", flat=True)) == 2


@pytest.mark.parametrize(
    ("amount", "allocated", "credit", "state"),
    [(10000, 100, 0, "partially_paid"), (13000, 121, 9, "paid")],
)
def test_another_amount_is_booked_as_far_as_it_goes_and_looked_at(case, amount, allocated, credit, state):
    attempt = case.say("succeeded", case.seen(amount))
    assert attempt.state == "succeeded"
    assert case.money == ("succeeded", "mismatch", allocated, 0, credit)
    assert case.documents[0].state == state
    assert PaymentLog.objects.get(what="received").detail["look"] == "mismatch"


def test_another_currency_is_kept_and_stands_on_nothing(case):
    case.say("succeeded", case.seen(12100, currency="USD"))
    assert case.money == ("succeeded", "mismatch", 0, 0, 121)
    assert (case.payment.currency, case.documents[0].settled) == ("USD", 0)


@pytest.mark.parametrize(
    "said",
    [{"is_live": True}, {"merchant": "OTHER"}, {"attempt_id": "01890000-0000-7000-8000-000000000000"}],
)
def test_money_that_may_be_anothers_pays_nothing(invoice, said):
    case = Case(invoice, account={"merchant": "MINE"})
    attempt = case.say("succeeded", case.seen(), **said)
    assert (attempt.state, attempt.error_code) == ("failed", "foreign")
    assert case.money[:3] == ("succeeded", "foreign", 0)
    assert (case.payment.contact, invoice.settled) == (None, 0)
    assert not OutboundEmail.objects.filter(to="erin@customer.example").exists()


def test_the_accounts_own_merchant_is_no_stranger(invoice):
    case = Case(invoice, account={"merchant": "MINE"})
    assert case.say("succeeded", case.seen(), merchant="MINE").state == "succeeded"
    assert case.money[1] == ""


@pytest.mark.parametrize("ended", ["failed", "expired", "cancelled"])
def test_late_money_pays_what_is_open(invoice, ended):
    case = Case(invoice, state=ended)
    attempt = case.say("succeeded", case.seen())
    assert (attempt.state, attempt.is_late) == ("succeeded", True)
    assert case.money == ("succeeded", "", 121, 0, 0)


def test_late_money_for_what_is_paid_is_credit_to_look_at(invoice):
    case = Case(invoice, state="expired")
    cash(case, "121")
    case.say("succeeded", case.seen())
    assert case.money == ("succeeded", "late", 0, 0, 121)
    assert invoice.settled == 121


def test_more_than_is_open_is_credit_to_look_at(case):
    cash(case, "100")
    case.say("succeeded", case.seen())
    assert case.money == ("succeeded", "surplus", 21, 0, 100)
    assert case.documents[0].state == "paid"


def test_a_second_payment_of_the_attempt_is_credit(case):
    case.say("succeeded", case.seen())
    case.say("succeeded", case.seen(), case.seen(id="pay_2"))
    second = GatewayPayment.objects.get(provider_id="pay_2")
    assert (second.look, second.allocated, second.credit) == ("surplus", 0, 121)
    assert case.money == ("succeeded", "", 121, 0, 0)


@pytest.mark.parametrize("state", ["open", "pending", "failed", "cancelled", "expired", "unknown", "approved"])
def test_what_succeeded_stays_so(case, state):
    case.say("succeeded", case.seen())
    assert case.say(state).state == "succeeded"
    assert case.money == ("succeeded", "", 121, 0, 0)


@pytest.mark.parametrize("state", ["failed", "cancelled", "expired"])
def test_what_ended_lets_its_documents_go(case, state):
    attempt = case.say(state)
    assert (attempt.state, attempt.shares.get().is_open) == (state, False)
    assert attempt.due_at == case.now + timedelta(days=1)
    assert case.say(state, trigger=SWEEP).due_at is None


def test_a_reversal_takes_the_money_off_again_and_back_when_it_is_undone(case):
    case.say("succeeded", case.seen())
    case.say("failed", case.seen(status="failed"))
    assert case.money == ("failed", "reversed", 0, 121, 0)
    assert (case.documents[0].settled, case.documents[0].state) == (0, "issued")
    case.say("failed", case.seen(status="failed"))
    assert (case.logged("reversed"), Settlement.objects.count()) == (1, 2)
    case.say("succeeded", case.seen())
    assert case.money == ("succeeded", "", 121, 0, 0)
    assert case.documents[0].settled == 121
    case.say("failed", case.seen(status="failed"))
    assert case.money == ("failed", "reversed", 0, 121, 0)


def test_an_older_answer_takes_nothing_back(case):
    before = case.attempt.synced_at
    case.say("succeeded", case.seen())
    attempt = case.say("failed", case.seen(status="failed"), known_at=before)
    assert case.money == ("succeeded", "", 121, 0, 0)
    assert attempt.due_at == case.now  # it is asked again


def test_money_on_its_way_that_is_not_named_any_more_does_not_come(case):
    case.say("pending", case.seen(status="pending"))
    assert (case.money[0], case.attempt.state) == ("pending", "pending")
    known = case.attempt.synced_at
    case.say("open", known_at=None)
    assert case.money[0] == "pending"
    case.say("open")
    assert (case.money[0], case.attempt.state) == ("failed", "open")
    assert known is not None


def test_a_failure_of_money_on_its_way_is_told_once(case):
    case.say("pending", case.seen(status="pending"))
    told = OutboundEmail.objects.count()
    attempt = case.say("failed", case.seen(status="failed", failure="insufficient_funds"))
    assert (attempt.state, attempt.error_code) == ("failed", "insufficient_funds")
    assert (case.payment.status, case.payment.failure) == ("failed", "insufficient_funds")
    once = OutboundEmail.objects.count()
    case.say("failed", case.seen(status="failed"))
    assert (once > told, OutboundEmail.objects.count()) == (True, once)


def test_a_declined_payment_leaves_no_row(case):
    attempt = case.say("open", case.seen(status="failed", failure="card_declined"))
    assert (attempt.state, GatewayPayment.objects.count()) == ("open", 0)


def test_a_fee_in_another_currency_is_not_known(case):
    case.say("succeeded", SeenPayment("pay_1", "succeeded", Money(12100, "EUR"), Money(200, "USD")))
    assert (case.payment.fee, Settlement.objects.get().fee) == (None, None)
    assert case.attempt.due_at == case.now + timedelta(hours=1)


def test_a_fee_that_is_told_later_is_learned(case):
    case.say("succeeded", case.seen(fee=None))
    assert (case.payment.fee, Settlement.objects.get().fee) == (None, None)
    for hours in (6, 24, 72):
        assert case.say("succeeded", case.seen(fee=None), trigger=SWEEP).due_at == case.now + timedelta(hours=hours)
    assert case.say("succeeded", case.seen(fee=None), trigger=SWEEP).due_at is None
    case.say("succeeded", case.seen(fee=345))
    assert (case.payment.fee, Settlement.objects.get().fee) == (Decimal("3.45"), Decimal("3.45"))
    assert case.attempt.due_at is None


def test_a_state_that_nobody_knows_is_asked_again_and_logged_once(case):
    for _turn in range(2):
        attempt = case.say("unknown", trigger=SWEEP)
        assert (attempt.state, attempt.error_code) == ("open", "unknown_state")
        assert attempt.due_at > case.now
    assert case.logged("not_understood") == 1
    assert case.say("open").error_code == ""


def test_a_held_capture_is_left_to_whoever_holds_it(invoice):
    case = Case(invoice, state="capturing")
    PaymentAttempt.objects.update(lease_until=case.now + timedelta(minutes=1))
    assert case.say("cancelled").state == "capturing"
    assert case.say("open").state == "capturing"
    PaymentAttempt.objects.update(lease_until=case.now)
    assert case.say("open").state == "open"


def test_refunds_and_disputes_come_with_their_payment(case):
    refund = SeenRefund("re_1", "pay_1", "succeeded", Money(2100, "EUR"))
    dispute = SeenDispute("dp_1", "pay_1", "open", Money(10000, "EUR"))
    case.say("succeeded", case.seen(), refunds=(refund,), disputes=(dispute,))
    assert case.money == ("succeeded", "disputed", 100, 21, 0)
    assert (Refund.objects.get().state, case.payment.disputes.get().state) == ("succeeded", "open")
    case.say("succeeded", case.seen(), refunds=(refund,), disputes=(dispute,))
    assert case.money[2:] == (100, 21, 0)


def test_pending_money_is_asked_about_for_two_weeks(case):
    PaymentAttempt.objects.update(created_at=case.now)
    pauses = []
    for _turn in range(9):
        attempt = case.say("pending", trigger=SWEEP)
        pauses.append(attempt.due_at - case.now)
    minutes = [pause.total_seconds() / 60 for pause in pauses]
    assert minutes == [1, 2, 5, 15, 60, 360, 1440, 1440, 1440]
    case.now += timedelta(days=14)
    assert case.say("pending", trigger=SWEEP).due_at is None


def test_an_error_is_kept_and_logged_when_it_is_new(case):
    values = {"attempt_id": case.attempt.pk, "trigger": SWEEP, "actor": case.actor, "now": case.now}
    for _turn in range(2):
        attempt = note_error(error=Unavailable("No answer.", code="away"), **values)
    assert (attempt.error_code, attempt.last_error, attempt.syncs) == ("away", "No answer.", 2)
    assert (attempt.state, case.logged("not_answered")) == ("open", 1)
    attempt = note_error(error=RateLimited("Slow down.", after=600), **values)
    assert (attempt.error_code, attempt.due_at) == ("RateLimited", case.now + timedelta(minutes=10))
    attempt = note_error(error=RateLimited("Slow down.", after=1e9), **values)
    assert attempt.due_at <= case.now + timedelta(hours=1)


# --- Money of no attempt -------------------------------------------------------------------------------------


def adopted(case, attempt_id, **more):
    snapshot = Snapshot("succeeded", "cs_9", payments=(case.seen(),), attempt_id=attempt_id, **more)
    return adopt_payment(
        account=case.account,
        seen=case.seen(),
        snapshot=snapshot,
        trigger=WEBHOOK,
        actor=case.actor,
        now=case.now,
    )


def test_money_of_an_attempt_that_is_gone_is_kept_for_staff(case):
    for _turn in range(2):
        row = adopted(case, "01890000-0000-7000-8000-000000000000")
    assert (row.look, row.contact, row.attempt, row.credit) == ("orphan", None, None, 121)
    assert GatewayPayment.objects.count() == 1


@pytest.mark.parametrize("attempt_id", ["", "order-77"])
def test_money_of_something_else_at_the_same_company_is_left_alone(case, attempt_id):
    assert adopted(case, attempt_id) is None
    assert (GatewayPayment.objects.count(), case.logged("not_ours")) == (0, 1)


def test_money_of_another_accounts_attempt_is_left_alone(case):
    other = issued_document(ContactFactory())
    theirs = attempt_at(gateway_account(other.organisation), other)
    assert adopted(case, str(theirs.pk)) is None
    assert GatewayPayment.objects.count() == 0


def test_money_of_an_attempt_whose_page_was_never_told_is_its_own(invoice):
    case = Case(invoice, state="new")
    PaymentAttempt.objects.update(ref="")
    row = adopted(case, str(case.attempt.pk))
    case.attempt.refresh_from_db()
    assert (row.attempt_id, row.allocated, case.attempt.ref) == (case.attempt.pk, 121, "cs_9")
    assert case.attempt.state == "succeeded"
    assert attempt_of(account=case.account, snapshot=Snapshot("open", "cs_9")) == case.attempt


def test_an_orphan_that_is_reversed_or_refunded_follows(case):
    gone = "01890000-0000-7000-8000-000000000000"
    row = adopted(case, gone)
    refund = SeenRefund("re_1", "pay_1", "succeeded", Money(2100, "EUR"))
    adopted(case, gone, refunds=(refund,))
    row.refresh_from_db()
    assert (row.refunded, row.credit) == (21, 100)


def test_test_money_of_no_attempt_is_foreign(case):
    row = adopted(case, "01890000-0000-7000-8000-000000000000", is_live=True)
    assert row.look == "foreign"


def test_money_of_a_second_checkout_of_the_attempt_is_its_own(case):
    row = adopted(case, str(case.attempt.pk))
    assert (row.attempt_id, row.allocated) == (case.attempt.pk, 121)
    assert attempt_of(account=case.account, snapshot=Snapshot("open", "cs_8")) is None

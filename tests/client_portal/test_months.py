"""What is kept of a contact's months: it follows every change, adds up to the documents, and nobody waits for it."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from advisory_portal.core.access import system_actor
from client_portal.models import ContactMonth
from client_portal.tasks import fold_months
from documents import actions
from documents.models import Document, Settlement
from tests.client_portal.months import contact_actor, months, open_of, pay, received_of
from tests.documents.fiscal import NOW
from tests.factories import ContactFactory, DocumentFactory, drafted_document, issued_document
from tests.threads import together

MARCH, APRIL = ("EUR", date(2026, 3, 1)), ("EUR", date(2026, 4, 1))


@pytest.mark.django_db
@pytest.mark.parametrize("is_folded", [False, True])
def test_months_follow_an_invoice_from_draft_to_void(delta, erin, is_folded):
    def now():
        if is_folded:
            fold_months()
        return months(erin)

    draft = drafted_document(erin)
    assert now() == {}
    actor = system_actor(delta.workspace)
    actions.issue_document(actor=actor, document=draft, now=NOW)
    assert now() == {MARCH: {"invoiced": 121, "invoices": 1}}
    pay(draft, "21", day=date(2026, 3, 12))
    paid = {"settled": 21, "received": 21, "paid": 21, "paid_days": 210}
    assert now() == {MARCH: {"invoiced": 121, "invoices": 1, **paid}}
    settlement = Settlement.objects.get()
    pay(draft, "-21", key=f"back:{settlement.pk}", day=date(2026, 4, 2))
    assert now() == {
        MARCH: {"invoiced": 121, "invoices": 1, "settled": 21, "received": 21},
        APRIL: {"settled": -21, "received": -21},
    }
    actions.void_document(actor=actor, document=draft, now=NOW)
    assert now()[MARCH] == {"settled": 21, "received": 21}


@pytest.mark.django_db
def test_kinds_and_currencies_stand_apart(erin):
    DocumentFactory(contact=erin, kind="quote", issued_on=date(2026, 4, 9))
    DocumentFactory(contact=erin, kind="credit_note")
    DocumentFactory(contact=erin, currency="USD")
    order = DocumentFactory(contact=erin, kind="sales_order")
    for kind in ("delivery_note", "bill", "purchase_order"):
        DocumentFactory(contact=erin, kind=kind)
    pay(order, "50")
    assert months(erin) == {
        MARCH: {"credited": 121, "received": 50},
        APRIL: {"quoted": 121, "quotes": 1},
        ("USD", date(2026, 3, 1)): {"invoiced": 121, "invoices": 1},
    }


@pytest.mark.django_db
def test_setting_off_settles_and_is_no_money(delta, erin):
    actor = system_actor(delta.workspace)
    invoice = issued_document(erin)
    note = actions.credit_document(actor=actor, document=invoice, today=date(2026, 3, 2))
    actions.issue_document(actor=actor, document=note, now=NOW)
    actions.apply_credit(actor=actor, credit_note=note, invoice=invoice, amount=Decimal(121))
    found = months(erin)
    assert found[MARCH] == {"invoiced": 121, "invoices": 1, "credited": 121}
    assert "received" not in str(found)


@pytest.mark.django_db
def test_a_merge_takes_months_and_payments_along(delta, dan_here, erin):
    other = ContactFactory(organisation=delta)
    pay(issued_document(other), "121", day=date(2026, 4, 1))
    before = months(other)
    actions.merge_contacts(actor=dan_here, kept=erin.pk, others=[other.pk], values={})
    assert (months(erin), months(other)) == (before, {})
    assert Settlement.objects.get().contact == erin
    assert list(Settlement.objects.visible_to(contact_actor(erin))) == [Settlement.objects.get()]


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_months_add_up_to_the_documents_whatever_happens(delta, dan_here, erin, seed):
    chance, others = Random(seed), [ContactFactory(organisation=delta) for _ in range(2)]
    actor = system_actor(delta.workspace)
    for step in range(40):
        act = chance.choice(["issue", "issue", "credit", "pay", "pay", "back", "void", "fold", "merge"])
        issued = list(Document.objects.exclude(state__in=("draft", "void")).order_by("id"))
        day = date(2026, 1, 1) + timedelta(days=chance.randrange(200))
        if act == "issue":
            DocumentFactory(contact=chance.choice([erin, *others]), issued_on=day)
        elif act == "credit":
            DocumentFactory(contact=erin, kind="credit_note", issued_on=day)
        elif act == "fold":
            fold_months()
        elif act == "merge" and others and step > 20:
            actions.merge_contacts(actor=dan_here, kept=erin.pk, others=[others.pop().pk], values={})
        elif act == "pay" and issued:
            pay(
                chance.choice(issued),
                str(chance.randrange(1, 60)),
                f"k{step}",
                day,
                chance.choice(["cash", "credit_note"]),
            )
        elif act == "back" and (paid := list(Settlement.objects.filter(amount__gt=0).order_by("id"))):
            row = chance.choice(paid)
            if not Settlement.objects.filter(source_key=f"back:{row.pk}").exists():
                pay(row.document, str(-row.amount), f"back:{row.pk}", day, row.method)
        elif act == "void" and (free := [one for one in issued if one.state == "issued" and not one.settled]):
            actions.void_document(actor=actor, document=chance.choice(free), now=NOW)
    for contact in (erin, *others):
        found = months(contact).values()
        sums = {
            name: sum(row.get(name, 0) for row in found) for name in ("invoiced", "credited", "settled", "received")
        }
        assert sums["invoiced"] - sums["credited"] - sums["settled"] == open_of(contact)
        assert sums["received"] == received_of(contact)


@pytest.mark.django_db
def test_adding_up_leaves_one_row_a_month(erin):
    for _number in range(3):
        DocumentFactory(contact=erin)
    before = months(erin)
    assert (fold_months(), ContactMonth.objects.count()) == (1, 1)
    DocumentFactory(contact=erin)
    assert (fold_months(), fold_months(), ContactMonth.objects.count()) == (1, 0, 1)
    assert (before[MARCH]["invoices"], months(erin)[MARCH]["invoices"]) == (3, 4)


@pytest.mark.django_db(transaction=True)
def test_writers_and_sweeps_at_once_lose_nothing(erin):
    DocumentFactory(contact=erin)
    calls = [lambda: DocumentFactory(contact=erin) and None] * 4 + [fold_months] * 3
    assert [one for one in together(calls) if isinstance(one, Exception)] == []
    fold_months()
    assert months(erin) == {MARCH: {"invoiced": 605, "invoices": 5}}


@pytest.mark.django_db
def test_months_are_for_the_contact_that_sees_all_of_its_own(delta, dan_here, erin):
    invoice = DocumentFactory(contact=erin)
    stranger = ContactFactory(organisation=delta)
    seen = ContactMonth.objects.visible_to
    assert seen(contact_actor(erin)).count() == 1
    assert not seen(contact_actor(stranger)).exists()
    assert not seen(contact_actor(erin, document_ids=frozenset({invoice.pk}))).exists()
    assert not seen(dan_here).exists()

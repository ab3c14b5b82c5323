"""The one hand that moves a state: won once, refused where there is no arrow, never outside a transaction."""

from dataclasses import replace

import pytest
from django.db import connection, transaction

from advisory_portal.core.access import ActorKind, system_actor
from advisory_portal.core.history import record
from advisory_portal.core.ids import uuid7
from advisory_portal.core.models import HistoryEntry
from advisory_portal.core.states import IllegalMove, move
from documents.models import Document
from tests.factories import ContactFactory, DocumentFactory, drafted_document
from tests.threads import together

SYSTEM = system_actor()


@pytest.mark.django_db
def test_move_changes_the_state_and_tells_the_log(erin, dan_here):
    document = DocumentFactory(contact=erin)
    assert move(document, "void", actor=dan_here) is True
    assert (document.state, Document.objects.get().state) == ("void", "void")
    entry = HistoryEntry.objects.get()
    assert (entry.what, entry.subject_id, entry.actor_id) == (
        "documents.document.void",
        document.pk,
        dan_here.user_id,
    )
    assert (entry.before, entry.after) == ({"state": "issued"}, {"state": "void"})


@pytest.mark.django_db
def test_move_repeated_does_nothing_whatever_the_row_in_hand_says(erin):
    document = DocumentFactory(contact=erin, state="void")
    stale = Document.objects.get()
    stale.state = "issued"
    assert move(stale, "void", actor=SYSTEM) is False
    assert stale.state == "void"
    assert move(document, "void", actor=SYSTEM) is False
    assert not HistoryEntry.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "state", "to", "words"),
    [
        ("invoice", "void", "issued", "This is “Void” now; it cannot become “Issued”."),
        ("invoice", "paid", "void", "This is “Paid” now; it cannot become “Void”."),
        ("quote", "issued", "paid", "This is “Issued” now; it cannot become “Paid”."),
        ("invoice", "draft", "nowhere", "This is “Draft” now; it cannot become “nowhere”."),
    ],
)
def test_move_without_an_arrow_is_refused_and_changes_nothing(erin, kind, state, to, words):
    document = DocumentFactory(contact=erin, kind=kind, state=state)
    with pytest.raises(IllegalMove) as caught:
        move(document, to, actor=SYSTEM)
    assert caught.value.message == words
    assert (document.state, Document.objects.get().state) == (state, state)
    assert not HistoryEntry.objects.exists()


@pytest.mark.django_db
def test_move_judges_by_the_stored_state_not_by_the_row_in_hand(erin):
    stale = DocumentFactory(contact=erin)
    Document.objects.update(state="void")
    with pytest.raises(IllegalMove):
        move(stale, "paid", actor=SYSTEM)


@pytest.mark.django_db
def test_move_saves_other_fields_with_the_state_where_it_moves(erin):
    document, stale = DocumentFactory(contact=erin), Document.objects.get()
    stale.state = "paid"  # what it is not: then too, what is stored counts
    for row, text in ((stale, "first"), (document, "second")):
        row.reviewed_by_name = text
        assert move(row, "void", actor=SYSTEM, also=["reviewed_by_name"]) is (row is stale)
    assert Document.objects.get().reviewed_by_name == "first"


@pytest.mark.django_db(transaction=True)
def test_move_needs_a_transaction():
    document = DocumentFactory()
    with pytest.raises(transaction.TransactionManagementError):
        move(document, "void", actor=SYSTEM)
    assert Document.objects.get().state == "issued"


@pytest.mark.django_db(transaction=True)
def test_move_is_won_once_by_eight_threads_and_a_rival_move_is_refused():
    document = DocumentFactory()

    def mover(to):
        def act():
            with transaction.atomic():
                return move(Document.objects.get(pk=document.pk), to, actor=SYSTEM)

        return act

    results = together([mover("void")] * 8)
    assert sorted(results) == [False] * 7 + [True]
    assert HistoryEntry.objects.count() == 1

    other = drafted_document(ContactFactory())
    Document.objects.filter(pk=other.pk).update(state="issued", number="X")
    document = other
    results = together([mover("void"), mover("paid")] * 4)
    refused = [result for result in results if isinstance(result, IllegalMove)]
    assert sorted(result for result in results if result not in refused) == [False] * 3 + [True]
    assert len(refused) == 4
    winner = Document.objects.get(pk=other.pk).state
    moves = HistoryEntry.objects.about("documents.document", other.pk).exclude(what__endswith="drafted")
    assert [entry.after["state"] for entry in moves] == [winner]


@pytest.mark.django_db
def test_history_can_only_be_added_to(erin):
    move(DocumentFactory(contact=erin), "void", actor=SYSTEM)
    for sql in ("UPDATE core_historyentry SET actor_name = 'x'", "DELETE FROM core_historyentry"):
        with (
            pytest.raises(Exception, match="core_historyentry is append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
    assert HistoryEntry.objects.count() == 1


@pytest.mark.django_db
def test_history_is_read_by_those_who_lead_and_by_a_firm_its_own_part(erin, delta, dan_here, carol, rival, actor_of):
    firm = replace(
        dan_here, kind=ActorKind.GRANT, firm_id=uuid7(), firm_name="Acme", role="account_manager", grant_id=uuid7()
    )
    for actor in (dan_here, firm):
        record(actor, "documents.document.reviewed", about=erin, before={"a": 1}, after={"a": 2})
    own, theirs = HistoryEntry.objects.order_by("id")
    assert (theirs.firm_id, theirs.firm_name, theirs.grant_id) == (firm.firm_id, "Acme", firm.grant_id)
    assert (own.before, own.after, own.actor_kind) == ({"a": 1}, {"a": 2}, "member")
    assert str(own) == "documents.document.reviewed: Erin"
    administrator, viewer = replace(dan_here, role="administrator"), replace(dan_here, role="viewer")
    for actor, seen in (
        *((dan_here, {own, theirs}), (administrator, {own, theirs}), (viewer, set()), (firm, {theirs})),
        *((actor_of(carol, rival), set()), (replace(firm, firm_id=uuid7()), set()), (SYSTEM, set())),
    ):
        assert set(HistoryEntry.objects.visible_to(actor)) == seen
    assert set(HistoryEntry.objects.about("documents.contact", erin.pk)) == {own, theirs}
    assert not HistoryEntry.objects.about("documents.document", erin.pk).exists()

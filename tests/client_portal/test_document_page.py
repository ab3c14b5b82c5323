"""One document in the portal: what stands beside it, its print, its files, and that it was read."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from advisory_portal.core.access import system_actor
from advisory_portal.core.models import HistoryEntry
from client_portal.actions import note_viewing
from client_portal.models import Viewing
from client_portal.rows.page import side_of
from documents import actions
from tests.client_portal.entered import entered, opened
from tests.client_portal.months import contact_actor, pay
from tests.factories import ContactFactory, DocumentFactory, issued_document
from tests.pages import text_of, tree
from tests.threads import together

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
TODAY = date(2026, 3, 20)


def page(document, tail=""):
    return f"/portal/delta/d/{document.pk}/{tail}"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ("issued", "Amount due", "€121.00", ["Due"])),
        ({"due_on": date(2026, 3, 1)}, ("overdue", "Amount due", "€121.00", ["Due"])),
        (
            {"settled": 21, "state": "partially_paid"},
            ("partially_paid", "Amount due", "€100.00", ["Total", "Paid so far", "Due"]),
        ),
        ({"settled": 121, "state": "paid"}, ("paid", "Total", "€121.00", [])),
        ({"state": "void"}, ("void", "Total", "€121.00", [])),
        ({"kind": "quote"}, ("issued", "Total", "€121.00", ["Valid until"])),
        ({"kind": "quote", "due_on": date(2026, 3, 19)}, ("expired", "Total", "€121.00", ["Valid until"])),
        ({"kind": "credit_note"}, ("issued", "In your favour", "€121.00", [])),
        ({"kind": "sales_order"}, ("issued", "Amount due", "€121.00", ["Due"])),
        ({"kind": "delivery_note"}, ("issued", "Total", "€121.00", [])),
    ],
)  # fmt: skip
def test_the_side_says_how_it_stands_and_what_is_due(erin, values, expected):
    side = side_of(DocumentFactory(contact=erin, **values), TODAY)
    state, label, amount, facts = expected
    assert (side.state, side.amount_label, side.amount) == (state, label, amount)
    assert [name for name, _value in side.facts] == [*facts, "Date"]


@pytest.mark.django_db
def test_the_page_offers_what_can_be_done(erin):
    invoice = issued_document(erin)
    pay(invoice, "21", day=date(2026, 3, 12))
    shown = tree(entered(erin).get(page(invoice)))
    words = text_of(shown)
    for part in (
        f"Invoice {invoice.number}",
        "Download",
        "Print",
        "Comments",
        "€100.00",
        "12 Mar 2026 · Bank transfer",
    ):
        assert part in words
    hrefs = shown.xpath("//a/@href")
    for tail in ("pdf/", "print/"):
        assert page(invoice, tail) in hrefs


@pytest.mark.django_db
def test_the_print_view_is_the_sheet_alone(erin):
    invoice = issued_document(erin)
    answer = entered(erin).get(page(invoice, "print/"))
    words = text_of(tree(answer).xpath("//main")[0])
    assert "Advice" in words
    assert "Comments" not in words
    assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("private, no-store", "same-origin")


@pytest.mark.django_db
def test_shared_files_go_with_the_document_and_others_stay(erin, dan_here):
    invoice = issued_document(erin)
    uploads = [("delivery slip.txt", b"Slip"), ("calculation.txt", b"Secret")]
    slip, secret = actions.add_attachments(actor=dan_here, document=invoice, uploads=uploads)
    actions.share_attachment(actor=dan_here, attachment=slip, is_shared=True)
    browser = entered(erin)
    words = text_of(tree(browser.get(page(invoice))))
    assert "delivery slip.txt" in words
    assert "calculation" not in words
    answer = browser.get(f"/portal/delta/files/{slip.pk}/")
    assert b"".join(answer.streaming_content) == b"Slip"
    assert answer["Content-Disposition"] == 'attachment; filename="delivery slip.txt"'
    assert browser.get(f"/portal/delta/files/{secret.pk}/").status_code == 404
    assert opened(issued_document(erin)).get(f"/portal/delta/files/{slip.pk}/").status_code == 404
    assert (
        entered(ContactFactory(organisation=erin.organisation)).get(f"/portal/delta/files/{slip.pk}/").status_code
        == 404
    )


@pytest.mark.django_db
def test_pages_of_others_are_unknown(delta, erin):
    browser, theirs = entered(erin), issued_document(ContactFactory(organisation=delta))
    for tail in ("", "print/", "pdf/"):
        assert browser.get(page(theirs, tail)).status_code == 404
        assert Client().get(page(theirs, tail)).status_code in (302, 404)
    assert browser.post(page(theirs, "viewed/")).status_code == 404
    assert not Viewing.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 30])
def test_the_page_costs_the_same_however_much_it_says(erin, dan_here, number):
    invoice = issued_document(erin)
    for count in range(number):
        pay(invoice, "1", f"k{count}")
        (one,) = actions.add_attachments(actor=dan_here, document=invoice, uploads=[(f"{count}.txt", b"%d" % count)])
        actions.share_attachment(actor=dan_here, attachment=one, is_shared=True)
    browser = entered(erin)
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(page(invoice)).status_code == 200
    assert len(queries) <= 8


# --- Viewed --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_reading_leaves_a_trace_only_when_the_page_says_so(erin):
    invoice, browser = issued_document(erin), entered(erin)
    for tail in ("", "pdf/", "print/"):
        browser.get(page(invoice, tail))
    assert browser.get(page(invoice, "viewed/")).status_code == 405
    assert not Viewing.objects.exists()
    (form,) = tree(browser.get(page(invoice))).xpath("//form[@data-seen]/@action")
    with time_machine.travel(NOW, tick=False):
        assert browser.post(form).status_code == 204
    seen = Viewing.objects.get()
    assert (seen.document, seen.first_at, seen.last_at, seen.times) == (invoice, NOW, NOW, 1)
    entry = HistoryEntry.objects.get(what="client_portal.document.viewed")
    assert (entry.actor_name, entry.subject_id) == ("Erin", invoice.pk)


@pytest.mark.django_db
def test_looks_are_counted_once_in_half_an_hour(erin):
    invoice, actor = issued_document(erin), contact_actor(erin)
    for minutes in (0, 5, 29, 30, 45, 61):
        note_viewing(actor=actor, document=invoice, now=NOW + timedelta(minutes=minutes))
    seen = Viewing.objects.get()
    assert (seen.first_at, seen.last_at, seen.times) == (NOW, NOW + timedelta(minutes=61), 3)
    assert HistoryEntry.objects.filter(what="client_portal.document.viewed").count() == 1


@pytest.mark.django_db
def test_looks_of_staff_are_no_views(delta, dan_here, erin):
    invoice = issued_document(erin)
    for actor in (dan_here, contact_actor(erin, read_only=True), system_actor(delta.workspace)):
        note_viewing(actor=actor, document=invoice, now=NOW)
    assert not Viewing.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_looks_at_once_are_one_view(erin):
    invoice, actor = issued_document(erin), contact_actor(erin)
    look = lambda: note_viewing(actor=actor, document=invoice, now=NOW)  # noqa: E731
    assert together([look] * 4) == [None] * 4
    assert Viewing.objects.get().times == 1
    assert HistoryEntry.objects.filter(what="client_portal.document.viewed").count() == 1


@pytest.mark.django_db
def test_staff_see_when_it_was_read(client_of, dan, erin):
    invoice, staff = issued_document(erin), client_of(dan)
    address = f"/o/delta/documents/{invoice.pk}/links/"
    assert "Not read yet" in text_of(tree(staff.get(address)))
    note_viewing(actor=contact_actor(erin), document=invoice, now=NOW)
    words = text_of(tree(staff.get(address)))
    assert "Read on 20 Mar 2026" in words

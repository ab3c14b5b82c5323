"""The page of a document, its downloads, and the acts on it."""

from pathlib import Path

import pytest
from django.test import Client

from advisory_portal.core.models import HistoryEntry
from advisory_portal.formats.samples import ubl_invoice
from documents.actions import import_invoice
from documents.models import Document, Kind
from tests.factories import ONE_LINE, DocumentFactory, MemberFactory, RoleFactory, drafted_document, issued_document
from tests.pages import text_of, tree


def address(document, act=""):
    return f"/o/delta/documents/{document.pk}/{act}"


@pytest.fixture
def browser(client_of, dan):
    return client_of(dan)


@pytest.fixture
def imported(dan_here):
    return import_invoice(actor=dan_here, content=ubl_invoice(), direction="sales").document


@pytest.fixture
def with_levels(delta, client_of):
    def log_in(**levels):
        role = RoleFactory(organisation=delta, levels=levels)
        return client_of(MemberFactory(organisation=delta, role=role).user)

    return log_in


@pytest.mark.django_db
def test_page_shows_the_document_and_what_became_of_it(browser, imported):
    page = browser.get(address(imported))
    words = text_of(tree(page))
    for part in ("F-2026-0001", "Étoile Électrique SARL", "Hammer", "Nails & screws", "€34.10", "Imported file"):
        assert part in words
    assert "Not yet" in words
    assert "issued F-2026-0001" in words
    assert 'hx-get="/o/delta/documents/' in page.content.decode()


@pytest.mark.django_db
def test_page_costs_the_same_few_queries_for_one_line_and_for_many(browser, erin, django_assert_max_num_queries):
    counts = []
    for number in (1, 60):
        document = issued_document(erin, lines=ONE_LINE * number)
        with django_assert_max_num_queries(14) as queries:
            assert browser.get(address(document)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", Kind.values)
@pytest.mark.parametrize("state", ["draft", "issued", "void"])
def test_page_opens_for_every_kind_and_state(browser, erin, kind, state):
    document = drafted_document(erin, kind=kind)
    Document.objects.filter(pk=document.pk).update(state=state, number="" if state == "draft" else "N")
    assert browser.get(address(document)).status_code == 200


@pytest.mark.django_db
def test_possible_versions_lead_to_each_other(browser, imported, dan_here, django_assert_max_num_queries):
    other = import_invoice(actor=dan_here, content=ubl_invoice(payable="1"), direction="sales").document
    with django_assert_max_num_queries(13):
        page = browser.get(address(imported))
    assert address(other) in tree(page).xpath("//ul//a/@href")
    assert "This may be a version of another document" in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("query", "way"), [("", "attachment"), ("?inline", "inline")])
def test_pdf_downloads_and_opens(browser, erin, query, way):
    document = issued_document(erin)
    response = browser.get(address(document, "pdf/") + query)
    assert response.content.startswith(b"%PDF-")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'{way}; filename="Invoice INV-2026-0001.pdf"'
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
def test_original_downloads_as_it_came_and_is_recorded(browser, imported, dan):
    response = browser.get(address(imported, "original/"))
    assert response.content == ubl_invoice()
    assert (response["Content-Type"], response["Content-Disposition"]) == (
        *("application/xml", 'attachment; filename="F-2026-0001.xml"'),
    )
    assert response["Cache-Control"] == "private, no-store"
    entry = HistoryEntry.objects.get(what="documents.original.downloaded")
    assert (entry.actor_id, entry.subject_id) == (dan.pk, imported.pk)


@pytest.mark.django_db
def test_without_an_original_there_is_nothing_to_download(browser, erin):
    assert browser.get(address(issued_document(erin), "original/")).status_code == 404


ACTS = ["", "pdf/", "original/", "issue/", "void/", "review/"]


def ask(browser, document, act):
    return (browser.post if act in ("issue/", "void/", "review/") else browser.get)(address(document, act))


@pytest.mark.django_db
@pytest.mark.parametrize("act", ACTS)
def test_every_door_is_closed_to_strangers_and_visitors(imported, carol, client_of, with_levels, act):
    assert ask(client_of(carol), imported, act).status_code == 404
    stranger = Client()
    response = ask(stranger, imported, act)
    assert (response.status_code, response["Location"].split("?")[0]) == (302, "/accounts/login/")
    # A role without the section does not even learn that the document is there.
    assert ask(with_levels(purchases=2, contacts=2), imported, act).status_code == 404
    theirs = DocumentFactory()
    assert ask(with_levels(sales=2), theirs, act).status_code == 404
    assert Document.objects.get(pk=imported.pk).reviewed_at is None


@pytest.mark.django_db
@pytest.mark.parametrize("act", ACTS)
def test_who_may_only_view_reads_and_does_nothing(imported, with_levels, act):
    response = ask(with_levels(sales=1), imported, act)
    assert response.status_code == (403 if act in ("issue/", "void/", "review/") else 200)
    if act == "":
        page = response.content.decode()
        for forbidden in ("/void/", "/review/", "/send/"):
            assert forbidden not in page


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["issue/", "void/", "review/"])
def test_acts_are_posted(browser, imported, act):
    assert browser.get(address(imported, act)).status_code == 405


@pytest.mark.django_db
def test_a_draft_is_issued_reviewed_and_declared_void_on_its_page(browser, erin, dan):
    document = drafted_document(erin)
    assert "/issue/" in browser.get(address(document)).content.decode()
    for act, state in (("issue/", "issued"), ("review/", "issued"), ("void/", "void")):
        response = browser.post(address(document, act))
        assert (response.status_code, response["Location"]) == (302, address(document))
        document.refresh_from_db()
        assert document.state == state
    assert (document.number, document.reviewed_by_name) == ("INV-2026-0001", dan.name)
    page = browser.get(address(document)).content.decode()
    for act in ("/issue/", "/void/", "/review/"):
        assert f'{act}"' not in page


@pytest.mark.django_db
def test_a_lost_original_is_our_fault_and_said_so(browser, imported, settings):
    (Path(settings.STORAGES["default"]["OPTIONS"]["location"]) / imported.original.key).unlink()
    browser.raise_request_exception = False
    assert browser.get(address(imported, "original/")).status_code == 500
    assert not HistoryEntry.objects.filter(what="documents.original.downloaded").exists()


@pytest.mark.django_db
def test_a_review_is_taken_back_once(browser, erin):
    document = issued_document(erin)
    browser.post(address(document, "review/"))
    assert "/review/take-back/" in browser.get(address(document)).content.decode()
    for _click in range(2):
        browser.post(address(document, "review/take-back/"))
    document.refresh_from_db()
    assert (document.reviewed_at, document.reviewed_by_name) == (None, "")
    assert HistoryEntry.objects.filter(what="documents.document.unreviewed").count() == 1


@pytest.mark.django_db
def test_a_quote_becomes_an_invoice_and_both_know(browser, erin):
    quote = issued_document(erin, kind=Kind.QUOTE)
    response = browser.post(address(quote, "convert/"), {"to": "invoice"})
    invoice = Document.objects.get(kind=Kind.INVOICE)
    assert response["Location"] == address(invoice, "edit/")
    assert "Made from" in text_of(tree(browser.get(address(invoice))))
    page = browser.get(address(quote)).content.decode()
    assert "Became" in page and "Make another one?" in page
    browser.post(address(quote, "convert/"), {"to": "invoice"})
    assert Document.objects.filter(kind=Kind.INVOICE).count() == 1
    browser.post(address(quote, "convert/"), {"to": "invoice", "again": "1"})
    assert Document.objects.filter(kind=Kind.INVOICE).count() == 2
    browser.post(address(quote, "convert/"), {"to": "nonsense"})
    assert Document.objects.count() == 3


@pytest.mark.django_db
def test_copies_credits_and_versions_begin_as_drafts(browser, erin):
    invoice, quote = issued_document(erin), issued_document(erin, kind=Kind.QUOTE)
    for document, act, kind in (
        (invoice, "duplicate/", Kind.INVOICE),
        (invoice, "credit/", Kind.CREDIT_NOTE),
        (quote, "new-version/", Kind.QUOTE),
    ):
        location = browser.post(address(document, act))["Location"]
        made = Document.objects.order_by("-id").first()
        assert (location, made.kind, made.state) == (address(made, "edit/"), kind, "draft")
        assert browser.get(location).status_code == 200
    assert "Corrected by" in text_of(tree(browser.get(address(invoice))))
    assert "Version after" in text_of(tree(browser.get(address(quote))))


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["duplicate/", "convert/", "credit/", "new-version/", "review/take-back/"])
def test_further_acts_are_closed_to_who_may_not(erin, carol, client_of, with_levels, act):
    document = issued_document(erin)
    assert client_of(carol).post(address(document, act)).status_code == 404
    assert with_levels(purchases=2).post(address(document, act)).status_code == 404
    if act != "convert/":  # asks for the section of what is made
        assert with_levels(sales=1).post(address(document, act)).status_code == 403
    else:
        quote = issued_document(erin, kind=Kind.QUOTE)
        assert with_levels(sales=1).post(address(quote, act), {"to": "invoice"}).status_code == 403
    assert Document.objects.filter(state="draft").count() == 0


@pytest.mark.django_db
def test_an_open_invoice_is_left_out_of_the_reminders_and_taken_in_again(browser, erin):
    invoice = issued_document(erin)
    for said, sent, is_reminded in (
        ("Leave out of reminders", {}, False),
        ("Remind by itself again", {"remind": "yes"}, True),
    ):
        assert said in browser.get(address(invoice)).content.decode()
        browser.post(address(invoice, "reminders/"), sent)
        invoice.refresh_from_db()
        assert invoice.is_reminded == is_reminded
    assert f'href="{address(invoice, "remind/")}"' in browser.get(address(invoice)).content.decode()
    assert "/reminders/" not in browser.get(address(issued_document(erin, kind=Kind.QUOTE))).content.decode()

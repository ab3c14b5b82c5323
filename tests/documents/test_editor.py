"""The editor's page: with its buttons alone, by htmx while somebody types, and when two people type at once."""

from decimal import Decimal

import pytest
from django.test import Client

from advisory_portal.core.models import HistoryEntry
from documents.models import Document, Kind, TaxRate
from tests.documents.typing import LINE, posted
from tests.factories import ContactFactory, MemberFactory, RoleFactory, drafted_document, issued_document, typed_line
from tests.pages import errors_in, of_class, text_of, tree

NEW = "/o/delta/documents/invoices/new/"
TOTALS = "/o/delta/documents/invoices/totals/"
HTMX = {"HX-Request": "true"}


def edit_address(document):
    return f"/o/delta/documents/{document.pk}/edit/"


@pytest.fixture
def browser(client_of, dan):
    return client_of(dan)


@pytest.fixture
def with_levels(delta, client_of):
    def log_in(**levels):
        role = RoleFactory(organisation=delta, levels=levels)
        return client_of(MemberFactory(organisation=delta, role=role).user)

    return log_in


def value_of(page, name):
    return tree(page).xpath(f"//*[@name='{name}']/@value")


def total_in(page):
    return text_of(of_class(page, "is-last")[0].xpath("./dd")[0])


def wrong_in(page):
    """What stands beside the fields of the head, by field."""
    return {name: error for name, error in errors_in(page).items() if name and error}


# --- Without JavaScript --------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    "slug",
    [
        *("invoices", "credit-notes", "quotes", "proformas", "sales-orders", "delivery-notes", "bills"),
        *("supplier-credit-notes", "purchase-orders"),
    ],
)
def test_every_kind_is_begun_on_its_page(browser, slug):
    page = browser.get(f"/o/delta/documents/{slug}/new/")
    assert page.status_code == 200
    assert value_of(page, "line_quantity") == ["1"]


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["nonsense", "recurring-invoices"])
def test_other_kinds_are_not_begun(browser, slug):
    assert browser.get(f"/o/delta/documents/{slug}/new/").status_code == 404


@pytest.mark.django_db
def test_page_knows_the_contact_it_was_opened_for(browser, erin):
    erin.payment_days, erin.currency, erin.language = 10, "USD", "es"
    erin.save()
    page = browser.get(f"{NEW}?contact={erin.pk}")
    assert value_of(page, "contact") == [str(erin.pk)]
    chosen = tree(page).xpath("//select/option[@selected]/@value")
    assert {"USD", "es"} <= set(chosen)


@pytest.mark.django_db
def test_an_invoice_is_written_and_issued_with_buttons_alone(browser, erin, dan):
    page = browser.post(NEW, posted(contact_words="eri", do="find"))
    (choice,) = tree(page).xpath("//ul[@class='found-list']//button/@value")
    page = browser.post(NEW, posted(do=choice))
    assert value_of(page, "contact") == [str(erin.pk)]
    page = browser.post(NEW, posted(erin, do="add"))
    assert len(of_class(page, "line")) == 2
    assert total_in(page) == "€121.00"
    response = browser.post(NEW, posted(erin, lines=[LINE, LINE | {"unit_price": "50"}], do="save"))
    document = Document.objects.get()
    assert (response.status_code, response["Location"]) == (302, edit_address(document))
    assert (document.state, document.payable) == ("draft", Decimal("181.50"))
    page = browser.get(edit_address(document))
    assert value_of(page, "line_unit_price") == ["100.00", "50.00"]
    response = browser.post(edit_address(document), posted(erin, do="issue", revision=document.revision))
    assert response["Location"] == f"/o/delta/documents/{document.pk}/"
    document.refresh_from_db()
    assert (document.state, document.payable) == ("issued", Decimal(121))


@pytest.mark.django_db
def test_lines_move_and_go_with_buttons_alone(browser, erin):
    lines = [LINE | {"name": name} for name in "abc"]
    names = {"up-2": ["a", "c", "b"], "down-0": ["b", "a", "c"], "remove-1": ["a", "c"]}
    for act, expected in names.items():
        assert value_of(browser.post(NEW, posted(erin, lines=lines, do=act)), "line_name") == expected
    assert not Document.objects.exists()


@pytest.mark.django_db
def test_what_was_typed_stays_with_its_errors(browser, erin):
    lines = [LINE, LINE | {"quantity": "abc", "name": ""}]
    page = browser.post(NEW, posted(lines=lines, due_on="2026-01-01", note="Keep me", do="save"))
    assert page.status_code == 422
    assert value_of(page, "line_quantity") == ["1", "abc"]
    assert wrong_in(page)["contact"] == "Choose a contact."
    assert wrong_in(page)["due_on"] == "This is before the date of the document."
    told = text_of(tree(page).xpath("//*[@id='line-1-told']")[0])
    assert told == "Quantity: This is not a number.Description: Say what this line is."
    assert "Keep me" in page.content.decode()
    assert not Document.objects.exists()


@pytest.mark.django_db
def test_numbers_are_read_as_the_reader_writes_them(browser, erin, dan):
    dan.language = "es"
    dan.save()
    browser.post(NEW, posted(erin, lines=[LINE | {"quantity": "1,5", "unit_price": "1.234,56"}], do="save"))
    document = Document.objects.get()
    assert document.lines.get().net == Decimal("1851.84")
    page = browser.get(edit_address(document))
    assert (value_of(page, "line_quantity"), value_of(page, "line_unit_price")) == (["1,5"], ["1.234,56"])


@pytest.mark.django_db
def test_a_bill_is_entered_under_the_suppliers_number(browser, delta):
    supplier = ContactFactory(organisation=delta, kind="supplier", name="Supplier")
    address = "/o/delta/documents/bills/new/"
    assert wrong_in(browser.post(address, posted(supplier, do="issue"))) == {"number": "This field is required."}
    browser.post(address, posted(supplier, number="S-77", do="issue"))
    bill = Document.objects.get(number="S-77")
    assert (bill.kind, bill.state) == (Kind.BILL, "issued")


@pytest.mark.django_db
def test_refusal_to_issue_keeps_the_draft(browser, erin):
    response = browser.post(NEW, posted(erin, lines=[], do="issue"))
    assert response.status_code == 422
    assert "line" in errors_in(response)[""].lower()
    document = Document.objects.get()
    assert document.state == "draft"
    assert value_of(response, "document") == [str(document.pk)]


@pytest.mark.django_db
def test_issued_documents_lead_to_their_page(browser, erin):
    document = issued_document(erin)
    assert browser.get(edit_address(document))["Location"] == f"/o/delta/documents/{document.pk}/"
    before = Document.objects.values().get()
    response = browser.post(edit_address(document), posted(erin, lines=[LINE | {"name": "Other"}]))
    assert response.status_code == 302
    assert Document.objects.values().get() == before


# --- While somebody types ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_totals_answer_and_save_nothing_without_a_contact(browser):
    answer = browser.post(TOTALS, posted(lines=[LINE | {"quantity": "3"}]), headers=HTMX)
    assert total_in(answer) == "€363.00"
    assert text_of(of_class(answer, "editor-status")[0]) == "Not saved yet: choose a contact"
    assert not Document.objects.exists()
    assert "HX-Replace-Url" not in answer


@pytest.mark.django_db
def test_draft_is_made_once_and_then_kept_up(browser, erin):
    answer = browser.post(TOTALS, posted(erin), headers=HTMX)
    document = Document.objects.get()
    assert answer["HX-Replace-Url"] == edit_address(document)
    assert text_of(of_class(answer, "editor-status")[0]).startswith("Saved ")
    kept = {"document": value_of(answer, "document")[0], "revision": value_of(answer, "revision")[0]}
    answer = browser.post(TOTALS, posted(erin, lines=[LINE | {"quantity": "2"}], **kept), headers=HTMX)
    assert "HX-Replace-Url" not in answer
    document.refresh_from_db()
    assert (Document.objects.count(), document.payable) == (1, Decimal(242))
    assert value_of(answer, "revision") == [str(document.revision)] != [kept["revision"]]


@pytest.mark.django_db
def test_only_what_is_new_is_sent(browser, erin):
    lines = [LINE, LINE | {"unit_price": "x"}]
    answer = browser.post(TOTALS, posted(erin, lines=lines), headers=HTMX)
    assert tree(answer).xpath("//output/@id") == ["line-0-net", "line-1-net"]
    marks = value_of(answer, "line_mark")
    lines = [LINE, LINE | {"unit_price": "5"}]
    answer = browser.post(TOTALS, posted(erin, lines=lines) | {"line_mark": marks}, headers=HTMX)
    assert tree(answer).xpath("//output/@id") == ["line-1-net"]
    assert text_of(tree(answer).xpath("//output")[0]) == "€5.00"


@pytest.mark.django_db
def test_what_cannot_be_read_is_told_and_not_saved(browser, erin):
    answer = browser.post(TOTALS, posted(erin, lines=[LINE | {"unit_price": "1" * 40}]), headers=HTMX)
    assert answer.status_code == 200
    assert text_of(tree(answer).xpath("//*[@id='line-0-told']")[0]) == "Price: This number is too large."
    assert text_of(of_class(answer, "editor-status")[0]) == "Not saved: correct what is marked"
    assert not Document.objects.exists()


@pytest.mark.django_db
def test_buttons_bring_the_form_and_save_it_too(browser, erin):
    answer = browser.post(NEW, posted(erin, lines=[LINE, LINE], do="remove-0"), headers=HTMX)
    document = Document.objects.get()
    assert answer["HX-Replace-Url"] == edit_address(document)
    assert len(of_class(answer, "line")) == 1
    assert tree(answer).xpath("//*[@data-focus]/@name") == ["line_name"]


@pytest.mark.django_db
def test_a_new_line_comes_alone(browser, erin):
    answer = browser.post(NEW, posted(erin, do="add"), headers=HTMX)
    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("#editor-lines", "beforeend")
    assert tree(answer).xpath("//li/@id | self::li/@id") == ["line-1"]
    assert not Document.objects.exists()


@pytest.mark.django_db
def test_two_who_type_at_once_lose_nothing(browser, erin):
    document = drafted_document(erin)
    mine = {"document": str(document.pk), "revision": str(document.revision)}
    theirs = posted(erin, lines=[LINE | {"quantity": "7"}], **mine)
    assert text_of(of_class(browser.post(TOTALS, theirs, headers=HTMX), "is-saved")[0])
    for address, headers in ((TOTALS, HTMX), (edit_address(document), {})):
        answer = browser.post(address, posted(erin, lines=[LINE | {"quantity": "9"}], **mine), headers=headers)
        assert "Somebody else has changed this draft" in answer.content.decode()
        assert value_of(answer, "revision") == [mine["revision"]]
        document.refresh_from_db()
        assert document.lines.get().quantity == 7
    browser.post(edit_address(document), posted(erin, lines=[LINE | {"quantity": "9"}], do="overwrite", **mine))
    document.refresh_from_db()
    assert document.lines.get().quantity == 9


@pytest.mark.django_db
@pytest.mark.parametrize("named", ["nonsense", "00000000-0000-7000-8000-000000000000", "'; drop table"])
def test_a_draft_that_is_gone_is_said(browser, erin, named):
    answer = browser.post(TOTALS, posted(erin, document=named), headers=HTMX)
    assert answer.status_code == 422
    assert "This draft has been deleted meanwhile." in answer.content.decode()
    assert not Document.objects.exists()


@pytest.mark.django_db
def test_500_lines_are_typed(browser, erin):
    answer = browser.post(TOTALS, posted(erin, lines=[LINE] * 500), headers=HTMX)
    assert total_in(answer) == "€60,500.00"
    assert Document.objects.get().lines.count() == 500
    answer = browser.post(TOTALS, posted(erin, lines=[LINE] * 501), headers=HTMX)
    assert "500 lines at most" in answer.content.decode()


# --- Contacts and taxes --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_few_contacts_are_found_and_none_of_others(browser, delta, erin):
    for number in range(20):
        ContactFactory(organisation=delta, name=f"Café {number:02}")
    ContactFactory(name="Café of another")
    answer = browser.get("/o/delta/documents/invoices/contacts/?contact_words=cafe", headers=HTMX)
    assert [text_of(name) for name in of_class(answer, "found-name")] == [f"Café {number:02}" for number in range(8)]
    answer = browser.get("/o/delta/documents/invoices/contacts/?contact_words=nobody%00", headers=HTMX)
    assert "No contact is called so." in answer.content.decode()


@pytest.mark.django_db
def test_a_contact_of_others_is_not_chosen(browser):
    theirs = ContactFactory(name="Stranger")
    page = browser.post(NEW, posted(do=f"contact-{theirs.pk}"))
    assert value_of(page, "contact") == [""]
    page = browser.post(NEW, posted(theirs, do="save"))
    assert page.status_code == 422
    assert theirs.name not in page.content.decode()


@pytest.mark.django_db
def test_contact_brings_its_surcharge_and_withholding(browser, delta, erin):
    delta.country = "ES"
    delta.save()
    erin.pays_surcharge, erin.withholding_percent = True, Decimal(15)
    erin.save()
    page = browser.post(NEW, posted(do=f"contact-{erin.pk}"))
    assert tree(page).xpath("//select[@name='line_tax']/option[@selected]/@value") == ["S:21:5.2"]
    assert tree(page).xpath("//select[@name='line_withholding']/option[@selected]/@value") == ["15"]
    page = browser.post(NEW, posted(erin, lines=[LINE | {"tax": "S:21:5.2"}], do="other-contact"))
    assert value_of(page, "contact") == [""]


@pytest.mark.django_db
def test_own_rates_are_offered(browser, delta):
    TaxRate.objects.create(organisation=delta, name="Island rate", category="S", percent=Decimal("3.5"))
    page = browser.get(NEW)
    assert "Island rate" in [text_of(option) for option in tree(page).xpath("//select[@name='line_tax']/option")]


# --- Who may -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("path", [NEW, TOTALS, "/o/delta/documents/invoices/contacts/"])
def test_doors_are_closed_to_who_may_not(erin, carol, client_of, with_levels, path):
    send = {TOTALS: "post"}.get(path, "get")
    assert getattr(client_of(carol), send)(path).status_code == 404
    assert getattr(Client(), send)(path)["Location"].startswith("/accounts/login/")
    assert getattr(with_levels(sales=1), send)(path).status_code == 403
    assert getattr(with_levels(purchases=2), send)(path).status_code == 403
    assert getattr(with_levels(sales=2, contacts=1), send)(path).status_code == 200


@pytest.mark.django_db
def test_drafts_are_edited_and_deleted_by_who_may(erin, carol, client_of, with_levels, browser):
    document = drafted_document(erin)
    for act in ("edit/", "delete/"):
        address = f"/o/delta/documents/{document.pk}/{act}"
        assert client_of(carol).post(address, posted(erin)).status_code == 404
        assert with_levels(sales=1).post(address, posted(erin)).status_code == 403
        assert with_levels(purchases=2).post(address, posted(erin)).status_code == 404
    assert Document.objects.count() == 1
    response = browser.post(f"/o/delta/documents/{document.pk}/delete/")
    assert response["Location"] == "/o/delta/documents/invoices/"
    assert not Document.objects.exists()
    assert HistoryEntry.objects.filter(what="documents.document.deleted").exists()


@pytest.mark.django_db
def test_issued_documents_are_not_deleted(browser, erin):
    document = issued_document(erin)
    browser.post(f"/o/delta/documents/{document.pk}/delete/")
    assert Document.objects.filter(pk=document.pk).exists()


@pytest.mark.django_db
def test_the_page_costs_the_same_for_one_line_and_for_many(browser, erin, django_assert_max_num_queries):
    counts = []
    for number in (1, 60):
        document = drafted_document(erin, lines=(typed_line(),) * number)
        with django_assert_max_num_queries(14) as queries:
            assert browser.get(edit_address(document)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.django_db
def test_who_sees_no_contacts_still_edits_a_draft_of_one(erin, with_levels):
    document = drafted_document(erin)
    browser = with_levels(sales=2)
    page = browser.get(edit_address(document))
    assert value_of(page, "contact") == [str(erin.pk)]
    assert f"/contacts/{erin.pk}/" not in page.content.decode()
    browser.post(edit_address(document), posted(erin, lines=[LINE | {"quantity": "3"}], revision=document.revision))
    assert document.lines.get().quantity == 3
    assert browser.get("/o/delta/documents/invoices/contacts/?contact_words=erin").content.decode().count("<li>") == 0

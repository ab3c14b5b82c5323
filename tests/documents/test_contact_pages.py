"""The pages of contacts: found, shown with their documents, typed with care."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from advisory_portal.core.models import HistoryEntry
from documents.models import Contact
from tests.factories import ContactFactory, DocumentFactory, MemberFactory, RoleFactory
from tests.pages import field_errors, first_column, link_to, of_class, rows, rows_in, text_of, tree

pytestmark = pytest.mark.django_db
CONTACTS = "/o/delta/contacts/"
TYPED = {
    "kind": "supplier", "name": "Ñandú SL", "tax_id": "b-65.410.011", "email": "Hola@Nandu.example", "phone": "+34 1",
    "language": "es", "street": "Calle 1", "postcode": "11001", "city": "Cádiz", "region": "Cádiz", "country": "ES",
}  # fmt: skip


@pytest.fixture
def browser(client_of, dan):
    return client_of(dan)


def test_list_is_searched_filtered_sorted_and_paged(browser, delta):
    ContactFactory(organisation=delta, name="Zoé", kind="supplier", tax_id="FR-1")
    ContactFactory(organisation=delta, name="álvaro")
    ContactFactory(organisation=delta, name="Bea", kind="both", email="bea@x.example")
    ContactFactory(name="Stranger")
    assert first_column(browser.get(CONTACTS)) == ["álvaro", "Bea", "Zoé"]
    assert first_column(browser.get(CONTACTS, {"sort": "-sort_key"})) == ["Zoé", "Bea", "álvaro"]
    for words, found in (("ÁLV", "álvaro"), ("fr1", "Zoé"), ("bea@", "Bea")):
        assert first_column(browser.get(CONTACTS, {"q": words})) == [found]
    assert first_column(browser.get(CONTACTS, {"kind": "both"})) == ["Bea"]
    assert "Nothing matches" in browser.get(CONTACTS, {"q": "%"}).content.decode()
    for number in range(50):
        ContactFactory(organisation=delta, name=f"C {number:02}")
    second = browser.get(CONTACTS + link_to(browser.get(CONTACTS), "next"))
    assert first_column(second) == ["C 48", "C 49", "Zoé"]


def test_one_row_and_thirty_cost_the_same_few_queries(browser, delta, django_assert_max_num_queries):
    counts = []
    for more in (1, 29):
        ContactFactory.create_batch(more, organisation=delta)
        with django_assert_max_num_queries(8) as queries:
            browser.get(CONTACTS)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_empty_list_says_how_contacts_come(browser):
    assert "No contacts yet" in browser.get(CONTACTS).content.decode()


def test_page_shows_the_contact_and_its_latest_documents(browser, erin, django_assert_max_num_queries):
    for number in range(27):
        DocumentFactory(contact=erin, number=f"N-{number:02}")
    DocumentFactory(contact=ContactFactory(organisation=erin.organisation), number="other")
    with django_assert_max_num_queries(9):
        page = browser.get(f"{CONTACTS}{erin.pk}/")
    assert "erin@customer.example" in text_of(tree(page))
    assert first_column(page) == [f"N-{number:02}" for number in range(26, 1, -1)]
    assert len(rows(page)) == 25
    assert first_column(browser.get(f"{CONTACTS}{erin.pk}/{link_to(page, 'next')}")) == ["N-01", "N-00"]
    assert first_column(browser.get(f"{CONTACTS}{erin.pk}/", {"kind": "bill"})) == []


def test_page_shows_documents_of_the_sections_one_may_view(erin, delta, client_of):
    DocumentFactory(contact=erin, number="sale")
    DocumentFactory(contact=erin, number="purchase", kind="bill")
    role = RoleFactory(organisation=delta, levels={"contacts": 1, "purchases": 1})
    buyer = client_of(MemberFactory(organisation=delta, role=role).user)
    page = buyer.get(f"{CONTACTS}{erin.pk}/")
    assert first_column(page) == ["purchase"]
    assert "/edit/" not in page.content.decode()
    for address in ("new/", f"{erin.pk}/edit/"):
        assert buyer.get(CONTACTS + address).status_code == 403
        assert buyer.post(CONTACTS + address, TYPED).status_code == 403
    assert Contact.objects.get().name == "Erin"


def test_a_contact_is_typed_and_kept(browser, delta):
    response = browser.post(f"{CONTACTS}new/", TYPED)
    made = Contact.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"{CONTACTS}{made.pk}/")
    assert {name: getattr(made, name) for name in TYPED} == TYPED | {"email": "hola@nandu.example"}
    assert made.organisation == delta


def test_the_form_begins_with_the_language_of_the_business(browser, delta):
    delta.language = "es"
    delta.save()
    page = tree(browser.get(f"{CONTACTS}new/"))
    assert page.xpath('//select[@name="language"]/option[@selected]/@value') == ["es"]


def test_a_contact_is_changed(browser, erin):
    response = browser.post(f"{CONTACTS}{erin.pk}/edit/", TYPED)
    assert response["Location"] == f"{CONTACTS}{erin.pk}/"
    erin.refresh_from_db()
    assert (erin.name, erin.sort_key, Contact.objects.count()) == ("Ñandú SL", "nandu sl", 1)
    page = tree(browser.get(f"{CONTACTS}{erin.pk}/edit/"))
    assert page.xpath('//input[@name="name"]/@value') == ["Ñandú SL"]


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"name": ""}, "name", "This field is required."),
        ({"name": " \t "}, "name", "This field is required."),
        ({"name": "x" * 501}, "name", "Ensure this value has at most 500 characters (it has 501)."),
        ({"kind": ""}, "kind", "This field is required."),
        ({"kind": "enemy"}, "kind", "Select a valid choice."),
        ({"email": "no address"}, "email", "Enter a valid email address."),
        ({"email": "a@" + "b" * 250 + ".example"}, "email", "Ensure this value has at most 254 characters"),
        ({"email": "a@b.example\nBcc: c@d.example"}, "email", "Enter a valid email address."),
        ({"tax_id": "1" * 61}, "tax_id", "Ensure this value has at most 60 characters"),
        ({"language": "xx"}, "language", "Select a valid choice."),
        ({"language": ""}, "language", "This field is required."),
        ({"country": "Spain"}, "country", "Select a valid choice."),
        ({"country": "ZZ"}, "country", "Select a valid choice."),
        ({"phone": "1" * 61}, "phone", "Ensure this value has at most 60 characters"),
        ({"tax_id": "ES B-65410011"}, "tax_id", "Another contact has this tax id."),
        ({"tax_id": "B65410012"}, "tax_id", "This is not a tax id of the country of the address."),
        ({"website": "no address"}, "website", "Enter a valid URL."),
        ({"currency": "XXX"}, "currency", "Select a valid choice."),
        ({"payment_days": "366"}, "payment_days", "Ensure this value is less than or equal to 365."),
        ({"withholding_percent": "101"}, "withholding_percent", "Write 100 at most."),
        ({"withholding_percent": "many"}, "withholding_percent", "This is not a number."),
        ({"delivery_country": "ZZ"}, "delivery_country", "Select a valid choice."),
    ],
)
def test_bad_input_is_told_beside_its_field_and_what_was_typed_is_kept(browser, erin, change, field, words):
    Contact.objects.filter(pk=erin.pk).update(tax_id="B65410011", tax_id_key="ESB65410011")
    typed = TYPED | {"tax_id": ""} | change
    response = browser.post(f"{CONTACTS}new/", typed)
    assert response.status_code == 422
    errors = field_errors(response)
    assert list(errors) == [field]
    assert words in errors[field]
    assert tree(response).xpath('//input[@name="city"]/@value') == ["Cádiz"]
    assert Contact.objects.count() == 1


def test_nothing_typed_is_told_for_each_field_that_is_needed(browser):
    response = browser.post(f"{CONTACTS}new/", {"x": "y"})
    assert response.status_code == 422
    assert set(field_errors(response)) == {"kind", "name", "language"}


def test_an_empty_post_is_no_contact(browser):
    assert browser.post(f"{CONTACTS}new/").status_code == 422
    assert not Contact.objects.exists()


def test_sent_twice_it_is_one_contact(browser):
    browser.post(f"{CONTACTS}new/", TYPED | {"tax_id": ""})
    response = browser.post(f"{CONTACTS}new/", TYPED | {"tax_id": ""})
    assert (response.status_code, Contact.objects.count()) == (422, 1)
    assert list(field_errors(response)) == ["name"]


def test_line_breaks_in_a_name_become_spaces(browser):
    browser.post(f"{CONTACTS}new/", TYPED | {"name": "A\r\nBcc: x@y.example", "street": "a\x1fb"})
    made = Contact.objects.get()
    assert (made.name, made.street) == ("A Bcc: x@y.example", "ab")


def test_doors_are_closed_to_strangers_and_visitors(browser, erin, carol, client_of):
    stranger = ContactFactory()
    for address in ("", "new/", f"{erin.pk}/", f"{erin.pk}/edit/"):
        assert client_of(carol).get(CONTACTS + address).status_code == 404
        assert client_of(carol).post(CONTACTS + address, TYPED).status_code == 404
        assert Client().get(CONTACTS + address)["Location"].startswith("/accounts/login/?next=/o/delta/contacts/")
    for address in (f"{stranger.pk}/", f"{stranger.pk}/edit/"):
        assert browser.get(CONTACTS + address).status_code == 404
        assert browser.post(CONTACTS + address, TYPED).status_code == 404
    stranger.refresh_from_db()
    assert stranger.name != TYPED["name"]


MORE = {
    "is_person": "True", "website": "nandu.example", "currency": "GBP", "payment_days": "45",
    "withholding_percent": "15.5", "pays_surcharge": "on", "note": "Calls\nin the morning",
    "delivery_street": "Muelle 2", "delivery_city": "Cádiz", "delivery_country": "ES",
}  # fmt: skip


def test_everything_of_a_contact_is_kept_and_shown(browser):
    browser.post(f"{CONTACTS}new/", TYPED | MORE)
    made = Contact.objects.get()
    assert (made.is_person, made.website, made.currency, made.payment_days) == (
        True,
        "https://nandu.example",
        "GBP",
        45,
    )
    assert (made.withholding_percent, made.pays_surcharge, made.note) == (
        Decimal("15.5"),
        True,
        "Calls\nin the morning",
    )
    assert made.delivery == {"street": "Muelle 2", "city": "Cádiz", "country": "ES"}
    words = text_of(tree(browser.get(f"{CONTACTS}{made.pk}/")))
    for shown in (
        "b-65.410.011",
        "https://nandu.example",
        "GBP · British Pound",
        "45 days",
        "15.5 %",
        "Muelle 2",
        "Spain",
    ):
        assert shown in words
    page = tree(browser.get(f"{CONTACTS}{made.pk}/edit/"))
    assert page.xpath('//input[@name="withholding_percent"]/@value') == ["15.5"]
    assert page.xpath('//input[@name="is_person"][@checked]/@value') == ["True"]
    assert len(page.xpath("//details[@open]")) == 1
    browser.post(
        f"{CONTACTS}{made.pk}/edit/",
        TYPED | MORE | {"delivery_street": "", "delivery_city": "", "delivery_country": ""},
    )
    made.refresh_from_db()
    assert made.delivery == {}


def test_a_wrong_tax_id_of_an_imported_document_may_stay(browser, erin):
    Contact.objects.filter(pk=erin.pk).update(tax_id="B1", country="ES")
    assert browser.post(f"{CONTACTS}{erin.pk}/edit/", TYPED | {"tax_id": "B1"}).status_code == 302
    response = browser.post(f"{CONTACTS}{erin.pk}/edit/", TYPED | {"tax_id": "B1", "country": "FR"})
    assert list(field_errors(response)) == ["tax_id"]


def test_the_surcharge_is_asked_for_in_spain_only(browser, delta):
    assert tree(browser.get(f"{CONTACTS}new/")).xpath('//input[@name="pays_surcharge"]')
    delta.country = "FR"
    delta.save()
    assert not tree(browser.get(f"{CONTACTS}new/")).xpath('//input[@name="pays_surcharge"]')


def test_balances_are_by_currency_and_way(browser, erin):
    with time_machine.travel("2026-05-02 10:00 +0000", tick=False):
        DocumentFactory(contact=erin, payable=100, settled=30, state="partially_paid", due_on=date(2026, 5, 1))
        DocumentFactory(contact=erin, payable=50, due_on=date(2026, 6, 1))
        DocumentFactory(contact=erin, payable=20, kind="credit_note", due_on=date(2026, 5, 1))
        DocumentFactory(contact=erin, payable=70, kind="bill", due_on=date(2026, 5, 2))
        DocumentFactory(contact=erin, payable=9, currency="USD", due_on=None)
        DocumentFactory(contact=erin, payable=999, kind="quote")
        DocumentFactory(contact=erin, payable=999, state="void")
        DocumentFactory(contact=ContactFactory(organisation=erin.organisation), payable=999)
        page = browser.get(f"{CONTACTS}{erin.pk}/")
    assert [text_of(tile) for tile in of_class(page, "tile")] == [
        "They owe us, in EUR€100.00€70.00 overdue",
        "They owe us, in USDUS$9.00Nothing overdue",
        "We owe them, in EUR€70.00Nothing overdue",
    ]


def test_new_contacts_are_listed_and_reviewed_together(browser, delta):
    now = timezone.now()
    old = ContactFactory(organisation=delta, name="Old", created_at=now - timedelta(days=15))
    new = [ContactFactory(organisation=delta, name=name, created_at=now - timedelta(days=14)) for name in ("A", "B")]
    stranger = ContactFactory(name="Stranger")
    assert first_column(browser.get(CONTACTS, {"review": "open"})) == ["A", "B"]
    ids = [str(one.pk) for one in (*new, stranger)] + ["nonsense"]
    response = browser.post(f"{CONTACTS}review/", {"contact": ids, "review": "open", "kind": "customer"})
    assert response["Location"] == f"{CONTACTS}?kind=customer&review=open"
    reviewed = Contact.objects.exclude(reviewed_at=None).order_by("name")
    assert list(reviewed.values_list("name", "reviewed_by_name")) == [("A", "Dan"), ("B", "Dan")]
    browser.post(f"{CONTACTS}{old.pk}/review/")
    browser.post(f"{CONTACTS}{old.pk}/review/")
    entries = HistoryEntry.objects.filter(what="documents.contact.reviewed").order_by("id")
    assert [entry.subject_name for entry in entries] == ["A", "B", "Old"]
    activity = browser.get(f"{CONTACTS}{old.pk}/", {"tab": "activity"})
    assert "Dan reviewed the contact Old" in text_of(tree(activity))


def test_list_is_narrowed_by_country_and_missing_address(browser, delta):
    ContactFactory(organisation=delta, name="Here", country="ES", email="")
    ContactFactory(organisation=delta, name="There", country="FR", email="a@b.example")
    assert first_column(browser.get(CONTACTS, {"country": "FR"})) == ["There"]
    assert first_column(browser.get(CONTACTS, {"without": "email"})) == ["Here"]
    assert first_column(browser.get(CONTACTS, {"country": "x", "without": "all", "review": "no"})) == ["Here", "There"]


def test_columns_of_the_list_are_chosen(browser, delta):
    ContactFactory(organisation=delta, name="Here", phone="+34 1", country="ES", city="Cádiz")
    assert "+34 1" not in text_of(tree(browser.get(CONTACTS)))
    page = browser.get(CONTACTS, {"columns": ["phone", "country", "nonsense"]})
    assert rows_in(page) == [["", "Here To review", "+34 1", "Spain"]]


def test_a_contact_without_documents_is_deleted(browser, erin):
    pointer = ContactFactory(organisation=erin.organisation, merged_into=erin)
    DocumentFactory(contact=erin)
    response = browser.post(f"{CONTACTS}{erin.pk}/delete/", headers={"Referer": "http://testserver/back/"})
    assert response["Location"] == "http://testserver/back/"
    assert Contact.objects.count() == 2
    other = ContactFactory(organisation=erin.organisation, name="Free")
    assert browser.get(f"{CONTACTS}{other.pk}/delete/").status_code == 405
    assert browser.post(f"{CONTACTS}{other.pk}/delete/")["Location"] == CONTACTS
    assert set(Contact.objects.all()) == {erin, pointer}
    assert browser.post(f"{CONTACTS}{other.pk}/delete/").status_code == 404

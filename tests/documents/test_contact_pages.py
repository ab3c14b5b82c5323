"""The pages of contacts: found, shown with their documents, typed with care."""

import pytest
from django.test import Client

from documents.models import Contact
from tests.factories import ContactFactory, DocumentFactory, MemberFactory, RoleFactory
from tests.pages import field_errors, first_column, link_to, rows, text_of, tree

pytestmark = pytest.mark.django_db
CONTACTS = "/o/delta/contacts/"
TYPED = {
    "kind": "supplier", "name": "Ñandú SL", "tax_id": "b-1", "email": "Hola@Nandu.example", "phone": "+34 1",
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
        ({"tax_id": "ER 1"}, "tax_id", "Another contact has this tax id."),
    ],
)
def test_bad_input_is_told_beside_its_field_and_what_was_typed_is_kept(browser, erin, change, field, words):
    Contact.objects.filter(pk=erin.pk).update(tax_id="er1", tax_id_key="ER1")
    response = browser.post(f"{CONTACTS}new/", TYPED | change)
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

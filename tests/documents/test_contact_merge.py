"""Making one contact of several: what moves, what stays, what is refused, and what may be the same."""

from uuid import uuid4

import pytest

from advisory_portal.core.access import Forbidden
from advisory_portal.core.models import HistoryEntry
from documents.actions import contact_for, merge_contacts, save_contact
from documents.actions.contact_merge import NothingToMerge, SameNumber
from documents.actions.contacts import AlreadyMerged
from documents.models import Contact, Document
from documents.models.duplicates import AT_ONCE, possible_duplicates
from tests.documents.builders import with_levels
from tests.factories import ContactFactory, DocumentFactory, drafted_document, issued_document
from tests.pages import first_column, of_class, rows_in, text_of, tree
from tests.threads import together

CONTACTS = "/o/delta/contacts/"


@pytest.fixture
def other(delta):
    return ContactFactory(
        organisation=delta,
        name="Erin SL",
        tax_id="B65410011",
        email="office@erin.example",
        phone="+34 1",
        kind="supplier",
    )


@pytest.fixture
def merge(dan_here):
    def run(kept, *others, **values):
        ids = [one.pk for one in others]
        return merge_contacts(actor=dan_here, kept=kept.pk, others=ids, values=values)

    return run


@pytest.mark.django_db
def test_documents_move_and_the_other_stays_as_a_pointer(merge, erin, other):
    invoice, draft = issued_document(other), drafted_document(other)
    kept = merge(erin, other, tax_id=other.pk, phone=other.pk, name=erin.pk, nonsense=other.pk, email=uuid4())
    other.refresh_from_db()
    assert (other.merged_into, other.name) == (erin, "Erin SL")
    assert (kept.pk, kept.name, kept.tax_id, kept.phone, kept.email) == (
        erin.pk, "Erin", "B65410011", "+34 1", "erin@customer.example",
    )  # fmt: skip
    kept = Contact.objects.get(pk=erin.pk)
    assert (kept.tax_id_key, kept.search_text) == ("ESB65410011", "erin b65410011 esb65410011 erin@customer.example")
    for document in (invoice, draft):
        document.refresh_from_db()
        assert (document.contact, document.contact_name) == (erin, "Erin SL")
    entry = HistoryEntry.objects.filter(what="documents.contact.merged").get()
    assert (entry.subject_id, entry.after) == (erin.pk, {"name": "Erin SL"})


@pytest.mark.django_db
def test_repeating_a_merge_does_nothing(merge, erin, other):
    for _time in range(2):
        merge(erin, other)
    assert HistoryEntry.objects.filter(what="documents.contact.merged").count() == 1


@pytest.mark.django_db
def test_a_pointer_never_leads_to_a_pointer(merge, erin, other, delta):
    first = ContactFactory(organisation=delta)
    merge(other, first)
    merge(erin, other)
    first.refresh_from_db()
    assert first.merged_into == erin


@pytest.mark.django_db
def test_merging_in_a_circle_is_refused(merge, erin, other, delta):
    merge(erin, other)
    with pytest.raises(AlreadyMerged):
        merge(other, erin)
    with pytest.raises(AlreadyMerged):
        merge(ContactFactory(organisation=delta), other)
    assert Contact.objects.get(pk=erin.pk).merged_into is None


@pytest.mark.django_db
def test_what_cannot_be_merged_is_refused(merge, erin, other, delta):
    with pytest.raises(NothingToMerge):
        merge(erin, erin)
    with pytest.raises(NothingToMerge):
        merge(erin, ContactFactory(name="Stranger"))
    with pytest.raises(NothingToMerge):
        merge(erin, *ContactFactory.create_batch(6, organisation=delta))
    for contact in (erin, other):
        DocumentFactory(contact=contact, kind="bill", number="F 7")
    with pytest.raises(SameNumber, match="F 7"):
        merge(erin, other)
    assert not Contact.objects.exclude(merged_into=None).exists()


@pytest.mark.django_db
def test_only_who_manages_contacts_merges(delta, erin, other):
    with pytest.raises(Forbidden):
        merge_contacts(actor=with_levels(delta, contacts=1), kept=erin.pk, others=[other.pk], values={})


@pytest.mark.django_db
def test_a_merged_contact_is_not_found_nor_changed_any_more(merge, erin, other, dan_here):
    merge(erin, other)
    found = contact_for(actor=dan_here, kind="customer", name="Erin SL", details={"email": "office@erin.example"})
    assert found not in (erin, other)
    with pytest.raises(AlreadyMerged):
        save_contact(actor=dan_here, contact=other)


@pytest.mark.django_db(transaction=True)
def test_two_people_merge_both_ways_and_one_is_told(dan_here, erin, other):
    pairs = [(erin.pk, other.pk), (other.pk, erin.pk)]
    results = together(
        [lambda pair=pair: merge_contacts(actor=dan_here, kept=pair[0], others=[pair[1]], values={}) for pair in pairs]
    )
    assert sorted(type(one).__name__ for one in results) == ["AlreadyMerged", "Contact"]
    assert Contact.objects.filter(merged_into=None).count() == 1


# --- Pages ---------------------------------------------------------------------------------------------------


@pytest.fixture
def browser(client_of, dan):
    return client_of(dan)


@pytest.mark.django_db
def test_the_walk_from_a_contact_to_one_contact(browser, erin, other):
    DocumentFactory(contact=other, number="F-1")
    search = f"{CONTACTS}{erin.pk}/merge/"
    assert first_column(browser.get(search)) == []
    page = browser.get(search, {"q": "erin"})
    assert first_column(page) == ["Erin SL"]
    (address,) = tree(page).xpath('//a[@class="row-link"]/@href')
    compared = browser.get(address)
    table = {row[0]: row[1:] for row in rows_in(compared)}
    assert table["Name"] == ["Erin", "Erin SL"]
    assert table["Phone"] == ["Nothing", "+34 1"]
    assert table["Language"] == ["English"]
    checked = tree(compared).xpath('//input[@type="radio"][@checked]/@name')
    assert checked[:2] == ["kept", "take-name"]
    assert tree(compared).xpath('//input[@name="take-phone"][@checked]/@value') == [str(other.pk)]
    data = {"contact": [str(erin.pk), str(other.pk)], "kept": str(erin.pk), "take-phone": str(other.pk)}
    done = browser.post(f"{CONTACTS}merge/", data)
    assert done["Location"] == f"{CONTACTS}{erin.pk}/"
    assert browser.get(f"{CONTACTS}{other.pk}/")["Location"] == f"{CONTACTS}{erin.pk}/"
    assert first_column(browser.get(f"{CONTACTS}{erin.pk}/")) == ["F-1"]
    assert first_column(browser.get(CONTACTS)) == ["Erin"]
    for path in (f"{other.pk}/edit/", f"{other.pk}/merge/"):
        assert browser.get(CONTACTS + path).status_code == 404
    assert Document.objects.get().contact == erin


@pytest.mark.django_db
def test_nothing_chosen_is_said_on_the_page(browser, erin, other):
    assert "Choose from two to 6 contacts" in browser.get(f"{CONTACTS}merge/").content.decode()
    assert (
        "Choose from two to 6 contacts" in browser.get(f"{CONTACTS}merge/?contact={erin.pk}&contact=x").content.decode()
    )
    data = {"contact": [str(erin.pk), str(other.pk)]}
    response = browser.post(f"{CONTACTS}merge/", data)
    assert (response.status_code, Contact.objects.exclude(merged_into=None).count()) == (422, 0)
    assert "Choose which contact stays." in response.content.decode()


@pytest.mark.django_db
def test_possible_duplicates_are_shown_with_why(browser, delta, django_assert_max_num_queries):
    for name, tax_id, email in [
        ("Construcciones García SL", "B65410011", "a@x.example"),
        ("Other name", "ES-B65410011", "b@x.example"),
        ("Talleres Martínez Hermanos", "", "c@x.example"),
        ("Talleres Martinez Hermanos S.L.", "", "d@x.example"),
        ("Bakery", "", "e@x.example"),
        ("Butcher", "", "e@x.example"),
        ("Talleres Martínez Hermanos", "FR40303265045", "f@x.example"),
        ("Nobody else", "", ""),
    ]:
        ContactFactory(organisation=delta, name=name, tax_id=tax_id, email=email)
    ContactFactory(name="Nobody else")
    with django_assert_max_num_queries(12):
        page = browser.get(f"{CONTACTS}duplicates/")
    whys = [text_of(one) for one in of_class(page, "duplicates-why")]
    assert sorted(whys) == ["Same e-mail", "Same tax id", "Similar name"]
    names = {text_of(one) for one in tree(page).xpath("//li//a[@class='name']")}
    assert "Nobody else" not in names
    assert len(names) == 6


@pytest.mark.django_db
def test_older_contacts_are_looked_at_page_by_page(dan_here, delta):
    for name in ("Bakery", "Plumber"):
        ContactFactory(organisation=delta, name=name, email="same@x.example")
    ContactFactory.create_batch(AT_ONCE, organisation=delta)
    newest = possible_duplicates(dan_here)
    assert [len(contacts) for contacts, _why in newest.groups if len(contacts) == 2 and _why == {"email"}] == []
    older = possible_duplicates(dan_here, below=newest.next)
    assert {"email"} in [why for _contacts, why in older.groups]
    assert older.next == ""
    assert possible_duplicates(dan_here, below="nonsense").next == newest.next

"""The contact that a document names: found by tax id, then e-mail, then name, else made; and what people type."""

import importlib

import pytest
from django.apps import apps
from django.db import transaction

from advisory_portal.core.access import Forbidden, system_actor
from advisory_portal.core.models import HistoryEntry
from documents.actions import contact_for, save_contact, set_contact_email
from documents.actions.contacts import AlreadyThere, TaxIdTaken
from documents.models import Contact
from partners.models import Organisation
from tests.documents.builders import with_levels
from tests.factories import ContactFactory, OrganisationFactory
from tests.threads import together

CUSTOMER, SUPPLIER, BOTH = Contact.Kind.CUSTOMER, Contact.Kind.SUPPLIER, Contact.Kind.BOTH


@pytest.fixture
def find(dan_here):
    def run(name="Étoile SARL", kind=CUSTOMER, **details):
        return contact_for(actor=dan_here, kind=kind, name=name, details=details)

    return run


@pytest.fixture
def known(delta):
    return ContactFactory(organisation=delta, name="Étoile SARL", tax_id="FR-40 303", email="compta@etoile.example")


@pytest.mark.django_db
def test_a_new_name_makes_a_contact_with_all_its_details(find, delta):
    details = {
        "tax_id": "fr 40.303", "email": "Compta@Etoile.example", "phone": "+33 1", "street": "Rue 1", "city": "Paris",
        "postcode": "75001", "region": "IDF", "country": "FR", "language": "es",
    }  # fmt: skip
    made = find(**details)
    stored = Contact.objects.get()
    assert stored == made
    assert {name: getattr(stored, name) for name in details} == details | {"email": "compta@etoile.example"}
    assert (stored.organisation, stored.kind, stored.name) == (delta, CUSTOMER, "Étoile SARL")
    assert (stored.sort_key, stored.tax_id_key) == ("etoile sarl", "FR40303")
    assert stored.search_text == "etoile sarl fr 40.303 fr40303 compta@etoile.example"
    assert HistoryEntry.objects.get().what == "documents.contact.created"
    assert str(stored) == "Étoile SARL"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "details"),
    [
        ("Another name", {"tax_id": "fr40303", "email": "other@x.example"}),
        ("Another name", {"email": "COMPTA@etoile.example"}),
        ("  étoile   sarl", {}),
        ("ETOILE SARL", {"email": "other@x.example"}),
    ],
)
def test_a_contact_is_found_by_tax_id_then_mail_then_name(find, known, name, details):
    assert find(name, **details) == known
    known.refresh_from_db()
    assert (known.name, known.email) == ("Étoile SARL", "compta@etoile.example")
    assert Contact.objects.count() == 1


@pytest.mark.django_db
def test_the_tax_id_goes_before_the_mail_and_the_mail_before_the_name(find, delta):
    by_name = ContactFactory(organisation=delta, name="Étoile SARL", email="")
    by_mail = ContactFactory(organisation=delta, name="B", email="b@x.example")
    by_tax_id = ContactFactory(organisation=delta, name="C", tax_id="T1", email="")
    assert find(tax_id="T1", email="b@x.example") == by_tax_id
    assert find(email="b@x.example") == by_mail
    assert find(email="c@x.example") == by_name
    assert find(tax_id="T2", email="b@x.example") == by_mail
    assert Contact.objects.count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize("details", [{}, {"email": "compta@etoile.example"}])
def test_a_contact_with_another_tax_id_is_never_meant(find, known, details):
    made = find(tax_id="FR99", **details)
    assert made != known
    assert (made.tax_id_key, Contact.objects.count()) == ("FR99", 2)


@pytest.mark.django_db
def test_contacts_of_other_businesses_are_never_meant(find, dan_here):
    ContactFactory(name="Étoile SARL", tax_id="FR40303", email="compta@etoile.example")
    assert find(tax_id="FR40303", email="compta@etoile.example").organisation_id == dan_here.organisation_id


@pytest.mark.django_db
def test_no_tax_id_matches_no_tax_id_by_name_alone(find, delta):
    ContactFactory(organisation=delta, name="X", tax_id="", email="")
    assert find("Y", email="").name == "Y"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("before", "asked", "after", "logged"),
    [
        (CUSTOMER, CUSTOMER, CUSTOMER, 0),
        (CUSTOMER, SUPPLIER, BOTH, 1),
        (SUPPLIER, CUSTOMER, BOTH, 1),
        (BOTH, CUSTOMER, BOTH, 0),
        (BOTH, SUPPLIER, BOTH, 0),
    ],
)
def test_a_customer_who_also_supplies_is_both(find, known, before, asked, after, logged):
    Contact.objects.update(kind=before)
    assert find(kind=asked).kind == after
    assert Contact.objects.get().kind == after
    assert HistoryEntry.objects.filter(what="documents.contact.widened").count() == logged


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_a_new_name_make_one_contact():
    business = OrganisationFactory()

    def find():
        with transaction.atomic():
            Organisation.objects.select_for_update(no_key=True).get(pk=business.pk)
            return contact_for(actor=system_actor(business.workspace), kind=CUSTOMER, name="New", details={})

    found = together([find] * 4)
    assert len(set(found)) == 1
    assert Contact.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_who_type_the_same_tax_id_make_one_contact():
    business = OrganisationFactory()

    def save(name):
        contact = Contact(kind=CUSTOMER, name=name, tax_id="B-1")
        return save_contact(actor=system_actor(business.workspace), contact=contact)

    results = together([lambda name=name: save(name) for name in "ABCD"])
    assert sorted(type(result).__name__ for result in results) == ["NoneType", *["TaxIdTaken"] * 3]
    assert Contact.objects.count() == 1


@pytest.mark.django_db
def test_what_is_typed_is_kept_with_its_keys_and_told(dan_here, known):
    known.name, known.tax_id, known.email = "Ávila", "b-1", "New@X.example"
    save_contact(actor=dan_here, contact=known)
    known.refresh_from_db()
    assert (known.sort_key, known.tax_id_key, known.email) == ("avila", "B1", "new@x.example")
    assert known.search_text == "avila b-1 b1 new@x.example"
    assert HistoryEntry.objects.get().what == "documents.contact.changed"
    new = Contact(kind=CUSTOMER, name="Other")
    save_contact(actor=dan_here, contact=new)
    assert HistoryEntry.objects.about("documents.contact", new.pk).get().what == "documents.contact.created"


@pytest.mark.django_db
def test_a_tax_id_belongs_to_one_contact(dan_here, known):
    with pytest.raises(TaxIdTaken) as caught:
        save_contact(actor=dan_here, contact=Contact(kind=CUSTOMER, name="Other", tax_id="fr 40303"))
    assert (caught.value.field, Contact.objects.count()) == ("tax_id", 1)
    save_contact(actor=dan_here, contact=known)
    for name in ("None", "Nobody"):
        save_contact(actor=dan_here, contact=Contact(kind=CUSTOMER, name=name, tax_id=" - "))
    ContactFactory(tax_id="ZZ1")
    save_contact(actor=dan_here, contact=Contact(kind=CUSTOMER, name="Other", tax_id="ZZ1"))


@pytest.mark.django_db
def test_a_new_contact_typed_twice_is_refused_beside_its_name(dan_here, known):
    def typed(**values):
        given = {"kind": SUPPLIER, "name": "étoile  SARL", "tax_id": "fr40303", "email": known.email.upper()} | values
        save_contact(actor=dan_here, contact=Contact(**given))

    with pytest.raises(AlreadyThere) as caught:
        typed()
    assert (caught.value.field, Contact.objects.count()) == ("name", 1)
    save_contact(actor=dan_here, contact=known)
    typed(tax_id="FR1")
    typed(tax_id="", email="other@x.example")
    assert Contact.objects.count() == 3


@pytest.mark.django_db
def test_contacts_are_written_by_those_who_manage_them(delta, known):
    for actor in (with_levels(delta, contacts=1, sales=2), with_levels(delta)):
        with pytest.raises(Forbidden):
            save_contact(actor=actor, contact=known)
    save_contact(actor=with_levels(delta, contacts=2), contact=known)


@pytest.mark.django_db
def test_an_address_given_later_is_kept_and_searched(dan_here, delta):
    contact = ContactFactory(organisation=delta, name="Gil", email="")
    set_contact_email(actor=dan_here, contact=contact, email="gil@x.example")
    contact.refresh_from_db()
    assert contact.email == "gil@x.example"
    assert list(Contact.objects.matching("gil@x")) == [contact]
    assert HistoryEntry.objects.get().after == {"email": "gil@x.example"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", True),
        ("  ", True),
        ("ETOILE", True),
        ("étoile  sarl", True),
        ("40303", True),
        ("compta@", True),
        ("%", False),
        ("_", False),
        ("\\", False),
        ("nobody", False),
    ],
)
def test_contacts_are_found_by_name_tax_id_and_mail(known, words, found):
    assert Contact.objects.matching(words).exists() is found


@pytest.mark.django_db
def test_texts_that_grow_when_they_are_made_plain_fit_their_columns(find):
    made = find("ﷺ" * 500, tax_id="ß" * 60)
    made.refresh_from_db()
    assert (len(made.sort_key), len(made.tax_id_key), len(made.search_text)) == (200, 60, 900)


@pytest.mark.django_db
def test_a_spanish_tax_id_is_the_same_with_and_without_its_country(find, delta):
    known = ContactFactory(organisation=delta, name="Café Erin", tax_id="B65410011")
    for written in ("B65410011", "ESB65410011", "ES B65410011", "b-65.410.011"):
        for country in ("", "ES"):
            assert find("Another name", tax_id=written, country=country) == known
    assert find("Erin in Spain", tax_id="ES-B65410011", country="FR") == known


@pytest.mark.django_db
def test_keys_of_contacts_that_are_there_are_written_anew(delta):
    old = ContactFactory(organisation=delta, tax_id="B65410011", tax_id_key="B65410011")
    foreign = ContactFactory(organisation=delta, tax_id="nonsense 1", tax_id_key="NONSENSE1")
    migration = importlib.import_module("documents.migrations.0007_balances_and_tax_ids_of_contacts")
    for _time in range(2):
        migration.compare_with_country(apps, None)
        old.refresh_from_db()
        foreign.refresh_from_db()
        assert (old.tax_id_key, foreign.tax_id_key) == ("ESB65410011", "NONSENSE1")


@pytest.mark.django_db
def test_merged_contacts_are_never_found(find, delta, known):
    gone = ContactFactory(
        organisation=delta, name="Gone", email="gone@x.example", tax_id="B65410011", merged_into=known
    )
    assert find("Gone", tax_id="B65410011", email="g@x.example") not in (gone, known)

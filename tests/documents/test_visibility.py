"""Who sees which contacts and documents: by organisation, section, and for contacts their own alone."""

from datetime import date

import pytest

from advisory_portal.core.access import Actor, ActorKind, system_actor
from documents import rules
from documents.models import Contact, Document, Kind
from tests.documents.builders import with_levels
from tests.factories import ContactFactory, DocumentFactory, MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def every_kind(erin):
    """An issued document of each kind, of Erin."""
    return {str(kind): DocumentFactory(contact=erin, kind=kind) for kind in Kind}


def seen(actor):
    return set(Document.objects.visible_to(actor))


def of(documents, kinds):
    return {documents[kind] for kind in kinds}


def contact_actor(contact, **values):
    return Actor(
        kind=ActorKind.CONTACT, name="x", organisation=contact.organisation.workspace, contact_id=contact.pk, **values
    )


@pytest.mark.parametrize(
    ("role", "kinds", "contacts"),
    [
        ("owner", Kind.values, True),
        ("administrator", Kind.values, True),
        ("bookkeeper", Kind.values, True),
        ("sales", rules.SALES_KINDS, True),
        ("tax_reviewer", Kind.values, True),
        ("viewer", Kind.values, True),
    ],
)
def test_each_role_sees_the_kinds_of_its_sections(every_kind, erin, delta, actor_of, role, kinds, contacts):
    actor = actor_of(MemberFactory(organisation=delta, code=role).user, delta)
    assert seen(actor) == of(every_kind, kinds)
    assert list(Contact.objects.visible_to(actor)) == ([erin] if contacts else [])


@pytest.mark.parametrize(
    ("levels", "kinds", "contacts"),
    [
        ({}, (), False),
        ({"sales": 1}, rules.SALES_KINDS, False),
        ({"purchases": 1}, rules.PURCHASE_KINDS, False),
        ({"sales": 0, "purchases": 2, "contacts": 1}, rules.PURCHASE_KINDS, True),
        ({"contacts": 2}, (), True),
    ],
)
def test_levels_decide_for_roles_of_ones_own(every_kind, erin, delta, levels, kinds, contacts):
    actor = with_levels(delta, **levels)
    assert seen(actor) == of(every_kind, kinds)
    assert Contact.objects.visible_to(actor).exists() is contacts


def test_the_system_sees_one_organisation_and_nobody_without_one(every_kind, delta):
    DocumentFactory()
    assert seen(system_actor(delta.workspace)) == set(every_kind.values())
    assert seen(system_actor()) == set()
    assert not Contact.objects.visible_to(system_actor()).exists()


def test_strangers_see_nothing(every_kind, carol, rival, actor_of):
    assert seen(actor_of(carol, rival)) == set()
    assert not Contact.objects.visible_to(actor_of(carol, rival)).exists()


def test_a_contact_sees_what_was_issued_to_it_and_the_portal_shows(every_kind, erin):
    shown = set(Kind.values) - {"bill", "supplier_credit_note", "recurring_invoice"}
    assert seen(contact_actor(erin)) == of(every_kind, shown)
    for state in ("partially_paid", "paid", "void"):
        DocumentFactory(contact=erin, state=state, number=f"N-{state}")
    DocumentFactory(contact=erin, state="draft")
    numbers = {document.number for document in seen(contact_actor(erin))}
    assert {"N-partially_paid", "N-paid", "N-void"} <= numbers
    assert len(numbers) == 7 + 3
    assert list(Contact.objects.visible_to(contact_actor(erin))) == [erin]


def test_a_contact_never_sees_documents_of_another(every_kind, erin, delta):
    other = ContactFactory(organisation=delta)
    assert seen(contact_actor(other)) == set()
    # A contact's id in another business, as a forged one would be.
    stranger = ContactFactory()
    forged = Actor(kind=ActorKind.CONTACT, name="x", organisation=stranger.organisation.workspace, contact_id=erin.pk)
    assert seen(forged) == set()


def test_a_contact_that_came_by_a_link_sees_those_documents_alone(every_kind, erin, delta):
    invoice, bill = every_kind["invoice"], every_kind["bill"]
    other = DocumentFactory(contact=ContactFactory(organisation=delta))
    ids = frozenset({invoice.pk, bill.pk, other.pk})
    assert seen(contact_actor(erin, document_ids=ids)) == {invoice}
    assert seen(contact_actor(erin, document_ids=frozenset())) == set()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", True),
        ("f-2026/ñ", True),
        ("F-2026/N ÉTOILE", True),
        ("toile", False),
        ("po 77", True),
        ("%", False),
        ("f_2026", True),
        ("\\", False),
        ("'", False),
    ],
)
def test_documents_are_found_by_number_contact_and_reference(erin, words, found):
    DocumentFactory(contact=erin, search_text="f-2026/n etoile po 77")
    assert Document.objects.matching(words).exists() is found


@pytest.mark.parametrize("sign", ["%", "_", "\\"])
def test_signs_of_a_pattern_only_part_words(erin, sign):
    DocumentFactory(contact=erin, search_text=f"a{sign}b")
    DocumentFactory(contact=erin, search_text="axb")
    assert Document.objects.matching(f"a{sign}b").count() == 1


def test_scopes_of_review_and_due(erin):
    today = date(2026, 4, 2)
    late = DocumentFactory(contact=erin)
    DocumentFactory(contact=erin, due_on=today)
    DocumentFactory(contact=erin, state="paid")
    partly = DocumentFactory(contact=erin, state="partially_paid")
    DocumentFactory(contact=erin, due_on=None)
    assert set(Document.objects.overdue(today)) == {late, partly}
    Document.objects.exclude(pk=late.pk).update(reviewed_at="2026-03-03T00:00:00Z")
    DocumentFactory(contact=erin, state="void")
    assert list(Document.objects.unreviewed()) == [late]
    assert set(Document.objects.of_kind("quote")) == set()
    assert Document.objects.sharing_number_with(late).count() == 0

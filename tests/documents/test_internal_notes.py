"""What the staff write to each other on a document, and that no contact ever reads it."""

import pytest

from advisory_portal.core.access import Actor, ActorKind, Forbidden
from advisory_portal.core.models import HistoryEntry
from documents import actions
from documents.actions.notes import NotANote
from documents.models import InternalNote
from tests.documents.builders import with_levels
from tests.factories import PortalLinkFactory, issued_document
from tests.pages import text_of, tree

pytestmark = pytest.mark.django_db
SECRET = "Do not lend her any more"


@pytest.fixture
def browser(client_of, dan):
    return client_of(dan)


@pytest.fixture
def invoice(erin):
    return issued_document(erin)


def written(invoice):
    return [note.text for note in invoice.internal_notes.all()]


def test_notes_are_written_and_removed_on_the_page(browser, invoice, dan):
    response = browser.post(f"/o/delta/documents/{invoice.pk}/notes/", {"text": f"  {SECRET}\x00 "})
    assert (response.status_code, written(invoice)) == (302, [SECRET])
    words = text_of(tree(browser.get(response["Location"])))
    assert SECRET in words and "The contact never sees them." in words
    note = InternalNote.objects.get()
    assert note.written_by_name == dan.name
    browser.post(f"/o/delta/notes/{note.pk}/remove/")
    assert written(invoice) == []
    entries = HistoryEntry.objects.filter(what__startswith="documents.note").order_by("id")
    assert [entry.what for entry in entries] == ["documents.note.written", "documents.note.removed"]
    assert SECRET not in str([(entry.before, entry.after, entry.subject_name) for entry in entries])


def test_a_second_click_writes_no_second_note(dan_here, invoice):
    for text in (SECRET, SECRET, "Other", SECRET):
        actions.write_note(actor=dan_here, document=invoice, text=text)
    assert written(invoice) == [SECRET, "Other", SECRET]


@pytest.mark.parametrize(("text", "words"), [("", "Write something"), (" \n", "Write something"), ("x" * 5001, "5000")])
def test_nothing_and_too_much_are_refused(browser, dan_here, invoice, text, words):
    with pytest.raises(NotANote, match=words):
        actions.write_note(actor=dan_here, document=invoice, text=text)
    browser.post(f"/o/delta/documents/{invoice.pk}/notes/", {"text": text})
    assert written(invoice) == []


def test_no_contact_reads_them(dan_here, delta, erin, invoice, client):
    actions.write_note(actor=dan_here, document=invoice, text=SECRET)
    contact = Actor(kind=ActorKind.CONTACT, name="Erin", organisation=delta.workspace, contact_id=erin.pk)
    assert not InternalNote.objects.visible_to(contact).exists()
    PortalLinkFactory(document=invoice, token="a-link")
    page = client.get("/portal/delta/l/a-link/", follow=True)
    assert page.status_code == 200
    assert invoice.number in page.content.decode()
    assert SECRET not in page.content.decode()


def test_who_may_not_write_does_not(delta, dan_here, invoice, client_of, carol):
    note = actions.write_note(actor=dan_here, document=invoice, text=SECRET)
    viewer = with_levels(delta, sales=1)
    assert InternalNote.objects.visible_to(viewer).exists()
    assert not InternalNote.objects.visible_to(with_levels(delta, purchases=2)).exists()
    with pytest.raises(Forbidden):
        actions.write_note(actor=viewer, document=invoice, text="x")
    with pytest.raises(Forbidden):
        actions.remove_note(actor=viewer, note=note)
    stranger = client_of(carol)
    assert stranger.post(f"/o/delta/documents/{invoice.pk}/notes/", {"text": "x"}).status_code == 404
    assert stranger.post(f"/o/delta/notes/{note.pk}/remove/").status_code == 404
    assert written(invoice) == [SECRET]

"""Files kept with a document: added, shared, taken, removed; and who may."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from advisory_portal.core.access import Actor, ActorKind, Forbidden
from advisory_portal.core.models import HistoryEntry, StoredFile
from documents import actions
from documents.actions.attachments import NotAttachable
from documents.models import Attachment
from tests.documents.builders import kept_bytes, with_levels
from tests.factories import DocumentFactory, issued_document
from tests.pages import text_of, tree
from tests.threads import together


@pytest.fixture
def browser(client_of, dan):
    return client_of(dan)


@pytest.fixture
def invoice(erin):
    return issued_document(erin)


@pytest.fixture
def slip(dan_here, invoice):
    (added,) = actions.add_attachments(actor=dan_here, document=invoice, uploads=[("slip.pdf", b"%PDF slip")])
    return added


def done(document):
    entries = HistoryEntry.objects.filter(subject_id=document.pk, what__startswith="documents.attachment")
    return [entry.what.rpartition(".")[2] for entry in entries.order_by("id")]


def address(attachment, act=""):
    return f"/o/delta/attachments/{attachment.pk}/{act}"


@pytest.mark.django_db
def test_files_are_attached_on_the_page(browser, invoice):
    files = [SimpleUploadedFile("a.txt", b"one"), SimpleUploadedFile("b.jpg", b"two")]
    response = browser.post(f"/o/delta/documents/{invoice.pk}/attachments/", {"uploads": files})
    assert (response.status_code, response["Location"]) == (302, f"/o/delta/documents/{invoice.pk}/")
    kept = [(row.file.name, row.file.content_type, row.is_shared) for row in Attachment.objects.all()]
    assert kept == [("a.txt", "text/plain", False), ("b.jpg", "image/jpeg", False)]
    assert {b"one", b"two"} <= set(kept_bytes())
    words = text_of(tree(browser.get(response["Location"])))
    assert "a.txt" in words and "Only for us" in words


@pytest.mark.django_db
def test_the_same_file_is_kept_once(dan_here, invoice, slip):
    again = [("copy.pdf", b"%PDF slip"), ("new.txt", b"new"), ("new2.txt", b"new")]
    added = actions.add_attachments(actor=dan_here, document=invoice, uploads=again)
    assert [row.file.name for row in added] == ["new.txt"]
    assert done(invoice) == ["added", "added"]


@pytest.mark.parametrize(
    ("uploads", "words"),
    [
        ([("empty.txt", b"")], "empty.txt is empty."),
        ([("big.bin", b"x" * (Attachment.LARGEST + 1))], "big.bin is larger than 17 MB."),
        ([(f"{number}.txt", str(number).encode()) for number in range(51)], "A document has 50 files at most."),
    ],
)
@pytest.mark.django_db
def test_what_cannot_be_kept_is_refused_whole(dan_here, invoice, uploads, words):
    with pytest.raises(NotAttachable, match=words):
        actions.add_attachments(actor=dan_here, document=invoice, uploads=[("good.txt", b"good"), *uploads])
    assert not Attachment.objects.exists()
    assert not StoredFile.objects.filter(name="good.txt").exists()


@pytest.mark.parametrize(
    ("data", "words"), [({}, "Choose at least one file."), ({"uploads": SimpleUploadedFile("e", b"")}, "e is empty.")]
)
@pytest.mark.django_db
def test_refusals_are_said_on_the_page(browser, invoice, data, words):
    document = f"/o/delta/documents/{invoice.pk}/"
    page = browser.post(
        f"{document}attachments/", data, follow=True, headers={"Referer": f"http://testserver{document}"}
    )
    assert words in page.content.decode()


@pytest.mark.django_db
def test_sharing_moves_both_ways_and_repeats_nothing(browser, invoice, slip):
    for shared in ("1", "1", "0", "0"):
        browser.post(address(slip, "share/"), {"shared": shared})
        slip.refresh_from_db()
        assert slip.is_shared == (shared == "1")
    assert done(invoice) == ["added", "shared", "unshared"]


@pytest.mark.django_db
def test_a_contact_sees_what_is_shared_alone(dan_here, delta, erin, slip):
    contact = Actor(kind=ActorKind.CONTACT, name="Erin", organisation=delta.workspace, contact_id=erin.pk)
    assert list(Attachment.objects.visible_to(contact)) == []
    actions.share_attachment(actor=dan_here, attachment=slip, is_shared=True)
    assert list(Attachment.objects.visible_to(contact)) == [slip]


@pytest.mark.django_db
def test_downloads_are_private_and_recorded(browser, invoice, slip):
    response = browser.get(address(slip))
    assert response.content == b"%PDF slip"
    assert response["Content-Disposition"] == 'attachment; filename="slip.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert done(invoice) == ["added", "downloaded"]


@pytest.mark.django_db
def test_files_are_removed_once_they_are_not_shared(browser, invoice, slip, django_capture_on_commit_callbacks):
    browser.post(address(slip, "share/"), {"shared": "1"})
    document = f"http://testserver/o/delta/documents/{invoice.pk}/"
    page = browser.post(address(slip, "remove/"), follow=True, headers={"Referer": document})
    assert "Stop sharing it before you remove it." in page.content.decode()
    assert Attachment.objects.exists()
    browser.post(address(slip, "share/"), {"shared": "0"})
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(address(slip, "remove/"))
    assert not Attachment.objects.exists()
    assert b"%PDF slip" not in kept_bytes()
    assert done(invoice)[-1] == "removed"


@pytest.mark.django_db
def test_removing_twice_does_nothing(dan_here, invoice, slip):
    actions.remove_attachment(actor=dan_here, attachment=slip)
    slip.pk = slip.id = slip.file_id
    actions.remove_attachment(actor=dan_here, attachment=slip)
    assert done(invoice) == ["added", "removed"]


@pytest.mark.django_db
def test_who_may_only_look_takes_and_changes_nothing_else(delta, invoice, slip, client_of, carol):
    viewer = with_levels(delta, sales=1)
    for act in (
        lambda: actions.add_attachments(actor=viewer, document=invoice, uploads=[("a", b"a")]),
        lambda: actions.share_attachment(actor=viewer, attachment=slip, is_shared=True),
        lambda: actions.remove_attachment(actor=viewer, attachment=slip),
    ):
        with pytest.raises(Forbidden):
            act()
    assert list(Attachment.objects.visible_to(with_levels(delta, purchases=2))) == []
    for act in ("", "share/", "remove/"):
        assert client_of(carol).get(address(slip, act)).status_code == 404
    theirs = DocumentFactory()
    assert list(Attachment.objects.visible_to(with_levels(theirs.organisation, sales=2))) == []


@pytest.mark.django_db(transaction=True)
def test_the_same_file_sent_twice_at_once_is_kept_once(erin, dan_here):
    invoice = issued_document(erin)

    def send():
        return actions.add_attachments(actor=dan_here, document=invoice, uploads=[("slip.pdf", b"%PDF slip")])

    assert sorted(len(added) for added in together([send, send, send])) == [0, 0, 1]
    assert Attachment.objects.count() == 1

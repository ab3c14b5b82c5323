"""The thread of comments in the portal and for staff, who may open it, and what the portal never shows."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from advisory_portal.core.models import HistoryEntry
from client_portal.actions import write_comment
from client_portal.models import (
    Comment,
    UnreadComments,
)
from documents.actions import write_note
from tests.factories import (
    ContactFactory,
    DocumentFactory,
    MemberFactory,
    OrganisationFactory,
    RoleFactory,
    contact_actor,
    drafted_document,
    issued_document,
    sent_document,
)
from tests.pages import text_of, tree

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def write(erin, dan_here, invoice):
    """Say something on Erin's invoice: `who` is "erin" or "dan", or an actor."""
    known = {"erin": contact_actor(erin), "dan": dan_here}

    def run(who, text="Hello", *, document=None, files=(), key=None, now=NOW):
        actor = known.get(who) if isinstance(who, str) else who
        document = document or invoice
        return write_comment(actor=actor, document=document, text=text, files=files, key=key or uuid4(), now=now)

    return run


@pytest.fixture
def erins(clock, invoice, dan_here, last_link):
    """Erin's browser after she followed the link to her invoice."""
    sent_document(invoice, actor=dan_here, now=NOW)
    browser = Client()
    browser.get(last_link())
    return browser


def page(document, tail=""):
    return f"/portal/delta/d/{document.pk}/comments/{tail}"


def staff_page(document, tail=""):
    return f"/o/delta/documents/{document.pk}/comments/{tail}"


def unread():
    return sorted(UnreadComments.objects.values_list("side", flat=True))


# --- In the portal -------------------------------------------------------------------------------------------


def test_a_contact_reads_and_writes(erins, write, invoice):
    write("dan", "<b>Dear</b> Erin")
    shown = erins.get(page(invoice))
    assert "Dan, Delta" in text_of(tree(shown))
    assert "&lt;b&gt;Dear&lt;/b&gt; Erin" in shown.content.decode()
    files = [SimpleUploadedFile("slip.txt", b"Slip"), SimpleUploadedFile("photo.png", b"Photo")]
    done = erins.post(page(invoice), {"text": "Thank you", "key": uuid4(), "uploads": files})
    assert (done.status_code, done["Location"]) == (302, f"/portal/delta/d/{invoice.pk}/#comments")
    comment = Comment.objects.get(side="contact")
    assert [one.file.name for one in comment.attachments.all()] == ["slip.txt", "photo.png"]
    words = text_of(tree(erins.get(page(invoice))))
    assert all(part in words for part in ("Thank you", "slip.txt", "photo.png"))


def test_htmx_gets_the_card_and_errors_keep_what_was_typed(erins, invoice):
    htmx = {"HTTP_HX_REQUEST": "true"}
    card = erins.get(page(invoice), **htmx).content.decode()
    assert ("<html" in card, "comment-form" in card) == (False, True)
    key = uuid4()
    refused = erins.post(page(invoice), {"text": "", "key": key}, **htmx)
    assert refused.status_code == 422
    assert "Write something first." in refused.content.decode()
    done = erins.post(page(invoice), {"text": "Hello", "key": key}, **htmx)
    assert (done.status_code, "Hello" in done.content.decode()) == (200, True)
    assert str(key) not in done.content.decode()  # the next comment is another one
    broken = erins.post(page(invoice), {"text": "Hello", "key": "nonsense"}, **htmx)
    assert broken.status_code == 422


def test_news_are_answered_only_where_there_are_some(erins, write, invoice):
    assert erins.get(page(invoice, "news/?after=")).status_code == 204
    last = write("dan", "Hello")
    news = erins.get(page(invoice, "news/?after="))
    assert "Hello" in news.content.decode()
    assert page(invoice, "read/") in news.content.decode()
    assert erins.get(page(invoice, f"news/?after={last.pk}")).status_code == 200  # unread: to be marked
    assert erins.post(page(invoice, "read/"), HTTP_HX_REQUEST="true").status_code == 204
    assert unread() == []
    assert erins.get(page(invoice, f"news/?after={last.pk}")).status_code == 204


def test_reading_by_get_marks_nothing(erins, write, invoice):
    write("dan")
    for tail in ("", "news/"):
        erins.get(page(invoice, tail))
    assert erins.get(page(invoice, "read/")).status_code == 405
    assert unread() == ["contact"]


def test_files_are_for_the_two_sides_alone(erins, client_of, dan, carol, write, invoice, delta, erin):
    comment = write("dan", files=[("slip.html", b"<script>alert(1)</script>")])
    (attachment,) = comment.attachments.all()
    file = erins.get(page(invoice, f"files/{attachment.pk}/"))
    assert (file.content, file["X-Content-Type-Options"]) == (b"<script>alert(1)</script>", "nosniff")
    assert file["Content-Disposition"].startswith("attachment;")
    assert client_of(dan).get(staff_page(invoice, f"files/{attachment.pk}/")).status_code == 200
    assert HistoryEntry.objects.filter(what="client_portal.comment.downloaded").count() == 1
    other = issued_document(erin)
    assert client_of(dan).get(staff_page(other, f"files/{attachment.pk}/")).status_code == 404
    assert client_of(carol).get(staff_page(invoice, f"files/{attachment.pk}/")).status_code == 404
    assert Client().get(page(invoice, f"files/{attachment.pk}/")).status_code in (302, 404)


@pytest.mark.parametrize("tail", ["", "news/"])
def test_doors_of_the_portal_open_for_its_contact_alone(erins, invoice, delta, tail):
    others = [
        issued_document(ContactFactory(organisation=delta)),
        issued_document(ContactFactory(organisation=OrganisationFactory(slug="foreign"))),
    ]
    for document in others:
        assert erins.get(page(document, tail)).status_code in (302, 404)
        assert erins.post(page(document, tail), {"text": "x", "key": uuid4()}).status_code in (302, 403, 404, 405)
    assert Client().get(page(invoice, tail)).status_code in (302, 404)
    assert Client().post(page(invoice), {"text": "x", "key": uuid4()}).status_code in (302, 404)
    assert not Comment.objects.exists()


def test_the_portal_never_shows_an_internal_note(erins, write, invoice, dan_here):
    write_note(actor=dan_here, document=invoice, text="Ask her for a deposit")
    write("dan", "Hello")
    addresses = [page(invoice), page(invoice, "news/"), f"/portal/delta/d/{invoice.pk}/", "/portal/delta/"]
    for address in addresses:
        for headers in ({}, {"HTTP_HX_REQUEST": "true"}):
            assert "deposit" not in erins.get(address, **headers).content.decode()
    assert not Comment.objects.filter(text__contains="deposit").exists()


# --- Staff ---------------------------------------------------------------------------------------------------


def test_staff_read_and_answer(client_of, dan, write, invoice):
    write("erin", "What is this?")
    browser = client_of(dan)
    shown = browser.get(staff_page(invoice))
    assert "What is this?" in shown.content.decode()
    done = browser.post(staff_page(invoice), {"text": "Advice.", "key": uuid4()})
    assert done["Location"] == f"/o/delta/documents/{invoice.pk}/#comments"
    assert Comment.objects.get(side="business").text == "Advice."
    assert browser.post(staff_page(invoice, "read/"))["Location"] == f"/o/delta/documents/{invoice.pk}/"
    card = browser.get(staff_page(invoice), HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in card
    document = browser.get(f"/o/delta/documents/{invoice.pk}/").content.decode()
    assert f'hx-get="{staff_page(invoice)}"' in document


def test_doors_of_staff_are_those_of_the_section(client_of, carol, delta, invoice, write):
    write("erin", "Hello")
    viewer = client_of(MemberFactory(organisation=delta, code="viewer").user)
    shown = viewer.get(staff_page(invoice)).content.decode()
    assert ("Hello" in shown, "comment-form" in shown) == (True, False)
    assert viewer.post(staff_page(invoice), {"text": "x", "key": uuid4()}).status_code == 403
    for tail in ("", "news/"):
        assert client_of(carol).get(staff_page(invoice, tail)).status_code == 404
        assert Client().get(staff_page(invoice, tail))["Location"].startswith("/accounts/login/")
    assert client_of(carol).post(staff_page(invoice, "read/")).status_code == 404


def test_a_draft_has_no_thread(client_of, dan, erin):
    draft = drafted_document(erin)
    assert client_of(dan).get(staff_page(draft)).status_code == 404
    assert staff_page(draft) not in client_of(dan).get(f"/o/delta/documents/{draft.pk}/").content.decode()


def test_a_long_thread_costs_no_more_queries(erins, write, invoice):
    def counted():
        with CaptureQueriesContext(connection) as queries:
            assert erins.get(page(invoice), HTTP_HX_REQUEST="true").status_code == 200
        return len(queries)

    write("dan", files=[("a.txt", b"a")])
    few = counted()
    for number in range(29):
        write("dan", f"Line {number}", files=[(f"{number}.txt", b"a")])
    assert counted() == few


def test_what_is_unread_is_listed_for_each_side(erins, client_of, dan, carol, write, invoice, erin, delta):
    browser, other = client_of(dan), issued_document(erin)
    lists = {"dan": lambda: browser.get("/o/delta/comments/"), "erin": lambda: erins.get("/portal/delta/comments/")}
    assert all("Nothing unread" in text_of(tree(shown())) for shown in lists.values())
    write("erin", "First")
    write("erin", "Second   line")
    write("erin", "Other", document=other)
    words = text_of(tree(lists["dan"]()))
    assert ("Second line" in words, "Other" in words, "First" in words) == (True, True, False)
    assert f"/o/delta/documents/{invoice.pk}/#comments" in lists["dan"]().content.decode()
    write("dan", "Answer")
    write("dan", "Not for this link", document=other)
    words = text_of(tree(lists["erin"]()))
    assert ("Answer" in words, "Not for this link" in words) == (True, False)
    assert "<html" not in browser.get("/o/delta/comments/", HTTP_HX_REQUEST="true").content.decode()
    buyer = MemberFactory(organisation=delta, role=RoleFactory(organisation=delta, levels={"purchases": 2})).user
    write("erin", "Once more")
    assert "Once more" not in client_of(buyer).get("/o/delta/comments/").content.decode()
    assert client_of(carol).get("/o/delta/comments/").status_code == 404


def test_the_list_of_unread_costs_the_same_for_many(client_of, dan, write, erin):
    browser = client_of(dan)

    def counted():
        with CaptureQueriesContext(connection) as queries:
            assert browser.get("/o/delta/comments/").status_code == 200
        return len(queries)

    write("erin", document=DocumentFactory(contact=erin))
    few = counted()
    for _ in range(29):
        write("erin", document=DocumentFactory(contact=erin))
    assert counted() == few

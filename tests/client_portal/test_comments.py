"""Comments on a document: what each side writes and has unread, and the mails about them."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from advisory_portal.core.access import Forbidden, system_actor
from advisory_portal.core.models import HistoryEntry, Notification, NotificationPreference, OutboundEmail
from client_portal.actions import NotAComment, mark_comments_read, write_comment
from client_portal.models import (
    Comment,
    CommentAttachment,
    CommentNotice,
    PortalLink,
    UnreadComments,
)
from client_portal.rules import COMMENT_PAUSE
from client_portal.tasks import mail_comments
from documents.actions import void_document
from documents.models import Contact, Document
from documents.rules import PORTAL_KINDS
from tests.documents.builders import with_levels
from tests.factories import (
    ContactFactory,
    DocumentFactory,
    MemberFactory,
    contact_actor,
    drafted_document,
    issued_document,
    sent_document,
)
from tests.threads import together

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


def page(document, tail=""):
    return f"/portal/delta/d/{document.pk}/comments/{tail}"


def unread():
    return sorted(UnreadComments.objects.values_list("side", flat=True))


def mails(kind):
    return OutboundEmail.objects.filter(kind=f"client_portal/{kind}").order_by("id")


# --- Writing and reading -------------------------------------------------------------------------------------


def test_both_sides_write_in_one_thread(write, invoice, erin, dan):
    first = write("erin", "  What is\r\nthis?  ")
    second = write("dan", "Advice.")
    assert [(one.side, one.text, one.author_name) for one in Comment.objects.order_by("id")] == [
        ("contact", "What is\nthis?", "Erin"),
        ("business", "Advice.", "Dan"),
    ]
    assert (first.contact, first.author_id, second.author_id) == (erin, erin.pk, dan.pk)
    assert HistoryEntry.objects.filter(what="client_portal.comment.written", subject_id=invoice.pk).count() == 2


def test_a_form_sent_twice_is_written_once(write):
    key = uuid4()
    assert write("erin", key=key) == write("erin", "Other words", key=key)
    assert (Comment.objects.count(), CommentNotice.objects.count()) == (1, 1)


@pytest.mark.parametrize("kind", PORTAL_KINDS)
def test_every_kind_of_document_has_its_thread(write, erin, kind):
    document = DocumentFactory(contact=erin, kind=kind)
    write("erin", document=document)
    write("dan", document=document)
    assert document.comments.count() == 2


def test_a_void_document_is_still_talked_about(write, invoice, dan_here):
    void_document(actor=dan_here, document=invoice, now=NOW)
    assert write("erin").document == invoice


@pytest.mark.parametrize(
    ("text", "files", "field"),
    [
        (" \n ", [], "text"),
        ("x" * (Comment.LONGEST + 1), [], "text"),
        ("", [("empty.pdf", b"")], "uploads"),
        ("", [("big.pdf", b"x" * (CommentAttachment.LARGEST + 1))], "uploads"),
        ("", [("one.pdf", b"x")] * (CommentAttachment.MOST + 1), "uploads"),
    ],
)
def test_what_is_no_comment_is_refused_and_leaves_nothing(write, text, files, field):
    with pytest.raises(NotAComment) as caught:
        write("erin", text, files=files)
    assert caught.value.field == field
    assert not Comment.objects.exists()
    assert (unread(), CommentNotice.objects.count()) == ([], 0)


def test_nothing_is_said_on_what_the_contact_does_not_see(write, erin):
    for document in (drafted_document(erin), DocumentFactory(contact=erin, kind="bill")):
        with pytest.raises(NotAComment, match="does not see"):
            write("dan", document=document)


def test_only_its_contact_and_who_manages_such_documents_write(write, erin, delta, invoice):
    other = ContactFactory(organisation=delta)
    for actor in (
        contact_actor(other),
        contact_actor(erin, read_only=True),
        contact_actor(erin, document_ids=frozenset({other.pk})),
        with_levels(delta, sales=1),
        with_levels(delta, purchases=2),
    ):
        with pytest.raises(Forbidden):
            write(actor)
    assert write(contact_actor(erin, document_ids=frozenset({invoice.pk})))


def test_what_was_said_stays(write):
    comment = write("erin")
    for change in (lambda: Comment.objects.update(text="Other"), comment.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_each_side_has_unread_what_the_other_wrote(write, invoice, erin, dan_here, delta):
    write("erin")
    write("erin", "And this?")
    assert unread() == ["business"]
    write("dan")  # who answers has read
    assert unread() == ["contact"]
    mark_comments_read(actor=dan_here, document=invoice)
    assert unread() == ["contact"]
    for _ in range(2):
        mark_comments_read(actor=contact_actor(erin), document=invoice)
        assert unread() == []
    write("erin")
    mark_comments_read(actor=with_levels(delta, sales=1), document=invoice)
    assert unread() == []
    with pytest.raises(Forbidden):
        mark_comments_read(actor=contact_actor(erin, read_only=True), document=invoice)


# --- Mails ---------------------------------------------------------------------------------------------------


def test_a_burst_is_one_mail_to_staff(write, clock, dan, delta, invoice):
    MemberFactory(organisation=delta, code="viewer")
    write("erin", "First\nline", files=[("slip.pdf", b"%PDF")])
    write("erin", "Second")
    assert mail_comments() == 0
    clock.shift(COMMENT_PAUSE)
    assert (mail_comments(), mail_comments()) == (1, 0)
    (mail,) = mails("comment_received")
    assert (mail.to, mail.subject) == ("dan@delta.example", "Erin has written 2 comments on Invoice INV-2026-0001")
    for words in ("Erin:\nFirst\nline", "[slip.pdf]", "Second", f"/o/delta/documents/{invoice.pk}/#comments"):
        assert words in mail.text
    assert "First<br>line" in mail.html
    assert Notification.objects.get(user_id=dan.pk).url == f"/o/delta/documents/{invoice.pk}/#comments"


def test_the_next_burst_is_the_next_mail_and_repeats_nothing(write, clock):
    write("erin", "First")
    clock.shift(COMMENT_PAUSE)
    mail_comments()
    write("erin", "Later", now=NOW + COMMENT_PAUSE)
    clock.shift(COMMENT_PAUSE)
    mail_comments()
    mail = mails("comment_received")[1]
    assert mail.subject == "Erin has written a comment on Invoice INV-2026-0001"
    assert ("First" in mail.text, "Later" in mail.text) == (False, True)


def test_what_was_read_meanwhile_is_not_mailed(write, clock, invoice, dan_here):
    write("erin")
    mark_comments_read(actor=dan_here, document=invoice)
    clock.shift(COMMENT_PAUSE)
    assert mail_comments() == 1
    assert not mails("comment_received").exists()
    assert CommentNotice.objects.get().due_at is None


def test_a_contact_is_mailed_with_a_link_to_answer(write, clock, invoice, erin, last_link):
    erin.language = "es"
    erin.save()
    write("dan", "It is paid.")
    clock.shift(COMMENT_PAUSE)
    mail_comments()
    (mail,) = mails("comments")
    assert (mail.to, mail.language, mail.from_name) == ("erin@customer.example", "es", "Delta")
    assert "Dan:\nIt is paid." in mail.text
    link = last_link()
    assert link.endswith("/#comments")
    browser = Client()
    opened = browser.get(link.removesuffix("#comments"))
    assert opened["Location"] == f"/portal/delta/d/{invoice.pk}/"
    assert "It is paid." in browser.get(page(invoice)).content.decode()


def test_who_wants_no_mail_or_has_no_address_gets_none(write, clock, erin, delta, dan):
    Contact.objects.update(muted_mails=["client_portal/comments"])
    NotificationPreference.objects.create(
        user_id=dan.pk, kind="client_portal/comment_received", by_email=False, in_app=True
    )
    write("dan")
    write("erin")
    write("dan", "Again")
    clock.shift(COMMENT_PAUSE)
    mail_comments()
    Contact.objects.update(muted_mails=[])
    type(erin).objects.update(email="")
    write("dan", "Once more")
    clock.shift(COMMENT_PAUSE)
    mail_comments()
    assert not OutboundEmail.objects.exists()
    assert not PortalLink.objects.exists()
    assert not CommentNotice.objects.exclude(due_at=None).exists()


def test_a_contact_without_address_is_mailed_where_its_document_went(write, clock, invoice, dan_here, erin):
    sent_document(invoice, actor=dan_here, now=NOW, to="boss@customer.example")
    type(erin).objects.update(email="")
    write("dan")
    clock.shift(COMMENT_PAUSE)
    mail_comments()
    assert mails("comments").get().to == "boss@customer.example"


# --- At once -------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_who_writes_at_once_with_the_same_key_writes_once():
    contact = ContactFactory()
    document, key = issued_document(contact), uuid4()
    actor = contact_actor(contact)
    results = together(
        [
            lambda: write_comment(actor=actor, document=document, text="Hello", files=[], key=key, now=NOW)
            for _ in range(4)
        ]
    )
    assert results == [Comment.objects.get()] * 4


@pytest.mark.django_db(transaction=True)
def test_a_comment_while_the_mail_is_written_is_in_it_or_in_the_next():
    contact = ContactFactory(email="erin@customer.example")
    document = issued_document(contact)
    staff = system_actor(contact.organisation.workspace)

    def write(text, now=NOW):
        return write_comment(actor=staff, document=document, text=text, files=[], key=uuid4(), now=now)

    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        for number in range(5):
            write(f"First {number}")
            assert not any(isinstance(one, Exception) for one in together([mail_comments, lambda: write("Second")]))
            mail_comments()
            said = "".join(mail.text for mail in mails("comments"))
            assert (said.count("First"), said.count("Second")) == (number + 1, number + 1)
    assert not CommentNotice.objects.exclude(due_at=None).exists()
    assert Document.objects.get() == document

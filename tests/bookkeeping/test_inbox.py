from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from advisory_portal.core.access import Forbidden, system_actor
from advisory_portal.core.models import StoredFile
from advisory_portal.core.states import IllegalMove
from advisory_portal.formats.samples import cii_invoice, ubl_credit_note, ubl_invoice
from bookkeeping.actions.inbox import (
    NotDeletable,
    delete_inbox_file,
    put_aside,
    receive_files,
    renew_inbox_address,
    take_back_file,
)
from bookkeeping.actions.inbox_bills import NotABill, make_bill, make_bill_of_einvoice
from bookkeeping.models import InboxFile
from bookkeeping.rules.inbox import LARGEST_FILE
from bookkeeping.tasks import read_inbox
from documents.actions.issuing import NumberTaken
from documents.models import Contact, Document
from tests.bookkeeping.factories_inbox import SPANISH, pdf, picture
from tests.factories import MemberFactory, OrganisationFactory, UserFactory, typed_content
from tests.threads import together

pytestmark = pytest.mark.django_db
State = InboxFile.State


def receive(actor, *uploads, **more):
    return receive_files(actor=actor, uploads=uploads, now=timezone.now(), **more)


def received(actor, name="bill.pdf", content=None):
    (file,) = receive(actor, (name, content or pdf(SPANISH))).files
    return file


def read(actor, name="bill.pdf", content=None):
    file = received(actor, name, content)
    read_inbox()
    file.refresh_from_db()
    return file


@pytest.fixture
def viewer(delta, actor_of):
    user = UserFactory()
    MemberFactory(organisation=delta, user=user, code="viewer")
    return actor_of(user, delta)


# --- Receiving -----------------------------------------------------------------------------------------------


def test_files_are_kept_and_wait_to_be_read(dan_here):
    taken = receive(dan_here, ("bill.pdf", pdf("One")), ("photo.jpg", picture("JPEG")), ("note.xml", b"<note/>"))
    assert [(file.name, file.state, file.added_by_name) for file in taken.files] == [
        ("bill.pdf", State.NEW, "Dan"),
        ("photo.jpg", State.NEW, "Dan"),
        ("note.xml", State.NEW, "Dan"),
    ]
    assert [file.file.content_type for file in taken.files] == ["application/pdf", "image/jpeg", "application/xml"]
    assert list(InboxFile.objects.visible_to(dan_here).pending()) == taken.files
    assert InboxFile.objects.due(timezone.now()).count() == 3


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("bill.pdf", b"", "empty"),
        ("bill.pdf", b"%PDF-" + bytes(LARGEST_FILE), "larger than 17 MB"),
        ("bill.pdf", b"MZ\x90 a program", "neither a PDF nor a picture"),
        ("bill.pdf", picture("PNG"), "this is a PNG file"),
        ("photo.jpg", b"%PDF-1.7", "this is a PDF file"),
        ("page.xml", b"<!DOCTYPE html><p>", "neither a PDF"),
    ],
)
def test_files_that_lie_or_are_foreign_leave_nothing(dan_here, name, content, words):
    taken = receive(dan_here, (name, content), ("good.xml", b"<good/>"))
    assert [file.name for file in taken.files] == ["good.xml"]
    ((refused, why),) = taken.refused
    assert refused == name
    assert words in why
    assert StoredFile.objects.count() == InboxFile.objects.count() == 1


def test_file_of_seventeen_megabytes_is_taken(dan_here):
    assert receive(dan_here, ("bill.pdf", b"%PDF-" + bytes(LARGEST_FILE - 5))).refused == []


def test_same_content_is_a_duplicate_of_the_first(dan_here):
    content = pdf("Same")
    first, again = receive(dan_here, ("a.pdf", content), ("b.pdf", content)).files
    third = received(dan_here, "c.pdf", content)
    assert [first.state, again.state, third.state] == [State.NEW, State.DUPLICATE, State.DUPLICATE]
    assert again.same_as == third.same_as == first
    assert again.due_at is third.due_at is None


def test_same_content_in_another_business_is_no_duplicate(dan_here):
    content = pdf("Same")
    received(dan_here, content=content)
    other = system_actor(OrganisationFactory().workspace)
    assert received(other, content=content).state == State.NEW


@pytest.mark.django_db(transaction=True)
def test_equal_files_at_once_make_one_first(dan_here):
    content = pdf("Same")
    together([lambda: received(dan_here, content=content)] * 2)
    assert sorted(InboxFile.objects.values_list("state", flat=True)) == [State.DUPLICATE, State.NEW]


# --- Reading -------------------------------------------------------------------------------------------------


def test_pdf_is_read_with_places(dan_here):
    file = read(dan_here)
    assert (file.state, file.due_at, file.found["pages"]) == (State.TO_VERIFY, None, 1)
    assert file.found["number"]["value"] == "2026/0417"
    assert file.found["total"]["value"] == "1493.82"
    assert len(file.found["total"]["box"]) == 4


@pytest.mark.parametrize("content", [ubl_invoice(), cii_invoice()])
def test_electronic_invoice_is_known(dan_here, content):
    file = read(dan_here, "invoice.xml", content)
    assert (file.state, file.found["einvoice"]) == (State.TO_VERIFY, True)
    assert file.found["number"]["value"] == "F-2026-0001"
    assert file.found["name"]["value"] == "Delta Tools SL"


def test_picture_waits_without_being_read(dan_here):
    file = read(dan_here, "scan.tif", picture("TIFF", frames=2))
    assert (file.state, file.found) == (State.TO_VERIFY, {"pages": 2})


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"%PDF-1.7 broken", "pdf_broken"),
        ("a.xml", b"<note/>", "wrong_root"),
        ("a.png", b"\x89PNG\r\n\x1a\nbroken", "picture_broken"),
    ],
)
def test_what_cannot_be_read_is_an_error(dan_here, name, content, code):
    file = read(dan_here, name, content)
    assert (file.state, file.error["code"], file.due_at) == (State.ERROR, code, None)


def test_file_whose_every_try_fails_is_given_up(dan_here):
    file = received(dan_here)
    default_storage.delete(file.file.key)
    for _try in range(8):
        InboxFile.objects.update(due_at=timezone.now())
        read_inbox()
    file.refresh_from_db()
    assert (file.state, file.error) == (State.ERROR, {"code": "failed"})
    assert "FileNotFoundError" in file.last_error


def test_killed_reading_is_done_by_the_next_sweep(dan_here):
    """The sweep's transaction is the reading: what is killed in it leaves the row as it was."""
    file = received(dan_here)
    with pytest.raises(ZeroDivisionError), connection.execute_wrapper(lambda *_call: 1 / 0):
        read_inbox()
    file.refresh_from_db()
    assert (file.state, file.due_at is None) == (State.NEW, False)
    assert (read_inbox(), read_inbox()) == (1, 0)


# --- To bill -------------------------------------------------------------------------------------------------


def bill(actor, file, *, issue=True, kind="bill", supplier="Suministros Norte S.L.", **values):
    typed = {"number": "2026/0417", "issued_on": timezone.now().date() - timedelta(days=9), "due_on": None} | values
    return make_bill(
        actor=actor,
        file=file,
        kind=kind,
        supplier=supplier,
        details={"tax_id": "B65410011", "country": "ES"},
        content_for=lambda contact: typed_content(contact, **typed),
        issue=issue,
        now=timezone.now(),
    )


def test_bill_is_made_with_its_file(dan_here):
    file = read(dan_here)
    document = bill(dan_here, file)
    file.refresh_from_db()
    assert (file.state, file.document) == (State.DONE, document)
    assert (document.kind, document.state, document.number) == ("bill", Document.State.ISSUED, "2026/0417")
    assert document.contact.kind == Contact.Kind.SUPPLIER
    assert [one.file.sha256 for one in document.attachments.all()] == [file.sha256]
    assert not InboxFile.objects.pending().exists()


def test_bill_pressed_twice_is_made_once(dan_here):
    file = read(dan_here)
    assert bill(dan_here, file) == bill(dan_here, file)
    assert Document.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_make_one_bill_of_a_file(dan_here):
    file = read(dan_here)
    together([lambda: bill(dan_here, file)] * 2)
    assert (Document.objects.count(), Contact.objects.count()) == (1, 1)


def test_known_supplier_is_found_by_tax_id(dan_here):
    first = bill(dan_here, read(dan_here))
    second = bill(dan_here, read(dan_here, content=pdf("Other")), supplier="S. Norte", number="2")
    assert first.contact == second.contact


def test_refused_bill_leaves_nothing(dan_here):
    bill(dan_here, read(dan_here))
    other = read(dan_here, content=pdf("Other"))
    with pytest.raises(NumberTaken):
        bill(dan_here, other)
    other.refresh_from_db()
    assert (other.state, other.document) == (State.TO_VERIFY, None)
    assert Document.objects.count() == 1


def test_draft_and_credit_note_are_made_too(dan_here):
    draft = bill(dan_here, read(dan_here), issue=False)
    credit = bill(dan_here, read(dan_here, content=pdf("Credit")), kind="supplier_credit_note")
    assert (draft.state, credit.kind) == (Document.State.DRAFT, "supplier_credit_note")


def test_bill_needs_purchases_and_inbox(dan_here, viewer):
    file = read(dan_here)
    for act in (lambda: bill(viewer, file), lambda: make_bill_of_einvoice(actor=viewer, file=file)):
        with pytest.raises(Forbidden):
            act()


def test_einvoice_becomes_its_bill(dan_here):
    file = read(dan_here, "invoice.xml", ubl_invoice())
    made = make_bill_of_einvoice(actor=dan_here, file=file)
    file.refresh_from_db()
    assert (made.was_there, made.document.kind, made.document.number) == (False, "bill", "F-2026-0001")
    assert made.document.contact_name == "Delta Tools SL"
    assert made.document.original == file.file
    assert (file.state, file.document) == (State.DONE, made.document)
    assert make_bill_of_einvoice(actor=dan_here, file=file).document == made.document


def test_electronic_credit_note_becomes_one_of_the_supplier(dan_here):
    made = make_bill_of_einvoice(actor=dan_here, file=read(dan_here, "credit.xml", ubl_credit_note()))
    assert made.document.kind == "supplier_credit_note"


def test_einvoice_that_is_there_already_is_done_with_that(dan_here):
    first = make_bill_of_einvoice(actor=dan_here, file=read(dan_here, "a.xml", ubl_invoice()))
    second = make_bill_of_einvoice(actor=dan_here, file=read(dan_here, "b.xml", ubl_invoice() + b"\n"))
    assert (second.was_there, second.document) == (True, first.document)


def test_own_invoice_is_no_bill(dan_here):
    own = read(dan_here, "own.xml", ubl_invoice(seller_tax_id="ESB64717838"))
    with pytest.raises(NotABill, match="your own"):
        make_bill_of_einvoice(actor=dan_here, file=own)
    with pytest.raises(NotABill):
        make_bill_of_einvoice(actor=dan_here, file=read(dan_here))  # no electronic invoice at all


# --- Aside, back, away ---------------------------------------------------------------------------------------


def test_file_put_aside_comes_back(dan_here):
    file = read(dan_here)
    for reason in ("An advertisement", "Something else"):
        put_aside(actor=dan_here, file=file, reason=reason)
    file.refresh_from_db()
    assert (file.state, file.found["aside"]) == (State.DONE, "An advertisement")
    for _again in range(2):
        take_back_file(actor=dan_here, file=file)
    file.refresh_from_db()
    assert (file.state, "aside" in file.found, file.found["number"]["value"]) == (State.TO_VERIFY, False, "2026/0417")


def test_duplicate_that_is_used_nevertheless_is_read(dan_here):
    content = pdf(SPANISH)
    read(dan_here, content=content)
    again = read(dan_here, content=content)
    assert again.found == {}
    take_back_file(actor=dan_here, file=again)
    read_inbox()
    again.refresh_from_db()
    assert (again.state, again.found["pages"]) == (State.TO_VERIFY, 1)


def test_file_put_aside_before_it_was_read_is_read_when_it_comes_back(dan_here):
    file = received(dan_here)
    put_aside(actor=dan_here, file=file, reason="No bill")
    assert read_inbox() == 0
    take_back_file(actor=dan_here, file=file)
    assert read_inbox() == 1
    file.refresh_from_db()
    assert (file.state, file.found["pages"]) == (State.TO_VERIFY, 1)


def test_file_of_a_document_stays(dan_here):
    file = read(dan_here)
    bill(dan_here, file)
    for act in (delete_inbox_file, take_back_file):
        with pytest.raises((NotDeletable, IllegalMove)):
            act(actor=dan_here, file=file)
    assert default_storage.exists(file.file.key)


def test_file_without_document_is_deleted(dan_here, django_capture_on_commit_callbacks):
    file = read(dan_here)
    key = file.file.key
    duplicate = received(dan_here, content=pdf("x"))
    InboxFile.objects.filter(pk=duplicate.pk).update(same_as=file)
    with django_capture_on_commit_callbacks(execute=True):
        for _again in range(2):
            delete_inbox_file(actor=dan_here, file=file)
    assert list(InboxFile.objects.values_list("pk", "same_as")) == [(duplicate.pk, None)]
    assert not default_storage.exists(key)


def test_address_is_given_and_renewed(dan_here):
    first = renew_inbox_address(actor=dan_here).local_part
    second = renew_inbox_address(actor=dan_here).local_part
    assert first.startswith("inbox-")
    assert len(first) == len("inbox-") + 16
    assert first != second


def test_viewers_change_nothing(dan_here, viewer):
    file = read(dan_here)
    for act in (
        lambda: receive(viewer, ("a.xml", b"<a/>")),
        lambda: put_aside(actor=viewer, file=file, reason="x"),
        lambda: take_back_file(actor=viewer, file=file),
        lambda: delete_inbox_file(actor=viewer, file=file),
        lambda: renew_inbox_address(actor=viewer),
    ):
        with pytest.raises(Forbidden):
            act()

"""The same act on many documents: as a job, each document with its outcome, numbers without gaps."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine
from django.utils import translation
from openpyxl import load_workbook

from advisory_portal.core.access import Forbidden
from advisory_portal.core.files import read_file
from advisory_portal.core.models import HistoryEntry, Job, JobItem, StoredFile
from documents import actions
from documents.actions import bulk
from documents.models import Document
from documents.rules.bulk import EXPORT, ISSUE, PACK, REVIEW, SEND
from documents.tasks import work_in_bulk
from tests.documents.builders import kept_bytes, with_levels
from tests.factories import DocumentFactory, MemberFactory, RoleFactory, drafted_document, issued_document
from tests.pages import rows, text_of, tree
from tests.threads import together

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
BULK = "/o/delta/documents/invoices/bulk/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def browser(client_of, dan):
    return client_of(dan)


@pytest.fixture
def start(dan_here):
    def run(act, *documents, kind="invoice", actor=dan_here, **values):
        ids = [document.pk for document in documents]
        return actions.start_bulk(actor=actor, kind=kind, act=act, documents=ids, **values)

    return run


def worked_off(job):
    while work_in_bulk():
        pass
    job.refresh_from_db()
    assert job.finished_at == NOW
    return [(item.outcome, item.reason) for item in job.items.order_by("position")]


def test_drafts_are_issued_by_date_whatever_their_order(start, erin):
    late = drafted_document(erin, issued_on=date(2026, 3, 4), due_on=None)
    early = drafted_document(erin, issued_on=date(2026, 3, 1), due_on=None)
    issued = issued_document(erin, issued_on=date(2026, 2, 1), due_on=None)
    empty = drafted_document(erin, lines=(), issued_on=date(2026, 3, 2), due_on=None)
    outcomes = worked_off(start(ISSUE, late, issued, early, empty))
    assert outcomes == [
        ("done", "It was issued before."),
        ("done", "INV-2026-0002"),
        ("refused", "Add at least one line before you issue this document."),
        ("done", "INV-2026-0003"),
    ]
    early.refresh_from_db()
    assert early.number == "INV-2026-0002"


def test_documents_are_reviewed(start, erin, dan_here):
    one, two = DocumentFactory(contact=erin), DocumentFactory(contact=erin)
    assert worked_off(start(REVIEW, one, two)) == [("done", "")] * 2
    assert {document.reviewed_by_name for document in Document.objects.all()} == {dan_here.name}
    assert HistoryEntry.objects.filter(what="documents.document.reviewed").count() == 2


def test_a_zip_holds_each_pdf_under_a_name_of_its_own(start, erin, django_capture_on_commit_callbacks):
    one, two = issued_document(erin), issued_document(erin)
    draft = drafted_document(erin)
    Document.objects.filter(pk=draft.pk).update(number="")
    job = start(PACK, one, two, draft)
    with django_capture_on_commit_callbacks(execute=True):
        assert worked_off(job)[-1] == ("done", "3 PDFs")
    with zipfile.ZipFile(io.BytesIO(read_file(job.result))) as archive:
        names = archive.namelist()
        assert names == ["Invoice INV-2026-0001.pdf", "Invoice INV-2026-0002.pdf", "Invoice.pdf"]
        assert all(archive.read(name).startswith(b"%PDF-") for name in names)
        assert archive.testzip() is None
    one.refresh_from_db()
    assert archive.filelist[0].file_size == one.pdf.size
    assert len(kept_bytes()) == StoredFile.objects.count() == 3  # two PDFs that are kept, and the archive


def test_equal_names_in_a_zip_are_numbered():
    names = set()
    given = ["Invoice F-1.pdf", "INVOICE F-1.pdf", "Invoice F-1.pdf", "Invoice F-1 (2).pdf"]
    found = [bulk._unused(name, names) for name in given]
    assert found == ["Invoice F-1.pdf", "INVOICE F-1 (2).pdf", "Invoice F-1 (3).pdf", "Invoice F-1 (2) (2).pdf"]


def test_the_archive_waits_for_its_last_pdf(start, erin):
    job = start(PACK, issued_document(erin), issued_document(erin))
    held = job.items.get(position=1)
    JobItem.objects.filter(pk=held.pk).update(due_at=None)
    work_in_bulk()
    job.refresh_from_db()
    assert (job.done, job.result) == (1, None)
    JobItem.objects.filter(pk=held.pk).update(due_at=NOW)
    assert worked_off(job)[-1] == ("done", "2 PDFs")


EVIL = "=cmd|' /C calc'!A0"


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_a_table_says_what_the_list_holds(start, erin, file_format):
    erin.name = EVIL
    erin.save()
    DocumentFactory(
        contact=erin, number="A-1", payable=Decimal("121.5"), withheld=Decimal("-15"), issued_on=date(2026, 1, 2)
    )
    DocumentFactory(contact=erin, number="A-2", state="paid", settled=Decimal(121), reviewed_at=NOW)
    job = start(EXPORT, *Document.objects.all(), file_format=file_format)
    assert worked_off(job) == [("done", "2 rows")]
    assert job.result.name == f"invoices-2026-03-05.{file_format}"
    content = io.BytesIO(read_file(job.result))
    if file_format == "csv":
        assert content.getvalue().startswith(b"\xef\xbb\xbf")
        head, first, second = csv.reader(io.TextIOWrapper(content, "utf-8-sig", newline=""))
        assert (first[3], first[1], first[11]) == ("'" + EVIL, "2026-01-02", "-15.000")
        assert (first[12], second[17]) == ("121.500", "")
    else:
        sheet = load_workbook(content).active
        head, first, second = ([cell.value for cell in row] for row in sheet.iter_rows())
        assert (first[3], first[1], first[11]) == (EVIL, datetime(2026, 1, 2), -15)
        assert {cell.data_type for cell in sheet["D"]} == {"s"}
        assert (first[12], second[17]) == (121.5, None)
    assert (head[0], head[17], len(head)) == ("Number", "Open", 18)
    assert (first[0], second[0]) == ("A-1", "A-2")
    assert (first[5], first[6], second[6]) == ("Invoice", "Issued", "Paid")


def test_words_of_a_job_are_in_the_language_of_who_began_it(start, erin):
    with translation.override("es"):
        job = start(ISSUE, drafted_document(erin, lines=()))
    ((_outcome, reason),) = worked_off(job)
    assert "línea" in reason


def test_ids_of_others_are_left_out_and_none_is_refused(start, erin):
    mine, theirs = DocumentFactory(contact=erin), DocumentFactory()
    quote = DocumentFactory(contact=erin, kind="quote")
    assert start(REVIEW, mine, theirs, quote).total == 1
    with pytest.raises(bulk.NothingSelected):
        start(REVIEW, theirs, quote)
    with pytest.raises(bulk.NothingSelected):
        start(REVIEW)
    assert Job.objects.count() == 1


def test_more_than_a_job_takes_is_refused(dan_here):
    ids = [uuid4() for _ in range(5_001)]
    with pytest.raises(bulk.TooMany, match="5,000"):
        actions.start_bulk(actor=dan_here, kind="invoice", act=REVIEW, documents=ids)


@pytest.mark.parametrize("act", [REVIEW, ISSUE, SEND, PACK, EXPORT])
def test_looking_is_enough_to_take_away_and_not_to_change(start, erin, delta, act):
    document = DocumentFactory(contact=erin)
    viewer = with_levels(delta, sales=1, purchases=2)
    if act in (PACK, EXPORT):
        assert start(act, document, actor=viewer).kind == act
    else:
        with pytest.raises(Forbidden):
            start(act, document, actor=viewer)
    with pytest.raises(Forbidden):
        start(act, document, actor=with_levels(delta, purchases=2))


def test_an_item_that_fails_again_and_again_ends(start, erin):
    job = start(REVIEW, DocumentFactory(contact=erin))
    job.items.update(attempts=8, last_error="Boom")
    work_in_bulk()
    assert worked_off(job) == [
        ("refused", "This did not work, after several tries. Please tell whoever runs this site.")
    ]


def test_a_document_that_is_gone_is_told(start, erin):
    draft = drafted_document(erin)
    job = start(REVIEW, draft)
    Document.objects.filter(pk=draft.pk).delete()
    assert worked_off(job) == [("refused", "This document was deleted meanwhile.")]


@pytest.mark.django_db(transaction=True)
def test_four_workers_leave_no_gap_and_keep_the_order(erin, dan_here):
    days = [date(2026, 3, 1 + number % 4) for number in range(24)]
    drafts = [drafted_document(erin, issued_on=day, due_on=None) for day in days]
    job = actions.start_bulk(actor=dan_here, kind="invoice", act=ISSUE, documents=[draft.pk for draft in drafts])

    def work():
        while not Job.objects.filter(pk=job.pk, finished_at__isnull=False).exists():
            work_in_bulk()

    assert together([work] * 4) == [None] * 4
    found = list(Document.objects.order_by("number").values_list("number", "issued_on"))
    assert [number for number, _day in found] == [f"INV-2026-{number:04}" for number in range(1, 25)]
    assert [day for _number, day in found] == sorted(days)
    assert set(job.items.values_list("outcome", flat=True)) == {"done"}


# --- The pages -------------------------------------------------------------------------------------------------


def test_chosen_rows_become_a_job_whose_page_tells_of_each(browser, erin):
    one, two = DocumentFactory(contact=erin, number="F-1"), DocumentFactory(contact=erin, number="F-2")
    response = browser.post(BULK, {"act": "review", "ids": [str(one.pk), "nonsense"]})
    job = Job.objects.get()
    assert response["Location"] == f"/o/delta/documents/jobs/{job.pk}/"
    assert 'hx-trigger="every 1s"' in browser.get(response["Location"]).content.decode()
    work_in_bulk()
    page = browser.get(response["Location"])
    assert "hx-trigger" not in text_of(tree(page).xpath("//main")[0])
    assert rows(page) == ["F-1 · Erin Done "]
    fragment = browser.get(response["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    two.refresh_from_db()
    assert two.reviewed_at is None
    assert "Mark as reviewed" in rows(browser.get("/o/delta/documents/jobs/"))[0]


def test_all_that_match_are_more_than_the_page(browser, erin):
    for number in range(60):
        DocumentFactory(contact=erin, number=f"F-{number}", state="paid" if number % 2 else "issued")
    browser.post(BULK, {"act": "review", "everything": "on", "query": "state=paid", "ids": []})
    assert Job.objects.get().total == 30


def test_nothing_chosen_is_told_on_the_list(browser, erin):
    response = browser.post(
        BULK, {"act": "review"}, headers={"Referer": "http://testserver/o/delta/documents/invoices/"}
    )
    assert (response.status_code, response["Location"]) == (302, "http://testserver/o/delta/documents/invoices/")
    assert "Choose at least one document." in browser.get(response["Location"]).content.decode()
    assert browser.post(BULK, {"act": "nonsense"})["Location"] == "/o/delta/documents/invoices/"


def test_a_result_is_downloaded_and_who_took_it_is_kept(browser, start, erin):
    job = start(EXPORT, DocumentFactory(contact=erin))
    address = f"/o/delta/documents/jobs/{job.pk}/download/"
    assert browser.get(address).status_code == 404
    worked_off(job)
    response = browser.get(address)
    assert b"".join(response.streaming_content).startswith(b"\xef\xbb\xbfNumber,")
    assert response["Content-Disposition"] == 'attachment; filename="invoices-2026-03-05.csv"'
    assert HistoryEntry.objects.get(what="documents.result.downloaded").after == {"name": "invoices-2026-03-05.csv"}


def test_jobs_are_shown_to_those_who_may_see_their_documents(start, erin, delta, carol, client_of):
    job = start(EXPORT, DocumentFactory(contact=erin))
    worked_off(job)
    buyer = client_of(
        MemberFactory(organisation=delta, role=RoleFactory(organisation=delta, levels={"purchases": 2})).user
    )
    page, download = (f"/o/delta/documents/jobs/{job.pk}/{act}" for act in ("", "download/"))
    assert [buyer.get(page).status_code, buyer.get(download).status_code, buyer.post(BULK).status_code] == [403] * 3
    assert rows(buyer.get("/o/delta/documents/jobs/")) == []
    assert client_of(carol).get(page).status_code == 404

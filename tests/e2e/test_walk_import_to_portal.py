"""The walk: a business brings in its invoices, and its customer opens one from a mailed link."""

import base64
import io
import os
import re
import zipfile
from datetime import timedelta
from pathlib import Path

import pypdf
import pytest
from django.utils import timezone
from playwright.sync_api import expect

from advisory_portal.core.models import OutboundEmail
from advisory_portal.formats.einvoice import read_invoice
from advisory_portal.formats.samples import cii_invoice, ubl_credit_note, ubl_invoice
from client_portal.models import PortalLink
from documents import actions
from documents.models import Document
from documents.tasks import import_files
from tests.e2e.conftest import PHONE, link_in_mail
from tests.house.source import ROOT

ERIN = "erin@cafe.example"
CAFE = {"buyer_name": "Café Erin SL", "buyer_tax_id": "B65410011", "buyer_email": ERIN, "buyer_country": "ES"}
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><Invoice>&b;</Invoice>'
OFFICIAL = ROOT.parent / "shared" / "data" / "en16931"


def archive():
    """A ZIP of good, repeated, broken, hostile and foreign files."""
    first = ubl_invoice(number="F-2026-0001", **CAFE)
    files = {
        "first.xml": first,
        "first-again.xml": first,
        "second.xml": cii_invoice(number="F-2026-0002", **CAFE),
        "credit.xml": ubl_credit_note(number="R-2026-0001", **CAFE),
        "broken.xml": first[: len(first) // 2],
        "laughs.xml": LAUGHS,
        "notes.txt": b"Not an invoice at all",
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        for name, data in files.items():
            made.writestr(name, data)
    return {"name": "invoices.zip", "mimeType": "application/zip", "buffer": content.getvalue()}


@pytest.fixture
def at_delta(visitor, dan):
    person = visitor()
    person.log_in(dan)
    return person


@pytest.fixture
def imported(dan, delta, actor_of):
    """An invoice of Delta's, which came from a file."""
    actions.import_invoice(
        actor=actor_of(dan, delta), content=ubl_invoice(number="F-2026-0001", **CAFE), direction="sales"
    )
    return Document.objects.get()


def outcome_of(person, name):
    row = person.page.get_by_role("row").filter(has=person.page.get_by_role("cell", name=re.compile(rf"{name}$")))
    expect(row).to_have_count(1)
    return row.get_by_role("cell").nth(1)


def start_import(person, *files):
    person.open("/o/delta/documents/invoices/")
    person.page.get_by_role("main").get_by_role("link", name="Import", exact=True).first.click()
    person.page.get_by_label("Our sales", exact=False).check()
    person.page.get_by_label(re.compile("^Files")).set_input_files(list(files))
    person.press("Import")
    person.expect_path("/o/delta/import/[0-9a-f-]{36}/")


def send_link(person):
    """From the open document; the address is that of the contact."""
    person.press("Send")
    expect(person.field("Send to")).to_have_value(ERIN)
    person.press("Send")
    expect(person.page.get_by_text(f"The mail is on its way to {ERIN}.")).to_be_visible()


def assert_is_pdf_of(content, number):
    assert content.startswith(b"%PDF")
    assert number in "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def test_walk_import_to_portal(at_delta, visitor):
    dan = at_delta
    start_import(dan, archive())
    expect(dan.page.get_by_role("progressbar")).to_be_visible()
    assert import_files() == 1  # the archive is unpacked
    expect(dan.page.get_by_text("Unpacked").first).to_be_visible()
    assert import_files() > 0
    expect(dan.page.get_by_role("status")).to_contain_text("Done")
    for name, outcome in {
        "invoices.zip": "Unpacked",
        "first.xml": "Created",
        "first-again.xml": "Duplicate",
        "second.xml": "Created",
        "credit.xml": "Created",
        "broken.xml": "Refused",
        "laughs.xml": "Refused",
        "notes.txt": "Refused",
    }.items():
        expect(outcome_of(dan, name)).to_have_text(outcome)
    assert sorted(Document.objects.values_list("number", flat=True)) == ["F-2026-0001", "F-2026-0002", "R-2026-0001"]
    assert Document.objects.values("contact").distinct().count() == 1

    dan.page.get_by_role("link", name=re.compile("first.xml$")).click()
    dan.expect_title("Invoice F-2026-0001")
    expect(dan.page.get_by_role("main")).to_contain_text("Café Erin SL")
    send_link(dan)
    the_contact_reads(visitor(viewport=PHONE, has_touch=True, is_mobile=True))


def the_contact_reads(erin):
    erin.open(link_in_mail(ERIN))
    erin.expect_path("/portal/delta/d/[0-9a-f-]{36}/")
    erin.expect_title("Invoice F-2026-0001")
    expect(erin.page.get_by_role("main")).to_contain_text("Hammer")
    width = erin.page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"], "nothing to scroll sideways on a phone"
    with erin.page.expect_download() as download:
        erin.press("Download")
    assert download.value.suggested_filename == "Invoice F-2026-0001.pdf"
    assert_is_pdf_of(Path(download.value.path()).read_bytes(), "F-2026-0001")
    printed = erin.page.get_by_role("link", name="Print", exact=True)
    expect(printed).to_have_attribute("target", "_blank")
    answer = erin.context.request.get(erin.site + printed.get_attribute("href"))
    assert answer.status == 200
    assert "F-2026-0001" in answer.text()


def test_walk_link_expires_and_a_fresh_one_opens(at_delta, visitor, imported):
    dan, erin = at_delta, visitor(viewport=PHONE)
    dan.open(f"/o/delta/documents/{imported.pk}/")
    send_link(dan)
    erin.open(link_in_mail(ERIN))
    erin.expect_title("Invoice F-2026-0001")
    later = timezone.now() - timedelta(hours=48, minutes=1)
    PortalLink.objects.update(created_at=later, expires_at=later + timedelta(hours=48))

    erin.open_anew()
    erin.expect_title("This link has expired")
    erin.press("Send me a fresh link")
    erin.expect_title("Look into your mail")
    assert OutboundEmail.objects.filter(to=ERIN, kind="client_portal/fresh_link").count() == 1
    erin.open(link_in_mail(ERIN))
    erin.expect_title("Invoice F-2026-0001")


def test_walk_revoked_link_opens_nothing(at_delta, visitor, imported):
    dan, erin = at_delta, visitor()
    dan.open(f"/o/delta/documents/{imported.pk}/")
    send_link(dan)
    erin.open(link_in_mail(ERIN))
    dan.press("Revoke")
    expect(dan.page.get_by_text("Revoked", exact=True)).to_be_visible()
    erin.open_anew()
    erin.expect_title("This link has expired")
    expect(erin.page.get_by_role("button", name="Send me a fresh link")).to_have_count(0)


def test_walk_files_are_dropped(at_delta):
    """Drag and drop: the browser's own event with two files in it."""
    dan = at_delta
    dan.open("/o/delta/import/")
    files = {"one.xml": ubl_invoice(number="F-1", **CAFE), "two.xml": ubl_invoice(number="F-2", **CAFE)}
    encoded = {name: base64.b64encode(content).decode() for name, content in files.items()}
    transfer = dan.page.evaluate_handle(
        """files => {
            const transfer = new DataTransfer();
            for (const [name, content] of Object.entries(files)) {
                const bytes = Uint8Array.from(atob(content), letter => letter.charCodeAt(0));
                transfer.items.add(new File([bytes], name, {type: "application/xml"}));
            }
            return transfer;
        }""",
        encoded,
    )
    for event in ("dragenter", "dragover", "drop"):
        dan.page.get_by_text("Drop files here").dispatch_event(event, {"dataTransfer": transfer})
    expect(dan.page.get_by_text(re.compile(r"two\.xml ·"))).to_be_visible()
    dan.press("Import")
    dan.expect_path("/o/delta/import/[0-9a-f-]{36}/")
    assert import_files() == 2
    expect(dan.page.get_by_role("status")).to_contain_text("Done: 2 of 2 files")
    assert sorted(Document.objects.values_list("number", flat=True)) == ["F-1", "F-2"]


@pytest.mark.skipif(not os.environ.get("CI"), reason="reads the official examples, which are beside the project in CI")
def test_walk_official_examples(at_delta):
    dan, files = at_delta, sorted(OFFICIAL.glob("*.xml"))
    assert files, "the official examples are missing"
    start_import(dan, *files)
    while import_files():
        pass
    expect(dan.page.get_by_role("status")).to_contain_text(f"Done: {len(files)} of {len(files)} files")
    expect(dan.page.get_by_role("link", name=re.compile("^Refused"))).to_have_count(0)
    read = [read_invoice(path.read_bytes()) for path in files]
    different = {(one.kind, one.seller.name, one.number, one.issued_on, one.payable) for one in read}
    assert Document.objects.count() == len(different)

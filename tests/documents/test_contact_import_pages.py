"""The pages of imports and exports of contacts: from the file to the report, and back."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from advisory_portal.core.lists.jobs import counts_of
from advisory_portal.core.models import HistoryEntry, Job
from advisory_portal.core.models.base import MOST_ATTEMPTS
from advisory_portal.formats.tables import write_csv, write_workbook
from documents import actions
from documents.models import Contact
from documents.tasks import import_contacts
from tests.documents.lists import HEAD, ROWS, imported, sweep_all, table
from tests.factories import ContactFactory
from tests.pages import first_column, of_class, rows_in, text_of, tree

pytestmark = pytest.mark.django_db
CONTACTS = "/o/delta/contacts/"


@pytest.fixture
def browser(client_of, dan):
    return client_of(dan)


def upload(browser, content, name="list.csv"):
    return browser.post(f"{CONTACTS}import/", {"upload": SimpleUploadedFile(name, content)})


@pytest.mark.parametrize(
    "write", [lambda rows: b"".join(write_csv(rows)), lambda rows: write_workbook(rows, title="x")]
)
def test_the_walk_from_file_to_report(browser, write):
    response = upload(browser, write([HEAD, *ROWS]))
    job = Job.objects.get()
    base = f"{CONTACTS}imports/{job.pk}/"
    assert response["Location"] == f"{base}columns/"
    page = browser.get(f"{base}columns/")
    assert next(text_of(one) for one in of_class(page, "column-file")) == "NombreÑandú SL · Étoile SARL"
    chosen = tree(page).xpath("//ol//option[@selected]/@value")
    assert chosen == ["name", "tax_id", "email", "city", "country"]
    data = {f"column-{at}": column for at, column in enumerate(chosen)} | {
        "kind": "both",
        "country": "",
        "known": "skip",
    }
    wrong = browser.post(f"{base}columns/", data | {"column-0": ""})
    assert wrong.status_code == 422
    assert "Say which column holds the name." in text_of(tree(wrong))
    assert browser.post(f"{base}columns/", data)["Location"] == f"{base}preview/"
    preview = browser.get(f"{base}preview/")
    assert rows_in(preview)[0] == ["2", "Ñandú SL", "B65410011", "hola@nandu.example", "Cádiz", "ES"]
    assert rows_in(preview)[3][3] == "no addressThis is not an e-mail address."
    assert "2 of these rows cannot be taken as they are" in text_of(tree(preview))
    assert not Contact.objects.exists()
    assert browser.get(base)["Location"] == f"{base}columns/"
    assert browser.post(f"{base}start/")["Location"] == base
    assert "hx-trigger" in browser.get(base).content.decode()
    sweep_all()
    done = browser.get(base)
    assert [text_of(tile) for tile in of_class(done, "tile")] == [
        "Created 2",
        "Updated 0",
        "Left as they were 0",
        "Not imported 2",
    ]
    assert rows_in(done)[0] == ["4", "Name", "", "The name is missing."]
    report = browser.get(f"{base}report/").content.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(report)))[:2] == [
        ["Row", "Column", "Cell", "What is wrong"],
        ["4", "Name", "", "The name is missing."],
    ]
    assert browser.get(f"{base}columns/")["Location"] == browser.get(f"{base}preview/")["Location"] == base
    assert first_column(browser.get(f"{CONTACTS}import/")) == ["list.csv"]


def test_a_refused_file_is_told_beside_its_field(browser):
    response = upload(browser, b"\x00\x01" * 50)
    assert response.status_code == 422
    assert len(of_class(response, "field-error")) == 1
    assert browser.post(f"{CONTACTS}import/").status_code == 422


def test_a_file_refused_later_is_told_on_the_page(browser, dan_here):
    content = table(*[[f"N{at}", "", "", "", ""] for at in range(30)]) + b'"never closed' + b"x" * 200_000
    upload(browser, content)
    job = Job.objects.get()
    browser.post(f"{CONTACTS}imports/{job.pk}/start/")
    sweep_all()
    words = text_of(tree(browser.get(f"{CONTACTS}imports/{job.pk}/")))
    assert "Line 32: A quotation mark is opened and never closed, or a cell is far too long." in words


def test_what_was_exported_comes_back_the_same(browser, delta, dan_here):
    ContactFactory(
        organisation=delta, name="=1+1", tax_id="B65410011", email="a@b.example", phone="+34 600", street="'Calle; \"x",
        postcode="08001", city="Cádiz", country="ES", kind="both", is_person=True, website="https://a.example",
        currency="GBP", payment_days=45, pays_surcharge=True, withholding_percent=Decimal("15.5"), note="-a\n@b",
        delivery={"street": "Muelle 2", "country": "FR"}, language="es",
    )  # fmt: skip
    ContactFactory(organisation=delta, name="@Plain", email="")
    names = [field.name for field in Contact._meta.concrete_fields]
    kept = [name for name in names if name not in ("id", "created_at", "organisation")]
    before = list(Contact.objects.order_by("name").values(*kept))
    for file_format in ("csv", "xlsx"):
        response = browser.post(f"{CONTACTS}export/", {"format": file_format})
        assert response["Content-Disposition"] == f'attachment; filename="Contacts.{file_format}"'
        job = imported(dan_here, response.content, known="update", country="")
        assert counts_of(job) == {"created": 0, "updated": 0, "skipped": 2, "refused": 0}
        Contact.objects.all().delete()
        imported(dan_here, response.content, country="")
        assert list(Contact.objects.order_by("name").values(*kept)) == before


def test_an_export_holds_what_the_filter_asks_for(browser, delta):
    ContactFactory(organisation=delta, name="Zoé", kind="supplier")
    ContactFactory(organisation=delta, name="Bea")
    ContactFactory(name="Stranger")
    content = browser.post(f"{CONTACTS}export/", {"kind": "supplier"}).content.decode("utf-8-sig")
    assert [row[0] for row in csv.reader(io.StringIO(content))] == ["Name", "Zoé"]
    assert HistoryEntry.objects.get().what == "documents.contact_export.made"
    assert browser.get(f"{CONTACTS}export/").status_code == 405


def test_a_large_export_is_a_job(browser, delta, monkeypatch):
    assert "No exports yet" in browser.get(f"{CONTACTS}exports/").content.decode()
    monkeypatch.setattr(actions, "MOST_AT_ONCE", 1)
    for name in ("Zoé", "=Bea"):
        ContactFactory(organisation=delta, name=name)
    response = browser.post(f"{CONTACTS}export/", {"format": "csv"})
    job = Job.objects.get()
    base = f"{CONTACTS}exports/{job.pk}/"
    assert response["Location"] == base
    assert "hx-trigger" in browser.get(base).content.decode()
    assert browser.get(f"{base}file/").status_code == 404
    sweep_all()
    assert "The file is ready" in browser.get(base).content.decode()
    listed = browser.get(f"{CONTACTS}exports/")
    assert tree(listed).xpath("//a[@class='row-link']/@href") == [base]
    file = browser.get(f"{base}file/")
    assert [row[0] for row in csv.reader(io.StringIO(file.content.decode("utf-8-sig")))] == ["Name", "'=Bea", "Zoé"]


def test_an_export_that_always_fails_says_so(browser, dan_here):
    job = actions.start_contact_export(actor=dan_here, asked={}, file_format="csv")
    job.items.update(attempts=MOST_ATTEMPTS, due_at=timezone.now() - timedelta(minutes=1))
    import_contacts()
    assert "The file could not be written" in browser.get(f"{CONTACTS}exports/{job.pk}/").content.decode()


def test_doors_of_imports_are_closed_to_others(delta, dan_here, client_of, carol, browser):
    job = actions.take_contact_list(actor=dan_here, name="x.csv", content=table(*ROWS))
    export = actions.start_contact_export(actor=dan_here, asked={}, file_format="csv")
    paths = ["import/", f"exports/{export.pk}/", f"exports/{export.pk}/file/"]
    paths += [f"imports/{job.pk}/{tail}" for tail in ("", "columns/", "preview/", "start/", "report/")]
    for path in paths:
        assert client_of(carol).get(CONTACTS + path).status_code == 404
        assert client_of(carol).post(CONTACTS + path).status_code == 404
    assert browser.get(f"{CONTACTS}exports/{job.pk}/").status_code == 404
    assert browser.get(f"{CONTACTS}imports/{export.pk}/").status_code == 404

"""Importing lists of contacts: columns guessed and remembered, rows taken or refused one by one, nothing twice."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from advisory_portal.core.access import Forbidden
from advisory_portal.core.models import HistoryEntry, Job, JobItem, StoredFile
from advisory_portal.core.models.base import MOST_ATTEMPTS
from advisory_portal.formats.tables import write_csv, write_workbook
from documents import actions
from documents.actions.contact_imports import AlreadyStarted, UnreadableList, WrongColumns
from documents.models import Contact
from documents.tasks import import_contacts
from tests.documents.builders import with_levels
from tests.factories import ContactFactory
from tests.pages import first_column, of_class, rows_in, text_of, tree
from tests.threads import together

pytestmark = pytest.mark.django_db
CONTACTS = "/o/delta/contacts/"
HEAD = ["Nombre", "NIF", "Correo electrónico", "Población", "País"]
ROWS = [
    ["Ñandú SL", "B65410011", "hola@nandu.example", "Cádiz", "España"],
    ["Étoile SARL", "FR40303265045", "", "Paris", "FR"],
    ["", "", "x@y.example", "", ""],
    ["Bad", "B65410012", "no address", "", "Atlantis"],
]


def table(*rows, head=HEAD):
    return b"".join(write_csv([head, *rows]))


def sweep_all():
    while import_contacts():
        pass


@pytest.fixture
def take(dan_here):
    """Import a list, and give the job."""

    def run(content, *, known="skip", country="ES", kind="customer", name="list.csv"):
        job = actions.take_contact_list(actor=dan_here, name=name, content=content)
        actions.choose_contact_columns(
            actor=dan_here, job=job, columns=job.parameters["columns"], kind=kind, country=country, known=known
        )
        actions.start_contact_import(actor=dan_here, job=job, now=timezone.now())
        sweep_all()
        job.refresh_from_db()
        return job

    return run


def test_rows_become_contacts_and_wrong_ones_are_reported(take, delta):
    job = take(table(*ROWS))
    assert actions.contact_import_counts(job) == {"created": 2, "updated": 0, "skipped": 0, "refused": 2}
    first, second = Contact.objects.order_by("tax_id")
    assert (first.name, first.tax_id_key, first.email) == ("Ñandú SL", "ESB65410011", "hola@nandu.example")
    assert (first.city, first.country, first.kind, first.language) == ("Cádiz", "ES", "customer", "en")
    assert (second.name, second.tax_id_key, second.country) == ("Étoile SARL", "FR40303265045", "FR")
    assert (first.sort_key, first.organisation) == ("nandu sl", delta)
    assert list(Contact.objects.matching("nandu")) == [first]
    item = job.items.get(position=1)
    assert item.detail["errors"] == [
        [4, "name", "missing", ""],
        [5, "email", "email", "no address"],
        [5, "country", "country", "Atlantis"],
        [5, "tax_id", "tax_id", "B65410012"],
    ]
    assert job.finished_at is not None
    assert not StoredFile.objects.exists()
    entries = HistoryEntry.objects.order_by("id").values_list("what", "after")
    assert list(entries) == [
        ("documents.contact_import.started", {"file": "list.csv"}),
        ("documents.contact_import.finished", {"created": 2, "updated": 0, "skipped": 0, "refused": 2}),
    ]


def test_repeating_an_import_makes_nothing_twice(take):
    content = table(*ROWS)
    take(content)
    for known in ("skip", "update"):
        job = take(content, known=known)
        assert actions.contact_import_counts(job) == {"created": 0, "updated": 0, "skipped": 2, "refused": 2}
    assert Contact.objects.count() == 2


@pytest.mark.parametrize(
    ("row", "same"),
    [
        (["New name", "ES-B65410011", "new@x.example", "Jerez", ""], True),
        (["New name", "", "HOLA@nandu.example", "Jerez", ""], True),
        (["NANDU  sl", "", "", "Jerez", ""], True),
        (["Ñandú SL", "FR40303265045", "hola@nandu.example", "Jerez", ""], False),
    ],
)
def test_known_contacts_are_found_by_tax_id_then_mail_then_name(take, row, same):
    take(table(ROWS[0]))
    job = take(table(row))
    assert actions.contact_import_counts(job)["created"] == (not same)
    job = take(table(row), known="update")
    assert actions.contact_import_counts(job)["updated"] == same
    first = Contact.objects.get(tax_id_key="ESB65410011")
    assert first.city == ("Jerez" if same else "Cádiz")
    assert Contact.objects.count() == (1 if same else 2)


def test_an_update_changes_what_the_file_says_and_no_more(take, delta):
    known = ContactFactory(
        organisation=delta, name="Ñandú", email="hola@nandu.example", phone="1", note="Kept", kind="supplier",
        delivery={"city": "Old", "street": "Kept"},
    )  # fmt: skip
    head = ["Name", "E-mail", "Phone", "Type", "Delivery city", "Withholding", "Days to pay", "Note"]
    take(table(["Nandú", "hola@nandu.example", "2", "both", "New", "15,5 %", "30 days", ""], head=head), known="update")
    known.refresh_from_db()
    assert (known.name, known.sort_key, known.phone, known.note, known.kind) == ("Nandú", "nandu", "2", "Kept", "both")
    assert (known.delivery, known.withholding_percent) == ({"city": "New", "street": "Kept"}, Decimal("15.5"))
    assert known.payment_days == 30
    assert known.search_text.startswith("nandu ")


def test_a_row_that_means_an_earlier_row_makes_no_second_contact(take):
    rows = [["A", "", "a@x.example", "", ""], ["A", "", "", "Two", ""], ["B", "", "a@x.example", "Three", ""]]
    job = take(table(*rows), known="update")
    assert actions.contact_import_counts(job)["created"] == 1
    made = Contact.objects.get()
    assert (made.name, made.city) == ("B", "Three")


def test_merged_contacts_are_not_found_again(take, delta, erin):
    ContactFactory(organisation=delta, name="Gone", email="gone@x.example", merged_into=erin)
    job = take(table(["Gone", "", "gone@x.example", "", ""]))
    assert actions.contact_import_counts(job)["created"] == 1


def test_queries_do_not_follow_the_rows(take, dan_here, django_assert_max_num_queries):
    counts = []
    for number in (3, 400):
        rows = [[f"Name {number} {at}", "", f"n{number}-{at}@x.example", "", ""] for at in range(number)]
        job = actions.take_contact_list(actor=dan_here, name="x.csv", content=table(*rows))
        actions.start_contact_import(actor=dan_here, job=job, now=timezone.now())
        import_contacts()
        item = job.items.get(position=1)
        with django_assert_max_num_queries(40) as queries:
            actions.run_contact_import_item(item=item)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_mapping_is_remembered_for_the_same_head(take, dan_here):
    content = table(["A", "1"], head=["Foo", "Bar"])
    job = actions.take_contact_list(actor=dan_here, name="x.csv", content=content)
    assert job.parameters["columns"] == ["", ""]
    with pytest.raises(WrongColumns):
        actions.start_contact_import(actor=dan_here, job=job, now=timezone.now())
    chosen = {"columns": ["name", "phone"], "kind": "supplier", "country": "FR", "known": "update"}
    actions.choose_contact_columns(actor=dan_here, job=job, **chosen)
    actions.start_contact_import(actor=dan_here, job=job, now=timezone.now())
    again = actions.take_contact_list(actor=dan_here, name="y.csv", content=content)
    assert {name: again.parameters[name] for name in chosen} == chosen
    with pytest.raises(AlreadyStarted):
        actions.choose_contact_columns(actor=dan_here, job=job, **chosen)
    actions.start_contact_import(actor=dan_here, job=job, now=timezone.now())
    assert HistoryEntry.objects.count() == 1


@pytest.mark.parametrize("columns", [[], ["email"], ["name", "name"], ["name", "nonsense"]])
def test_columns_must_make_sense(dan_here, columns):
    job = actions.take_contact_list(actor=dan_here, name="x.csv", content=table(*ROWS))
    with pytest.raises(WrongColumns):
        actions.choose_contact_columns(actor=dan_here, job=job, columns=columns, kind="both", country="", known="skip")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"\r\n ,,\r\n", "The file is empty."),
        (table(), "The file has a row of column names, and no rows below it."),
        (b"a,b\r\n\x00,1\r\n" + b"x,y\r\n" * 200, "The file contains NUL characters, which no table has."),
        (b"%PDF-1.7 ...", "This is a PDF file. Save the list as CSV or XLSX and bring that."),
        (b"PK\x03\x04 nothing", "The XLSX file is damaged or incomplete."),
    ],
)
def test_what_is_no_list_is_refused_and_not_kept(dan_here, content, words):
    with pytest.raises(UnreadableList) as caught:
        actions.take_contact_list(actor=dan_here, name="x.csv", content=content)
    assert (caught.value.message, caught.value.field) == (words, "upload")
    assert not Job.objects.exists()


def test_a_file_over_the_limit_is_refused(dan_here, settings):
    settings.MAX_UPLOAD_BYTES = 2 * 1024**2
    with pytest.raises(UnreadableList, match=r"The file is larger than 2 MB\."):
        actions.take_contact_list(actor=dan_here, name="x.csv", content=b"x" * (2 * 1024**2 + 1))


def test_a_file_that_breaks_off_half_way_makes_no_contact(take):
    content = table(*[[f"N{at}", "", "", "", ""] for at in range(20_000)]) + b'"never closed' + b"x" * 200_000
    job = take(content)
    assert (Contact.objects.count(), job.total, job.done) == (0, 1, 1)
    assert job.items.get().outcome == JobItem.Outcome.REFUSED
    assert not StoredFile.objects.exists()


def test_an_import_killed_half_way_goes_on(take, dan_here):
    rows = [[f"Name {at}", "", "", "", ""] for at in range(1_200)]
    job = actions.take_contact_list(actor=dan_here, name="x.csv", content=table(*rows))
    actions.start_contact_import(actor=dan_here, job=job, now=timezone.now())
    assert import_contacts() == 1
    assert list(job.items.order_by("position").values_list("name", "outcome")) == [
        ("x.csv", "unpacked"), ("2–501", "waiting"), ("502–1001", "waiting"), ("1002–1201", "waiting"),
    ]  # fmt: skip
    actions.run_contact_import_item(item=job.items.get(position=2))
    assert Contact.objects.count() == 500
    sweep_all()
    job.refresh_from_db()
    assert (Contact.objects.count(), job.done, job.total) == (1_200, 4, 4)


def test_a_piece_that_always_fails_ends_in_the_report(dan_here):
    job = actions.take_contact_list(actor=dan_here, name="x.csv", content=table(ROWS[0]))
    actions.start_contact_import(actor=dan_here, job=job, now=timezone.now())
    import_contacts()
    job.items.filter(position=1).update(attempts=MOST_ATTEMPTS)
    import_contacts()
    job.refresh_from_db()
    assert job.finished_at is not None
    assert actions.contact_import_counts(job)["refused"] == 1
    assert job.items.get(position=1).detail["errors"] == [[2, "", "failed", ""]]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_workers_make_one_contact_of_one_name(dan_here):
    jobs = []
    for name in ("a.csv", "b.csv"):
        job = actions.take_contact_list(actor=dan_here, name=name, content=table(ROWS[0]))
        actions.start_contact_import(actor=dan_here, job=job, now=timezone.now())
        jobs.append(job)
    import_contacts()
    items = [job.items.get(position=1) for job in jobs]
    together([lambda item=item: actions.run_contact_import_item(item=item) for item in items])
    assert [JobItem.objects.get(pk=item.pk).outcome for item in items] == ["done", "done"]
    assert Contact.objects.count() == 1


def test_only_who_manages_contacts_imports(delta):
    for actor in (with_levels(delta, contacts=1, sales=2), with_levels(delta)):
        with pytest.raises(Forbidden):
            actions.take_contact_list(actor=actor, name="x.csv", content=table(*ROWS))


# --- Pages ---------------------------------------------------------------------------------------------------


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
    report = b"".join(browser.get(f"{base}report/")).decode("utf-8-sig")
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


def test_what_was_exported_comes_back_the_same(browser, delta, dan_here, take):
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
        job = take(response.content, known="update", country="")
        assert actions.contact_import_counts(job) == {"created": 0, "updated": 0, "skipped": 2, "refused": 0}
        Contact.objects.all().delete()
        take(response.content, country="")
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

"""Importing lists of contacts: columns guessed and remembered, rows taken or refused one by one, nothing twice."""

from decimal import Decimal

import pytest
from django.utils import timezone

from advisory_portal.core.access import Forbidden
from advisory_portal.core.lists.jobs import AlreadyStarted, UnreadableList, WrongColumns, counts_of
from advisory_portal.core.models import HistoryEntry, Job, JobItem, StoredFile
from advisory_portal.core.models.base import MOST_ATTEMPTS
from documents import actions
from documents.models import Contact
from documents.tasks import import_contacts
from tests.documents.builders import with_levels
from tests.documents.lists import ROWS, imported, sweep_all, table
from tests.factories import ContactFactory
from tests.threads import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def take(dan_here):
    """Import a list, and give the job."""

    def run(content, **values):
        return imported(dan_here, content, **values)

    return run


def test_rows_become_contacts_and_wrong_ones_are_reported(take, delta):
    job = take(table(*ROWS))
    assert counts_of(job) == {"created": 2, "updated": 0, "skipped": 0, "refused": 2}
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
        assert counts_of(job) == {"created": 0, "updated": 0, "skipped": 2, "refused": 2}
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
    assert counts_of(job)["created"] == (not same)
    job = take(table(row), known="update")
    assert counts_of(job)["updated"] == same
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
    assert counts_of(job)["created"] == 1
    made = Contact.objects.get()
    assert (made.name, made.city) == ("B", "Three")


def test_merged_contacts_are_not_found_again(take, delta, erin):
    ContactFactory(organisation=delta, name="Gone", email="gone@x.example", merged_into=erin)
    job = take(table(["Gone", "", "gone@x.example", "", ""]))
    assert counts_of(job)["created"] == 1


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
        ("list", "unpacked"), ("2–501", "waiting"), ("502–1001", "waiting"), ("1002–1201", "waiting"),
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
    assert counts_of(job)["refused"] == 1
    assert job.items.get(position=1).detail["errors"] == [[2, "", "failed", ""]]


@pytest.mark.django_db(transaction=True)
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


def test_upload_that_nobody_starts_goes_with_its_file(dan_here):
    kept, left = (actions.take_contact_list(actor=dan_here, name="x.csv", content=table(*ROWS)) for _ in range(2))
    sweep_all()
    assert Job.objects.filter(pk=left.pk).exists()
    file = left.items.get().file
    left.items.update(due_at=timezone.now())
    sweep_all()
    assert not Job.objects.filter(pk=left.pk).exists()
    assert not StoredFile.objects.filter(pk=file.pk).exists()
    assert (Job.objects.get(), kept.items.get().file is not None) == (kept, True)
    assert not Contact.objects.filter(organisation=dan_here.place.id).exists()

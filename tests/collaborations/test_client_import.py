"""Importing a list of clients: columns guessed, rows taken or refused one by one, nothing twice, nobody's account."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from advisory_portal.core.access import Forbidden
from advisory_portal.core.lists.jobs import AlreadyStarted, UnreadableList, WrongColumns, counts_of
from advisory_portal.core.models import HistoryEntry, Job, JobItem, StoredFile
from advisory_portal.core.models.base import MOST_ATTEMPTS
from advisory_portal.formats.tables import write_csv, write_workbook
from collaborations import actions
from collaborations.actions.client_imports import CLIENT_LIST
from collaborations.models import Client
from collaborations.rules.client_rows import guessed_columns
from collaborations.tasks import import_clients
from tests.collaborations.factories_clients import client_of_firm, outside_client
from tests.factories import OrganisationFactory
from tests.pages import errors_in, rows, text_of, tree

pytestmark = pytest.mark.django_db
HEAD = ["Razón social", "NIF", "Programa", "Persona de contacto", "Correo", "Teléfono", "Etiquetas"]
NANDU = ["Ñandú SL", "B-65410011", "Sage", "Núria", "Hola@nandu.example", "600", "IVA, Nóminas; iva"]


def table(*lines, head=HEAD):
    return b"".join(write_csv([head, *lines]))


def sweep_all():
    while import_clients():
        pass


@pytest.fixture
def alice_here(alice, acme, actor_of):
    return actor_of(alice, acme)


@pytest.fixture
def take(alice_here):
    """Import a list, and give the job."""

    def run(content, known="skip"):
        job = actions.take_client_list(actor=alice_here, name="list.csv", content=content)
        columns = job.parameters["columns"]
        actions.choose_client_columns(actor=alice_here, job=job, columns=columns, known=known)
        actions.start_client_import(actor=alice_here, job=job, now=timezone.now())
        sweep_all()
        job.refresh_from_db()
        return job

    return run


# --- Rules -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heads", "columns"),
    [
        (HEAD, ["name", "tax_id", "software", "contact_name", "email", "phone", "tags"]),
        (["Contact", "N.I.F."], ["name", "tax_id"]),
        (["Company", "Contact", "ERP"], ["name", "contact_name", "software"]),
        (["Name", "Client", "Colour", ""], ["name", "", "", ""]),
    ],
)
def test_columns_are_guessed(heads, columns):
    assert guessed_columns(heads) == columns


# --- Imports ---------------------------------------------------------------------------------------------------


def test_rows_become_clients_and_wrong_ones_are_reported(take, acme):
    job = take(table(NANDU, ["", "", "Sage"], ["Zoé", "B65410012", "", "", "nobody"], ["x" * 201], ["Ana"]))
    assert counts_of(job) == {"created": 2, "updated": 0, "skipped": 0, "refused": 3}
    ana, nandu = Client.objects.order_by("sort_key")
    assert (nandu.name, nandu.tax_id, nandu.software, nandu.contact_name) == ("Ñandú SL", "B65410011", "Sage", "Núria")
    assert (nandu.email, nandu.phone, nandu.tags) == ("hola@nandu.example", "600", ["IVA", "Nóminas"])
    assert (ana.firm, ana.business, ana.sort_key, "sage" in nandu.search_text) == (acme, None, "ana", True)
    assert job.items.get(position=1).detail["errors"] == [
        [3, "name", "missing", ""],
        [4, "email", "email", "nobody"],
        [4, "tax_id", "tax_id", "B65410012"],
        [5, "name", "too_long", "x" * 100],
    ]
    assert not StoredFile.objects.exists()
    assert list(HistoryEntry.objects.order_by("id").values_list("what", "after")) == [
        ("collaborations.client_import.started", {"file": "list.csv"}),
        ("collaborations.client_import.finished", {"created": 2, "updated": 0, "skipped": 0, "refused": 3}),
    ]


def test_workbook_is_read_too(take):
    take(write_workbook([HEAD, NANDU], title="Clients"))
    assert Client.objects.get().name == "Ñandú SL"


def test_repeating_an_import_makes_nothing_twice(take):
    content = table(NANDU, ["NANDU  sl"], ["Other name", "ESB65410011"])
    assert counts_of(take(content))["created"] == 1
    for known in ("skip", "update"):
        assert counts_of(take(table(NANDU), known))["skipped"] == 1
    assert Client.objects.count() == 1


def test_known_clients_are_updated_with_what_the_file_says(take, acme):
    found = outside_client(acme, name="Old name", tax_id="B65410011", phone="1", tags=["A"])
    assert counts_of(take(table(["New name", "B65410011", "", "", "", "", "B"]), "update"))["updated"] == 1
    found.refresh_from_db()
    assert (found.name, found.sort_key, found.phone, found.tags) == ("New name", "new name", "1", ["A", "B"])


def test_clients_with_an_account_stay_as_they_are(take, acme):
    found = client_of_firm(acme, OrganisationFactory(name="Delta", tax_id="ESB65410011"))
    assert counts_of(take(table(NANDU), "update")) == {
        "created": 0, "updated": 0, "skipped": 1, "refused": 0,
    }  # fmt: skip
    found.refresh_from_db()
    assert found.name == "Delta"


def test_clients_of_other_firms_count_for_nothing(take, rival):
    outside_client(rival, name="Ñandú SL", tax_id="B65410011")
    assert counts_of(take(table(NANDU)))["created"] == 1


def test_many_rows_cost_as_many_queries_as_one(take, django_assert_max_num_queries):
    with django_assert_max_num_queries(90) as one:
        take(table(NANDU))
    with django_assert_max_num_queries(len(one)):
        take(table(*[[f"Client {number}"] for number in range(300)]))


def test_list_that_is_too_long_is_refused_whole(take):
    job = take(table(*[[f"Client {number}"] for number in range(5_001)]))
    assert (job.items.get().outcome, Client.objects.count()) == ("refused", 0)
    assert job.finished_at is not None


def test_long_list_comes_in_pieces_that_know_each_other(take):
    job = take(table(*[[f"Client {number}"] for number in range(600)], ["Client 3"], ["", "no name"]))
    assert list(job.items.order_by("position").values_list("name", "outcome")) == [
        ("list", "unpacked"), ("2–501", "done"), ("502–603", "done"),
    ]  # fmt: skip
    assert counts_of(job) == {"created": 600, "updated": 0, "skipped": 1, "refused": 1}
    what = HistoryEntry.objects.values_list("what", flat=True)
    assert list(what).count("collaborations.client_import.finished") == 1


def test_columns_are_remembered_for_the_same_head(alice_here, take):
    content = table(["A", "B"], head=["q", "r"])
    job = actions.take_client_list(actor=alice_here, name="x.csv", content=content)
    actions.choose_client_columns(actor=alice_here, job=job, columns=["tags", "name"], known="update")
    unstarted = actions.take_client_list(actor=alice_here, name="x.csv", content=content)
    assert unstarted.parameters["columns"] == ["", ""]
    actions.start_client_import(actor=alice_here, job=job, now=timezone.now())
    again = actions.take_client_list(actor=alice_here, name="x.csv", content=content)
    assert (again.parameters["columns"], again.parameters["known"]) == (["tags", "name"], "update")


def test_list_that_nobody_starts_goes_with_its_file(alice_here):
    actions.take_client_list(actor=alice_here, name="x.csv", content=table(NANDU))
    sweep_all()
    assert Job.objects.exists()
    JobItem.objects.update(due_at=timezone.now())
    sweep_all()
    assert not Job.objects.exists()
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("content", [b"", b"Name\n", b"%PDF-1.7", b"a\0b", b"x" * (CLIENT_LIST.limit + 1)])
def test_what_is_no_list_is_refused_at_once(alice_here, content):
    with pytest.raises(UnreadableList) as refused:
        actions.take_client_list(actor=alice_here, name="x.csv", content=content)
    assert refused.value.field == "upload"
    assert not Job.objects.exists()


def test_columns_must_make_sense(alice_here):
    job = actions.take_client_list(actor=alice_here, name="x.csv", content=table(["A", "B"], head=["q", "r"]))
    for columns in (["tax_id", ""], ["name", "name"], ["name", "colour"]):
        with pytest.raises(WrongColumns):
            actions.choose_client_columns(actor=alice_here, job=job, columns=columns, known="skip")
    with pytest.raises(WrongColumns):
        actions.start_client_import(actor=alice_here, job=job, now=timezone.now())


def test_import_that_has_begun_keeps_its_columns_and_begins_once(alice_here, take):
    job = take(table(NANDU))
    with pytest.raises(AlreadyStarted):
        actions.choose_client_columns(actor=alice_here, job=job, columns=["name"], known="skip")
    actions.start_client_import(actor=alice_here, job=job, now=timezone.now())
    import_clients()
    assert HistoryEntry.objects.count() == 2


def test_import_that_failed_every_try_ends(alice_here):
    job = actions.take_client_list(actor=alice_here, name="x.csv", content=table(NANDU))
    actions.start_client_import(actor=alice_here, job=job, now=timezone.now())
    JobItem.objects.update(attempts=MOST_ATTEMPTS)
    import_clients()
    job.refresh_from_db()
    assert (job.finished_at is not None, job.items.get().outcome) == (True, "refused")


def test_only_those_who_lead_import(bob, acme, dan_here, actor_of):
    for actor in (actor_of(bob, acme), dan_here):
        with pytest.raises(Forbidden):
            actions.take_client_list(actor=actor, name="x.csv", content=table(NANDU))


# --- Pages -----------------------------------------------------------------------------------------------------


def address(name, *args):
    return reverse(f"collaborations:{name}", args=["acme", *args])


def test_list_is_imported_by_its_pages(client_of, alice):
    here = client_of(alice)
    upload = SimpleUploadedFile("list.csv", table(NANDU, ["", "X"]))
    columns = here.post(address("import_clients"), {"upload": upload})["Location"]
    typed = dict(tree(here.get(columns)).xpath("//main//form[@method='post']")[-1].form_values())
    assert typed["column-0"] == "name"
    wrong = here.post(columns, typed | {"column-0": ""})
    assert (wrong.status_code, bool(errors_in(wrong))) == (422, True)
    preview = here.post(columns, typed)["Location"]
    shown = here.get(preview)
    assert "Ñandú SL" in rows(shown)[0] and "1 of these rows cannot be taken" in shown.content.decode()
    page = here.post(preview.replace("preview/", "start/"))["Location"]
    sweep_all()
    assert "The import is done." in here.get(page).content.decode()
    assert "The name is missing." in rows(here.get(page))[0]
    report = here.get(page + "report/").content.decode()
    assert "The name is missing." in report
    assert here.get(columns)["Location"] == here.get(preview)["Location"] == page
    assert "list.csv" in text_of(tree(here.get(address("import_clients"))))


def test_pages_of_an_import_are_the_firms_own(client_of, alice_here, carol, bob):
    job = actions.take_client_list(actor=alice_here, name="x.csv", content=table(NANDU))
    for name in ("client_import", "client_import_columns", "client_import_preview", "client_import_report"):
        assert client_of(carol).get(address(name, job.pk)).status_code == 404
        assert client_of(carol).get(address(name, job.pk).replace("acme", "rival")).status_code == 404
        assert client_of(bob).get(address(name, job.pk)).status_code == 403

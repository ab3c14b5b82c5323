"""The import page and the report of an import."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from advisory_portal.core.models import Job
from advisory_portal.formats.samples import ubl_invoice
from documents.actions import start_import
from documents.models import Document
from documents.tasks import import_files
from tests.documents.builders import kept_bytes
from tests.factories import MemberFactory, RoleFactory
from tests.pages import field_errors, first_column, link_to, rows, text_of, tree

pytestmark = pytest.mark.django_db
IMPORT = "/o/delta/import/"


@pytest.fixture
def browser(client_of, dan):
    return client_of(dan)


@pytest.fixture
def with_levels(delta, client_of):
    def log_in(**levels):
        role = RoleFactory(organisation=delta, levels=levels)
        return client_of(MemberFactory(organisation=delta, role=role).user)

    return log_in


def upload(name="a.xml", content=None):
    return SimpleUploadedFile(name, ubl_invoice() if content is None else content)


def test_files_become_a_job_whose_report_is_shown(browser, dan):
    response = browser.post(IMPORT, {"direction": "sales", "uploads": [upload(), upload("b.xml", b"<a/>")]})
    job = Job.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"{IMPORT}{job.pk}/")
    assert (job.total, job.started_by_id, job.parameters) == (2, dan.pk, {"direction": "sales"})
    import_files()
    page = browser.get(response["Location"])
    first, second = rows(page)
    assert first.startswith("a.xml Created F-2026-0001 · Étoile Électrique SARL · 2 Mar 2026 · €34.10")
    assert second.startswith('b.xml Refused Line 1: This is a "a" file')
    assert tree(page).xpath("//tbody//a/@href") == [f"/o/delta/documents/{Document.objects.get().pk}/"]
    assert "Done: 2 of 2 files." in text_of(tree(page))
    assert first_column(browser.get(IMPORT)) != []


def test_purchases_are_brought_in_as_bills(browser):
    browser.post(IMPORT, {"direction": "purchases", "uploads": upload()})
    import_files()
    assert Document.objects.get().kind == "bill"


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"direction": "sales"}, "uploads", "Choose at least one file."),
        ({"direction": "sales", "uploads": ""}, "uploads", "Choose at least one file."),
        ({"direction": "sideways", "uploads": True}, "direction", "Select a valid choice."),
        ({"uploads": True}, "direction", "This field is required."),
    ],
)
def test_bad_input_is_told_beside_its_field(browser, given, field, words):
    if given.get("uploads") is True:
        given = given | {"uploads": upload()}
    response = browser.post(IMPORT, given)
    assert response.status_code == 422
    errors = field_errors(response)
    assert words in errors[field]
    assert (Job.objects.count(), kept_bytes()) == (0, [])


def test_empty_and_overlong_files_are_lines_of_the_report(browser, settings):
    settings.MAX_UPLOAD_BYTES = 1024**2
    files = [upload("empty.xml", b""), upload("big.xml", b"x" * (1024**2 + 1)), upload("x" * 250 + ".xml")]
    assert browser.post(IMPORT, {"direction": "sales", "uploads": files}).status_code == 302
    import_files()
    outcomes = [(item.outcome, item.detail.get("code")) for item in Job.objects.get().items.order_by("position")]
    assert outcomes == [("refused", "empty"), ("refused", "too_large"), ("created", None)]


def test_too_many_files_are_too_large(browser, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2
    response = browser.post(IMPORT, {"direction": "sales", "uploads": [upload(), upload(), upload()]})
    assert (response.status_code, Job.objects.count(), kept_bytes()) == (413, 0, [])


def test_each_role_is_offered_what_it_may_import(with_levels, browser):
    def offered(browser):
        return tree(browser.get(IMPORT)).xpath('//input[@name="direction"]/@value')

    assert offered(browser) == ["sales", "purchases"]
    seller = with_levels(sales=2, purchases=1)
    assert offered(seller) == ["sales"]
    refused = seller.post(IMPORT, {"direction": "purchases", "uploads": upload()})
    assert (refused.status_code, list(field_errors(refused))) == (422, ["direction"])
    assert offered(with_levels(purchases=2)) == ["purchases"]
    for levels in ({"sales": 1, "purchases": 1}, {"contacts": 2}):
        assert with_levels(**levels).get(IMPORT).status_code == 403
        assert with_levels(**levels).post(IMPORT, {"direction": "sales", "uploads": upload()}).status_code == 403
    assert not Job.objects.exists()


@pytest.fixture
def job(dan_here):
    uploads = [("a.xml", ubl_invoice()), ("b.xml", b"<a/>")]
    return start_import(actor=dan_here, direction="sales", uploads=uploads)


def test_the_report_asks_again_only_while_something_is_left(browser, job):
    address = f"{IMPORT}{job.pk}/"

    def fragment():
        return browser.get(address, headers={"HX-Request": "true"})

    waiting = fragment()
    (root,) = tree(waiting).xpath(f'//*[@id="import-{job.pk}"]')
    assert "<html" not in waiting.content.decode()
    assert (root.get("hx-get"), root.get("hx-trigger")) == (address, "every 1s")
    assert [row.split()[1] for row in rows(waiting)] == ["Waiting", "Waiting"]
    assert "hx-trigger" in browser.get(address).content.decode()
    import_files()
    finished = fragment()
    (root,) = tree(finished).xpath(f'//*[@id="import-{job.pk}"]')
    assert (root.get("hx-get"), root.get("hx-trigger")) == (None, None)
    assert "every 1s" not in browser.get(address).content.decode()


def test_the_report_is_filtered_by_outcome_and_paged(browser, job, dan_here):
    import_files()
    address = f"{IMPORT}{job.pk}/"
    assert [row.split()[0] for row in rows(browser.get(address, {"outcome": "refused"}))] == ["b.xml"]
    assert rows(browser.get(address, {"outcome": "duplicate"})) == []
    for junk in ("nonsense", "\x00"):
        assert len(rows(browser.get(address, {"outcome": junk, "after": junk, "before": junk}))) == 2
    uploads = [(f"{number:03}.xml", b"") for number in range(201)]
    long = start_import(actor=dan_here, direction="sales", uploads=uploads)
    first = browser.get(f"{IMPORT}{long.pk}/")
    assert len(rows(first)) == 200
    assert [row.split()[0] for row in rows(browser.get(f"{IMPORT}{long.pk}/" + link_to(first, "next")))] == ["200.xml"]


def test_the_report_costs_the_same_for_one_file_and_for_many(browser, dan_here, django_assert_max_num_queries):
    counts = []
    for number in (1, 30):
        job = start_import(actor=dan_here, direction="sales", uploads=[("a.xml", b"")] * number)
        with django_assert_max_num_queries(8) as queries:
            browser.get(f"{IMPORT}{job.pk}/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_reports_are_for_those_who_may_view_the_section(job, with_levels, carol, client_of):
    address = f"{IMPORT}{job.pk}/"
    assert with_levels(sales=1).get(address).status_code == 200
    assert with_levels(purchases=2).get(address).status_code == 403
    assert client_of(carol).get(address).status_code == 404
    assert Client().get(address)["Location"] == f"/accounts/login/?next={address}"
    buyer = with_levels(purchases=2)
    assert str(job.pk) not in buyer.get(IMPORT).content.decode()
    assert str(job.pk) in with_levels(sales=2).get(IMPORT).content.decode()


def test_jobs_of_another_kind_are_no_imports(browser, job):
    Job.objects.update(kind="other")
    assert browser.get(f"{IMPORT}{job.pk}/").status_code == 404

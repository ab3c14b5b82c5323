import io
import zipfile
from decimal import Decimal as D

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from advisory_portal.core.lists.jobs import AlreadyStarted, UnreadableList, WrongColumns, counts_of
from advisory_portal.core.models import HistoryEntry, Job, JobItem, StoredFile
from advisory_portal.formats.tables import read_table
from catalog import actions
from catalog.models import Category, Picture, Product, StockLevel, StockMovement, Variant
from catalog.rules.import_columns import guessed_columns, read_row
from catalog.tasks import work_off_lists
from tests.catalog.factories_staff import png, saved

pytestmark = pytest.mark.django_db
HEAD = "SKU,Variant of,Name,Category,List price,Tax,Unit,Options,In stock,Pictures\n"


def bring(actor, text, archive=b""):
    job = actions.take_product_list(actor=actor, name="list.csv", content=text.encode(), pictures=archive)
    actions.start_product_import(actor=actor, job=job, now=timezone.now())
    work_off_lists()
    return Job.objects.get(pk=job.pk)


def errors(job):
    found = [error for item in job.items.order_by("position") for error in item.detail.get("errors", [])]
    return [(number, column, code) for number, column, code, _text in found]


def counts(job):
    return counts_of(job, ("created", "updated", "refused"))


def zipped(**files):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return written.getvalue()


def at(name, *parts):
    return reverse(f"catalog:{name}", args=["delta", *parts])


def test_list_makes_products_with_variants_categories_and_stock(dan_here):
    job = bring(
        dan_here,
        HEAD + "R,,Mug,Kitchen > Cups,12.50,21,pieces,Colour: Red,4,\n"
        'B,R,,,"13,00",,,Colour: Blue,2,\n'
        "S,,Spoon,Kitchen,1,10,,,,\n",
    )
    assert (counts(job), errors(job)) == (
        {"created": 3, "updated": 0, "refused": 0},
        [],
    )
    mug = Product.objects.get(name="Mug")
    assert (mug.tax, mug.unit, mug.category.name, mug.category.parent.name) == ("S:21", "C62", "Cups", "Kitchen")
    rows = mug.variants.values_list("sku", "list_price", "options", "stock__on_hand")
    assert list(rows) == [("R", D("12.5"), [["Colour", "Red"]], 4), ("B", 13, [["Colour", "Blue"]], 2)]
    assert Category.objects.count() == 2
    assert set(StockMovement.objects.values_list("reason", "quantity")) == {("import", 4), ("import", 2)}
    what = HistoryEntry.objects.filter(what__startswith="catalog.product_import").values_list("what", "after")
    assert dict(what)["catalog.product_import.finished"] == {"created": 3, "updated": 0, "refused": 0}


def test_same_list_again_changes_only_what_differs(dan_here):
    text = HEAD + "R,,Mug,Kitchen,12.50,21,pieces,,4,\n"
    bring(dan_here, text)
    job = bring(dan_here, text.replace("12.50", "14"))
    assert counts(job) == {"created": 0, "updated": 1, "refused": 0}
    assert (Variant.objects.get().list_price, StockMovement.objects.count()) == (14, 1)


def test_empty_cells_leave_what_is_there(dan_here):
    saved(dan_here, "R", "B", name="Mug", description="Hot", visibility="hidden")
    bring(dan_here, "SKU,Name,List price\nR,Cup,\n")
    product = Product.objects.get()
    assert (product.name, product.description, product.visibility) == ("Cup", "Hot", "hidden")
    assert list(product.variants.filter(retired_at=None).values_list("sku", "list_price")) == [("R", 10), ("B", 10)]


def test_bad_rows_are_named_and_the_others_taken(dan_here):
    job = bring(
        dan_here,
        HEAD + ",,No code,,1,,,,,\n"
        "A,,,,1,,,,,\n"
        "B,,Good,,2,,,,,\n"
        "C,,Priceless,,,,,,,\n"
        "D,,Odd,,cheap,,,,,\n"
        "E,Z,Orphan,,1,,,,,\n"
        "F,,Taxed,,1,77,,,,\n"
        "B,,Again,,3,,,,,\n"
        "G,,Fancy,,1,,furlongs,Red,-1,\n",
    )
    assert list(Product.objects.values_list("name", flat=True)) == ["Good"]
    assert errors(job) == [
        (2, "sku", "missing"), (3, "name", "no_name"), (5, "price", "no_price"), (6, "price", "number"),
        (7, "variant_of", "no_parent"), (8, "tax", "tax"), (9, "sku", "twice"), (10, "unit", "unit"),
        (10, "options", "options"), (10, "stock", "number"),
    ]  # fmt: skip
    assert counts(job) == {"created": 1, "updated": 0, "refused": 8}


def test_stock_that_orders_hold_stays(dan_here):
    bring(dan_here, HEAD + "R,,Mug,,1,,,,5,\n")
    StockLevel.objects.update(held=3)
    job = bring(dan_here, HEAD + "R,,Mug,,2,,,,2,\n")
    assert errors(job) == [(2, "stock", "held")]
    assert (StockLevel.objects.get().on_hand, Variant.objects.get().list_price) == (5, 2)


def test_pictures_come_from_the_zip_once(dan_here):
    text = HEAD + "R,,Mug,,1,,,,,red.png; gone.png\n"
    archive = zipped(**{"Red.png": png(), "hostile.png": b"<html>"})
    job = bring(dan_here, text, archive)
    assert errors(job) == [(2, "pictures", "picture")]
    assert list(Picture.objects.values_list("original__name", flat=True)) == ["red.png"]
    assert StoredFile.objects.count() == 1
    bring(dan_here, text, archive)
    assert Picture.objects.count() == 1


def test_a_zip_that_cannot_be_read_leaves_the_list_imported_and_is_said(client_of, dan, dan_here):
    job = bring(dan_here, HEAD + "R,,Mug,,1,,,,,\n", b"PK\x03\x04 no archive")
    page = client_of(dan).get(at("product_import", job.pk)).text
    assert "The import is done." in page
    assert "A file beside the list could not be used" in page
    assert "The file could not be imported" not in page
    assert Product.objects.count() == 1


def test_list_in_pieces_knows_the_product_above(dan_here, monkeypatch):
    monkeypatch.setattr("advisory_portal.core.lists.jobs.ROWS_A_PIECE", 1)
    job = bring(dan_here, HEAD + "R,,Mug,,1,,,,,\nB,R,,,2,,,,,\n")
    assert (job.finished_at is not None, Product.objects.count(), Variant.objects.count()) == (True, 1, 2)


def test_rows_cost_the_same_for_one_and_thirty(dan_here):
    def cost(numbers):
        rows = "".join(f"{number},,Mug {number},,1,,,,3,\n" for number in numbers)
        job = actions.take_product_list(actor=dan_here, name="list.csv", content=(HEAD + rows).encode())
        actions.start_product_import(actor=dan_here, job=job, now=timezone.now())
        with CaptureQueriesContext(connection) as seen:
            work_off_lists()
        return len(seen)

    assert cost(range(1)) == cost(range(1, 31))


@pytest.mark.parametrize(
    ("content", "archive"), [(b"", b""), (b"SKU\n", b""), (b"%PDF-1.7", b""), (b"SKU\nA\n", b"no zip")]
)
def test_what_is_no_list_is_refused(dan_here, content, archive):
    with pytest.raises(UnreadableList):
        actions.take_product_list(actor=dan_here, name="list", content=content, pictures=archive)
    assert not Job.objects.exists()


def test_columns_are_chosen_once(dan_here):
    job = actions.take_product_list(actor=dan_here, name="list.csv", content=b"A,B\n1,2\n")
    for wrong in (["name", ""], ["sku", "sku"], ["sku", "nonsense"]):
        with pytest.raises(WrongColumns):
            actions.choose_product_columns(actor=dan_here, job=job, columns=wrong)
    with pytest.raises(WrongColumns):
        actions.start_product_import(actor=dan_here, job=job, now=timezone.now())
    actions.choose_product_columns(actor=dan_here, job=job, columns=["sku", ""])
    for _twice in range(2):
        actions.start_product_import(actor=dan_here, job=job, now=timezone.now())
    assert HistoryEntry.objects.filter(what="catalog.product_import.started").count() == 1
    with pytest.raises(AlreadyStarted):
        actions.choose_product_columns(actor=dan_here, job=job, columns=["", "sku"])


def test_list_that_nobody_starts_goes_with_its_pictures(dan_here):
    archive = zipped(**{"red.png": png()})
    actions.take_product_list(actor=dan_here, name="list.csv", content=HEAD.encode() + b"R,,Mug\n", pictures=archive)
    work_off_lists()
    assert StoredFile.objects.count() == 2
    JobItem.objects.update(due_at=timezone.now())
    work_off_lists()
    assert not Job.objects.exists()
    assert not StoredFile.objects.exists()


def test_piece_that_fails_every_try_is_given_up(dan_here):
    job = actions.take_product_list(actor=dan_here, name="list.csv", content=(HEAD + "R,,Mug,,1,,,,,\n").encode())
    actions.give_up_product_import_item(item=job.items.get())
    job.refresh_from_db()
    assert job.finished_at is not None
    assert not StoredFile.objects.exists()


def test_heads_are_guessed_in_both_languages():
    assert guessed_columns(["Referencia", "Nombre", "PVP", "SKU", "?"]) == ["sku", "name", "price", "", ""]


@pytest.mark.parametrize(
    ("text", "price"), [("1.234,50 €", "1234.50"), ("1,234.50", "1234.50"), ("12,5", "12.5"), ("$3", "3")]
)
def test_prices_are_read_as_people_write_them(text, price):
    row = read_row(2, ["A", text], ["sku", "price"], units={})
    assert row.values["price"] == D(price)


def test_import_is_previewed_started_and_reported(client_of, dan, delta):
    client = client_of(dan)
    upload = SimpleUploadedFile("list.csv", (HEAD + "R,,Mug,,12,,,,,\nB,,Cup,,cheap,,,,,\n").encode())
    answer = client.post(at("import_products"), {"upload": upload})
    job = Job.objects.get()
    columns, preview = at("product_import_columns", job.pk), at("product_import_preview", job.pk)
    assert answer["Location"] == client.get(at("product_import", job.pk))["Location"] == columns
    assert "Write a number that is not negative" in client.get(preview).text
    chosen = {f"column-{index}": column for index, column in enumerate(job.parameters["columns"])}
    assert client.post(columns, chosen | {"column-4": ""})["Location"] == preview
    assert "Write a number that is not negative" not in client.get(preview).text
    assert client.post(columns, chosen | {"column-0": ""}).status_code == 422
    client.post(columns, chosen)
    assert client.post(at("start_product_import", job.pk))["Location"] == at("product_import", job.pk)
    work_off_lists()
    assert "The import is done." in client.get(at("product_import", job.pk)).text
    assert "list.csv" in client.get(at("import_products")).text
    report = client.get(at("product_import_report", job.pk)).content
    assert b"3,List price,cheap," in report


def test_export_imports_back_to_the_same(client_of, dan, dan_here):
    client = client_of(dan)
    bring(dan_here, HEAD + 'R,,=Mug,Kitchen > Cups,12.50,21,pieces,"Colour: Red, Size: L",4,\nB,R,,,13,,,,2,\n')
    for file_format in ("csv", "xlsx"):
        client.post(at("export_products"), {"format": file_format})
        job = Job.objects.of_kind(actions.PRODUCT_EXPORT).latest("id")
        assert client.get(at("product_export_file", job.pk)).status_code == 404
        work_off_lists()
        assert "Download" in client.get(at("product_export", job.pk)).text
        content = client.get(at("product_export_file", job.pk)).content
        _head, *rows = [cells for _number, cells in read_table(content)]
        assert [cells[0] for cells in rows] == ["R", "B"]
        again = actions.take_product_list(actor=dan_here, name="again", content=content)
        assert again.parameters["columns"][0] == "sku"
        actions.start_product_import(actor=dan_here, job=again, now=timezone.now())
        work_off_lists()
        assert (errors(again), Product.objects.get().name) == ([], "=Mug")
    assert (Variant.objects.count(), StockMovement.objects.count(), Category.objects.count()) == (2, 2, 2)

from decimal import Decimal as D

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from advisory_portal.core.lists.jobs import UnreadableList, WrongColumns, counts_of
from advisory_portal.core.models import HistoryEntry, Job, Notification, OutboundEmail, StoredFile
from catalog import actions
from catalog.models import CartLine, Order, OrderLine, StockLevel, StockMovement
from catalog.rules.order_columns import guessed_columns, read_row, whole_orders
from catalog.tasks import work_off_lists
from client_portal import actions as portal
from documents import actions as documents
from documents.models import Document
from tests.factories import ContactFactory, contact_actor

pytestmark = pytest.mark.django_db
HEAD = "Order,Date,Customer,SKU,Quantity,Price,Tax\n"
COUNTED = {"created": 0, "known": 0, "refused": 0}


@pytest.fixture
def shelf(goods, erin):
    return [goods("R", stock=5, name="Red mug"), goods("B", stock=None, name="Blue mug")]


def bring(actor, text):
    job = actions.take_order_list(actor=actor, name="orders.csv", content=text.encode())
    actions.start_order_import(actor=actor, job=job, now=timezone.now())
    work_off_lists()
    return Job.objects.get(pk=job.pk)


def errors(job):
    found = [error for item in job.items.order_by("position") for error in item.detail.get("errors", [])]
    return [(number, column, code) for number, column, code, _text in found]


def counts(job):
    return {name: number for name, number in counts_of(job, ("created", "known", "refused")).items() if number}


def at(name, *parts):
    return reverse(f"catalog:{name}", args=["delta", *parts])


def test_orders_come_in_as_they_were(dan_here, erin, shelf):
    job = bring(dan_here, HEAD + "A-7,2025-03-01,Erin,r,2,10.005,21\nA-7,,,B,3,4,10\nA-8,02/03/2025,Erin,B,1,1,21\n")
    assert (counts(job), errors(job)) == ({"created": 2}, [])
    document = Document.objects.get(number="A-7")
    assert (document.kind, document.state, document.series_id) == ("sales_order", "issued", None)
    assert (document.contact, document.issued_on.isoformat(), document.is_imported) == (erin, "2025-03-01", True)
    assert (document.lines_net, document.tax_total, document.payable) == (D("32.01"), D("5.40"), D("37.41"))
    lines = document.lines.values_list("name", "quantity", "unit_price", "net", "detail__seller_item_id")
    assert list(lines) == [("Red mug", 2, D("10.005"), D("20.01"), "R"), ("Blue mug", 3, 4, 12, "B")]
    assert list(document.taxes.values_list("percent", "taxable", "tax")) == [
        (10, 12, D("1.2")),
        (21, D("20.01"), D("4.2")),
    ]
    order = Order.objects.get(document=document)
    assert (order.state, order.placed_by_name) == ("delivered", "Erin")
    assert list(order.lines.values_list("variant__sku", "quantity", "delivered")) == [("R", 2, 2), ("B", 3, 3)]
    assert [one.document.number for one in Order.objects.order_by("-id")] == ["A-8", "A-7"]


def test_stock_money_and_people_are_left_alone(dan_here, erin, shelf):
    bring(dan_here, HEAD + "A-7,2025-03-01,Erin,R,9,10,21\n")
    assert list(StockLevel.objects.values_list("on_hand", "held")) == [(5, 0)]
    assert not StockMovement.objects.exists()
    assert not OutboundEmail.objects.exists()
    assert not Notification.objects.exists()
    assert not portal.is_payable(Document.objects.get())


def test_order_is_ordered_again_by_its_contact(dan_here, erin, shelf, buyer):
    bring(dan_here, HEAD + "A-7,2025-03-01,Erin,R,2,10,21\n")
    order = Order.objects.visible_to(contact_actor(erin)).get()
    assert actions.order_again(actor=buyer, order=order, key=order.key) == []
    assert list(CartLine.objects.visible_to(buyer).values_list("variant__sku", "quantity")) == [("R", 2)]


def test_same_list_again_adds_nothing(dan_here, shelf):
    text = HEAD + "A-7,2025-03-01,Erin,R,2,10,21\nA-8,2025-03-02,Erin,B,1,1,21\n"
    bring(dan_here, text)
    job = bring(dan_here, text + "A-9,2025-03-03,Erin,B,1,1,21\n")
    assert (counts(job), errors(job)) == ({"created": 1, "known": 2}, [])
    assert (Order.objects.count(), OrderLine.objects.count(), Document.objects.count()) == (3, 3, 3)


def test_number_that_stands_for_another_order_is_told(dan_here, shelf, erin, buyer, put, order_now, clock):
    put(buyer, shelf[0])
    own = order_now(buyer).document
    bring(dan_here, HEAD + "A-7,2025-03-01,Erin,R,2,10,21\n")
    text = f"A-7,2025-03-01,Erin,R,2,11,21\n{own.number},2025-03-01,Erin,R,1,10,21\n"
    job = bring(dan_here, HEAD + text)
    assert (counts(job), errors(job)) == (
        {"refused": 2}, [(2, "number", "number_taken"), (3, "number", "number_taken")],
    )  # fmt: skip
    assert Document.objects.get(number="A-7").lines_net == 20


def test_bad_rows_are_named_and_their_orders_left_out_whole(dan_here, shelf):
    job = bring(
        dan_here,
        HEAD + "A,2025-03-01,Erin,R,2,10,21\n"
        "B,2025-03-01,Erin,R,2,10,21\n"
        "B,,,GONE,2,10,21\n"
        "C,2025-03-01,Nobody,R,2,10,21\n"
        "D,2025-03-01,Erin,R,-2,10,21\n"
        "D,2025-03-01,Erin,B,-1,10,21\n"
        "E,2025-03-01,Erin,R,-2,10,21\n"
        "E,2025-03-01,Erin,R,1,10,21\n"
        ",2025-03-01,Erin,R,1,10,21\n"
        "F,,Erin,R,0,-1,77\n"
        "G,2025-03-01,,R,1000000000000,cheap,21\n"
        "H,31/02/2025,Erin,,,,\n"
        "I,2025-03-01,Erin,R,1,1,21\n"
        "I,2025-03-02,Erin,R,1,1,21\n"
        "J,2199-01-01,Erin,R,1,1,21\n",
    )
    assert errors(job) == [
        (4, "sku", "no_product"), (5, "customer", "no_contact"), (6, "number", "cancelled"),
        (8, "quantity", "negative"), (10, "number", "missing"), (11, "quantity", "no_quantity"),
        (11, "price", "number"), (11, "tax", "tax"), (11, "date", "missing"), (12, "quantity", "number"),
        (12, "price", "number"), (12, "customer", "missing"), (13, "date", "date"), (13, "sku", "missing"),
        (13, "quantity", "missing"), (13, "price", "missing"), (15, "date", "differs"), (16, "date", "future"),
    ]  # fmt: skip
    assert counts(job) == {"created": 1, "refused": 10}
    assert list(Document.objects.values_list("number", flat=True)) == ["A"]


def test_order_whose_amounts_fit_nowhere_is_told(dan_here, shelf):
    rows = "".join("A,2025-03-01,Erin,R,1000000,9999999999,21\n" for _number in range(20))
    job = bring(dan_here, HEAD + rows + "B,1900-01-01,Erin,R,1,1,21\n")
    assert errors(job) == [(2, "number", "too_large"), (22, "number", "too_large")]


def test_customer_is_known_by_tax_id_or_mail_too(dan_here, delta, erin, shelf):
    text = "Order,Date,E-mail,NIF,SKU,Quantity,Price,Currency,Their reference\n"
    ContactFactory(organisation=delta, name="Zoe", tax_id="B65410011", tax_id_key="ESB65410011", email="zoe@z.example")
    job = bring(
        dan_here,
        text + "A,2025-03-01,ERIN@customer.example,,R,1,1,usd,PO 1\nB,2025-03-01,,ES-B65410011,R,1,1,,\n"
        "C,2025-03-01,,B00000000,R,1,1,XYZ,\n",
    )
    rows = Document.objects.order_by("number").values_list("number", "contact__name", "currency")
    assert list(rows) == [("A", "Erin", "USD"), ("B", "Zoe", "EUR")]
    assert errors(job) == [(4, "currency", "currency"), (4, "customer", "no_contact")]
    assert Order.objects.get(document__number="A").reference == "PO 1"


def test_lines_of_an_order_may_stand_apart(dan_here, shelf, monkeypatch):
    monkeypatch.setattr("catalog.actions.order_imports.ROWS_A_PIECE", 2)
    row = "2025-03-01,Erin,R,1,1,21\n"
    job = bring(dan_here, HEAD + "".join(f"{number},{row}" for number in ("A", "B", "B", "C", "A")))
    assert (counts(job), errors(job)) == ({"created": 3}, [])
    assert list(Document.objects.get(number="A").lines.values_list("position", flat=True)) == [1, 2]


@pytest.mark.parametrize(
    ("numbers", "pieces"),
    [("AABBC", ["AA", "BB", "C"]), ("ABA", ["BAA"]), ("ABC", ["AB", "C"]), ("--A", ["--", "A"]), ("", [])],
)
def test_pieces_hold_whole_orders(numbers, pieces):
    rows = [(place, [number.replace("-", "")]) for place, number in enumerate(numbers, start=2)]
    found = whole_orders(lambda: iter(rows), ["number"], size=2)
    assert ["".join(cells[0] or "-" for _place, cells in piece) for piece in found] == pieces


def test_orders_cost_the_same_for_one_and_thirty(dan_here, shelf):
    def cost(numbers):
        rows = "".join(f"{number},2025-03-01,Erin,R,1,1,21\n" for number in numbers)
        with CaptureQueriesContext(connection) as seen:
            bring(dan_here, HEAD + rows)
        return len(seen)

    assert cost(range(1)) == cost(range(1, 31))


def test_log_tells_of_the_import_and_of_each_order(dan_here, shelf):
    bring(dan_here, HEAD + "A-7,2025-03-01,Erin,R,2,10,21\n")
    told = HistoryEntry.objects.order_by("id").values_list("what", "after")
    assert list(told) == [
        ("catalog.order_import.started", {"file": "orders.csv"}),
        ("documents.document.issued", {"state": "issued"}),
        ("catalog.order_import.finished", COUNTED | {"created": 1}),
    ]


@pytest.mark.parametrize("content", [b"", b"Order\n", b"%PDF-1.7"])
def test_what_is_no_list_is_refused(dan_here, content):
    with pytest.raises(UnreadableList):
        actions.take_order_list(actor=dan_here, name="list", content=content)
    assert not Job.objects.exists()


def test_columns_that_are_needed_are_asked_for(dan_here):
    job = actions.take_order_list(actor=dan_here, name="list.csv", content=b"A,B,C,D,E,F\n1,2,3,4,5,6\n")
    right = ["number", "date", "email", "sku", "quantity", "price"]
    for place, name in enumerate(right):
        with pytest.raises(WrongColumns):
            columns = [*right[:place], "", *right[place + 1 :]]
            actions.choose_order_columns(actor=dan_here, job=job, columns=columns)
        assert name
    with pytest.raises(WrongColumns):
        actions.start_order_import(actor=dan_here, job=job, now=timezone.now())
    actions.choose_order_columns(actor=dan_here, job=job, columns=right)
    actions.start_order_import(actor=dan_here, job=job, now=timezone.now())


def test_piece_that_fails_every_try_is_given_up(dan_here):
    job = actions.take_order_list(actor=dan_here, name="list.csv", content=(HEAD + "A,,,R,1,1,\n").encode())
    actions.give_up_order_import_item(item=job.items.get())
    job.refresh_from_db()
    assert job.finished_at is not None
    assert not StoredFile.objects.exists()


def test_heads_are_guessed_as_other_programs_write_them():
    head = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"]
    assert guessed_columns(head) == ["number", "sku", "name", "quantity", "date", "price", "customer", ""]
    assert guessed_columns(["Pedido", "Fecha", "Cliente", "Referencia", "Cantidad", "Precio", "IVA"]) == [
        "number", "date", "customer", "sku", "quantity", "price", "tax",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["2010-12-01T08:26", "2010-12-01 08:26:00", "01/12/2010", "1.12.10"])
def test_dates_are_read_as_people_write_them(text):
    row = read_row(2, ["A", text], ["number", "date"])
    assert row.values["date"].isoformat() == "2010-12-01"


def test_import_is_previewed_started_and_reported(client_of, dan, delta, shelf):
    client = client_of(dan)
    text = HEAD + "A-7,2025-03-01,Erin,R,2,10,21\nA-8,2025-03-01,Nobody,GONE,2,10,21\n"
    answer = client.post(at("import_orders"), {"upload": SimpleUploadedFile("orders.csv", text.encode())})
    job = Job.objects.get()
    columns = at("order_import_columns", job.pk)
    assert answer["Location"] == columns
    page = client.get(at("order_import_preview", job.pk)).text
    assert "No product has this SKU" in page
    assert "No contact is called this" in page
    chosen = {f"column-{place}": column for place, column in enumerate(job.parameters["columns"])}
    assert client.post(columns, chosen | {"column-0": ""}).status_code == 422
    assert client.post(columns, chosen)["Location"] == at("order_import_preview", job.pk)
    client.post(at("start_order_import", job.pk))
    work_off_lists()
    page = client.get(at("order_import", job.pk)).text
    assert "There already" in page
    assert "The import is done." in page
    assert b"3,SKU,GONE,No product has this SKU" in client.get(at("order_import_report", job.pk)).content
    assert "orders.csv" in client.get(at("import_orders")).text
    assert "A-7" in client.get(at("staff_orders")).text
    order = Order.objects.get()
    assert "Red mug" in client.get(at("staff_order", order.pk)).text
    document = client.get(reverse("documents:document", args=["delta", order.document_id])).text
    assert "Imported file" not in document
    assert documents.pdf_of(order.document) is not None

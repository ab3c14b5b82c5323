"""The chain of fiscal records, their way to the agency, and their pages."""

import ssl
import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.utils import IntegrityError
from django.urls import reverse
from django.utils import timezone

from advisory_portal.core.access import Forbidden, system_actor
from advisory_portal.formats.samples import ubl_invoice
from documents import actions
from documents.fiscal import Fault, verify_chain
from documents.models import Document, FiscalRecord
from documents.tasks import import_files, send_fiscal_records
from tests.documents.builders import with_levels
from tests.documents.fiscal import NOW, accepted, agency, broken, certificate, fault, report, said
from tests.factories import ContactFactory, issued_document
from tests.threads import together


@pytest.fixture
def customer(delta):
    report(delta)
    return ContactFactory(organisation=delta, name="Customer", tax_id="B65410011", country="ES")


def chain():
    return list(FiscalRecord.objects.order_by("position"))


def states():
    return [record.state for record in chain()]


# --- The chain -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_records_name_the_one_before_them(customer, delta):
    documents = [issued_document(customer) for _ in range(3)]
    actions.void_document(actor=system_actor(delta.workspace), document=documents[1], now=NOW)
    records = chain()
    assert [record.position for record in records] == [1, 2, 3, 4]
    assert [record.previous_hash for record in records] == ["", *(record.hash for record in records[:-1])]
    assert (records[3].act, records[3].content["number"]) == ("voided", documents[1].number)
    assert verify_chain(delta.pk) == verify_chain(delta.pk, last=2) == []


@pytest.mark.django_db
def test_nothing_is_kept_without_a_regime_nor_of_other_documents(delta, dan_here, erin):
    before = issued_document(erin)
    report(delta)
    issued_document(ContactFactory(organisation=delta), kind="quote")
    actions.void_document(actor=dan_here, document=before, now=NOW)
    actions.start_import(actor=dan_here, direction="sales", uploads=[("a.xml", ubl_invoice(number="X-1"))])
    import_files()
    assert Document.objects.filter(is_imported=True).exists()
    assert chain() == []


@pytest.mark.django_db
def test_issuing_again_keeps_one_record(customer, delta):
    invoice = issued_document(customer)
    actions.issue_document(actor=system_actor(delta.workspace), document=invoice, now=NOW)
    assert len(chain()) == 1


@pytest.mark.django_db(transaction=True)
def test_acts_at_the_same_moment_make_one_chain(customer, delta):
    """Declaring void takes no number, so nothing but the chain itself keeps these apart."""
    invoices, actor = [issued_document(customer) for _ in range(6)], system_actor(delta.workspace)
    voids = [lambda one=one: actions.void_document(actor=actor, document=one, now=NOW) for one in invoices]
    assert together(voids) == [None] * 6
    assert [record.position for record in chain()] == list(range(1, 13))
    assert verify_chain(delta.pk) == []


@pytest.mark.django_db
def test_database_refuses_to_change_a_record(customer):
    issued_document(customer)
    with pytest.raises(IntegrityError):
        FiscalRecord.objects.update(hash="0" * 64)


def tamper(at, **columns):
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        FiscalRecord.objects.filter(position=at).update(**columns)
        cursor.execute("SET session_replication_role = DEFAULT")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "faults"),
    [
        (lambda record: {"content": record.content | {"total": "1.00"}}, [Fault(2, "content")]),
        (lambda record: {"hash": "0" * 64}, [Fault(2, "content"), Fault(3, "link")]),
        (lambda record: {"previous_hash": "0" * 64}, [Fault(2, "link"), Fault(2, "content")]),
        (lambda record: {"position": 9}, [Fault(2, "gap"), Fault(3, "link"), Fault(4, "gap"), Fault(9, "link")]),
    ],
)
def test_what_was_changed_or_taken_out_is_found(customer, delta, change, faults):
    for _ in range(3):
        issued_document(customer)
    tamper(2, **change(chain()[1]))
    assert verify_chain(delta.pk) == faults
    written = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_fiscal_records", "delta", stdout=written)
    assert f"position {faults[0].position}: {faults[0].kind}" in written.getvalue()


@pytest.mark.django_db
def test_command_says_which_chains_hold(customer):
    issued_document(customer)
    written = StringIO()
    call_command("verify_fiscal_records", stdout=written)
    assert written.getvalue() == "delta: holds\n"


# --- To the agency -------------------------------------------------------------------------------------------


@pytest.fixture
def sending(settings, tmp_path):
    """Settings with which records are sent."""
    settings.VERIFACTU_CERTIFICATE, settings.VERIFACTU_KEY = certificate(tmp_path)
    settings.VERIFACTU_PRODUCER, settings.VERIFACTU_PRODUCER_TAX_ID = "Producer", "B64717838"
    return settings


@pytest.mark.django_db
def test_without_a_certificate_records_are_kept_and_go_out_once_there_is_one(customer, settings, tmp_path):
    numbers = [issued_document(customer).number for _ in range(2)]
    assert (states(), send_fiscal_records()) == (["kept", "kept"], 0)
    settings.VERIFACTU_CERTIFICATE, settings.VERIFACTU_KEY = certificate(tmp_path)
    settings.VERIFACTU_PRODUCER, settings.VERIFACTU_PRODUCER_TAX_ID = "Producer", "B64717838"
    with agency() as there:
        settings.VERIFACTU_URL = there.url
        assert (send_fiscal_records(), send_fiscal_records()) == (2, 0)
    assert (there.numbers, states()) == ([numbers], ["accepted", "accepted"])
    assert chain()[0].answer["reference"] == "A-CSV"


@pytest.mark.django_db
def test_each_record_gets_its_own_answer(customer, sending):
    for _ in range(3):
        issued_document(customer)
    answers = said(("Correcto", "", ""), ("AceptadoConErrores", "2004", ""), ("Incorrecto", "1110", ""))
    with agency(answers) as there:
        sending.VERIFACTU_URL = there.url
        assert send_fiscal_records() == 3
    assert states() == ["accepted", "accepted", "rejected"]
    assert [record.answer.get("code", "") for record in chain()] == ["", "2004", "1110"]
    assert [record.due_at for record in chain()] == [None] * 3


@pytest.mark.django_db
def test_time_that_the_agency_asks_for_is_left_to_it(customer, sending, time_machine):
    time_machine.move_to(NOW, tick=False)
    issued_document(customer)
    with agency(accepted(wait=120)) as there:
        sending.VERIFACTU_URL = there.url
        assert send_fiscal_records() == 1
        issued_document(customer)
        time_machine.shift(119)
        assert (send_fiscal_records(), len(there.received)) == (0, 1)
        time_machine.shift(1)
        assert (send_fiscal_records(), len(there.received)) == (1, 2)


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [broken(500), broken(200), fault("Codigo[4102]"), broken(503, b"")])
def test_what_is_no_answer_is_tried_again(customer, sending, time_machine, wrong):
    time_machine.move_to(NOW, tick=False)
    numbers = [issued_document(customer).number for _ in range(2)]
    with agency(wrong) as there:
        sending.VERIFACTU_URL = there.url
        assert (send_fiscal_records(), send_fiscal_records()) == (0, 0)
        assert (states(), bool(chain()[0].last_error)) == (["waiting", "waiting"], True)
        time_machine.shift(60)
        assert send_fiscal_records() == 2
    assert (there.numbers, states(), b"Incidencia>S" in there.last) == ([numbers] * 2, ["accepted"] * 2, True)


@pytest.mark.django_db
def test_agency_that_never_answers_is_asked_every_hour_without_end(customer, sending, time_machine):
    time_machine.move_to(NOW, tick=False)
    issued_document(customer)
    with agency(*[broken(500)] * 12) as there:
        sending.VERIFACTU_URL = there.url
        for _ in range(12):
            send_fiscal_records()
            time_machine.shift(timedelta(hours=1))
        assert (send_fiscal_records(), len(there.received)) == (1, 13)


@pytest.mark.django_db
def test_slow_agency_is_put_off(customer, sending):
    issued_document(customer)
    released, sending.VERIFACTU_TIMEOUT = threading.Event(), 0.05
    with agency(lambda sent: (200, b"late" if released.wait(20) else b"")) as there:
        sending.VERIFACTU_URL = there.url
        assert send_fiscal_records() == 0
        released.set()
    assert (states(), "imeout" in chain()[0].last_error) == (["waiting"], True)


@pytest.mark.django_db
def test_record_that_the_agency_has_is_accepted_only_where_an_answer_was_lost(customer, sending, time_machine):
    time_machine.move_to(NOW, tick=False)
    issued_document(customer)
    known = said(("Incorrecto", "3000", "Correcta"))
    with agency(broken(500), known, known) as there:
        sending.VERIFACTU_URL = there.url
        send_fiscal_records()
        time_machine.shift(60)
        assert (send_fiscal_records(), states()) == (1, ["accepted"])
        time_machine.shift(60)
        issued_document(customer)
        assert (send_fiscal_records(), states()) == (1, ["accepted", "rejected"])


@pytest.mark.django_db
def test_record_that_the_answer_leaves_out_is_sent_again(customer, sending, time_machine):
    time_machine.move_to(NOW, tick=False)
    numbers = [issued_document(customer).number for _ in range(2)]
    with agency(lambda sent: accepted()(sent[:1])) as there:
        sending.VERIFACTU_URL = there.url
        assert send_fiscal_records() == 1
        time_machine.shift(60)
        assert send_fiscal_records() == 1
    assert there.numbers == [numbers, numbers[1:]]


@pytest.mark.django_db
def test_each_tax_id_of_a_business_has_its_own_message(customer, sending, delta, time_machine):
    time_machine.move_to(NOW, tick=False)
    first = issued_document(customer).number
    type(delta).objects.filter(pk=delta.pk).update(tax_id="B65410011")
    second = issued_document(ContactFactory(organisation=delta, is_person=True, country="ES")).number
    with agency() as there:
        sending.VERIFACTU_URL = there.url
        assert send_fiscal_records() == 1
        time_machine.shift(60)
        assert send_fiscal_records() == 1
    assert (there.numbers, verify_chain(delta.pk)) == ([[first], [second]], [])


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_one_message(customer, sending):
    issued_document(customer)
    with agency() as there:
        sending.VERIFACTU_URL = there.url
        assert sorted(together([send_fiscal_records] * 2)) == [0, 1]
    assert len(there.received) == 1


@pytest.mark.django_db
def test_certificate_is_shown_to_an_agency_that_asks_for_it(customer, sending, monkeypatch):
    issued_document(customer)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sending.VERIFACTU_CERTIFICATE, sending.VERIFACTU_KEY)
    context.load_verify_locations(sending.VERIFACTU_CERTIFICATE)
    context.verify_mode = ssl.CERT_REQUIRED
    with agency(context=context) as there:
        sending.VERIFACTU_URL = there.url
        assert (send_fiscal_records(), "certificate" in chain()[0].last_error.lower()) == (0, True)
        monkeypatch.setenv("SSL_CERT_FILE", sending.VERIFACTU_CERTIFICATE)
        FiscalRecord.objects.update(due_at=timezone.now())
        assert send_fiscal_records() == 1


@pytest.mark.django_db
def test_rejected_record_is_sent_again_by_who_manages_the_settings(customer, sending, delta, dan_here, time_machine):
    time_machine.move_to(NOW, tick=False)
    issued_document(customer)
    with agency(said(("Incorrecto", "1110", ""))) as there:
        sending.VERIFACTU_URL = there.url
        send_fiscal_records()
        (record,) = chain()
        with pytest.raises(Forbidden):
            actions.resend_fiscal_record(actor=with_levels(delta, settings=1, sales=2), record=record, now=NOW)
        for _ in range(2):
            actions.resend_fiscal_record(actor=dan_here, record=record, now=NOW)
        assert (states(), send_fiscal_records(), states()) == (["waiting"], 1, ["accepted"])
        actions.resend_fiscal_record(actor=dan_here, record=record, now=NOW)
        assert (states(), len(there.received)) == (["accepted"], 2)


# --- Pages ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_page_shows_records_and_checks_the_chain(client_of, dan, customer):
    number = issued_document(customer).number
    url, client = reverse("documents:fiscal_records", args=["delta"]), client_of(dan)
    page = client.get(url).content.decode()
    assert number in page and "Records are kept, and not sent" in page
    assert "The chain holds" in client.get(url + "?check=1").content.decode()
    tamper(1, hash="0" * 64)
    assert "The chain does not hold" in client.get(url + "?check=1").content.decode()
    assert number not in client.get(url + "?state=rejected").content.decode()


@pytest.mark.django_db
def test_page_sends_a_rejected_record_again(client_of, dan, customer):
    issued_document(customer)
    FiscalRecord.objects.update(state="rejected", due_at=None, answer={"code": "1110", "text": "NIF unknown"})
    client, (record,) = client_of(dan), chain()
    assert "NIF unknown" in client.get(reverse("documents:fiscal_records", args=["delta"])).content.decode()
    client.post(reverse("documents:resend_fiscal_record", args=["delta", record.pk]))
    assert states() == ["waiting"]


@pytest.mark.django_db
def test_page_of_an_invoice_says_what_was_reported_of_it(client_of, dan, customer):
    invoice = issued_document(customer)
    page = client_of(dan).get(reverse("documents:document", args=["delta", invoice.pk])).content.decode()
    assert "ValidarQR?nif=B64717838" in page and "Check it at the tax agency" in page
    FiscalRecord.objects.update(state="rejected", answer={"code": "1110", "text": "NIF unknown"})
    page = client_of(dan).get(reverse("documents:document", args=["delta", invoice.pk])).content.decode()
    assert "1110 NIF unknown" in page


@pytest.mark.django_db
def test_records_of_purchases_and_others_are_not_seen(delta, customer, rival):
    issued_document(customer)
    assert FiscalRecord.objects.visible_to(with_levels(delta, sales=1)).count() == 1
    assert FiscalRecord.objects.visible_to(with_levels(delta, settings=2, purchases=2)).count() == 0
    assert FiscalRecord.objects.visible_to(with_levels(rival, sales=2)).count() == 0


@pytest.mark.django_db
def test_page_asks_the_same_number_of_questions_for_any_number(client_of, dan, customer, django_assert_max_num_queries):
    for _ in range(3):
        issued_document(customer)
    client, url = client_of(dan), reverse("documents:fiscal_records", args=["delta"])
    client.get(url)
    with django_assert_max_num_queries(9):
        client.get(url)

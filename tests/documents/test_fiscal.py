"""VeriFactu: what is kept of an invoice, its hash, its QR code and its message."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from lxml import etree

from advisory_portal.core.access import system_actor
from documents import actions
from documents.fiscal import REGIMES, NotReportable
from documents.fiscal.verifactu.messages import DATA
from documents.fiscal.verifactu.parties import buyer_of, spanish_id
from documents.fiscal.verifactu.records import hash_of
from documents.models import FiscalRecord
from documents.rules import Tax
from documents.rules.taxes import exempt_tax
from tests.documents.fiscal import NOW, line, report
from tests.factories import ContactFactory, drafted_document, issued_document

VERIFACTU = REGIMES["verifactu"]
FIRST = "3C464DAF61ACB827C65FDA19F352A4E3BDC2C640E9E9FC4CC058073F38F12F60"
SECOND = "F7B94CFD8924EDFF273501B01EE5153E4CE8F259766F88CF6ACB8935802A2B97"
END = "177547C0D57AC74748561D054A9CEC14B4C4EA23D1BEFD6F2E69E3A388F90C68"


def example(number, seconds, **values):
    content = {
        "record": "alta",
        "issuer": {"name": "", "tax_id": "89890001K"},
        "number": number,
        "date": "01-01-2024",
        "type": "F1",
        "tax_total": "12.35",
        "total": "123.45",
        "recorded_at": f"2024-01-01T19:20:{seconds}+01:00",
    }
    return content | values


def test_hash_is_that_of_the_agencys_examples():
    """The three examples of the agency's specification of the hash, version 0.1.2."""
    assert hash_of(example("12345678/G33", 30), "") == FIRST
    assert hash_of(example("12345679/G34", 35), FIRST) == SECOND
    assert hash_of(example("12345679/G34", 40, record="anulacion"), SECOND) == END


def test_qr_code_leads_to_the_agency(settings):
    content = example("12345678&G33", 30, total="241.40", date="01-09-2024")
    ending = "/wlpl/TIKE-CONT/ValidarQR?nif=89890001K&numserie=12345678%26G33&fecha=01-09-2024&importe=241.40"
    assert VERIFACTU.qr_url(content) == f"https://prewww2.aeat.es{ending}"
    settings.VERIFACTU_PRODUCTION = True
    assert VERIFACTU.qr_url(content) == f"https://www2.agenciatributaria.gob.es{ending}"
    assert VERIFACTU.qr_url(content | {"record": "anulacion"}) == ""


@pytest.mark.parametrize(
    ("text", "found"),
    [("ES B-64.717.838", "B64717838"), ("b64717838", "B64717838"), ("B64717839", ""), ("", ""), ("FR40303265045", "")],
)
def test_spanish_ids_are_written_as_the_agency_does(text, found):
    assert spanish_id(text) == found


@pytest.mark.parametrize(
    ("tax_id", "country", "kept"),
    [
        ("B64717838", "ES", {"tax_id": "B64717838"}),
        ("40303265045", "FR", {"id_type": "02", "id": "FR40303265045"}),
        ("EL094259216", "GR", {"id_type": "02", "id": "EL094259216"}),
        ("12-3456789", "US", {"id_type": "04", "country": "US", "id": "123456789"}),
    ],
)
def test_buyers_are_named_by_the_id_of_their_country(tax_id, country, kept):
    buyer = {"name": "Somebody", "tax_id": tax_id, "address": {"country": country}}
    assert buyer_of({"buyer": buyer}) == {"name": "Somebody", **kept}


def test_buyer_with_a_wrong_spanish_id_is_refused():
    with pytest.raises(NotReportable):
        buyer_of({"buyer": {"name": "Somebody", "tax_id": "B64717839", "address": {"country": "ES"}}})


@pytest.fixture
def customer(delta):
    report(delta)
    return ContactFactory(organisation=delta, name="Customer", tax_id="B65410011", country="ES")


def kept(contact, **values):
    return issued_document(contact, **values).fiscal_records.get().content


@pytest.mark.django_db
def test_invoice_is_kept_with_what_the_agency_asks_for(customer):
    record = issued_document(customer, number="").fiscal_records.get()
    content = record.content
    assert content["issuer"] == {"name": "Delta", "tax_id": "B64717838"}
    assert content["buyer"] == {"name": "Customer", "tax_id": "B65410011"}
    assert (content["type"], content["date"], content["description"]) == ("F1", "02-03-2026", "Advice")
    assert (content["tax_total"], content["total"]) == ("21.00", "121.00")
    assert content["recorded_at"] == "2026-03-02T13:00:00+01:00"
    assert record.hash == hash_of(content, "")
    assert f"numserie={content['number']}" in record.qr_url


@pytest.mark.django_db
def test_withholding_stays_in_the_total_and_surcharge_joins_its_rate(customer):
    surcharged = Tax("S", Decimal(21), Decimal("5.2"))
    content = kept(customer, lines=(line(tax=surcharged, withholding_percent=Decimal(15)),))
    assert (content["tax_total"], content["total"]) == ("26.20", "126.20")
    (detail,) = content["details"]
    assert (detail["rate"], detail["base"], detail["amount"]) == ("21.00", "100.00", "21.00")
    assert (detail["surcharge_rate"], detail["surcharge"]) == ("5.20", "5.20")


@pytest.mark.django_db
def test_rate_with_the_surcharge_on_a_part_is_split(customer):
    surcharged = Tax("S", Decimal(21), Decimal("5.2"))
    content = kept(customer, lines=(line("100", surcharged), line("50")))
    figures = [(one["base"], one["amount"], one["surcharge"]) for one in content["details"]]
    assert figures == [("100.00", "21.00", "5.20"), ("50.00", "10.50", "")]


EU = {"country": "FR", "tax_id": "FR40303265045"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("tax", "buyer", "told"),
    [
        (Tax("Z", Decimal(0)), {}, ("01", "01", "S1", "", "0.00", "0.00")),
        (exempt_tax("G"), {"country": "US"}, ("01", "02", "", "E2", "", "")),
        (exempt_tax("K"), EU, ("01", "01", "", "E5", "", "")),
        (exempt_tax("AE"), {}, ("01", "01", "S2", "", "0.00", "0.00")),
        (exempt_tax("O"), {}, ("01", "01", "N1", "", "", "")),
        (exempt_tax("O"), EU, ("01", "01", "N2", "", "", "")),
        (Tax("E", Decimal(0), exemption_reason="Exempt, art. 20 of the law"), {}, ("01", "01", "", "E1", "", "")),
        (Tax("E", Decimal(0), exemption_code="VATEX-EU-132"), {}, ("01", "01", "", "E1", "", "")),
        (Tax("E", Decimal(0), exemption_reason="Another"), {}, ("01", "01", "", "E6", "", "")),
        (Tax("L", Decimal(7)), {}, ("03", "01", "S1", "", "7.00", "7.00")),
        (Tax("M", Decimal(4)), {}, ("02", "01", "S1", "", "4.00", "4.00")),
    ],
)
def test_taxes_are_told_by_the_agencys_lists(customer, tax, buyer, told):
    for name, value in buyer.items():
        setattr(customer, name, value)
    customer.save()
    (detail,) = kept(customer, lines=(line(tax=tax),))["details"]
    assert tuple(detail[name] for name in ("tax", "regime", "kind", "exemption", "rate", "amount")) == told


@pytest.mark.django_db
def test_customer_without_tax_id_gets_a_simplified_invoice_up_to_its_limit(delta):
    report(delta)
    person = ContactFactory(organisation=delta, is_person=True, country="ES")
    assert (kept(person)["type"], kept(person)["buyer"]) == ("F2", None)
    with pytest.raises(NotReportable):
        issued_document(person, lines=(line("2500"),))
    assert person.documents.filter(state="draft", number="").count() == 1


@pytest.mark.django_db
def test_credit_note_corrects_by_difference(customer, delta):
    invoice = issued_document(customer, delivered_on=date(2026, 2, 27))
    assert invoice.fiscal_records.get().content["operation_date"] == "27-02-2026"
    actor = system_actor(delta.workspace)
    note = actions.credit_document(actor=actor, document=invoice, today=date(2026, 3, 2))
    actions.issue_document(actor=actor, document=note, now=NOW)
    content = note.fiscal_records.get().content
    assert (content["type"], content["tax_total"], content["total"]) == ("R1", "-21.00", "-121.00")
    assert content["corrects"] == [{"number": invoice.number, "date": "02-03-2026"}]
    assert (content["details"][0]["base"], content["details"][0]["amount"]) == ("-100.00", "-21.00")


@pytest.mark.django_db
@pytest.mark.parametrize("values", [{"currency": "USD"}, {"lines": (line(tax=Tax("S", Decimal(19))),)}])
def test_what_verifactu_does_not_take_is_refused_before_it_is_issued(customer, values):
    draft = drafted_document(customer, **values)
    with pytest.raises(NotReportable):
        actions.issue_document(actor=system_actor(customer.organisation.workspace), document=draft, now=NOW)
    draft.refresh_from_db()
    assert (draft.state, draft.number, FiscalRecord.objects.count()) == ("draft", "", 0)


@pytest.mark.django_db
def test_message_has_the_elements_of_the_schema_in_their_order(customer):
    invoice = issued_document(customer)
    actions.void_document(actor=system_actor(customer.organisation.workspace), document=invoice, now=NOW)
    message = VERIFACTU.request(list(invoice.fiscal_records.order_by("position")), is_late=True)
    body = etree.fromstring(message)
    registration, end = body.find(f".//{{{DATA}}}RegistroAlta"), body.find(f".//{{{DATA}}}RegistroAnulacion")
    assert [etree.QName(one).localname for one in registration] == (
        "IDVersion IDFactura NombreRazonEmisor TipoFactura DescripcionOperacion Destinatarios Desglose CuotaTotal "
        "ImporteTotal Encadenamiento SistemaInformatico FechaHoraHusoGenRegistro TipoHuella Huella"
    ).split()
    assert [etree.QName(one).localname for one in end] == (
        "IDVersion IDFactura Encadenamiento SistemaInformatico FechaHoraHusoGenRegistro TipoHuella Huella"
    ).split()
    before = end.find(f"{{{DATA}}}Encadenamiento/{{{DATA}}}RegistroAnterior")
    assert before.findtext(f"{{{DATA}}}Huella") == registration.findtext(f"{{{DATA}}}Huella")
    assert registration.find(f".//{{{DATA}}}PrimerRegistro").text == "S"
    assert body.find(f".//{{{DATA}}}Incidencia").text == "S"
    assert datetime.fromisoformat(end.findtext(f"{{{DATA}}}FechaHoraHusoGenRegistro")) == NOW

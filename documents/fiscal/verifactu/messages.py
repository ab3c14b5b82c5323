"""The message that reports records: SOAP around the agency's SuministroLR. Source: its schemas, version 1.0."""

from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

from documents.fiscal.regime import Content
from documents.fiscal.verifactu.records import CANCELLATION
from documents.models import FiscalRecord

_SCHEMAS = "https://www2.agenciatributaria.gob.es/static_files/common/internet/dep/aplicaciones/es/aeat/tike/cont/ws/"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
MESSAGE = _SCHEMAS + "SuministroLR.xsd"
DATA = _SCHEMAS + "SuministroInformacion.xsd"
ANSWER = _SCHEMAS + "RespuestaSuministro.xsd"
_PREFIXES = {"soapenv": SOAP, "sum": MESSAGE, "sum1": DATA}


def request(records: Sequence[FiscalRecord], *, producer: tuple[str, str], is_late: bool) -> bytes:
    """The message for records of one business. `producer` is name and tax id of who answers for this software.

    `is_late` says that a technical incident kept the records from being sent at once.
    """
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap=_PREFIXES)
    etree.SubElement(envelope, f"{{{SOAP}}}Header")
    body = etree.SubElement(envelope, f"{{{SOAP}}}Body")
    message = etree.SubElement(body, f"{{{MESSAGE}}}RegFactuSistemaFacturacion")
    head = etree.SubElement(message, f"{{{MESSAGE}}}Cabecera")
    issuer = records[-1].content["issuer"]
    _add(_add(head, "ObligadoEmision"), {"NombreRazon": issuer["name"], "NIF": issuer["tax_id"]})
    if is_late:
        _add(_add(head, "RemisionVoluntaria"), {"Incidencia": "S"})
    for record in records:
        invoice = etree.SubElement(message, f"{{{MESSAGE}}}RegistroFactura")
        write = _cancellation if record.content["record"] == CANCELLATION else _registration
        write(invoice, record.content)
        _end(invoice[0], record, producer)
    written: bytes = etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")
    return written


def _add(parent: Any, what: str | Mapping[str, str]) -> Any:
    """A new element of this name; or one for each name and text, those without text left out."""
    if isinstance(what, str):
        return etree.SubElement(parent, f"{{{DATA}}}{what}")
    for name, text in what.items():
        if text:
            etree.SubElement(parent, f"{{{DATA}}}{name}").text = text
    return parent


def _registration(parent: Any, content: Content) -> None:
    issuer, is_correction = content["issuer"], content["type"].startswith("R")
    record = _add(parent, "RegistroAlta")
    _add(record, {"IDVersion": "1.0"})
    _add(_add(record, "IDFactura"), _invoice(issuer["tax_id"], content))
    _add(record, {"NombreRazonEmisor": issuer["name"], "TipoFactura": content["type"]})
    _add(record, {"TipoRectificativa": "I" if is_correction else ""})
    if content["corrects"]:
        corrected = _add(record, "FacturasRectificadas")
        for one in content["corrects"]:
            _add(_add(corrected, "IDFacturaRectificada"), _invoice(issuer["tax_id"], one))
    _add(record, {"FechaOperacion": content["operation_date"], "DescripcionOperacion": content["description"]})
    if content["buyer"]:
        _buyer(_add(_add(record, "Destinatarios"), "IDDestinatario"), content["buyer"])
    breakdown = _add(record, "Desglose")
    for detail in content["details"]:
        _detail(_add(breakdown, "DetalleDesglose"), detail)
    _add(record, {"CuotaTotal": content["tax_total"], "ImporteTotal": content["total"]})


def _cancellation(parent: Any, content: Content) -> None:
    record = _add(parent, "RegistroAnulacion")
    _add(record, {"IDVersion": "1.0"})
    _add(_add(record, "IDFactura"), _invoice(content["issuer"]["tax_id"], content, "Anulada"))
    _add(record, {"SinRegistroPrevio": "S" if content["is_unknown"] else ""})


def _invoice(tax_id: str, named: Mapping[str, Any], ending: str = "") -> dict[str, str]:
    return {
        f"IDEmisorFactura{ending}": tax_id,
        f"NumSerieFactura{ending}": named["number"],
        f"FechaExpedicionFactura{ending}": named["date"],
    }


def _buyer(parent: Any, buyer: Mapping[str, str]) -> None:
    _add(parent, {"NombreRazon": buyer["name"], "NIF": buyer.get("tax_id", "")})
    if "id_type" in buyer:
        ids = {"CodigoPais": buyer.get("country", ""), "IDType": buyer["id_type"], "ID": buyer["id"]}
        _add(_add(parent, "IDOtro"), ids)


def _detail(parent: Any, detail: Mapping[str, str]) -> None:
    _add(
        parent,
        {
            "Impuesto": detail["tax"],
            "ClaveRegimen": detail["regime"],
            "CalificacionOperacion": detail["kind"],
            "OperacionExenta": detail["exemption"],
            "TipoImpositivo": detail["rate"],
            "BaseImponibleOimporteNoSujeto": detail["base"],
            "CuotaRepercutida": detail["amount"],
            "TipoRecargoEquivalencia": detail["surcharge_rate"],
            "CuotaRecargoEquivalencia": detail["surcharge"],
        },
    )


def _end(record: Any, kept: FiscalRecord, producer: tuple[str, str]) -> None:
    content = kept.content
    chain, previous = _add(record, "Encadenamiento"), content["previous"]
    if previous is None:
        _add(chain, {"PrimerRegistro": "S"})
    else:
        _add(_add(chain, "RegistroAnterior"), {**_invoice(previous["tax_id"], previous), "Huella": kept.previous_hash})
    system = content["system"]
    _add(
        _add(record, "SistemaInformatico"),
        {
            "NombreRazon": producer[0],
            "NIF": producer[1],
            "NombreSistemaInformatico": system["name"],
            "IdSistemaInformatico": system["id"],
            "Version": system["version"],
            "NumeroInstalacion": system["installation"],
            "TipoUsoPosibleSoloVerifactu": "S",
            "TipoUsoPosibleMultiOT": "S",
            "IndicadorMultiplesOT": "S",
        },
    )
    _add(record, {"FechaHoraHusoGenRegistro": content["recorded_at"], "TipoHuella": "01", "Huella": kept.hash})

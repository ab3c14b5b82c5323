"""What the agency answers. Source: its RespuestaSuministro and validation document."""

from collections.abc import Sequence
from typing import Any

from advisory_portal.formats.errors import FormatError
from advisory_portal.formats.xml import parse_xml
from documents.fiscal.regime import Answer, NotDelivered, Outcome
from documents.fiscal.verifactu.messages import ANSWER, DATA, SOAP
from documents.fiscal.verifactu.records import CANCELLATION, REGISTRATION
from documents.models import FiscalRecord

OPERATIONS = {"Alta": REGISTRATION, "Anulacion": CANCELLATION}
ALREADY_THERE = {REGISTRATION: ("Correcta", "AceptadaConErrores"), CANCELLATION: ("Anulada",)}
LONGEST_WAIT = 3_600  # seconds: the law wants another try at least once an hour (art. 16.4)


def read(body: bytes, records: Sequence[FiscalRecord]) -> Answer:
    """What the agency says of each record that was sent; a record it does not speak of has no outcome.

    Raises NotDelivered for a fault of the whole message, and for what is no answer of this service.
    """
    answer = _answer(body)
    known = {(r.content["record"], r.content["number"], r.content["date"]): r.hash for r in records}
    outcomes = {}
    for line in answer.iterfind(f"{{{ANSWER}}}RespuestaLinea"):
        operation = OPERATIONS.get(_text(line, "Operacion", "TipoOperacion"), "")
        number = _text(line, "IDFactura", "NumSerieFactura")
        key = (operation, number, _text(line, "IDFactura", "FechaExpedicionFactura"))
        if key in known:
            outcomes[known[key]] = _outcome(line, operation)
    wait = _text(answer, "TiempoEsperaEnvio")
    seconds = min(int(wait), LONGEST_WAIT) if wait.isdigit() else 60
    return Answer(outcomes, wait_seconds=seconds, reference=_text(answer, "CSV"))


def _answer(body: bytes) -> Any:
    try:
        root = parse_xml(body)
    except FormatError as error:
        raise NotDelivered("The answer is not XML.") from error
    fault = root.find(f"{{{SOAP}}}Body/{{{SOAP}}}Fault")
    if fault is not None:
        raise NotDelivered((fault.findtext("faultstring") or "The agency refused the message.")[:300])
    answer = root.find(f"{{{SOAP}}}Body/{{{ANSWER}}}RespuestaRegFactuSistemaFacturacion")
    if answer is None:
        raise NotDelivered("The answer is not one of VeriFactu.")
    return answer


def _outcome(line: Any, operation: str) -> Outcome:
    code, text = _text(line, "CodigoErrorRegistro"), _text(line, "DescripcionErrorRegistro")
    state = _text(line, "EstadoRegistro")
    twin = _text(line, "RegistroDuplicado", "EstadoRegistroDuplicado")
    accepted = state in ("Correcto", "AceptadoConErrores")
    return Outcome(accepted, code, text[:500], was_known=not accepted and twin in ALREADY_THERE[operation])


def _text(element: Any, *path: str) -> str:
    """The text at the end of the path, "" if there is none; the first step is of the answer, the rest of its data."""
    names = [f"{{{ANSWER}}}{path[0]}", *(f"{{{DATA}}}{name}" for name in path[1:])]
    return (element.findtext("/".join(names)) or "").strip()

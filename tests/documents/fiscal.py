"""What the tests of fiscal records share: a business that reports, its records as a message, and an agency."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from lxml import etree

from documents.fiscal.verifactu.messages import ANSWER, DATA, SOAP
from documents.models import DocumentSettings
from documents.rules import LineContent, Tax

NOW = datetime(2026, 3, 2, 12, 30, 15, tzinfo=UTC)


def line(net="100", tax=None, **values):
    return LineContent("Advice", Decimal(1), Decimal(net), tax or Tax("S", Decimal(21)), **values)


def report(organisation):
    """Let the business report under VeriFactu."""
    DocumentSettings.objects.update_or_create(organisation=organisation, defaults={"fiscal_regime": "verifactu"})


def certificate(folder):
    """Paths of a certificate and its key, made for localhost."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number())
    made = made.not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    signed = made.sign(key, hashes.SHA256())
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    secret = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    paths[1].write_bytes(key.private_bytes(*secret))
    return tuple(map(str, paths))


class Agency:
    """Answers as the tax agency does. `answers` are functions from the message's invoices to (status, body)."""

    def __init__(self, *answers):
        self.answers, self.received, self.url = list(answers), [], ""

    @property
    def numbers(self):
        return [[number for _kind, number, _day in sent] for sent in self.received]


@contextmanager
def agency(*answers, context=None) -> Iterator[Agency]:
    """A server on this machine; after the given answers it accepts everything."""
    here = Agency(*answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            sent = invoices(body)
            here.received.append(sent)
            here.last = body
            status, answer = (here.answers.pop(0) if here.answers else accepted())(sent)
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("localhost", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    here.url = f"http{'s' if context else ''}://localhost:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()


def invoices(message):
    """(operation, number, date) of every record in a message."""
    found = []
    for record in etree.fromstring(message).iter(f"{{{DATA}}}RegistroAlta", f"{{{DATA}}}RegistroAnulacion"):
        kind = "Alta" if record.tag.endswith("Alta") else "Anulacion"
        ending = "" if kind == "Alta" else "Anulada"
        texts = [
            record.findtext(f".//{{{DATA}}}{name}{ending}") for name in ("NumSerieFactura", "FechaExpedicionFactura")
        ]
        found.append((kind, *texts))
    return found


def accepted(wait=60):
    return lambda sent: (200, answer([(one, "Correcto", "", "") for one in sent], wait=wait))


def said(*states, wait=60):
    """One (state, code, state of the twin) for each record that was sent."""
    return lambda sent: (200, answer([(one, *state) for one, state in zip(sent, states, strict=True)], wait=wait))


def broken(status, body=b"<html>Sorry</html>"):
    return lambda sent: (status, body)


def fault(text):
    words = f'<e:Envelope xmlns:e="{SOAP}"><e:Body><e:Fault><faultcode>env:Client</faultcode>'
    return broken(500, f"{words}<faultstring>{text}</faultstring></e:Fault></e:Body></e:Envelope>".encode())


def answer(lines, wait):
    """RespuestaRegFactuSistemaFacturacion as its schema has it."""
    parts = []
    for (kind, number, day), state, code, twin in lines:
        duplicate = "<d:IdPeticionRegistroDuplicado>1</d:IdPeticionRegistroDuplicado>"
        duplicate += f"<d:EstadoRegistroDuplicado>{twin}</d:EstadoRegistroDuplicado>"
        parts.append(
            "<r:RespuestaLinea><r:IDFactura><d:IDEmisorFactura>B64717838</d:IDEmisorFactura>"
            f"<d:NumSerieFactura>{number}</d:NumSerieFactura><d:FechaExpedicionFactura>{day}</d:FechaExpedicionFactura>"
            f"</r:IDFactura><r:Operacion><d:TipoOperacion>{kind}</d:TipoOperacion></r:Operacion>"
            f"<r:EstadoRegistro>{state}</r:EstadoRegistro>"
            + (f"<r:CodigoErrorRegistro>{code}</r:CodigoErrorRegistro>" if code else "")
            + ("<r:DescripcionErrorRegistro>Error in words</r:DescripcionErrorRegistro>" if code else "")
            + (f"<r:RegistroDuplicado>{duplicate}</r:RegistroDuplicado>" if twin else "")
            + "</r:RespuestaLinea>"
        )
    return (
        f'<e:Envelope xmlns:e="{SOAP}" xmlns:r="{ANSWER}" xmlns:d="{DATA}"><e:Header/><e:Body>'
        "<r:RespuestaRegFactuSistemaFacturacion><r:CSV>A-CSV</r:CSV><r:Cabecera><d:ObligadoEmision>"
        "<d:NombreRazon>Delta</d:NombreRazon><d:NIF>B64717838</d:NIF></d:ObligadoEmision></r:Cabecera>"
        f"<r:TiempoEsperaEnvio>{wait}</r:TiempoEsperaEnvio><r:EstadoEnvio>Correcto</r:EstadoEnvio>"
        f"{''.join(parts)}</r:RespuestaRegFactuSistemaFacturacion></e:Body></e:Envelope>"
    ).encode()

"""VeriFactu: Real Decreto 1007/2023 and Orden HAC/1177/2024, with the tax agency's own specifications."""

from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile
from urllib.parse import quote, urlencode

from django.conf import settings
from django.utils.translation import gettext as _

from documents.fiscal.regime import Answer, Content, Values
from documents.fiscal.transport import post
from documents.fiscal.verifactu import answers, messages, parties, records
from documents.models import Document, FiscalRecord

QR_HOSTS = {False: "https://prewww2.aeat.es", True: "https://www2.agenciatributaria.gob.es"}
SERVICE_HOSTS = {False: "https://prewww1.aeat.es", True: "https://www1.agenciatributaria.gob.es"}
QR_PATH = "/wlpl/TIKE-CONT/ValidarQR"
SERVICE_PATH = "/wlpl/TIKE-CONT/ws/SistemaFacturacion/VerifactuSOAP"


class VeriFactu:
    code = "verifactu"
    label = "VeriFactu"
    country = "ES"
    most_records = 1_000  # Orden HAC/1177/2024, art. 16.2

    def is_sending(self) -> bool:
        """With the certificate, its key, and the producer that every record names."""
        needed = (
            settings.VERIFACTU_CERTIFICATE,
            settings.VERIFACTU_KEY,
            settings.VERIFACTU_PRODUCER,
            settings.VERIFACTU_PRODUCER_TAX_ID,
        )
        return all(needed)

    def why_not(self, tax_id: str) -> str:
        if parties.spanish_id(tax_id):
            return ""
        return _("VeriFactu needs the Spanish tax id of your organisation. Correct it in its settings first.")

    def record(self, document: Document, act: FiscalRecord.Act, previous: FiscalRecord | None, now: datetime) -> Values:
        before = previous.content if previous else None
        if act == FiscalRecord.Act.VOIDED:
            content = records.cancellation(document, before, now)
        else:
            content = records.registration(document, before, now)
        return Values(content, records.hash_of(content, previous.hash if previous else ""))

    def hash_of(self, content: Content, previous_hash: str) -> str:
        return records.hash_of(content, previous_hash)

    def names(self, content: Content, previous: Content | None) -> bool:
        return bool(content.get("previous") == records.identity(previous))

    def qr_url(self, content: Content) -> str:
        if content["record"] != records.REGISTRATION:
            return ""
        values = {
            "nif": content["issuer"]["tax_id"],
            "numserie": content["number"],
            "fecha": content["date"],
            "importe": content["total"],
        }
        return f"{QR_HOSTS[settings.VERIFACTU_PRODUCTION]}{QR_PATH}?{urlencode(values, quote_via=quote)}"

    def together(self, records: Sequence[FiscalRecord]) -> list[FiscalRecord]:
        """Those of one tax id: a business may have changed its own in between."""
        tax_id = records[0].content["issuer"]["tax_id"]
        return list(takewhile(lambda record: record.content["issuer"]["tax_id"] == tax_id, records))

    def request(self, records: Sequence[FiscalRecord], *, is_late: bool) -> bytes:
        producer = (settings.VERIFACTU_PRODUCER, settings.VERIFACTU_PRODUCER_TAX_ID)
        return messages.request(records, producer=producer, is_late=is_late)

    def send(self, request: bytes) -> bytes:
        return post(
            settings.VERIFACTU_URL or SERVICE_HOSTS[settings.VERIFACTU_PRODUCTION] + SERVICE_PATH,
            request,
            certificate=settings.VERIFACTU_CERTIFICATE,
            key=settings.VERIFACTU_KEY,
            timeout=settings.VERIFACTU_TIMEOUT,
        )

    def read_answer(self, answer: bytes, records: Sequence[FiscalRecord]) -> Answer:
        return answers.read(answer, records)

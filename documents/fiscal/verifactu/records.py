"""Records of VeriFactu, and their hash. Source: the agency's specification of the hash, version 0.1.2."""

import hashlib
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from advisory_portal import __version__
from advisory_portal.core.text import clean_line
from documents.fiscal.regime import Content, NotReportable
from documents.fiscal.verifactu.breakdown import details_of, money
from documents.fiscal.verifactu.parties import buyer_of, issuer_of
from documents.models import Document, FiscalRecord, Kind

REGISTRATION, CANCELLATION = "alta", "anulacion"
MOST_SIMPLIFIED = Decimal(3_000)  # euros; Real Decreto 1619/2012, art. 4, and the agency's rule 1150
MOST_NUMBER, MOST_DESCRIPTION, NAMES_READ = 60, 500, 20
SYSTEM_NAME, SYSTEM_ID = "Advisory Portal", "AP"


def registration(document: Document, before: Content | None, now: datetime) -> Content:
    """What is kept of an issued invoice or credit note; amounts of a credit note are negative, as differences.

    The total is with VAT and surcharge; what the customer withholds is not taken off (the agency's rule 1210 compares
    it with the breakdown). Five queries. Raises NotReportable.
    """
    _check(document, now)
    is_credit = document.kind == Kind.CREDIT_NOTE
    sign, buyer = -1 if is_credit else 1, buyer_of(document.parties)
    if buyer is None and not is_credit and document.tax_inclusive > MOST_SIMPLIFIED:
        words = _("An invoice over %(most)s euros needs the tax id of the customer.")
        raise NotReportable(words % {"most": f"{MOST_SIMPLIFIED:,.0f}"})
    corrected = document.corrects if is_credit else None
    return {
        "record": REGISTRATION,
        "issuer": issuer_of(document.parties),
        "number": document.number,
        "date": _day(document.issued_on),
        "type": _type(is_credit=is_credit, is_simplified=buyer is None),
        "corrects": [{"number": corrected.number, "date": _day(corrected.issued_on)}] if corrected else [],
        "operation_date": _operation_date(document),
        "description": _description(document),
        "buyer": buyer,
        "details": details_of(document, sign),
        "tax_total": money(sign * document.tax_total),
        "total": money(sign * document.tax_inclusive),
        **_tail(document, before, now),
    }


def cancellation(document: Document, before: Content | None, now: datetime) -> Content:
    """What is kept of an issued invoice that is declared void. Two queries."""
    issue = document.fiscal_records.filter(act=FiscalRecord.Act.ISSUED).get()
    return {
        "record": CANCELLATION,
        "issuer": issue.content["issuer"],
        "number": issue.content["number"],
        "date": issue.content["date"],
        "is_unknown": issue.state == FiscalRecord.State.REJECTED,  # the agency has no record of its issue
        **_tail(document, before, now),
    }


def hash_of(content: Content, previous_hash: str) -> str:
    """SHA-256 in capitals over the fields that the agency names, in its order."""
    is_end = content["record"] == CANCELLATION
    ending = "Anulada" if is_end else ""
    fields = {
        f"IDEmisorFactura{ending}": content["issuer"]["tax_id"],
        f"NumSerieFactura{ending}": content["number"],
        f"FechaExpedicionFactura{ending}": content["date"],
    }
    if not is_end:
        fields |= {
            "TipoFactura": content["type"],
            "CuotaTotal": content["tax_total"],
            "ImporteTotal": content["total"],
        }
    fields |= {"Huella": previous_hash, "FechaHoraHusoGenRegistro": content["recorded_at"]}
    text = "&".join(f"{name}={value.strip()}" for name, value in fields.items())
    return hashlib.sha256(text.encode()).hexdigest().upper()


def identity(content: Content | None) -> dict[str, str] | None:
    """How a record is named by the next one."""
    if content is None:
        return None
    return {"tax_id": content["issuer"]["tax_id"], "number": content["number"], "date": content["date"]}


def _tail(document: Document, before: Content | None, now: datetime) -> dict[str, Any]:
    zone = ZoneInfo(document.organisation.time_zone)
    return {
        "previous": identity(before),
        "system": {
            "name": SYSTEM_NAME,
            "id": SYSTEM_ID,
            "version": __version__,
            "installation": str(document.organisation_id),
        },
        "recorded_at": now.astimezone(zone).isoformat(timespec="seconds"),
    }


def _check(document: Document, now: datetime) -> None:
    if document.currency != "EUR":
        raise NotReportable(_("VeriFactu takes invoices in euros only."))
    number = document.number
    if len(number) > MOST_NUMBER or not number.isascii() or not number.isprintable() or set(number) & set("\"'<>="):
        raise NotReportable(_("VeriFactu does not take the number %(number)s.") % {"number": number})
    if document.issued_on > now.astimezone(ZoneInfo(document.organisation.time_zone)).date():
        raise NotReportable(_("VeriFactu takes no invoice that is dated in the future."), field="issued_on")


def _type(*, is_credit: bool, is_simplified: bool) -> str:
    """F1 an invoice, F2 a simplified one; R1 and R5 what corrects them. Source: the agency's list L2."""
    if is_credit:
        return "R5" if is_simplified else "R1"
    return "F2" if is_simplified else "F1"


def _operation_date(document: Document) -> str:
    """When it was delivered, where that was on another day than the invoice's, and before it (rule 1146)."""
    delivered = document.delivered_on or document.tax_point_on
    return _day(delivered) if delivered and delivered < document.issued_on else ""


def _description(document: Document) -> str:
    names = document.lines.order_by("position").values_list("name", flat=True)[:NAMES_READ]
    return clean_line("; ".join(names))[:MOST_DESCRIPTION].strip() or str(document.get_kind_display())


def _day(day: date) -> str:
    return f"{day:%d-%m-%Y}"

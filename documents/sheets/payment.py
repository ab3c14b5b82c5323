"""Where and how a document is paid, in words and as a SEPA QR."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from stdnum import iban as iban_numbers

from documents import pdf
from documents.models import Document, Kind
from documents.rules.epc import epc_payload


def payment_facts(document: Document) -> Iterable[tuple[str, str]]:
    """Terms, accounts and references, each once; an IBAN in groups of four."""
    payment = document.payment
    if payment.get("payment_terms"):
        yield _("Terms"), payment["payment_terms"]
    seen: set[tuple[str, str]] = set()
    for means in payment.get("payment_means", []):
        for label, name in (
            (_("Account"), "account"),
            (_("Account holder"), "account_name"),
            ("BIC", "bic"),
            (_("Reference"), "reference"),
            (_("Mandate"), "mandate"),
            (_("Debited account"), "debited_account"),
            (_("Card"), "card_number"),
        ):
            fact = (label, grouped_iban(means.get(name, "")))
            if fact[1] and fact not in seen:
                seen.add(fact)
                yield fact


def grouped_iban(value: str) -> str:
    """An IBAN in groups of four; anything else as it is."""
    return str(iban_numbers.format(value)) if iban_numbers.is_valid(value) else value


def payment_qr(document: Document) -> pdf.Qr | None:
    """The code from which a banking app makes the transfer of what is open; None but for issued invoices in euro."""
    states = (Document.State.ISSUED, Document.State.PARTIALLY_PAID)
    if document.kind != Kind.INVOICE or document.currency != "EUR" or document.state not in states:
        return None
    seller = document.parties.get("seller", {}).get("name", "")
    for means in document.payment.get("payment_means", []):
        payload = epc_payload(
            name=means.get("account_name") or seller,
            iban=means.get("account", ""),
            bic=means.get("bic", ""),
            amount=document.outstanding,
            remittance=means.get("reference") or document.number,
        )
        if payload is not None:
            return transfer_code(payload)
    return None


def transfer_code(payload: str) -> pdf.Qr:
    """The code of a SEPA transfer with its words."""
    return pdf.Qr(payload, _("QR code for a SEPA transfer of this amount"), below=_("Pay with your banking app"))

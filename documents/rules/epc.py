"""What a SEPA payment QR says. Source: European Payments Council, EPC069-12 version 2.1."""

from decimal import Decimal

from stdnum import iban as iban_numbers
from stdnum.exceptions import ValidationError

MOST_BYTES, MOST_NAME, MOST_REMITTANCE = 331, 70, 140
LEAST_AMOUNT, MOST_AMOUNT = Decimal("0.01"), Decimal("999999999.99")


def epc_payload(*, name: str, iban: str, bic: str, amount: Decimal, remittance: str) -> str | None:
    """The text of the QR that a banking app turns into a transfer; None where none can be made.

    `amount` is in euro. Names and remittances that are too long are cut. None for a wrong IBAN, no name, or an
    amount that the standard does not take.
    """
    name, remittance = " ".join(name.split())[:MOST_NAME], " ".join(remittance.split())[:MOST_REMITTANCE]
    try:
        account = iban_numbers.validate(iban)
    except ValidationError:
        return None
    if not name or not LEAST_AMOUNT <= amount <= MOST_AMOUNT:
        return None
    while True:
        rows = ("BCD", "002", "1", "SCT", "".join(bic.split()), name, account, f"EUR{amount:.2f}", "", "", remittance)
        payload = "\n".join(rows).rstrip("\n")
        if len(payload.encode()) <= MOST_BYTES:
            return payload
        if remittance:
            remittance = remittance[:-1]
        else:
            name = name[:-1]

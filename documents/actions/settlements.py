"""The one hand that books money on documents."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor
from advisory_portal.core.errors import Refused
from advisory_portal.core.money import fits
from advisory_portal.core.states import move
from documents import rules
from documents.models import Document, Settlement


class NotPayable(Refused):
    """The kind or state of the document takes no money, or the amount is not one of its currency."""


@transaction.atomic
def settle(
    *,
    actor: Actor,
    document: Document,
    amount: Decimal,
    received_on: date,
    method: str,
    source_key: str,
    reference: str = "",
) -> bool:
    """Book an amount on a document and move its state; False if `source_key` was booked on it before.

    Everything that brings money calls this: a gateway's payment, a bank line, cash. `amount` is in the
    document's currency; negative takes back. Rights are the caller's to check. Raises NotPayable.
    """
    current = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if Settlement.objects.filter(document=current, source_key=source_key).exists():
        return False
    if current.kind not in rules.PAYABLE_KINDS or current.state in (Document.State.DRAFT, Document.State.VOID):
        raise NotPayable(_("Nothing can be paid on this document."))
    if amount == 0 or not fits(amount, current.currency):
        raise NotPayable(_("This is not an amount of %(currency)s.") % {"currency": current.currency})
    Settlement.objects.create(
        organisation_id=current.organisation_id,
        document=current,
        amount=amount,
        received_on=received_on,
        method=method,
        source_key=source_key,
        reference=reference,
    )
    current.settled += amount
    current.save(update_fields=["settled"])
    move(current, rules.state_after_settling(current.payable, current.settled), actor=actor)
    document.refresh_from_db()
    return True

"""Words of the portal: states, steps of payments, and what mails say unless somebody writes something else."""

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from advisory_portal.core.formatting import format_date, format_money
from documents.models import Document, Kind
from documents.words import state_label


def contacts_state(kind: str, state: str) -> str:
    """How a document stands (`rules.shown_state`), in a contact's words: a quote waits for them."""
    return _("To decide") if (kind, state) == (Kind.QUOTE, Document.State.ISSUED) else state_label(kind, state)


# What the payment log says (`PaymentLog.what`).
PAYMENT_STEPS: dict[str, Promise] = {
    "new": gettext_lazy("Payment begun"),
    "open": gettext_lazy("Page to pay on opened"),
    "capturing": gettext_lazy("Money being collected"),
    "pending": gettext_lazy("Being processed"),
    "succeeded": gettext_lazy("Payment received"),
    "failed": gettext_lazy("Failed"),
    "expired": gettext_lazy("Page to pay on expired"),
    "cancelled": gettext_lazy("Called off"),
    "received": gettext_lazy("Money booked"),
    "reversed": gettext_lazy("Money taken back by the company"),
    "payment_pending": gettext_lazy("Money on its way"),
    "payment_failed": gettext_lazy("Money did not come"),
    "given_up": gettext_lazy("Payer chose not to pay now"),
    "outdated": gettext_lazy("Document takes this amount no more"),
    "not_answered": gettext_lazy("Company did not answer"),
    "not_collected": gettext_lazy("Company did not collect the money"),
    "not_understood": gettext_lazy("Answer of the company not understood"),
    "not_ours": gettext_lazy("Money that is not this business’s"),
    "not_wanted": gettext_lazy("Not collected: paid otherwise"),
    "compared": gettext_lazy("Books compared with the company’s"),
    "matched": gettext_lazy("Matched with a document"),
    "looked_at": gettext_lazy("Looked at"),
    "refund_asked": gettext_lazy("Refund asked for"),
    "refund_seen": gettext_lazy("Refund begun at the company"),
    "refund_pending": gettext_lazy("Refund on its way"),
    "refund_put_off": gettext_lazy("Refund is tried again later"),
    "refund_succeeded": gettext_lazy("Money went back"),
    "refund_failed": gettext_lazy("Refund failed"),
    "dispute_opened": gettext_lazy("Disputed by the payer"),
    "dispute_won": gettext_lazy("Dispute won"),
    "dispute_lost": gettext_lazy("Dispute lost"),
}


def sending_words(document: Document, *, business: str, language: str, name: str) -> tuple[str, str]:
    """Subject and text of the mail that brings a document, in the reader's language."""
    with translation.override(language):
        values = {
            "kind": document.get_kind_display(),
            "number": document.number,
            "business": business,
            "amount": format_money(document.payable, document.currency),
            "name": name,
        }
        subject = _("%(kind)s %(number)s from %(business)s") % values
        said = _("%(business)s has shared this document with you: %(kind)s %(number)s over %(amount)s.") % values
        if document.due_on and document.kind in (Kind.INVOICE, Kind.QUOTE):
            until = {"date": format_date(document.due_on)}
            due = _("It is due on %(date)s.") if document.kind == Kind.INVOICE else _("It is valid until %(date)s.")
            said = f"{said} {due % until}"
        text = f"{_('Hello %(name)s,') % values}\n\n{said}\n\n{_('Kind regards,')}\n{business}"
    return subject, text

"""What the portal's mails say unless somebody writes something else."""

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from advisory_portal.core.formatting import format_date, format_money
from documents.models import Document, Kind

# Kinds of mail that a contact may turn off (`ContactPreference.muted`). Links, passwords, codes, and documents that
# staff send are always mailed.
MAIL_KINDS: dict[str, Promise] = {
    "client_portal/comments": gettext_lazy("somebody answers me in the comments"),
    "client_portal/quote_decided": gettext_lazy("I have accepted or declined a quote"),
    "client_portal/payment_received": gettext_lazy("I have paid online"),
    "client_portal/payment_failed": gettext_lazy("a payment of mine did not go through"),
    "client_portal/payment_refunded": gettext_lazy("I am paid back"),
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

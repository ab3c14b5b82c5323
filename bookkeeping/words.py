"""Words of the books for people."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# What takes a part of an entry that makes itself: its name, and when it does.
PARTS: Mapping[str, tuple[Promise, Promise]] = {
    "customer": (_("Customers"), _("what a customer owes of an invoice")),
    "supplier": (_("Suppliers"), _("what is owed to a supplier of a bill")),
    "sales": (_("Sales"), _("what was sold, without taxes")),
    "sales_returns": (_("Sales returns"), _("what a credit note takes back of sales")),
    "purchases": (_("Purchases"), _("what was bought, without taxes")),
    "purchase_returns": (_("Purchase returns"), _("what a supplier's credit note takes back of purchases")),
    "output_vat": (_("Output VAT"), _("the VAT on sales")),
    "input_vat": (_("Input VAT"), _("the VAT on purchases")),
    "output_surcharge": (_("Surcharge on sales"), _("the equivalence surcharge of shops that buy")),
    "input_surcharge": (_("Surcharge on purchases"), _("the equivalence surcharge on what was bought")),
    "withholding_to_receive": (_("Withheld by customers"), _("what a customer keeps back and pays to the tax office")),
    "withholding_to_pay": (_("Withheld from suppliers"), _("what is kept back from a supplier for the tax office")),
    "bank": (_("Bank"), _("payments, where no bank account with an account of its own is known")),
    "cash": (_("Cash"), _("payments in cash")),
    "customer_advances": (_("Advances of customers"), _("what was paid before the invoice")),
    "supplier_advances": (_("Advances to suppliers"), _("what was paid before the bill")),
    "rounding": (_("Rounding"), _("cents by which the sums of a document differ")),
    "exchange_gain": (_("Exchange gains"), _("what a payment in another currency brought more")),
    "exchange_loss": (_("Exchange losses"), _("what a payment in another currency brought less")),
}

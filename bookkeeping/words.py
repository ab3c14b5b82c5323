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
    "clearing_stripe": (_("Held by Stripe"), _("what Stripe took and has not paid out yet")),
    "clearing_paypal": (_("Held by PayPal"), _("what PayPal took and has not paid out yet")),
    "clearing_square": (_("Held by Square"), _("what Square took and has not paid out yet")),
    "gateway_fees": (_("Fees of payment companies"), _("what they keep of the payments that they take")),
}

# Rows of form 303: the words beside their boxes, by the box of the base. Rates stand in `rules.vat_return`.
VAT_ROWS: Mapping[str, Promise] = {
    "10": _("Acquisitions within the Union, goods and services"),
    "12": _("Other operations for which the buyer owes the tax"),
    "14": _("Changes of bases and taxes"),
    "25": _("Changes of bases and surcharges"),
    "28": _("Operations within the country, current"),
    "36": _("Acquisitions within the Union, current"),
    "40": _("Corrections of deductions"),
    "59": _("Deliveries and services within the Union"),
    "60": _("Exports and the like"),
    "120": _("Not subject here because of the place"),
    "122": _("Subject, but the buyer owes the tax"),
}
VAT_TOTALS: Mapping[str, Promise] = {
    "27": _("Tax due in all"),
    "45": _("To deduct in all"),
    "46": _("Result of the ordinary scheme"),
    "71": _("Result of the return"),
}
# Why a tax of a document is in no box.
LEFT_OUT: Mapping[str, tuple[Promise, Promise]] = {
    "currency": (_("Not in euro"), _("The return is in euro. Add them by hand at the rate of their day.")),
    "exempt": (_("Exempt without right to deduct"), _("Form 303 tells these sales once a year, in box 105.")),
    "other_tax": (_("Canary or Ceuta and Melilla tax"), _("IGIC and IPSI have returns of their own.")),
    "rate": (_("A rate that is not Spanish"), _("Perhaps the one-stop shop, or a typing mistake.")),
    "no_vat": (_("Purchases without VAT"), _("Nothing to deduct.")),
    "foreign": (_("VAT of another country"), _("Asked back in that country, with form 360.")),
    "import": (_("Imports"), _("Their VAT stands on the customs document: boxes 32 and 33.")),
    "surcharge": (_("Equivalence surcharge on purchases"), _("It cannot be deducted.")),
    "no_tax": (_("Documents that say nothing of VAT"), _("Look whether their tax is missing.")),
}
OPERATION_KEYS: Mapping[str, Promise] = {
    "A": _("Purchases"),
    "B": _("Sales"),
}
OPERATOR_KEYS: Mapping[str, Promise] = {
    "E": _("Deliveries of goods"),
    "S": _("Services to others"),
    "A": _("Acquisitions of goods"),
    "I": _("Services from others"),
}
LENGTHS: Mapping[str, Promise] = {
    "month": _("Every month"),
    "quarter": _("Every quarter"),
    "year": _("Every year"),
}

# --- Banking -------------------------------------------------------------------------------------------------

BANK_COLUMNS: Mapping[str, Promise] = {
    "date": _("Date"),
    "value_date": _("Value date"),
    "amount": _("Amount with its sign"),
    "debit": _("Money out"),
    "credit": _("Money in"),
    "balance": _("Balance after the line"),
    "text": _("Text"),
    "counterparty_name": _("Other party"),
    "counterparty_account": _("Account of the other party"),
    "reference": _("Reference"),
    "bank_id": _("Reference of the bank"),
    "currency": _("Currency"),
}
# Why a document is suggested for a bank line.
REASONS: Mapping[str, Promise] = {
    "amount": _("Same amount"),
    "sum": _("%(value)s documents that add up to it"),
    "number": _("%(value)s in the text"),
    "name": _("Name in the text"),
    "past": _("Chosen for the same other party before"),
    "rule": _("Rule “%(value)s”"),
    "many": _("Confirmed with others"),
    "gateway": _("%(value)s in the text"),
    "fees": _("Fees known, to the cent"),
    "guessed": _("The difference as its fee"),
}
BANK_FORMATS: Mapping[str, str | Promise] = {
    "camt053": "CAMT.053",
    "norma43": "Norma 43",
    "ofx": "OFX",
    "table": _("Table"),
}

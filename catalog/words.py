"""Words of the catalog for people."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# By `rules.State`.
AVAILABILITY: dict[str, Promise] = {
    "always": gettext_lazy("Available"),
    "in_stock": gettext_lazy("In stock"),
    "low": gettext_lazy("Few left"),
    "backorder": gettext_lazy("Can be ordered, delivered later"),
    "out": gettext_lazy("Out of stock"),
}


def fault_text(fault: str, *, minimum: str, multiple: str) -> str:
    """Why a quantity cannot be ordered (`rules.Fault`); minimum and multiple as the reader writes them."""
    texts = {
        "not_positive": _("Enter a quantity above zero."),
        "too_many": _("That is more than can be ordered here. Please write to us."),
        "not_whole": _("This is sold in whole pieces only."),
        "too_fine": _("Enter at most eight decimals."),
        "below_minimum": _("Order at least %(minimum)s.") % {"minimum": minimum},
        "not_multiple": _("Order a multiple of %(multiple)s.") % {"multiple": multiple},
    }
    return texts[fault]


# Why a picture is refused, by `partners.rules.pictures.Fault`.
PICTURE_FAULTS: dict[str, Promise] = {
    "too_big": gettext_lazy("This picture is over 10 MB."),
    "too_many_pixels": gettext_lazy("This picture has more pixels than we can work with."),
    "not_a_picture": gettext_lazy("This is no picture that we can read. Use JPEG, PNG or WebP."),
    "too_small": gettext_lazy("This picture is too small to be shown: 64 pixels on each side are the least."),
}

# What the columns of a list of products hold; the names stand at the head of exports and are read back by imports.
COLUMN_NAMES: dict[str, Promise] = {
    "sku": gettext_lazy("SKU"),
    "variant_of": gettext_lazy("Variant of"),
    "name": gettext_lazy("Name"),
    "category": gettext_lazy("Category"),
    "description": gettext_lazy("Description"),
    "kind": gettext_lazy("Kind"),
    "price": gettext_lazy("List price"),
    "tax": gettext_lazy("Tax"),
    "unit": gettext_lazy("Unit"),
    "options": gettext_lazy("Options"),
    "barcode": gettext_lazy("Barcode"),
    "minimum": gettext_lazy("Minimum"),
    "multiple": gettext_lazy("Multiple of"),
    "is_divisible": gettext_lazy("Sold in parts"),
    "is_tracked": gettext_lazy("Keep its stock"),
    "visibility": gettext_lazy("Shown to"),
    "stock": gettext_lazy("In stock"),
    "alarm": gettext_lazy("Alarm at"),
    "pictures": gettext_lazy("Pictures"),
}
# The same of a list of orders.
ORDER_COLUMN_NAMES: dict[str, Promise] = {
    "number": gettext_lazy("Order number"),
    "date": gettext_lazy("Date"),
    "customer": gettext_lazy("Customer"),
    "tax_id": gettext_lazy("Tax id"),
    "email": gettext_lazy("E-mail"),
    "reference": gettext_lazy("Their reference"),
    "currency": gettext_lazy("Currency"),
    "sku": gettext_lazy("SKU"),
    "name": gettext_lazy("Name"),
    "quantity": gettext_lazy("Quantity"),
    "price": gettext_lazy("Price of one, without tax"),
    "tax": gettext_lazy("Tax"),
}
# Why a cell of such a list cannot be taken.
CELL_ERRORS: dict[str, Promise] = {
    "missing": gettext_lazy("This is missing."),
    "no_name": gettext_lazy("A new product needs a name."),
    "no_price": gettext_lazy("A new variant needs a price."),
    "no_parent": gettext_lazy("No product has this SKU, above in the file or in the catalog."),
    "elsewhere": gettext_lazy("Another product has the SKU."),
    "too_many": gettext_lazy("A product has at most a hundred variants."),
    "twice": gettext_lazy("The SKU stands further up in the file."),
    "too_long": gettext_lazy("The text is too long."),
    "number": gettext_lazy("Write a number that is not negative, such as 12.50."),
    "flag": gettext_lazy("Write yes or no."),
    "kind": gettext_lazy("Write product or service."),
    "visibility": gettext_lazy("Write contacts and the shared link, contacts only, or nobody."),
    "options": gettext_lazy("Write names with their values: Colour: Red, Size: L"),
    "unit": gettext_lazy("This unit is not known."),
    "tax": gettext_lazy("The business has no tax of this percentage."),
    "held": gettext_lazy("Orders hold more than this."),
    "picture": gettext_lazy("The ZIP has no such picture, or it cannot be read."),
    "date": gettext_lazy("Write a date such as 2026-11-22 or 22/11/2026."),
    "future": gettext_lazy("The date lies in the future."),
    "currency": gettext_lazy("Write a currency by its three letters, such as EUR."),
    "no_quantity": gettext_lazy("Write a quantity above zero."),
    "negative": gettext_lazy("An order has no negative quantities. Returns are not imported."),
    "cancelled": gettext_lazy("Every line takes something back: a cancellation or return, not an order."),
    "no_product": gettext_lazy("No product has this SKU. Import the products first."),
    "no_contact": gettext_lazy("No contact is called this. Import the contacts first."),
    "differs": gettext_lazy("Another line of this order says something else."),
    "number_taken": gettext_lazy("An order with this number is there already, and says something else."),
    "too_many_lines": gettext_lazy("The order has more than 5,000 lines."),
    "too_large": gettext_lazy("A date or an amount of this order is out of range."),
    "failed": gettext_lazy("This row could not be processed, after several tries."),
}

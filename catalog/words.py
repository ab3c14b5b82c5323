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

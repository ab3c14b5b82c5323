"""What templates show of rows, in the reader's words."""

from partners.rows.firms import ShownFirm, shown_firm
from partners.rows.listings import (
    FORMULA,
    PICTURES,
    address,
    cards,
    choices,
    chosen,
    facets,
    headline,
    last_page,
    listed_firm,
    pages,
    picture_mark,
    script_data,
    structured,
    switches,
)

__all__ = [
    "FORMULA",
    "PICTURES",
    "ShownFirm",
    "address",
    "cards",
    "choices",
    "chosen",
    "facets",
    "headline",
    "last_page",
    "listed_firm",
    "pages",
    "picture_mark",
    "script_data",
    "shown_firm",
    "structured",
    "switches",
]

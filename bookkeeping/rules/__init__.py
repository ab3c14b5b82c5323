"""What the books compute: pure functions on values."""

from bookkeeping.rules.charts import LONGEST_CODE, SHORTEST_CODE, Chart, chart_of
from bookkeeping.rules.jobs import AT_ONCE, MOST_POSTED, POST
from bookkeeping.rules.posting import (
    ADVANCED_KINDS,
    PARTS,
    PARTS_OF_CONTACT,
    POSTED_KINDS,
    EntryLine,
    Figures,
    PartLine,
    SumsDoNotAgree,
    TaxSum,
    cleared_share,
    converted,
    document_parts,
    party_part,
    payment_parts,
    sign_of,
)

__all__ = [
    "ADVANCED_KINDS",
    "AT_ONCE",
    "LONGEST_CODE",
    "MOST_POSTED",
    "PARTS",
    "PARTS_OF_CONTACT",
    "POST",
    "POSTED_KINDS",
    "SHORTEST_CODE",
    "Chart",
    "EntryLine",
    "Figures",
    "PartLine",
    "SumsDoNotAgree",
    "TaxSum",
    "chart_of",
    "cleared_share",
    "converted",
    "document_parts",
    "party_part",
    "payment_parts",
    "sign_of",
]

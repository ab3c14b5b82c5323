"""What the law of a country wants to be kept of invoices: one interface, a regime for each law (docs/fiscal.md)."""

from documents.fiscal.chain import REPORTED_KINDS, Fault, keep, verify_chain
from documents.fiscal.regime import Answer, NotDelivered, NotReportable, Outcome, Regime
from documents.fiscal.registry import REGIMES, is_sending, regimes_of, why_not

__all__ = [
    "REGIMES",
    "REPORTED_KINDS",
    "Answer",
    "Fault",
    "NotDelivered",
    "NotReportable",
    "Outcome",
    "Regime",
    "is_sending",
    "keep",
    "regimes_of",
    "verify_chain",
    "why_not",
]

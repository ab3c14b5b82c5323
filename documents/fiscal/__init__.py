"""What the law of a country wants to be kept of invoices: one interface, a regime for each law (docs/fiscal.md)."""

from documents.fiscal.chain import keep
from documents.fiscal.regime import REGIMES, Regime, why_not

__all__ = ["REGIMES", "Regime", "keep", "why_not"]

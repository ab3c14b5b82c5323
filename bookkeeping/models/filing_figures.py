"""What can be computed of a return, as its form's pack says, and what is kept of it when it is filed."""

from dataclasses import dataclass
from decimal import Decimal

from bookkeeping.models.tax_figures import annual_operations, operators, tax_groups, withheld, without_tax
from bookkeeping.models.taxes import TaxFiling
from bookkeeping.rules.annual_operations import Operations, Operator, Withheld, form_of_withheld
from bookkeeping.rules.filings import pack_of
from bookkeeping.rules.vat_return import LeftOut, VatReturn, vat_return

VAT_RETURN, ANNUAL_OPERATIONS, OPERATORS, WITHHELD = "vat_return", "annual_operations", "operators", "withheld"


@dataclass(frozen=True, slots=True)
class FilingFigures:
    """The figures of a return: `sort` is what the pack calls them, "" where there are only dates."""

    sort: str
    vat: VatReturn | None = None
    left_out: tuple[LeftOut, ...] = ()
    operations: tuple[Operations, ...] = ()
    operators: tuple[Operator, ...] = ()
    withheld: tuple[Withheld, ...] = ()

    def amounts(self) -> dict[str, Decimal]:
        """Every figure by a name that stays: a box, or a key and a party, or a percentage."""
        found = dict(self.vat.boxes) if self.vat else {}
        found |= {f"{one.key} {one.name} {one.tax_id}".strip(): one.total for one in self.operations}
        found |= {f"{one.key} {one.name} {one.tax_id}".strip(): one.taxable for one in self.operators}
        return found | {f"{one.percent.normalize():f} %": one.tax for one in self.withheld}

    def as_json(self) -> dict[str, str]:
        """The amounts as texts, to be kept."""
        return {name: str(amount) for name, amount in self.amounts().items()}

    @property
    def total(self) -> Decimal:
        """What is withheld in all."""
        return sum((one.tax for one in self.withheld), Decimal(0))


def figures_of(filing: TaxFiling, country: str) -> FilingFigures:
    """Compute a return's figures from the documents of its period: one query, of form 303 two."""
    form = pack_of(country).get(filing.form)
    sort = form.figures if form else ""
    period = (filing.organisation_id, filing.starts_on, filing.ends_on)
    if sort == VAT_RETURN:
        found = vat_return(tax_groups(*period))
        return FilingFigures(sort, vat=found, left_out=(*found.left_out, *without_tax(*period)))
    if sort == ANNUAL_OPERATIONS:
        return FilingFigures(sort, operations=tuple(annual_operations(*period)))
    if sort == OPERATORS:
        return FilingFigures(sort, operators=tuple(operators(*period)))
    if sort == WITHHELD:
        rows = tuple(row for row in withheld(*period) if form_of_withheld(row.percent) == filing.form)
        return FilingFigures(sort, withheld=rows)
    return FilingFigures("")

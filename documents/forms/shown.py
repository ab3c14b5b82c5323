"""Figures as the editor shows them, in the reader's language."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from advisory_portal.core.formatting import active_language, format_number, money_formatter
from advisory_portal.core.money import fits
from documents import rules
from documents.forms.editor import EditorForm
from documents.models import TaxLine
from documents.rules import TaxGroup, Totals
from documents.words import tax_label


class ShownTotal(NamedTuple):
    """A row of the totals. `is_last` is what is to be paid."""

    label: str
    value: str
    is_last: bool = False


class ShownLine(NamedTuple):
    """What stands beside a line: its net, and what is wrong with it."""

    net: str
    errors: dict[str, str]

    @property
    def mark(self) -> str:
        """Changes with what is shown: the page sends back the mark it has, and is sent only what is new."""
        return "|".join((self.net, *(f"{part}: {error}" for part, error in self.errors.items())))


class Shown(NamedTuple):
    """The lines and totals of the editor."""

    lines: list[ShownLine]
    totals: list[ShownTotal]


def shown_figures(form: EditorForm) -> Shown:
    """What a form that has been validated adds up to; lines that are blank show nothing."""
    contents, adjustments = form.figures
    totals = rules.compute(contents, adjustments, form.shown_currency)
    money = money_formatter(active_language(), form.shown_currency)
    nets = iter(totals.line_nets)
    lines = [ShownLine("" if line.is_blank else money(next(nets)), line.errors) for line in form.lines]
    if not fits(totals.payable, form.shown_currency) or not fits(totals.lines_net, form.shown_currency):
        return Shown(lines, [ShownTotal(_("This is more than can be added up."), "", True)])
    return Shown(lines, list(_totals(totals, form)))


def _totals(totals: Totals, form: EditorForm) -> Iterator[ShownTotal]:
    money = money_formatter(active_language(), form.shown_currency)
    if totals.allowances or totals.charges:
        yield ShownTotal(_("Sum of lines"), money(totals.lines_net))
        if totals.allowances:
            yield ShownTotal(_("Discounts"), money(-totals.allowances))
        if totals.charges:
            yield ShownTotal(_("Surcharges"), money(totals.charges))
    yield ShownTotal(_("Total without tax"), money(totals.tax_exclusive))
    for group in totals.groups:
        sign = -1 if group.kind == rules.WITHHOLDING else 1
        yield ShownTotal(_group_label(group, money(group.taxable)), money(sign * group.tax))
    yield ShownTotal(_("Total"), money(totals.payable), True)


def _group_label(group: TaxGroup, taxable: str) -> str:
    if group.kind == rules.VAT:
        name = tax_label(group.category, group.percent)
    else:
        name = f"{TaxLine.Kind(group.kind).label} {format_number(group.percent or Decimal(0))} %"
    return _("%(tax)s of %(amount)s") % {"tax": name, "amount": taxable}

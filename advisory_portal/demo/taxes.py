"""The returns of the demo's business: those of the last quarter filed, those of this one open."""

from datetime import date, timedelta

from advisory_portal.core.access import Actor
from bookkeeping import actions
from bookkeeping.models import TaxFiling
from bookkeeping.models.taxes import tax_team

FORMS = {"303": "quarter", "111": "quarter", "349": "quarter", "347": "year", "390": "year"}


def fill_taxes(owner: Actor) -> None:
    """Choose the returns, file what fell due before today, and give the next one to somebody."""
    today = owner.today()
    actions.choose_forms(actor=owner, forms=FORMS, today=today, since=today - timedelta(days=100))
    filings = TaxFiling.objects.visible_to(owner).order_by("due_on", "form")
    for number, filing in enumerate(filings.filter(due_on__lt=today)):
        _file(owner, filing, number, today)
    team = tax_team(owner)
    following = list(filings.filter(due_on__gte=today, form="303")[:1])
    actions.assign_filings(actor=owner, filings=following, member=team[-1] if team else None)


def _file(owner: Actor, filing: TaxFiling, number: int, today: date) -> None:
    filed_on = min(filing.due_on - timedelta(days=2), today)
    reference = f"{filing.form}{filing.ends_on:%y%m}000{number + 1}27K"
    actions.file_filing(actor=owner, filing=filing, filed_on=filed_on, reference=reference, today=today)

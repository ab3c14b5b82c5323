"""Tax returns as events of a calendar."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from advisory_portal.core.formatting import active_language, format_date
from bookkeeping.models import TaxFiling
from bookkeeping.rows.taxes import period_label
from bookkeeping.rules.calendar_feed import Event
from bookkeeping.rules.filings import pack_of
from partners.models import Organisation


def filing_events(filings: Iterable[TaxFiling], business: Organisation) -> list[Event]:
    """Returns as events on their last day: form, period and business, nothing else."""
    pack, language = pack_of(business.country), active_language()
    events = []
    for filing in filings:
        form = pack.get(filing.form)
        words = {"form": filing.form, "period": period_label(filing.period), "business": business.name}
        is_done = filing.state in (TaxFiling.State.FILED, TaxFiling.State.NOT_NEEDED)
        summary = _("Form %(form)s, %(period)s – %(business)s") % words
        text = _("%(name)s. It can be filed from %(opens)s to %(due)s.") % {
            "name": form.name(language) if form else filing.form,
            "opens": format_date(filing.opens_on),
            "due": format_date(filing.due_on),
        }
        events.append(Event(f"{filing.pk}@tax-filings", filing.due_on, summary, text, filing.created_at, is_done))
    return events

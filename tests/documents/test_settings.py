"""The general settings of documents."""

from datetime import date

import pytest
from django.urls import reverse

from advisory_portal.core.access import Forbidden
from advisory_portal.core.models import HistoryEntry
from documents import actions
from documents.fiscal import NotReportable
from documents.models import DocumentSettings
from tests.documents.builders import with_levels

pytestmark = pytest.mark.django_db


def save(actor, **changes):
    return actions.save_settings(actor=actor, changes=changes)


def test_business_without_settings_has_the_defaults_in_one_query(delta, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = actions.settings_of(delta.pk)
    assert (found.payment_days, found.quote_days, found.closed_until, found.fiscal_regime) == (30, 30, None, "")
    assert not DocumentSettings.objects.exists()


def test_settings_are_kept_and_recorded_once(dan_here, delta):
    for _ in range(2):
        save(dan_here, payment_days=14, closed_until=date(2025, 12, 31))
    kept = actions.settings_of(delta.pk)
    assert (kept.payment_days, kept.closed_until) == (14, date(2025, 12, 31))
    entry = HistoryEntry.objects.get(what="documents.documentsettings.changed")
    assert (entry.before["payment_days"], entry.after["closed_until"]) == (30, "2025-12-31")


def test_closed_books_are_opened_by_owners_and_administrators_only(dan_here, delta):
    save(dan_here, closed_until=date(2025, 12, 31))
    manager = with_levels(delta, settings=2)
    save(manager, closed_until=date(2026, 1, 31))
    for day in (date(2025, 12, 31), None):
        with pytest.raises(Forbidden):
            save(manager, closed_until=day)
    assert save(dan_here, closed_until=None).closed_until is None


def test_settings_are_for_who_manages_them(delta):
    with pytest.raises(Forbidden):
        save(with_levels(delta, settings=1), payment_days=1)


def test_reporting_needs_the_country_and_its_tax_id(dan_here, delta):
    assert save(dan_here, fiscal_regime="verifactu").fiscal_regime == "verifactu"
    assert save(dan_here, fiscal_regime="").fiscal_regime == ""
    for columns in ({"country": "FR"}, {"country": "ES", "tax_id": "12"}):
        type(delta).objects.filter(pk=delta.pk).update(**columns)
        with pytest.raises(NotReportable) as refused:
            save(dan_here, fiscal_regime="verifactu")
        assert refused.value.field == "fiscal_regime"
    with pytest.raises(NotReportable):
        save(dan_here, fiscal_regime="another")


def test_page_saves_and_keeps_what_was_typed(client_of, dan, delta):
    client, url = client_of(dan), reverse("documents:settings_general", args=["delta"])
    typed = {"payment_days": "14", "quote_days": "10", "closed_until": "2025-12-31", "fiscal_regime": "verifactu"}
    assert client.post(url, typed).status_code == 302
    assert actions.settings_of(delta.pk).fiscal_regime == "verifactu"
    assert client.post(url, typed | {"fiscal_regime": "none"}).status_code == 302
    assert actions.settings_of(delta.pk).fiscal_regime == ""
    page = client.post(url, typed | {"payment_days": "999"})
    assert (page.status_code, 'value="999"' in page.content.decode()) == (422, True)


def test_page_of_another_country_has_no_reporting(client_of, dan, delta):
    type(delta).objects.filter(pk=delta.pk).update(country="FR")
    url = reverse("documents:settings_general", args=["delta"])
    assert "VeriFactu" not in client_of(dan).get(url).content.decode()
    typed = {"payment_days": "14", "quote_days": "10", "fiscal_regime": "verifactu"}
    assert client_of(dan).post(url, typed).status_code == 302
    assert actions.settings_of(delta.pk).fiscal_regime == ""

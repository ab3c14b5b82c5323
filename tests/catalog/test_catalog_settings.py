from decimal import Decimal as D

import pytest
from django.urls import reverse

from advisory_portal.core.ids import hash_token
from catalog import actions
from catalog.models import CatalogSettings, StockLevel
from tests.catalog.factories_catalog import StockLevelFactory
from tests.factories import MemberFactory, RoleFactory, UserFactory

pytestmark = pytest.mark.django_db


def at(name):
    return reverse(f"catalog:{name}", args=["delta"])


def typed(**values):
    return {
        "prices": "with_tax", "availability": "exact", "payment": "now", "cancel_until": "never",
        "minimum_EUR": "50", "needs_approval": "on",
    } | values  # fmt: skip


def test_settings_are_kept_and_shown_again(client_of, dan, delta):
    client = client_of(dan)
    client.post(at("settings_catalog"), typed(low_stock_receivers=[dan.pk]))
    kept = CatalogSettings.objects.get()
    assert (kept.prices, kept.availability, kept.payment, kept.cancel_until) == ("with_tax", "exact", "now", "")
    assert (kept.needs_approval, kept.allows_backorders) == (True, False)
    assert (kept.minimum_amounts, kept.low_stock_receivers) == ({"EUR": "50"}, [dan.pk])
    assert 'value="50.00"' in client.get(at("settings_catalog")).text


def test_minimum_is_in_units_of_its_currency(client_of, dan, delta):
    answer = client_of(dan).post(at("settings_catalog"), typed(minimum_EUR="0.005"))
    assert answer.status_code == 422
    assert not CatalogSettings.objects.exists()


def test_each_currency_of_a_list_has_a_minimum(client_of, dan, dan_here):
    actions.save_price_list(actor=dan_here, price_list=None, name="US", currency="USD")
    client_of(dan).post(at("settings_catalog"), typed(minimum_USD="60"))
    assert CatalogSettings.objects.get().minimum_amounts == {"EUR": "50", "USD": "60"}


def test_back_orders_may_be_owed_until_they_are_delivered(dan_here, delta):
    owed, even = StockLevelFactory(organisation=delta, on_hand=1), StockLevelFactory(organisation=delta)
    actions.save_catalog_settings(actor=dan_here, changes={"allows_backorders": True})
    StockLevel.objects.filter(pk=owed.pk).update(held=2)
    for _repeated in range(2):
        actions.save_catalog_settings(actor=dan_here, changes={"allows_backorders": False})
    flags = dict(StockLevel.objects.values_list("pk", "may_owe"))
    assert flags == {owed.pk: True, even.pk: False}


def test_shared_link_is_shown_once_and_ended(client_of, dan, dan_here):
    first = actions.share_catalog(actor=dan_here)
    second = actions.share_catalog(actor=dan_here)
    assert not CatalogSettings.objects.shared(hash_token(first)).exists()
    assert CatalogSettings.objects.shared(hash_token(second)).exists()
    client = client_of(dan)
    page = client.post(at("share_catalog"))
    assert page["Cache-Control"] == "no-store"
    assert "/portal/delta/catalog/shared/" in page.text
    for _repeated in range(2):
        client.post(at("stop_sharing"))
    assert not CatalogSettings.objects.get().is_shared


def test_whoever_only_looks_changes_nothing(client_of, delta, db):
    vera = UserFactory()
    MemberFactory(organisation=delta, user=vera, role=RoleFactory(organisation=delta, levels={"settings": 1}))
    client = client_of(vera)
    assert client.get(at("settings_catalog")).status_code == 200
    for name in ("settings_catalog", "share_catalog", "stop_sharing"):
        assert client.post(at(name), typed()).status_code == 403
    assert not CatalogSettings.objects.exists()


def test_stock_level_says_what_is_free(delta):
    assert StockLevelFactory(organisation=delta, on_hand=D("2.5"), held=1).free == D("1.5")

"""Rates of a business's own, and the usual tax."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from advisory_portal.core.access import Forbidden
from documents import actions
from documents.actions.taxes import NotATax, TaxNameTaken
from documents.models import TaxRate
from tests.documents.builders import with_levels

pytestmark = pytest.mark.django_db


def add(actor, name="VAT 5 %", category="S", percent="5", **values):
    return actions.add_tax(actor=actor, name=name, category=category, percent=Decimal(percent), **values)


def test_own_rate_is_offered_until_it_is_withdrawn(dan_here):
    rate = add(dan_here)
    actions.save_settings(actor=dan_here, changes={"default_tax": "S:5"})
    for _ in range(2):
        actions.retire_tax(actor=dan_here, rate=rate, now=timezone.now())
    assert not TaxRate.objects.visible_to(dan_here).in_use().exists()
    assert actions.settings_of(dan_here.place.id).default_tax == ""
    assert add(dan_here).pk != rate.pk


def test_two_rates_in_use_never_share_a_name(dan_here):
    add(dan_here)
    with pytest.raises(TaxNameTaken):
        add(dan_here, name="vat 5 %")


@pytest.mark.parametrize(("category", "percent"), [("Z", "5"), ("E", "21"), ("S", "0"), ("X", "5")])
def test_category_and_percentage_must_go_together(dan_here, category, percent):
    with pytest.raises(NotATax):
        add(dan_here, category=category, percent=percent)


def test_rates_are_for_who_manages_the_settings(dan_here, delta):
    rate, viewer = add(dan_here), with_levels(delta, settings=1)
    with pytest.raises(Forbidden):
        add(viewer, name="Other")
    with pytest.raises(Forbidden):
        actions.retire_tax(actor=viewer, rate=rate, now=timezone.now())


def test_page_shows_the_countrys_taxes_and_keeps_the_usual_one(client_of, dan, delta):
    client, url = client_of(dan), reverse("documents:settings_taxes", args=["delta"])
    page = client.get(url).content.decode()
    assert "5.2 %" in page and "Reverse charge" in page
    assert client.post(url, {"default_tax": "S:10"}).status_code == 302
    assert actions.settings_of(delta.pk).default_tax == "S:10"
    assert client.post(url, {"default_tax": "S:99"}).status_code == 422
    assert client.post(url, {"default_tax": "country"}).status_code == 302
    assert actions.settings_of(delta.pk).default_tax == ""


def test_page_adds_a_rate_and_withdraws_it(client_of, dan, delta):
    client, url = client_of(dan), reverse("documents:new_tax", args=["delta"])
    typed = {"name": "VAT 5 %", "category": "S", "percent": "5", "surcharge_percent": ""}
    assert client.post(url, typed).status_code == 302
    assert client.post(url, typed).status_code == 422
    rate = TaxRate.objects.get(organisation=delta)
    assert "VAT 5 %" in client.get(reverse("documents:settings_taxes", args=["delta"])).content.decode()
    client.post(reverse("documents:retire_tax", args=["delta", rate.pk]))
    rate.refresh_from_db()
    assert rate.retired_at

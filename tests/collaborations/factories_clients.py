"""Clients of a firm, with and without an account here."""

from datetime import date

import factory

from advisory_portal.core.text import plain, sort_key
from collaborations.models import Client
from tests.factories import FirmFactory


class OutsideClientFactory(factory.django.DjangoModelFactory):
    """A client that the firm added itself."""

    class Meta:
        model = Client

    firm = factory.SubFactory(FirmFactory)
    name = factory.Sequence(lambda number: f"Client {number}")
    tax_id = ""
    since = date(2026, 1, 7)
    sort_key = factory.LazyAttribute(lambda client: sort_key(client.name))
    search_text = factory.LazyAttribute(lambda client: plain(f"{client.name} {client.tax_id}"))


def outside_client(firm, **values) -> Client:
    return OutsideClientFactory(firm=firm, **values)


def client_of_firm(firm, business) -> Client:
    """The firm's row of a business, as after an acceptance, without the collaboration."""
    return OutsideClientFactory(firm=firm, business=business, name=business.name, tax_id=business.tax_id)

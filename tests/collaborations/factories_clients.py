"""Clients of a firm, with and without an account here."""

import factory

from collaborations.models import Client
from tests.collaborations.factories_grants import ClientFactory


class OutsideClientFactory(ClientFactory):
    """A client that the firm added itself."""

    business = None
    name = factory.Sequence(lambda number: f"Client {number}")
    tax_id = ""


def outside_client(firm, **values) -> Client:
    return OutsideClientFactory(firm=firm, **values)


def client_of_firm(firm, business, **values) -> Client:
    return ClientFactory(firm=firm, business=business, **values)

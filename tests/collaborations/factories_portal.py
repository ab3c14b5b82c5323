"""Rows of *My portal* for tests, written straight: a hundred of them by actions would take a minute."""

from datetime import UTC, date, datetime
from uuid import uuid4

from advisory_portal.core.text import plain, sort_key
from collaborations.models import Client, Collaboration, Conversation, Grant
from tests.factories import OrganisationFactory, predefined_role

MOMENT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def portal_client(firm, name, *, role="bookkeeper", ends_at=None, tags=(), since=date(2026, 3, 2), **business):
    """A client with an account here, an active collaboration and, unless `role` is None, access by that role."""
    account = OrganisationFactory(name=name, **business)
    client = Client.objects.create(
        firm=firm, business=account, name=name, tax_id=account.tax_id, tags=list(tags), since=since,
        sort_key=sort_key(name), search_text=plain(f"{name} {account.tax_id}"),
    )  # fmt: skip
    conversation = Conversation.objects.create(firm=firm, business=account, last_message_at=MOMENT)
    collaboration = Collaboration.objects.create(
        firm=firm, business=account, conversation=conversation, client=client, state="active", requested_by_name="Dan"
    )
    if role is not None:
        found = predefined_role("business", role) if isinstance(role, str) else role
        Grant.objects.create(
            firm=firm, business=account, collaboration=collaboration, role=found, ends_at=ends_at,
            granted_by_name="Dan", agreement="Agreement", agreement_version="1", agreed_at=MOMENT,
            agreed_by_id=uuid4(), agreed_by_name="Dan",
        )  # fmt: skip
    return client


def own_client(firm, name, **values):
    """A client that the firm added itself."""
    key = sort_key(name)
    return Client.objects.create(firm=firm, name=name, since=date(2026, 3, 2), sort_key=key, search_text=key, **values)

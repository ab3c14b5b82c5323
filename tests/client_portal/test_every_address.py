"""Every address of a portal, tried by who must not enter: the log-in or the offer of a fresh link answers, whether
there is such a thing or not.
"""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.client_portal.test_entering import with_session
from tests.factories import ContactFactory, OrganisationFactory, PortalLinkFactory, PortalLoginFactory
from tests.house.addresses import every_address

pytestmark = pytest.mark.django_db
INSIDE = sorted({one.name: one for one in every_address() if one.admits == "portal"}.items())
FIXED = {"kind": "invoices", "file_format": "csv"}


def path_of(address, document):
    own = {"organisation": "delta", "document_id": document.pk}
    return reverse(address.name, kwargs={part: ({**FIXED, **own}).get(part, uuid4()) for part in address.parts})


@pytest.fixture
def unwelcome(erin, invoice, delta):
    """Browsers that hold something which opens nothing here."""
    now = timezone.now()
    foreign = ContactFactory(organisation=OrganisationFactory(slug="other"), email="olga@x.example")
    PortalLoginFactory(organisation=delta, email="gone@x.example")
    gone = ContactFactory(organisation=delta, email="gone@x.example")
    altered, removed = with_session(erin, "good"), with_session(gone, "removed")
    altered.cookies["portal_session"] = "good."
    gone.delete()
    tokens = {name: PortalLinkFactory(document=invoice, token=name) for name in ("revoked", "expired", "foreign")}
    tokens["revoked"].revoked_at = tokens["expired"].expires_at = now
    tokens["foreign"].email, tokens["foreign"].expires_at = "olga@x.example", now - timedelta(days=1)
    browsers = {
        "nobody": Client(),
        "altered": altered,
        "removed": removed,
        "foreign session": with_session(foreign, "foreign-session"),
        "ended": with_session(erin, "ended", ended_at=now),
        "late": with_session(erin, "late", expires_at=now),
    }
    for name, link in tokens.items():
        link.save()
        browsers[name] = Client()
        browsers[name].get(f"/portal/delta/l/{name}/")
    return browsers


@pytest.mark.parametrize(("name", "address"), INSIDE)
def test_nobody_enters_with_what_opens_nothing(unwelcome, invoice, name, address):
    path = path_of(address, invoice)
    for who, browser in unwelcome.items():
        for method in ("get", "post"):
            answer = getattr(browser, method)(path)
            to = answer.headers.get("Location", "")
            assert answer.status_code == 302, (who, method, path, answer.status_code)
            assert to.startswith(("/portal/delta/log-in/", "/portal/delta/expired/")), (who, method, path, to)

import re
from collections.abc import Callable

import pytest

from advisory_portal.core.models import OutboundEmail
from documents.models import Contact, Document
from tests.factories import issued_document


@pytest.fixture
def invoice(erin: Contact) -> Document:
    """An issued invoice of Erin's."""
    return issued_document(erin)


@pytest.fixture
def last_link() -> Callable[[], str]:
    """The path of the portal link in the mail that was written last."""

    def find() -> str:
        email = OutboundEmail.objects.order_by("-id")[0]
        (path,) = re.findall(r"http://[^/\s]+(/portal/\S+)", email.text)
        assert f"{path}" in email.html
        return path

    return find

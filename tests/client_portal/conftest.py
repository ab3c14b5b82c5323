import re
from collections.abc import Callable

import pytest
from celery import current_app
from cryptography.fernet import Fernet

from advisory_portal.core.models import OutboundEmail
from documents.models import Contact, Document
from tests.factories import issued_document
from tests.sandboxes import Sandbox


@pytest.fixture
def invoice(erin: Contact) -> Document:
    """An issued invoice of Erin's."""
    return issued_document(erin)


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that asks companies is not cut short on a slow machine; tests of its end set a time of their own."""
    monkeypatch.setattr("client_portal.tasks.SECONDS_ASKING", 600)


@pytest.fixture
def nudged_by(django_capture_on_commit_callbacks) -> Callable[[Callable[[], object]], list[str]]:
    """The names of the tasks that a call wakes."""

    def run(call: Callable[[], object]) -> list[str]:
        with current_app.connection_for_read() as broker:
            queue = broker.SimpleQueue(current_app.conf.task_default_queue)
            queue.clear()
            with django_capture_on_commit_callbacks(execute=True):
                call()
            messages = [queue.get(timeout=60) for _ in range(queue.qsize())]
            for message in messages:
                message.ack()
        return [message.headers["task"] for message in messages]

    return run


@pytest.fixture
def last_link() -> Callable[[], str]:
    """The path of the portal link in the mail that was written last."""

    def find() -> str:
        email = OutboundEmail.objects.order_by("-id")[0]
        (path,) = re.findall(r"http://[^/\s]+(/portal/\S+)", email.text)
        assert f"{path}" in email.html
        return path

    return find


@pytest.fixture
def companies(settings, sandbox: Sandbox) -> Sandbox:
    """The sandbox as where this project's accounts are, and a key to keep their secrets with."""
    settings.PAYMENTS_KEYS = [Fernet.generate_key().decode()]
    settings.PAYMENTS_SANDBOX_URL = sandbox.url
    return sandbox

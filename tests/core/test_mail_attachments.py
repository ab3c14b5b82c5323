"""A mail may carry a stored file: read when the mail goes out, shared by several mails, never too big."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.db.models import ProtectedError

from advisory_portal.core import files, mail
from advisory_portal.core.files import copy_file, read_file, store_file, store_stream, stored_response
from advisory_portal.core.mail import Recipient, TooBigToAttach, notify
from advisory_portal.core.models import OutboundEmail
from advisory_portal.core.tasks import deliver_emails, message
from tests.factories import DocumentFactory

pytestmark = pytest.mark.django_db
NAME = "client_portal/fresh_link"
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def tell(delta, erin):
    context = {"business": delta, "document": DocumentFactory(contact=erin)}

    def send(*addresses, **values):
        to = [Recipient(address=address, language="en") for address in addresses]
        notify(NAME, to=to, url="/x/", context=context, **values)

    return send


def stored(delta, content=b"%PDF-1.7 hello", name="Factura 1 Café.pdf"):
    return store_file(organisation_id=delta.pk, name=name, content=content, content_type="application/pdf")


def test_the_file_goes_with_every_mail_of_the_message(tell, delta, mailoutbox):
    file = stored(delta)
    tell("a@x.example", "b@x.example", attachment=file)
    assert deliver_emails() == 2
    for sent in mailoutbox:
        assert sent.attachments == [("Factura 1 Café.pdf", b"%PDF-1.7 hello", "application/pdf")]
        part = [one for one in sent.message().walk() if one.get_filename()]
        assert [(one.get_filename(), one.get_content_type()) for one in part] == [
            ("Factura 1 Café.pdf", "application/pdf")
        ]
    assert len({sent.to[0] for sent in mailoutbox}) == 2


def test_a_mail_without_a_file_has_none(tell):
    tell("a@x.example")
    assert message(OutboundEmail.objects.get()).attachments == []


def test_a_file_too_big_for_mail_servers_is_refused_before_anything_is_written(tell, delta, monkeypatch):
    monkeypatch.setattr(mail, "MOST_ATTACHED_BYTES", 10)
    with pytest.raises(TooBigToAttach):
        tell("a@x.example", attachment=stored(delta, b"x" * 11))
    assert not OutboundEmail.objects.exists()
    tell("a@x.example", attachment=stored(delta, b"x" * 10))
    assert OutboundEmail.objects.count() == 1


def test_a_mail_waits_while_the_storage_has_lost_its_file(tell, delta, mailoutbox):
    file = stored(delta)
    tell("a@x.example", attachment=file)
    lost = files.default_storage
    lost.delete(file.key)
    assert deliver_emails() == 0
    row = OutboundEmail.objects.get()
    assert (row.sent_at, row.attempts, mailoutbox) == (None, 1, [])
    assert "FileNotFoundError" in row.last_error


def test_a_file_that_a_mail_carries_is_kept(tell, delta):
    file = stored(delta)
    tell("a@x.example", attachment=file)
    with pytest.raises(ProtectedError):
        file.delete()


def test_a_stream_is_stored_and_copied_piece_by_piece(delta, monkeypatch):
    monkeypatch.setattr(files, "PIECE", 4)
    stream = BytesIO(b"0123456789")
    stream.seek(7)  # wherever it stands, it is read from its beginning
    file = store_stream(organisation_id=delta.pk, name="a.zip", stream=stream, content_type="application/zip")
    whole = stored(delta, b"0123456789")
    assert (file.size, file.sha256, file.name, read_file(file)) == (10, whole.sha256, "a.zip", b"0123456789")
    copied = BytesIO()
    copy_file(file, copied)
    assert copied.getvalue() == b"0123456789"
    response = stored_response(file)
    assert b"".join(response.streaming_content) == b"0123456789"
    response.close()
    assert response["Content-Disposition"] == 'attachment; filename="a.zip"'
    assert (response["Cache-Control"], response["X-Content-Type-Options"]) == ("private, no-store", "nosniff")

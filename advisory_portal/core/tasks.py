"""The clock's door to the core: sending mail."""

from datetime import timedelta
from email.utils import formataddr, parseaddr

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone
from django.utils.encoding import punycode

from advisory_portal.core.files import read_file
from advisory_portal.core.jobs import put_off
from advisory_portal.core.models import OutboundEmail

CLAIM = timedelta(minutes=5)


@shared_task(name="core.deliver_emails")
def deliver_emails(limit: int = 100) -> int:
    """Send the mails that are due; returns how many went out.

    Each is claimed first (its time is moved out by five minutes), so that no transaction is open while the mail
    server is asked and a worker killed in between loses nothing. A mail may then arrive twice, with the same
    Message-ID, never not at all.
    """
    sent = 0
    for _ in range(limit):
        email = _claim()
        if email is None:
            break
        sent += _send(email)
    return sent


def _claim() -> OutboundEmail | None:
    now = timezone.now()
    with transaction.atomic():
        email = OutboundEmail.objects.due(now).order_by("due_at").select_for_update(skip_locked=True).first()
        if email is not None:
            OutboundEmail.objects.filter(pk=email.pk).update(due_at=now + CLAIM)
    return email


def _send(email: OutboundEmail) -> bool:
    try:
        message(email).send()
    except Exception as error:  # whatever the mail server does, this mail waits and the next ones go on
        put_off(OutboundEmail, email.pk, error)
        return False
    OutboundEmail.objects.filter(pk=email.pk).update(sent_at=timezone.now(), due_at=None, last_error="")
    return True


def ascii_address(address: str) -> str:
    """The address with its domain as mail servers know it: "ana@español.example" has "xn--espaol-zwa.example"."""
    name, _, domain = address.rpartition("@")
    return f"{name}@{punycode(domain)}"


def message(email: OutboundEmail) -> EmailMultiAlternatives:
    """The mail as it goes out, with a Message-ID that stays the same on every try."""
    default_name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    mail = EmailMultiAlternatives(
        subject=email.subject,
        body=email.text,
        from_email=formataddr((email.from_name or default_name, address)),
        to=[formataddr((email.to_name, ascii_address(email.to)))],
        reply_to=[email.reply_to] if email.reply_to else None,
        headers={
            "Message-ID": f"<{email.pk}@{address.partition('@')[2]}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(email.html, "text/html")
    if email.attachment is not None:
        mail.attach(email.attachment.name, read_file(email.attachment), email.attachment.content_type)
    return mail

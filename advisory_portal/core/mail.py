"""Telling people: one template a message, rendered at once in each receiver's language into complete rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from advisory_portal.core.errors import Refused
from advisory_portal.core.jobs import nudge
from advisory_portal.core.models import Notification, NotificationPreference, OutboundEmail, StoredFile
from advisory_portal.core.text import clean_line

MOST_ATTACHED_BYTES = 10 * 1024 * 1024  # what nearly every mail server still takes, once encoded


class TooBigToAttach(Refused):
    """Mail servers would turn the attachment away."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is told. `user_id` is None for people without a log-in: they get mail only."""

    address: str
    language: str
    name: str = ""
    user_id: UUID | None = None


def notify(
    name: str,
    *,
    to: Iterable[Recipient],
    url: str,
    organisation_id: UUID | None = None,
    from_name: str = "",
    reply_to: str = "",
    context: dict[str, Any] | None = None,
    always: bool = False,
    attachment: StoredFile | None = None,
) -> None:
    """Write one mail, and for people with a log-in one notification, per receiver.

    `name` is "<app>/<message>": the templates are `<app>/emails/<message>.txt`, whose first line is the subject
    and the notification's text, and `.html`. `url` is the path the button leads to. A kind that the person has
    turned off is left out, unless it is `always` sent (links and passwords). Runs inside the action's
    transaction, so a rollback leaves no mail. Raises TooBigToAttach over MOST_ATTACHED_BYTES.
    """
    if attachment is not None and attachment.size > MOST_ATTACHED_BYTES:
        limit = {"limit": MOST_ATTACHED_BYTES // 1024**2}
        raise TooBigToAttach(gettext("The file is over %(limit)s MB, too big for a mail. Send the link alone.") % limit)
    receivers = list(to)
    unwanted = _unwanted(name, receivers)
    mails, notifications = [], []
    for receiver in receivers:
        subject, text, html = render_mail(name, receiver, {**(context or {}), "url": settings.SITE_URL + url})
        about = {"organisation_id": organisation_id, "kind": name}
        if always or (receiver.user_id, "by_email") not in unwanted:
            mail = OutboundEmail(**about, subject=subject, text=text, html=html, reply_to=reply_to)
            mail.to, mail.to_name, mail.language = receiver.address, clean_line(receiver.name), receiver.language
            mail.from_name, mail.attachment = clean_line(from_name), attachment
            mails.append(mail)
        if receiver.user_id and (receiver.user_id, "in_app") not in unwanted:
            notifications.append(Notification(**about, user_id=receiver.user_id, text=subject, url=url))
    OutboundEmail.objects.bulk_create(mails)
    Notification.objects.bulk_create(notifications)
    if mails:
        nudge("core.deliver_emails")


def render_mail(name: str, receiver: Recipient, context: dict[str, Any]) -> tuple[str, str, str]:
    """Subject, text and HTML of a message in the receiver's language."""
    app, message = name.split("/")
    with translation.override(receiver.language):
        values = {**context, "receiver": receiver, "language": receiver.language}
        subject, _, text = render_to_string(f"{app}/emails/{message}.txt", values).strip().partition("\n")
        html = render_to_string(f"{app}/emails/{message}.html", {**values, "subject": clean_line(subject)})
    return clean_line(subject)[:250], text.strip() + "\n", html


def _unwanted(name: str, receivers: list[Recipient]) -> set[tuple[UUID | None, str]]:
    people = [receiver.user_id for receiver in receivers if receiver.user_id]
    if not people:
        return set()
    rows = NotificationPreference.objects.filter(kind=name, user_id__in=people)
    chosen = rows.values_list("user_id", "by_email", "in_app")
    return {
        (user_id, way)
        for user_id, by_email, in_app in chosen
        for way, wanted in (("by_email", by_email), ("in_app", in_app))
        if not wanted
    }

"""Changes that people make to what is their own."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from advisory_portal.core.access import Actor
from advisory_portal.core.history import record
from advisory_portal.core.models import Notification, NotificationPreference
from partners.actions.locks import lock_person
from partners.models import User


@transaction.atomic
def change_profile(*, actor: Actor, name: str, phone: str, language: str) -> User:
    """Change one's own name, phone and language. Repeating it does nothing."""
    user = lock_person(actor)
    new = {"name": name, "phone": phone, "language": language}
    changed = {field: value for field, value in new.items() if getattr(user, field) != value}
    if changed:
        before = {field: getattr(user, field) for field in changed}
        for field, value in changed.items():
            setattr(user, field, value)
        user.save(update_fields=list(changed))
        record(actor, "partners.person.changed", about=user, before=before, after=changed)
    return user


@transaction.atomic
def choose_notifications(*, actor: Actor, choices: Mapping[str, tuple[bool, bool]]) -> None:
    """Set, for each kind of message, whether it comes by mail and whether inside the application."""
    user = lock_person(actor)
    rows = [
        NotificationPreference(user_id=user.pk, kind=kind, by_email=by_email, in_app=in_app)
        for kind, (by_email, in_app) in choices.items()
    ]
    NotificationPreference.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["user_id", "kind"], update_fields=["by_email", "in_app"]
    )


@transaction.atomic
def mark_read(*, actor: Actor, now: datetime, only: UUID | None = None) -> int:
    """Mark one of one's notifications as read, or all of them; returns how many were unread."""
    unread = Notification.objects.visible_to(actor).unread()
    if only is not None:
        unread = unread.filter(pk=only)
    return unread.update(read_at=now)

"""Sessions in the database, read by one statement that is planned once: every request asks for its own."""

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from advisory_portal.core.statements import Prepared


def _session(key: str, now: datetime) -> QuerySet[Session, Any]:
    return Session.objects.filter(session_key=key, expire_date__gt=now).values_list("session_data")


_SESSION = Prepared(_session, key=str, now=datetime)


class SessionStore(db.SessionStore):
    """As Django's, whose rows it shares."""

    def load(self) -> dict[str, Any]:
        row = _SESSION.first(key=self.session_key, now=timezone.now()) if self.session_key else None
        if row is None:
            self._session_key = None
            return {}
        found: dict[str, Any] = self.decode(row[0])
        return found

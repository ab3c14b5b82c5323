"""Tables that every app writes to. They name rows of other apps by value, never by foreign key."""

from advisory_portal.core.models.base import DueRow, DueRows, PortalModel
from advisory_portal.core.models.files import StoredFile
from advisory_portal.core.models.history import HistoryEntry
from advisory_portal.core.models.jobs import Job, JobItem
from advisory_portal.core.models.mail import OutboundEmail
from advisory_portal.core.models.notifications import Notification, NotificationPreference

__all__ = [
    "DueRow",
    "DueRows",
    "HistoryEntry",
    "Job",
    "JobItem",
    "Notification",
    "NotificationPreference",
    "OutboundEmail",
    "PortalModel",
    "StoredFile",
]

"""The Celery application. Every sweep runs each minute; a nudge only makes it sooner."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advisory_portal.settings")

app = Celery("advisory_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

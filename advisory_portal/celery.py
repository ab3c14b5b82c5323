"""The Celery application. Every sweep runs each minute; a nudge only makes it sooner."""

import os
from typing import Any

from celery import Celery, Task

from advisory_portal.core.nudges import heard

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advisory_portal.settings")


class Sweep(Task):  # type: ignore[type-arg]  # generic in its stubs alone
    """What is written once it has started, it may not find: from then on a nudge is sent again."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        heard(self.name)
        return super().__call__(*args, **kwargs)


app = Celery("advisory_portal", task_cls=Sweep)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

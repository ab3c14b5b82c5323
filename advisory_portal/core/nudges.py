"""A sweep that waits to be run needs no second nudge: it will find what was written meanwhile."""

from django.core.cache import cache

WAITS = 60  # seconds until a nudge that nobody heard is forgotten; the minute's sweep comes then anyway


def is_wanted(task_name: str) -> bool:
    """Whether no nudge of this task waits already. From now on one does; True too where Redis does not answer."""
    return bool(cache.add(_key(task_name), 1, WAITS))


def heard(task_name: str) -> None:
    """The task starts: what is written from now on wants a nudge again."""
    cache.delete(_key(task_name))


def _key(task_name: str) -> str:
    return f"nudged:{task_name}"

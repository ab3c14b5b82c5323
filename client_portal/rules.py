"""Pure rules of the client portal."""

from datetime import timedelta

FRESH_LINK_PAUSE = timedelta(minutes=10)  # between two links that somebody asks for without being logged in
VIEWING_PAUSE = timedelta(minutes=30)  # looks of a contact within it are one
MOST_REMEMBERED_LINKS = 20  # in the cookie of one browser


def link_life(hours: int) -> timedelta:
    """How long a mailed link opens its document, by the business's setting."""
    return timedelta(hours=hours)

from bookkeeping.views.journal import journal

__all__ = [
    "journal",
]

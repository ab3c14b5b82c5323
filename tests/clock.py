"""The time that it is in tests, unless they say another."""

from datetime import UTC, datetime

NOON = datetime(2026, 11, 18, 11, tzinfo=UTC)  # a Wednesday; in Madrid it is 12

"""Numbers as people type them (`advisory_portal.core.numbers`)."""

from advisory_portal.core.numbers import BadNumber, bounded_number, read_number

__all__ = ["BadNumber", "bounded_number", "read_number"]

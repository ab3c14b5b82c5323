"""Requests, conversations, grants, account managers, KPIs and My portal. Empty until its first table."""

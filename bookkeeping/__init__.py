"""Inbox, banking, journal and taxes: the client's books. Empty until its first table."""

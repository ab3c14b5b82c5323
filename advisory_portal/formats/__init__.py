"""Bytes to and from dataclasses: invoices, archives, bank files.

No Django, no database, and nothing else of the project.
"""

"""Stand-ins of Stripe, PayPal and Square for demo and tests: their APIs, pages to pay on, signed webhooks, faults.

A process of its own (`python -m advisory_portal.sandbox`) that imports nothing else of the project and moves no money.
What it accepts and answers is held against the companies' own descriptions by tests/gateways.
"""

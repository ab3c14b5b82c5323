"""PostgreSQL and Valkey without an installation, and the supervisor of `./run demo`. Knows no Django app.

`python -m advisory_portal.services` is what `./run` calls; the test suite uses `embedded.Embedded` alone.
"""

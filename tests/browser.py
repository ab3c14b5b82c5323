"""The browser of all tests that need one, loaded by pytest's options.

One for every folder of tests: Playwright keeps an event loop in the thread, beside which no second one can be started.
"""

import os
from collections.abc import Iterator

import pytest
from django.db import connection
from playwright.sync_api import Browser, expect, sync_playwright

from tools import chromium

PATIENCE = 60_000  # milliseconds, against hanging alone: a machine may be busy with much else
FLAGS = [
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One for all tests of a worker; everybody gets a context of their own."""
    program = chromium.find()
    if program is None:
        pytest.fail(chromium.HOW)
    # Playwright keeps an event loop in this thread, in which Django would refuse to reach the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    expect.set_options(timeout=PATIENCE)
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=FLAGS + as_root, timeout=3 * PATIENCE)
        yield started
        started.close()
        connection.close()
    connection.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]

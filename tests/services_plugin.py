"""Starts PostgreSQL and Valkey once for a test run. Named with `-p`, because it must come before Django.

The controller starts them; the workers of pytest-xdist inherit the addresses through the environment.
"""

import atexit
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest

from advisory_portal.services.embedded import Embedded
from advisory_portal.services.processes import ServiceProblem, identity

PREFIX = "advisory-portal-tests-"


def remove_abandoned() -> None:
    """Delete the folders of test runs that were killed: their name ends with the id of a process now gone, or of us."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(ValueError):
            pid = int(folder.name.rpartition("-")[2])
            if pid == os.getpid() or identity(pid) is None:
                shutil.rmtree(folder, ignore_errors=True)


def start_services() -> None:
    """Start what the environment does not name, and arrange its end with this process."""
    remove_abandoned()
    folder = Path(tempfile.gettempdir()) / f"{PREFIX}{os.getpid()}"
    folder.mkdir(mode=0o700)
    embedded = Embedded(folder, durable=False)

    def end() -> None:
        embedded.stop()
        embedded.erase()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(end)
    try:
        embedded.start()
    except ServiceProblem as problem:
        raise pytest.UsageError(str(problem)) from problem
    os.environ.update(embedded.environment)
    os.environ.setdefault("DATABASE_POOL_TIMEOUT", "120")  # more threads than connections, on a busy machine
    os.environ.setdefault("STORAGE_URL", (folder / "media").as_uri())
    os.environ.setdefault("SECRET_KEY", "a key for tests, which protects nothing: 0123456789-0123456789")
    os.environ.setdefault("PAYMENTS_KEYS", "YSBrZXkgZm9yIHRlc3RzLCBwcm90ZWN0cyBub3RoaW4=")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ and not early_config.known_args_namespace.help:
        start_services()

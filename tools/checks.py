"""The static checks of `./run check`: one line each, output only of those that fail."""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

from advisory_portal.services.embedded import Embedded

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sys.executable).parent
MANAGE = [sys.executable, "manage.py"]

CHECKS: dict[str, list[str]] = {
    "types": [sys.executable, "-m", "mypy"],
    "lint": [sys.executable, "-m", "ruff", "check", ".", "run"],
    "format": [sys.executable, "-m", "ruff", "format", "--check", ".", "run"],
    "imports": [str(PROGRAMS / "lint-imports")],
    "templates": [sys.executable, "-m", "djlint", "templates", "--lint", "--quiet"],
    "migrations complete": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "deployment": [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
    "translations": [*MANAGE, "translations", "--check"],
    "package lists": [sys.executable, "-m", "tools.package_lists"],
}


def production(services: Mapping[str, str]) -> dict[str, str]:
    """An environment as in production, so that the deployment check sees what a visitor would."""
    chosen = {
        "DJANGO_SETTINGS_MODULE": "advisory_portal.settings",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "SITE_URL": "https://portal.example.org",
        "ALLOWED_HOSTS": "portal.example.org",
        "EMAIL_URL": "submission://user:secret@mail.example.org:587",
    }
    return {**os.environ, "DEBUG": "false", "DEMO": "false", **chosen, **services}


@contextmanager
def throwaway_services() -> Iterator[dict[str, str]]:
    """A database and a broker for the commands that ask for one; yields how to reach them."""
    with tempfile.TemporaryDirectory(prefix="advisory-portal-check-") as folder:
        embedded = Embedded(Path(folder), durable=False)
        embedded.start()
        try:
            yield embedded.environment
        finally:
            embedded.stop()
            embedded.erase()


def run_one(argv: list[str], environment: Mapping[str, str]) -> tuple[bool, float, str]:
    """Whether it passed, the seconds it took, and what it said."""
    began = time.monotonic()
    done = subprocess.run(
        argv,
        cwd=ROOT,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode == 0, time.monotonic() - began, done.stdout


def run_checks() -> bool:
    """Run all, as many at a time as there are processors. True if all passed."""
    passed = True
    with throwaway_services() as services, ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        environment = production(services)
        running = {pool.submit(run_one, argv, environment): name for name, argv in CHECKS.items()}
        for future in as_completed(running):
            ok, seconds, output = future.result()
            passed = passed and ok
            print(f"{'ok    ' if ok else 'FAILED'} {running[future]:<20} {seconds:5.1f} s", flush=True)
            if not ok:
                print(output.rstrip() + "\n", flush=True)
    return passed


if __name__ == "__main__":
    sys.exit(0 if run_checks() else 1)

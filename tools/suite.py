"""`./run test`: Chromium, the checks, the static files, then pytest. A part of the tests runs alone."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from . import chromium
from .checks import ROOT, production, run_checks

SELECTING = ("-k", "-m", "--lf", "--last-failed", "--ff", "--failed-first", "--sw", "--stepwise", "--co")


def selects(arguments: Sequence[str]) -> bool:
    """Whether the arguments ask for a part: an existing path, or an option that chooses tests."""
    return any(
        argument in SELECTING or argument.startswith(("-k", "--deselect")) or Path(argument.split("::")[0]).exists()
        for argument in arguments
    )


def collect_static() -> bool:
    """Static files are served by their hashed names, in tests too."""
    environment = production({"DATABASE_URL": "postgresql://unused/unused", "REDIS_URL": "unix:///unused?db=0"})
    done = subprocess.run(
        [sys.executable, "manage.py", "prepare_static"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode == 0


def main(arguments: Sequence[str]) -> int:
    """Returns 0 only if everything that ran passed; else pytest's status, or 1 for the checks."""
    part = selects(arguments)
    environment = {**os.environ, "CHROMIUM": chromium.require()}
    checked = part or run_checks()
    if not collect_static():
        return 1
    parallel = any(a.startswith(("-n", "--numprocesses", "--pdb", "--trace")) for a in arguments) or part
    # Browser tests come last and take long: whoever has none left takes over half of the other's.
    workers = [] if parallel else ["-n", "auto", "--dist", "worksteal"]
    argv = [sys.executable, "-m", "pytest", *workers, *arguments]
    status = subprocess.run(argv, cwd=ROOT, env=environment, check=False).returncode
    return status or (0 if checked else 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

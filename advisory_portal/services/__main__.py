"""`python -m advisory_portal.services demo | manage | bench`: what `./run` calls once packages are there."""

# ruff: noqa: E402 - a Ctrl-C while the rest is imported must not show a traceback

import signal

signal.signal(signal.SIGINT, signal.SIG_DFL)

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

from .demo import Demo, demo_environment, say, shared_of
from .embedded import Embedded
from .folder import RunFolder, Taken
from .processes import ServiceProblem, StopRequested, wait_until
from .supervisor import Supervisor

ROOT = Path(__file__).resolve().parent.parent.parent


def in_foreground(argv: list[str], environment: dict[str, str]) -> int:
    """Run a command on this terminal, which sends it the Ctrl-C itself. Returns its exit status."""
    process = subprocess.Popen(argv, cwd=ROOT, env=environment)
    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, signal.SIG_IGN),
        signal.SIGTERM: signal.signal(signal.SIGTERM, lambda *_: process.terminate()),
    }
    try:
        status = process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return status if status >= 0 else 128 - status


def with_services(folder: RunFolder, purpose: str, commands: list[list[str]]) -> int:
    """Run commands with services started for them and stopped after. Raises ServiceProblem, Taken."""
    folder.make()
    folder.take(purpose)
    supervisor = Supervisor(folder.path, say)
    status = 0
    try:
        supervisor.take_over()
        folder.require_space()
        embedded = Embedded(folder.path, environ=os.environ)
        try:
            with supervisor.handling_signals():
                supervisor.start(embedded.services)
                if embedded.postgres is not None:
                    embedded.postgres.create_database()
            environment = demo_environment(folder, os.environ, embedded.environment)
            folder.share(shared_of(environment))
            for command in commands:
                status = status or in_foreground([sys.executable, *command], environment)
            folder.wait_for_visitors()
        finally:
            supervisor.stop()
            embedded.clean()
    finally:
        folder.release()
    return status


def manage(arguments: list[str]) -> int:
    """A management command against the running demo's services, else against the same data started for it."""
    folder = RunFolder(ROOT / ".run")
    try:
        return with_services(folder, f"./run manage {' '.join(arguments[:1])}", [["manage.py", *arguments]])
    except Taken as taken:
        folder.visit()
        if not wait_until(lambda: folder.shared_environment() is not None, 60):
            raise ServiceProblem(f"{taken.purpose} is still starting; try again in a moment.") from None
    chosen = {name: value for name, value in os.environ.items() if value}  # what a person set wins
    environment = {**(folder.shared_environment() or {}), **chosen}
    return become([sys.executable, "manage.py", *arguments], environment)


def become(argv: list[str], environment: dict[str, str]) -> NoReturn:
    os.chdir(ROOT)
    os.execve(argv[0], argv, environment)


def bench(names: list[str]) -> int:
    """Run the named benchmarks, or all, against a database of their own. Raises ServiceProblem."""
    found = sorted(path.stem for path in (ROOT / "benchmarks").glob("*.py") if not path.stem.startswith("_"))
    if unknown := [name for name in names if name not in found]:
        raise ServiceProblem(f"No benchmark called {unknown[0]!r}; there are: {', '.join(found) or 'none'}.")
    commands = [["manage.py", "migrate", "--verbosity", "0"], ["manage.py", "prepare_static"]]
    commands += [["-m", f"benchmarks.{name}"] for name in names or found]
    return with_services(RunFolder(ROOT / ".run" / "bench"), "./run bench", commands)


def main(arguments: list[str]) -> int:
    """Returns the exit status: 1 with a message on stderr when something must be changed first."""
    command, rest = arguments[0], arguments[1:]
    try:
        if command == "manage":
            return manage(rest)
        if command == "bench":
            return bench(rest)
        parser = argparse.ArgumentParser(prog="./run demo", description="Start the product on this machine.")
        parser.add_argument("--reset", action="store_true", help="erase the demo's data and start over")
        Demo(ROOT, os.environ).run(reset=parser.parse_args(rest).reset)
    except StopRequested:
        return 130
    except ServiceProblem as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except OSError as problem:
        print(f"\nThe services cannot run: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

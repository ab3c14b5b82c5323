"""Keeps services running: starts them in order, restarts what dies, stops all in the opposite order."""

import json
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from .processes import (
    Service,
    ServiceProblem,
    StopRequested,
    identity,
    last_lines,
    start_together,
    stop_together,
    wait_until,
)

SETTLED = 20.0  # seconds; a service that lived longer is restarted at once
DISK_FULL = 16 * 1024 * 1024  # bytes; PostgreSQL writes its journal in pieces of this size
PAUSES = (0.0, 1.0, 2.0, 5.0, 10.0, 30.0)  # seconds before the first, second, … restart in a row


class Watched:
    """What the supervisor remembers of one service."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.forget()
        self.failures = 0
        self.due_at: float | None = None

    def forget(self) -> None:
        """A new main process has new parts."""
        self.parts: set[int] = set()
        self.missing: set[int] = set()
        self.size = 0

    def replaced_parts(self) -> set[int]:
        """Parts of a running service that ended since the last look; the service replaces them itself."""
        now = self.service.parts()
        self.missing |= self.parts - now
        self.parts = now
        if len(now) < self.size:
            return set()  # not replaced yet, or on its way down
        self.size = len(now)
        replaced, self.missing = self.missing, set()
        return replaced


class Supervisor:
    """Owns the services of one folder. `say` shows one line to a person."""

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self.record = folder / "processes.json"
        self.say = say
        self.groups: list[list[Watched]] = []
        self.signals_received = 0

    @contextmanager
    def handling_signals(self) -> Iterator[None]:
        """Ctrl-C, SIGTERM and a closed terminal ask for the end; a second one hurries it."""
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, self._received) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _received(self, number: int, frame: FrameType | None) -> None:
        self.signals_received += 1

    @property
    def stopping(self) -> bool:
        return self.signals_received > 0

    def check(self) -> None:
        """Raise StopRequested if a signal arrived."""
        if self.stopping:
            raise StopRequested

    def take_over(self) -> bool:
        """End what a killed supervisor of this folder left running. True if there was something."""
        try:
            recorded = json.loads(self.record.read_text())
        except (OSError, ValueError):
            return False
        alive = [(pid, seen, stop) for pid, seen, stop in reversed(recorded) if identity(pid) == seen]
        for pid, _, stop in alive:
            with suppress(ProcessLookupError):
                os.kill(pid, stop)
        for pid, seen, _ in alive:
            if not wait_until(lambda p=pid, s=seen: identity(p) != s, 8.0):  # type: ignore[misc]  # a default binds the loop variable
                with suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)
        self.record.unlink(missing_ok=True)
        return bool(alive)

    def start(self, services: Sequence[Service], *, seconds: float = 60, join: bool = False) -> None:
        """Start services side by side and wait until all answer. Raises what `start_together` raises.

        They stop before those started earlier, or, with `join`, together with the last of those.
        """
        self.add(services, join=join)
        try:
            start_together(services, seconds=seconds, cancelled=lambda: self.stopping)
        finally:
            self._write_record()

    def add(self, services: Sequence[Service], *, join: bool = False) -> None:
        """Watch services, and stop them before those added earlier or, with `join`, with the last of those."""
        if not join:
            self.groups.append([])
        self.groups[-1] += [Watched(service) for service in services]

    def _watched(self) -> list[Watched]:
        return [watched for group in self.groups for watched in group]

    def _write_record(self) -> None:
        """Remember process ids with their identities, for `take_over`. A full disk must not end the watch."""
        rows = []
        for watched in self._watched():
            process = watched.service.process
            if process is not None and (seen := identity(process.pid)):
                rows.append((process.pid, seen, int(watched.service.stop_signal)))
        half = self.record.with_suffix(".new")
        with suppress(OSError):
            half.write_text(json.dumps(rows))
            half.replace(self.record)

    def stop(self) -> None:
        """Stop everything, last group first."""
        already = self.signals_received
        for group in reversed(self.groups):
            services = [watched.service for watched in group]
            stop_together(services, hurry=lambda: self.signals_received > max(already, 1))
        self.groups.clear()
        self.record.unlink(missing_ok=True)

    def watch(self) -> None:
        """Restart what ends, until a signal asks to stop."""
        while not self.stopping:
            self.look()
            time.sleep(0.2)

    def look(self) -> None:
        """Look after every service once."""
        for watched in self._watched():
            self._tend(watched)

    def _tend(self, watched: Watched) -> None:
        service = watched.service
        if service.is_running():
            for pid in watched.replaced_parts():
                self.say(f"{service.name}: its process {pid} ended and was replaced.")
            return
        now = time.monotonic()
        if watched.due_at is None:
            if now - service.started_at > SETTLED:
                watched.failures = 0
            pause = PAUSES[min(watched.failures, len(PAUSES) - 1)]
            watched.failures += 1
            watched.due_at = now + pause
            if pause:
                reason = self._reason(service)
                self.say(f"{service.name} {service.how_it_ended()} ({reason}); next try in {pause:.0f} s.")
        if now >= watched.due_at:
            self._restart(watched)

    def _reason(self, service: Service) -> str:
        """Why it ended, as far as one line can tell: a full disk explains most, else the end of its log."""
        free = shutil.disk_usage(self.record.parent).free
        return "the disk is full" if free < DISK_FULL else last_lines(service.log)[-200:]

    def _restart(self, watched: Watched) -> None:
        service = watched.service
        ended = service.how_it_ended()
        watched.due_at = None
        watched.forget()
        try:
            service.clear_remains()
            service.start()
        except (OSError, ServiceProblem) as problem:
            self.say(f"{service.name} {ended} and cannot be started: {problem}")
            service.started_at = time.monotonic()
            return
        self._write_record()
        self.say(f"{service.name} {ended} and was started again.")

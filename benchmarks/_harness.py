"""Server, load and figures: how many times fewer of a page the server answers per second than of "hello".

The same gunicorn (two workers of four threads) serves both, eight clients ask over kept connections, and the hello
is measured before and after each page, so that a wavering machine wavers for both. Medians of the rounds.
"""

import os
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from django.db import connection

CLIENTS, ROUNDS = 8, 3
SECONDS, HELLO_SECONDS = 2.5, 1.5
HOST = "127.0.0.1"
SETTINGS = Path(__file__).parent / "_server.py"


@dataclass(frozen=True)
class Figures:
    """`cost` in T by requests per second, `cpu_cost` in T by processor time, which other work on the machine does
    not distort; latencies in milliseconds, SQL statements and CPU milliseconds of the application per request.
    """

    cost: float
    cpu_cost: float
    queries: float
    p50: float
    p95: float
    cpu: float
    kilobytes: float


@dataclass(frozen=True)
class Server:
    """A gunicorn that answers on `port`."""

    port: int
    process: psutil.Process

    def cpu_seconds(self) -> float:
        """Processor time of the server and its workers so far."""
        times = [one.cpu_times() for one in (self.process, *self.process.children(recursive=True))]
        return sum(one.user + one.system for one in times)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def end_with_finally(*_: object) -> None:
    """A signal that ends the benchmark must end its servers too."""
    sys.exit(1)


signal.signal(signal.SIGTERM, end_with_finally)


@contextmanager
def served(application: str) -> Iterator[Server]:
    """gunicorn with two workers on a free port, until the block ends."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", str(SETTINGS), "--workers", "2", "--threads", "4"]
    command += ["--bind", f"{HOST}:{port}", "--log-level", "error", "--keep-alive", "30", application]
    environment = {**os.environ, "LOG_LEVEL": "ERROR"}
    process = subprocess.Popen(command, env=environment)
    try:
        until = time.monotonic() + 30
        while True:
            try:
                socket.create_connection((HOST, port), 1).close()
                break
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
        yield Server(port, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(20)


class Client:
    """One kept connection that asks for one page and counts what comes back; `made` gives each request anew."""

    def __init__(
        self, port: int, path: str, headers: Mapping[str, str], made: Callable[[], bytes] | None = None
    ) -> None:
        self.port, self.made = port, made
        lines = [f"GET {path} HTTP/1.1", f"Host: {HOST}", *(f"{name}: {value}" for name, value in headers.items())]
        self.request = ("\r\n".join(lines) + "\r\n\r\n").encode()
        self.socket: socket.socket | None = None
        self.size = 0

    def ask(self) -> None:
        """One request. Raises RuntimeError unless it is answered with 200."""
        if self.socket is None:
            self.socket = socket.create_connection((HOST, self.port), 30)
        self.socket.sendall(self.made() if self.made else self.request)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._read()
        head, _, body = data.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode("latin-1"))
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        received = len(body)
        while received < length:
            received += len(self._read())
        self.size = length
        if b"connection: close" in head.lower():
            self.socket.close()
            self.socket = None

    def _read(self) -> bytes:
        assert self.socket is not None
        piece = self.socket.recv(1 << 18)
        if not piece:
            raise RuntimeError("the server closed the connection")
        return piece


def load(
    port: int, path: str, headers: Mapping[str, str], seconds: float, made: Callable[[], bytes] | None = None
) -> tuple[float, list[float], int]:
    """Requests per second, the latencies in seconds, and the size of a body, with CLIENTS at once."""
    latencies: list[list[float]] = [[] for _ in range(CLIENTS)]
    clients = [Client(port, path, headers, made) for _ in range(CLIENTS)]
    until = time.perf_counter() + seconds

    def work(number: int) -> None:
        while (start := time.perf_counter()) < until:
            clients[number].ask()
            latencies[number].append(time.perf_counter() - start)

    started = time.perf_counter()
    threads = [threading.Thread(target=work, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    every = [latency for one in latencies for latency in one]
    return len(every) / (time.perf_counter() - started), sorted(every), clients[0].size


def statements() -> int:
    """SQL statements that the database has run since it keeps count, transaction control left out."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        cursor.execute(
            "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE query !~* '^(BEGIN|COMMIT|ROLLBACK|SET|SHOW)'"
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def measure(
    hello: Server,
    page: Server,
    path: str,
    headers: Mapping[str, str] | None = None,
    made: Callable[[], bytes] | None = None,
) -> Figures:
    """The figures of one page: medians of ROUNDS, after a warm-up. `made` gives each request anew, as bytes."""
    asked = {"Accept-Encoding": "identity", **(headers or {})}
    load(page.port, path, asked, 1.0, made)
    rounds = []
    for _ in range(ROUNDS):
        used_by_hello = hello.cpu_seconds()
        before, first, _size = load(hello.port, "/", {}, HELLO_SECONDS)
        counted, used = statements(), page.cpu_seconds()
        rate, latencies, size = load(page.port, path, asked, SECONDS, made)
        used, counted = page.cpu_seconds() - used, statements() - counted
        after, second, _size = load(hello.port, "/", {}, HELLO_SECONDS)
        used_by_hello = (hello.cpu_seconds() - used_by_hello) / (len(first) + len(second))
        number = len(latencies)
        rounds.append(
            Figures(
                cost=(before + after) / 2 / rate,
                cpu_cost=used / number / used_by_hello,
                queries=(counted - 1) / number,
                p50=latencies[number // 2] * 1000,
                p95=latencies[int(number * 0.95)] * 1000,
                cpu=used / number * 1000,
                kilobytes=size / 1024,
            )
        )
    return Figures(*(statistics.median(values) for values in zip(*map(astuple, rounds), strict=True)))


def astuple(figures: Figures) -> tuple[float, ...]:
    return (figures.cost, figures.cpu_cost, figures.queries, figures.p50, figures.p95, figures.cpu, figures.kilobytes)


def table(rows: Sequence[tuple[str, Figures]]) -> str:
    """The figures as a Markdown table."""
    lines = [
        "| page | cost | by CPU | queries | p50 | p95 | CPU | size |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, one in rows:
        times = f"{one.p50:.0f} ms | {one.p95:.0f} ms | {one.cpu:.1f} ms"
        costs = f"{one.cost:.0f} T | {one.cpu_cost:.0f} T | {one.queries:.1f}"
        lines.append(f"| {name} | {costs} | {times} | {one.kilobytes:.0f} KB |")
    return "\n".join(lines)

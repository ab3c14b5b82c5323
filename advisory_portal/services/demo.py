"""What `./run demo` does, from the first check to the last process stopped."""

import os
import signal
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from . import web
from .embedded import Embedded
from .folder import RunFolder
from .processes import ServiceProblem, StopRequested, before_exec
from .supervisor import Supervisor

# What another command needs to work on the same data.
SHARED = (
    "DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DEMO", "SITE_URL", "ALLOWED_HOSTS", "STORAGE_URL", "PAYMENTS_KEYS",
    "PAYMENTS_SANDBOX_URL",
)  # fmt: skip
SANDBOX_ABOVE = 90  # how far above the web server's port the payment sandbox listens, if it is free there


def say(line: str) -> None:
    """One line for a person; a terminal that has gone away must not stop the services."""
    try:
        print(line, flush=True)
    except OSError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - it takes the place of stdout until the end


def say_with_time(line: str) -> None:
    say(f"{time.strftime('%H:%M:%S')} {line}")


def demo_environment(folder: RunFolder, environ: Mapping[str, str], services: Mapping[str, str]) -> dict[str, str]:
    """The variables of the demo: what a person set wins, then our services, then what a demo needs."""
    address = web.Address.read(environ)
    local = address.bind in ("127.0.0.1", "localhost", "::1")
    key = sha256(folder.secret_key().encode()).digest()
    defaults = {
        "DJANGO_SETTINGS_MODULE": "advisory_portal.settings",
        "DEMO": "1",
        "SECRET_KEY": folder.secret_key(),
        "SITE_URL": address.url,
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]" if local else "*",
        "STORAGE_URL": (folder.path / "media").resolve().as_uri(),
        "LOG_LEVEL": "WARNING",
        "PAYMENTS_KEYS": urlsafe_b64encode(key).decode(),
    }
    return {**defaults, **{name: value for name, value in environ.items() if value}, **services}


def shared_of(environment: Mapping[str, str]) -> dict[str, str]:
    """What of the variables is left for another command; the payment sandbox has one only beside a demo."""
    return {name: environment[name] for name in SHARED if name in environment}


class Demo:
    """One run of the demo in `root`."""

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        self.root = root
        self.environ = environ
        self.folder = RunFolder(root / ".run")
        self.logs = self.folder.path / "log"
        self.supervisor = Supervisor(self.folder.path, say_with_time)

    def run(self, *, reset: bool = False) -> None:
        """Until Ctrl-C or SIGTERM. Raises ServiceProblem when it cannot start."""
        with self.supervisor.handling_signals():
            address = web.Address.read(self.environ)
            self.folder.make()
            self.folder.take(f"The demo at {address.url}")
            try:
                self._run(address, reset=reset)
            finally:
                self.folder.release()

    def _run(self, address: web.Address, *, reset: bool) -> None:
        if self.supervisor.take_over():
            say("Ended what an interrupted demo had left running.")
        address.require_free()
        embedded = Embedded(self.folder.path, environ=self.environ)
        if reset:
            self._reset(embedded)
        self.folder.require_space()
        try:
            self._start(address, embedded)
            self.supervisor.watch()
        except StopRequested:
            pass
        finally:
            say("\nStopping…")
            self.supervisor.stop()
            embedded.clean()
        say("Stopped. The data is kept; ./run demo continues, ./run demo --reset starts over.")

    def _reset(self, embedded: Embedded) -> None:
        if embedded.postgres is None:
            raise ServiceProblem("--reset erases only the demo's own database, and DATABASE_URL names another.")
        say("Erasing the old demo…")
        embedded.postgres.end_predecessor()
        embedded.erase()
        self.folder.erase()

    def _start(self, address: web.Address, embedded: Embedded) -> None:
        say("Starting the services…")
        self.supervisor.start(embedded.services)
        if embedded.postgres is not None:
            embedded.postgres.create_database()
        environment = demo_environment(self.folder, self.environ, embedded.environment | self._sandbox(address))
        log_ins = self.folder.path / "log-ins.txt"
        self._step(["prepare_demo", "--log-ins", str(log_ins)], environment)
        self.folder.share(shared_of(environment))
        say("Starting the web server, the worker and the clock…")
        # The web server first: on a small machine the others would delay the first page.
        self.supervisor.start([web.WebServer(address, root=self.root, logs=self.logs, env=environment)])
        self.supervisor.start(
            [
                web.worker(root=self.root, logs=self.logs, env=environment),
                web.clock(root=self.root, logs=self.logs, folder=self.folder.path, env=environment),
            ],
            join=True,
        )
        say("")
        if log_ins.exists():
            say(log_ins.read_text().rstrip())
        site = environment["SITE_URL"]
        say(f"\nOpen {site}/   ·   mail {site}/demo/mail/   ·   logs .run/log/")
        say("Ctrl-C stops everything.")

    def _sandbox(self, address: web.Address) -> dict[str, str]:
        """Start the stand-ins of the payment companies, unless others were named; how to reach them."""
        if self.environ.get("PAYMENTS_SANDBOX_URL"):
            return {}
        port = web.free_port(min(address.port + SANDBOX_ABOVE, 65535))
        keep = self.folder.path / "sandbox.json"
        sandbox = web.Sandbox(port, root=self.root, logs=self.logs, keep=keep, env=self.environ)
        self.supervisor.start([sandbox])
        return {"PAYMENTS_SANDBOX_URL": sandbox.url}

    def _step(self, arguments: list[str], environment: Mapping[str, str]) -> None:
        """Run a management command, its output on the terminal. Raises ServiceProblem, StopRequested."""
        process = subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=self.root,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=before_exec(namespace=False, death_signal=signal.SIGTERM),
        )
        while process.poll() is None:
            if self.supervisor.stopping:
                process.terminate()
                process.wait()
                raise StopRequested
            time.sleep(0.05)
        if process.returncode != 0:
            raise ServiceProblem("The demo could not be prepared: the reason stands above. The data is kept.")

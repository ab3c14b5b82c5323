"""Operating-system processes that die with us, and that the next start recognises after a crash."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

LINUX = sys.platform == "linux"
CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
NOBODY = 65534
LOG_LIMIT = 5 * 1024 * 1024
libc = ctypes.CDLL(None, use_errno=True) if LINUX else None


class ServiceProblem(Exception):
    """Something a person must change before the services can run; the message says what."""


class StopRequested(Exception):
    """Ctrl-C or SIGTERM arrived while something was being started."""


def enter_user_namespace(uid: int = NOBODY) -> None:
    """Show this process as `uid` to itself while the kernel still sees root. Raises OSError where refused.

    PostgreSQL refuses to run as root; in a namespace of one user it runs as root's files need it.
    """
    assert libc is not None
    if libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} 0 1")
    Path("/proc/self/gid_map").write_text(f"{uid} 0 1")


def user_namespaces_allowed() -> bool:
    """True where a child of ours may enter a user namespace (containers often refuse it)."""
    if not LINUX:
        return False
    pid = os.fork()
    if pid == 0:
        try:
            enter_user_namespace()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitpid(pid, 0)[1] == 0


def before_exec(*, namespace: bool, death_signal: signal.Signals) -> Callable[[], None]:
    """What a new process does before its program: it enters a namespace if asked, and dies with its parent.

    The order matters: entering a namespace clears the death signal.
    """
    parent = os.getpid()

    def prepare() -> None:
        if namespace:
            enter_user_namespace()
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, int(death_signal))
            if os.getppid() != parent:
                os._exit(1)

    return prepare


def shown_by_ps(column: str, pid: int) -> str:
    """One column of `ps` for a process, "" when there is no such process."""
    argv = ["ps", "-o", f"{column}=", "-p", str(pid)]
    return subprocess.run(argv, capture_output=True, text=True, check=False).stdout.strip()


def identity(pid: int) -> str | None:
    """What tells this process from a later one with the same number; None when there is no such process."""
    if LINUX:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in "ZX" else fields[19]
    return shown_by_ps("lstart", pid) or None


def command_line(pid: int) -> str:
    """The command of a process with its arguments, "" when there is no such process."""
    if LINUX:
        try:
            return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
        except OSError:
            return ""
    return shown_by_ps("command", pid)


def processes_in(folder: Path) -> list[int]:
    """Ids of the processes whose working directory is `folder` (Linux; elsewhere none are found)."""
    found = []
    for entry in Path("/proc").glob("[0-9]*") if LINUX else ():
        with suppress(OSError):
            if os.readlink(entry / "cwd") == str(folder):
                found.append(int(entry.name))
    return found


def children_of(pid: int) -> set[int]:
    """Ids of a process's direct children, where the kernel tells them; else an empty set."""
    try:
        return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}
    except (OSError, ValueError):
        return set()


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether the condition came true within the time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def last_lines(path: Path, count: int = 1) -> str:
    """The last non-empty lines of a log, "" when there is none."""
    try:
        with path.open("rb") as log:
            log.seek(max(0, path.stat().st_size - 20_000))
            text = log.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join([line.rstrip() for line in text.splitlines() if line.strip()][-count:])


class Service:
    """One long-running process: how it starts, when it is ready, how it stops. Its output goes to a log."""

    stop_signal = signal.SIGTERM
    grace = 8.0  # seconds between the polite signal and the next, harder one

    def __init__(
        self,
        name: str,
        argv: Sequence[str | Path] = (),
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.name = name
        self.argv = [str(part) for part in argv]
        self.log = log
        self.env = dict(env) if env is not None else None
        self.cwd = cwd
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.user: int | None = None
        self.namespace = False

    def prepare(self) -> None:
        """Make the folders and files it needs. Called before every start; raises ServiceProblem."""

    def is_ready(self) -> bool:
        """Whether it answers. A process that nobody talks to is ready as soon as it runs."""
        return self.is_running()

    def parts(self) -> set[int]:
        """Processes that the main one keeps and replaces itself, and whose end is worth a word."""
        return set()

    def clear_remains(self) -> None:
        """End the processes that a killed main process left behind, so that the next start is not refused."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def start(self) -> None:
        """Start the process in a session of its own: a Ctrl-C in the terminal reaches the supervisor only."""
        self.prepare()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".old.log"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.env,
                cwd=self.cwd,
                start_new_session=True,
                user=self.user,
                group=self.user,
                extra_groups=[] if self.user is not None else None,
                preexec_fn=before_exec(namespace=self.namespace, death_signal=self.stop_signal),
            )
        self.started_at = time.monotonic()

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def how_it_ended(self) -> str:
        """A phrase for a person: by which signal or with which exit code the process ended."""
        code = self.process.returncode if self.process is not None else None
        if code is None:
            return "is not running"
        return f"was killed (signal {-code})" if code < 0 else f"ended with exit code {code}"

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)

    def wait_stopped(self, hurry: Callable[[], bool] = lambda: False) -> None:
        """Wait for the end; after `grace` seconds, or when `hurry()`, end the whole group by force."""
        wait_until(lambda: not self.is_running() or hurry(), self.grace)
        self.clear_remains()
        if self.process is not None:
            self.process.wait()


def start_together(services: Sequence[Service], *, seconds: float, cancelled: Callable[[], bool]) -> None:
    """Start the services side by side and return when all answer.

    Raises ServiceProblem with the end of the log when one ends or stays silent for `seconds`,
    StopRequested when `cancelled()` meanwhile. The caller stops what was started.
    """
    for service in services:
        if cancelled():
            raise StopRequested
        service.start()
    for service in services:
        wait_until(lambda s=service: cancelled() or not s.is_running() or s.is_ready(), seconds)  # type: ignore[misc]  # a default binds the loop variable
        if cancelled():
            raise StopRequested
        if not service.is_running() or not service.is_ready():
            silent = f"does not answer after {seconds:.0f} s"
            what = silent if service.is_running() else service.how_it_ended()
            end = last_lines(service.log, 12)
            raise ServiceProblem(f"The {service.name} {what}. The end of {service.log}:\n{end}")


class Family(Service):
    """A service whose main process keeps a fixed number of children at work."""

    def parts(self) -> set[int]:
        return children_of(self.process.pid) if self.process is not None else set()


def stop_together(services: Iterable[Service], hurry: Callable[[], bool] = lambda: False) -> None:
    """Ask all to stop, then wait for each."""
    services = list(services)
    for service in services:
        service.ask_to_stop()
    for service in services:
        service.wait_stopped(hurry)

"""The web server's settings, for the demo, the container and any other host. Read from the environment."""

import gc
import os
import re
from typing import Any

from gunicorn.glogging import Logger

# A part of a path that could be a secret of a mailed link: long, and not the id of a row.
SECRET = re.compile(r"(?<=/)(?![0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:[/ ]|$))[\w:-]{20,}")


class DiscreetLogger(Logger):
    """An access log without query strings and without the tokens of links."""

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        atoms: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        atoms["U"] = SECRET.sub("…", atoms["U"] or "")
        return atoms


_host, _port = os.environ.get("BIND") or "127.0.0.1", os.environ.get("PORT") or "8000"
bind = f"[{_host}]:{_port}" if ":" in _host else f"{_host}:{_port}"
wsgi_app = "advisory_portal.wsgi:application"
preload_app = True  # workers share the memory of the code
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS") or 2)
threads = int(os.environ.get("WEB_THREADS") or 4)
timeout = 60  # seconds of silence after which a worker is replaced
graceful_timeout = int(os.environ.get("WEB_GRACE") or 20)  # seconds for open requests when it stops
keepalive = 5
logger_class = DiscreetLogger
accesslog = os.environ.get("ACCESS_LOG") or "-"
access_log_format = '%(h)s %(t)s "%(m)s %(U)s" %(s)s %(b)s %(M)sms'
loglevel = "warning"
no_control_socket = True  # nobody steers a running server through a file
_memory = "/dev/shm"  # noqa: S108 - gunicorn makes private files there; a slow disk is not a hung worker
worker_tmp_dir = _memory if os.path.isdir(_memory) else None


def when_ready(server: Any) -> None:
    """Before workers fork: what was loaded is never collected, so that collecting does not copy shared memory."""
    gc.collect()
    gc.freeze()

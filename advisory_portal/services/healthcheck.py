"""`python -m advisory_portal.services.healthcheck`: whether the web server of this container answers."""

import http.client
import os
import sys
from collections.abc import Mapping


def is_healthy(environ: Mapping[str, str]) -> bool:
    """Ask /health/ on PORT as the proxy in front would: with a host name that is allowed, over HTTPS."""
    host = (environ.get("ALLOWED_HOSTS") or "localhost").split(",")[0].strip().lstrip(".")
    headers = {"Host": "localhost" if host == "*" else host, "X-Forwarded-Proto": "https"}
    connection = http.client.HTTPConnection("127.0.0.1", int(environ.get("PORT") or 8000), timeout=5)
    try:
        connection.request("GET", "/health/", headers=headers)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_healthy(os.environ) else 1)

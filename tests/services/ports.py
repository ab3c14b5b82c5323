"""Ports for tests that first choose one and then let others listen there, or nobody."""

import os
import socket

LOW, MANY = 10_000, 6_000


def quiet_port() -> int:
    """A free port of those that no system hands out by itself; each process of a run begins its search elsewhere."""
    for step in range(MANY):
        port = LOW + (os.getpid() + step) % MANY
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                probe.listen(1)
            except OSError:
                continue
            return port
    raise AssertionError("no port is free")

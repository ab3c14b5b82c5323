"""`python -m advisory_portal.sandbox [--port N] [--keep FILE]`: the stand-ins, until they are stopped."""

import argparse
import signal
import threading
from contextlib import suppress
from pathlib import Path

from advisory_portal.sandbox import kept
from advisory_portal.sandbox.server import Server


def main() -> None:
    """Says its address, and serves. What it knows goes into the file that it shall keep, and comes from there."""
    parser = argparse.ArgumentParser(description="Stand-ins of Stripe, PayPal and Square. No real money.")
    parser.add_argument("--port", type=int, default=0, help="a port of the loopback; 0 for a free one")
    parser.add_argument("--keep", type=Path, help="a file to remember everything in")
    asked = parser.parse_args()
    server = Server(asked.port)
    ended = threading.Event()
    keeper = threading.Thread(target=kept.keep, args=(server.sandbox.world, asked.keep, ended))
    if asked.keep:
        kept.load(server.sandbox.world, asked.keep)
        keeper.start()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    print(server.sandbox.world.base_url, flush=True)
    with suppress(KeyboardInterrupt):
        server.serve_forever()
    ended.set()
    if asked.keep:
        keeper.join()


if __name__ == "__main__":
    main()

"""`python -m advisory_portal.sandbox [--port N]`: the stand-ins, until they are stopped. Says its address."""

import argparse
from contextlib import suppress

from advisory_portal.sandbox.server import Server


def main() -> None:
    parser = argparse.ArgumentParser(description="Stand-ins of Stripe, PayPal and Square. No real money.")
    parser.add_argument("--port", type=int, default=0, help="a port of the loopback; 0 for a free one")
    server = Server(parser.parse_args().port)
    print(server.sandbox.world.base_url, flush=True)
    with suppress(KeyboardInterrupt):
        server.serve_forever()


if __name__ == "__main__":
    main()

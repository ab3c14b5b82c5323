"""A supervisor as a process of its own, for the tests to kill: `python -m tests.services.supervised FOLDER`.

Prints `ready` once both servers answer, then what the supervisor says, then `stopped`.
"""

import sys
from pathlib import Path

from advisory_portal.services.embedded import Embedded
from advisory_portal.services.supervisor import Supervisor


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(folder: Path) -> None:
    supervisor = Supervisor(folder, say)
    with supervisor.handling_signals():
        if supervisor.take_over():
            say("took over")
        embedded = Embedded(folder, environ={})
        supervisor.start(embedded.services)
        assert embedded.postgres is not None
        embedded.postgres.create_database()
        say("ready")
        supervisor.watch()
        supervisor.stop()
    say("stopped")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""The workers: `python -m tasks --processes 2 --threads 1`, with the arguments of dramatiq's own command.

It is `python -m dramatiq tasks.actors`, whose first process knows nothing of the product, and so would log in
a format of its own.
"""

import sys

from dramatiq.cli import main, make_argument_parser

from ingestion.errors import InvalidSettings
from ingestion.settings import load_settings
from ingestion.telemetry import logs


def run(arguments: list[str]) -> int:
    """Run worker processes until they are told to stop; gives the exit status."""
    try:
        settings = load_settings()
    except InvalidSettings as error:
        sys.exit(f"The workers cannot start. {error}")
    # Only the logs: whatever else begins with a process begins in those that work, after this one's forks.
    logs.configure(settings, "worker")
    options = make_argument_parser().parse_args(["tasks.actors", *arguments])  # type: ignore[no-untyped-call]
    return main(options) or 0  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))

"""The product that a load is put on: one of one's own, or one that runs already on this machine."""

import ipaddress
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.launcher import Launcher, copy_of_project


class NotHere(Exception):
    """The address is not of this machine."""


@dataclass(frozen=True)
class Product:
    """Where the dashboard is, and the launcher's process where it was started for the load."""

    address: str
    launcher: int | None


@contextmanager
def started() -> Iterator[Product]:
    """The product as `run.py` starts it, in a copy of the project, ended and deleted afterwards."""
    with tempfile.TemporaryDirectory() as folder, copy_of_project(Path(folder)) as project:
        # Hundreds of operators who all come from this machine, and an upload after the other.
        launcher = Launcher(project, REGISTRATIONS_PER_HOUR="100000", UPLOADS_PER_HOUR="100000")
        try:
            yield Product(launcher.address(), launcher.process.pid)
        finally:
            launcher.end(signal.SIGINT)


def at(address: str) -> Product:
    """The product that runs there. Raises NotHere."""
    parts = urlsplit(address)
    if parts.scheme != "http" or not _is_loopback(parts.hostname or ""):
        raise NotHere(
            f"{address} is not an address of this machine. This command makes as much load as it can: "
            "run it where the product runs, with --address http://127.0.0.1:PORT."
        )
    return Product(f"http://{parts.netloc}", None)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

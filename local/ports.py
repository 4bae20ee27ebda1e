"""TCP ports on the loopback interface."""

import socket

LOOPBACK = "127.0.0.1"
NEIGHBOURS = 20


def is_free(port: int) -> bool:
    """Whether nobody listens on `port` of the loopback interface and we may."""
    with socket.socket() as probe:
        # macOS lets a second socket bind beside a wildcard listener, so ask by connecting as well.
        if probe.connect_ex((LOOPBACK, port)) == 0:
            return False
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port(preferred: int | None = None) -> int:
    """A port on 127.0.0.1 that is free now: `preferred`, one of the next few, or any.

    Nothing reserves it: the caller takes it at once.
    """
    if preferred is not None:
        for port in range(preferred, min(preferred + NEIGHBOURS, 65536)):
            if is_free(port):
                return port
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port = probe.getsockname()[1]
    assert isinstance(port, int)
    return port

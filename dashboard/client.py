"""Where a request comes from."""

from starlette.requests import HTTPConnection


def address_of(connection: HTTPConnection, hops: int) -> str:
    """The client's address, as the outermost of our own `hops` proxies saw it; empty if nobody knows.

    Each proxy appends the address it was asked from to X-Forwarded-For. What is further left than our own
    wrote is whatever the client claims. Without proxies, or where the header is too short, the socket's peer.
    """
    forwarded = ",".join(connection.headers.getlist("x-forwarded-for"))
    named = [part.strip() for part in forwarded.split(",") if part.strip()]
    if 0 < hops <= len(named):
        return named[-hops]
    return connection.client.host if connection.client else ""

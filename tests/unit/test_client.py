"""The network address that a request comes from."""

import pytest
from starlette.requests import HTTPConnection

from dashboard.client import address_of

PROXY = ("10.0.0.9", 50_000)


def connection(*forwarded: str, peer: tuple[str, int] | None = PROXY) -> HTTPConnection:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    return HTTPConnection({"type": "http", "headers": headers, "client": peer})


@pytest.mark.parametrize(
    ("forwarded", "hops", "address"),
    [
        ([], 0, "10.0.0.9"),
        (["192.0.2.1"], 0, "10.0.0.9"),
        ([], 1, "10.0.0.9"),
        (["192.0.2.1"], 1, "192.0.2.1"),
        (["invented, 203.0.113.5, 192.0.2.1"], 1, "192.0.2.1"),
        (["203.0.113.5", "192.0.2.1"], 1, "192.0.2.1"),
        (["203.0.113.5, 192.0.2.1, 10.0.0.8"], 2, "192.0.2.1"),
        (["invented, 192.0.2.1", "10.0.0.8"], 2, "192.0.2.1"),
        (["192.0.2.1"], 2, "10.0.0.9"),
        ([" 2001:DB8::0:1 "], 1, "2001:db8::1"),
        (["192.0.2.1:4711"], 1, "192.0.2.1"),
        (["[2001:db8::1]:4711"], 1, "2001:db8::1"),
        (["192.0.2.1, invented"], 1, "10.0.0.9"),
        (["192.0.2.1,"], 1, "10.0.0.9"),
        (["[2001:db8::1"], 1, "10.0.0.9"),
        (["ana@example.com"], 1, "10.0.0.9"),
        (["192.0.2.1/8"], 1, "10.0.0.9"),
    ],
)
def test_the_address_is_the_one_that_our_outermost_proxy_saw(
    forwarded: list[str], hops: int, address: str
) -> None:
    assert address_of(connection(*forwarded), hops) == address


@pytest.mark.parametrize("peer", [None, ("", 0), ("/run/socket", 0), ("invented", 0)])
def test_who_cannot_be_told_is_unknown(peer: tuple[str, int] | None) -> None:
    assert address_of(connection("192.0.2.1", peer=peer), 0) == "unknown"

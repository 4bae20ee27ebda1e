"""How long those wait who were wrong too often, and who counts as one of them.

The first few tries cost nothing, because people mistype. After that each failure is followed by a pause, and
each pause is twice as long as the one before, up to a limit. OWASP ASVS 4.0.3, 2.2.1: no more than 100 wrong
passwords an hour for one account, and no way to lock somebody else out with them.
"""

import ipaddress
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

_IPV6_SITE = 64
"""Bits: the smallest network that somebody is given (RFC 6177), so all addresses in it are one client's."""


@dataclass(frozen=True)
class Pauses:
    """`free` tries without a pause, then pauses of `first` seconds, twice that, and so on up to `longest`.

    Failures are forgotten together once the last one is `forgotten_after` seconds old.
    """

    free: int
    first: float
    longest: float
    forgotten_after: float

    def after(self, failures: int) -> float:
        """The seconds to wait after so many failures."""
        if failures < self.free:
            return 0
        # Beyond 2^63 any pause is the longest, and a power of a large count would not be a number.
        return min(self.first * 2.0 ** min(failures - self.free, 63), self.longest)

    @property
    def schedule(self) -> tuple[float, ...]:
        """The pauses after 1, 2, 3 … failures, in seconds; the last one is also that after any more."""
        pauses = (self.after(failures) for failures in itertools.count(1))
        return (*itertools.takewhile(lambda pause: pause < self.longest, pauses), self.longest)

    def most_within(self, seconds: float) -> int:
        """How often somebody can fail within so many seconds, of whom no failure was counted before."""
        moments = itertools.accumulate(map(self.after, itertools.count(1)), initial=0.0)
        return sum(1 for _ in itertools.takewhile(lambda moment: moment <= seconds, moments))


class Kind(StrEnum):
    """What failures are counted of."""

    ACCOUNT_AND_CLIENT = "account_and_client"
    """Passwords for one account that come from one network address."""
    CLIENT = "client"
    """Passwords for any account that come from one network address, which an office may share."""
    ACCOUNT = "account"
    """Passwords for one account from anywhere. Whoever sends them must not keep its owner out for long."""
    BROWSER = "browser"
    """Passwords for one account from a browser in which its owner signed in before."""
    REGISTRATION = "registration"
    """New accounts that are asked for from one network address, given or not."""

    SHARING = "sharing"
    """Addresses that nobody has whom one account would share an upload with: a search for who has one."""


_MINUTE, _HOUR = 60.0, 3600.0

PAUSES: Mapping[Kind, Pauses] = {
    Kind.ACCOUNT_AND_CLIENT: Pauses(free=5, first=1, longest=15 * _MINUTE, forgotten_after=2 * _HOUR),
    Kind.CLIENT: Pauses(free=50, first=1, longest=15 * _MINUTE, forgotten_after=6 * _HOUR),
    Kind.ACCOUNT: Pauses(free=20, first=1, longest=_MINUTE, forgotten_after=_HOUR),
    Kind.BROWSER: Pauses(free=5, first=1, longest=15 * _MINUTE, forgotten_after=2 * _HOUR),
    Kind.REGISTRATION: Pauses(free=10, first=_MINUTE, longest=_HOUR, forgotten_after=2 * _HOUR),
    Kind.SHARING: Pauses(free=20, first=_MINUTE, longest=_HOUR, forgotten_after=2 * _HOUR),
}


def network_of(address: str) -> str:
    """What counts as one client: an IPv4 address, or the /64 of an IPv6 one.

    Text that is no address counts as it is.
    """
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return str(ipaddress.IPv6Network((known.packed, _IPV6_SITE), strict=False))


def in_words(seconds: float) -> str:
    """How long to wait, rounded up: `1 second`, `90 seconds`, `15 minutes`."""
    whole = max(1, -int(-seconds // 1))
    if whole <= 2 * _MINUTE:
        return f"{whole} second{'' if whole == 1 else 's'}"
    return f"{-int(-whole // _MINUTE)} minutes"

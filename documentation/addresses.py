"""Whether the addresses that pages link to answer.

On demand only: CI does not depend on other people's servers.
"""

import urllib.request
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException

from documentation.links import is_address
from documentation.pages import Page
from documentation.problems import Problem

Ask = Callable[[str], str]
"""Says what is wrong with an address; nothing where it answers."""
_SECONDS = 20
_AT_ONCE = 8


def problems(pages: Iterable[Page], ask: Ask) -> list[Problem]:
    """Links to addresses that do not answer. Each address is asked once."""
    links = [link for page in pages for link in page.links if link.target.startswith("http")]
    addresses = sorted({_without_anchor(link.target) for link in links if is_address(link.target)})
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        said = dict(zip(addresses, pool.map(ask, addresses), strict=True))
    return [
        Problem(link.page, link.line, f"{link.target}: {message}")
        for link in links
        if (message := said[_without_anchor(link.target)])
    ]


def fetched(address: str) -> str:
    """Ask the server at an address for the page."""
    request = urllib.request.Request(address, headers={"User-Agent": "documentation-links"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS):  # noqa: S310  # nosec B310
            return ""
    except (OSError, HTTPException) as error:
        return str(error)


def _without_anchor(address: str) -> str:
    return address.partition("#")[0]

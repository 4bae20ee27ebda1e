"""What an address that is none may have been meant to be. Offered with the reason, never applied unasked."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from ingestion.rules import emails
from ingestion.rules.cells import clean

_MOST = 4


@dataclass(frozen=True)
class Suggestion:
    """A value, and why it may be the right one."""

    value: str
    reason: str


_words = str.split

WELL_KNOWN_DOMAINS = tuple(
    _words(
        "gmail.com googlemail.com hotmail.com hotmail.co.uk hotmail.fr hotmail.it hotmail.de outlook.com "
        "outlook.de live.com live.co.uk msn.com yahoo.com yahoo.co.uk yahoo.co.jp yahoo.co.in yahoo.com.br "
        "yahoo.de yahoo.fr yahoo.es yahoo.it ymail.com rocketmail.com icloud.com me.com mac.com aol.com "
        "mail.com email.com proton.me protonmail.com fastmail.com zoho.com gmx.de gmx.net gmx.at gmx.ch "
        "gmx.com web.de t-online.de freenet.de posteo.de mailbox.org bluewin.ch orange.fr free.fr "
        "wanadoo.fr laposte.net sfr.fr libero.it virgilio.it alice.it tiscali.it telefonica.net ziggo.nl "
        "kpnmail.nl telenet.be skynet.be wp.pl onet.pl o2.pl interia.pl seznam.cz centrum.cz mail.ru "
        "yandex.ru bk.ru list.ru ukr.net uol.com.br bol.com.br terra.com.br ig.com.br btinternet.com "
        "sky.com virginmedia.com ntlworld.com comcast.net verizon.net att.net sbcglobal.net cox.net "
        "charter.net bellsouth.net shaw.ca rogers.com sympatico.ca bigpond.com optusnet.com.au xtra.co.nz "
        "qq.com 163.com 126.com sina.com naver.com daum.net hanmail.net rediffmail.com docomo.ne.jp"
    )
)
"""Of the large providers of mailboxes. Two people who share one have nothing else in common."""

_CLOSE = 0.88
"""Of `difflib`, where 1 is equal: one letter wrong, missing or swapped in a domain of nine."""

_BLANKS = r"(?<!\s)\s+"
"""White space from its beginning on: a search that began within it would read the rest again and again."""
_AT = re.compile(
    rf"(?:{_BLANKS})?[(\[{{<]\s*(?:at|a|ät|arroba|@)\s*[)\]}}>]\s*|{_BLANKS}(?:at|arroba)\s+", re.IGNORECASE
)
_DOT = re.compile(
    rf"(?:{_BLANKS})?[(\[{{<]\s*(?:dot|punkt|punto|point|\.)\s*[)\]}}>]\s*"
    rf"|{_BLANKS}(?:dot|punkt|punto|point)\s+",
    re.IGNORECASE,
)
_AROUND = " \t\n.,;:!?'\"`´’<>()[]{}|/\\"
_DOTS = re.compile(r"\.{2,}")


def for_email(cell: str) -> list[Suggestion]:
    """Addresses that the cell, which is none, may have been meant to be, the likeliest first."""
    if len(cell) > emails.LONGEST_JUDGED:
        return []
    found: dict[str, Suggestion] = {}
    for value, reason in _candidates(clean(cell)):
        normalized = emails.normalize(value)
        if normalized is not None:
            found.setdefault(normalized, Suggestion(normalized, reason))
    return list(found.values())[:_MOST]


def _candidates(cell: str) -> Iterator[tuple[str, str]]:
    addresses = emails.addresses_in(cell)
    reason = "the address that the cell holds" if len(addresses) == 1 else "one of the addresses in the cell"
    yield from ((address, reason) for address in addresses)
    if addresses:
        return
    spelled = _DOT.sub(".", _AT.sub("@", cell))
    if spelled != cell:
        yield spelled.replace(" ", ""), "“at” and “dot” are written out"
    if "@" in cell:
        yield from _repaired(spelled.replace(" ", "").strip(_AROUND).removeprefix("mailto:"))


def _repaired(cell: str) -> Iterator[tuple[str, str]]:
    local_part, at, domain = re.sub(r"@{2,}", "@", cell).rpartition("@")
    if not at or not local_part:
        return
    tidy = _DOTS.sub(".", domain.replace(",", ".").replace(";", ".")).strip(".-")
    local_part = _DOTS.sub(".", local_part).strip(".")
    yield f"{local_part}@{tidy}", "without the characters that no address has there"
    for known in _known_domains_like(tidy.lower()):
        yield f"{local_part}@{known}", f"{known} is a well-known domain, and nearly what is written"


def _known_domains_like(domain: str) -> list[str]:
    if domain in WELL_KNOWN_DOMAINS:
        return []
    without_ending = [known for known in WELL_KNOWN_DOMAINS if known.partition(".")[0] == domain]
    return without_ending[:2] or get_close_matches(domain, WELL_KNOWN_DOMAINS, n=1, cutoff=_CLOSE)


def is_of_a_business(email: str) -> bool:
    """Whether an address's domain is not one of a provider of mailboxes: those at it may share a company."""
    return bool(email) and email.rpartition("@")[2] not in WELL_KNOWN_DOMAINS


def for_company(
    domain: str, companies: Sequence[tuple[str, int, int]], *, counts_are_complete: bool = True
) -> list[Suggestion]:
    """Companies of rows whose addresses have the same domain: each with how many rows, and the first one.

    Counts are not complete where not all rows were looked at.
    """
    at_least = "" if counts_are_complete else "at least "
    return [
        Suggestion(
            clean(company),
            f"row {first:,} has it, and an address at {domain}"
            if count == 1
            else f"{at_least}{count:,} rows with addresses at {domain} have it",
        )
        for company, count, first in companies
    ]

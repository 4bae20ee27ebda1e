"""What is an e-mail address, and how two spellings of one become the same.

The verdict is email-validator's (RFC 5321, 5322, 6531; syntax only, no DNS), reached about forty times
faster: the local part and the domain are judged apart there, so a verdict on a domain holds for every
address at it and is kept, and a plain local part in Latin letters needs no more than a regular expression.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from textwrap import shorten

from email_validator import EmailNotValidError, validate_email

from ingestion.rules.cells import written

# RFC 5322 §3.2.3 atext in lower case. RFC 5321 §4.5.3.1: local part ≤ 64 octets, address ≤ 254.
_ATEXT = "abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+/=?^_`{|}~-"
_DOT_ATOM_OCTETS = f"{_ATEXT}.".encode()
# RFC 6531 §3.3 adds all of Unicode; these are letters that stay as they are under NFC: `é`, `ß`, `ł`.
_LATIN = "".join(
    letter
    for letter in map(chr, range(0x80, 0x180))
    if unicodedata.category(letter) == "Ll" and unicodedata.normalize("NFKC", letter) == letter
)
_ATOM = f"[{re.escape(_ATEXT)}{_LATIN}]+"
_PLAIN_LOCAL_PART = re.compile(rf"{_ATOM}(?:\.{_ATOM})*").fullmatch
_PLAIN_LENGTH = 200
"""Octets. Addresses up to here are far from every limit on length; longer ones take the slow way."""
_PLAIN_LOCAL_LENGTH = 60
"""Octets."""
_USUAL_LENGTH = 64
"""Octets."""

_settled_domains: set[bytes] = set()
"""Domains, in UTF-8, that were found valid and in their normalized form: they need no second look."""
_MOST_SETTLED_DOMAINS = 100_000

LONGEST_JUDGED = 5000
"""Characters. In a longer cell nobody looks for addresses: it takes seconds, and to keep it takes memory."""
_LONGEST_REASON = 300
"""Characters. email-validator names every character that it objects to, and there may be thousands."""

_SEPARATORS = re.compile(r"[\s,;|/<>()\"']+")


def normalize(cell: str) -> str | None:
    """The address in its one spelling: trimmed, lower case, Unicode NFC; None when it is not an address.

    Invisible characters, as copying from a web page brings them along, are no part of it.
    """
    address = cell.strip().lower()
    if not address.isascii():
        address = written(address).strip()
    local_part, at, domain = address.rpartition("@")
    plain = len(address) < _PLAIN_LENGTH and len(local_part.encode()) <= _PLAIN_LOCAL_LENGTH
    if at and plain and _PLAIN_LOCAL_PART(local_part):
        verdict = _domain(domain)
        if verdict is None:
            return None
        if len(local_part) + verdict.longest_form < _PLAIN_LENGTH:
            return f"{local_part}@{verdict.normalized}"
    return validated(address)


def normalize_plain(cells: Sequence[bytes]) -> list[bytes | None]:
    """Of each cell what `normalize` gives, both in UTF-8; None also where that has to be asked.

    Half the time of asking for each, as nearly all are plain addresses at domains found valid before.
    """
    if not cells:
        return []
    addresses = [cell.strip().lower() for cell in cells]
    parts = [address.rpartition(b"@") for address in addresses]
    # Between bytes that are none in UTF-8, and with a dot on either side, so that two in a row are wrong
    # wherever they are, also around nothing.
    local_parts = b".%b." % b".\xff.".join([local_part for local_part, _, _ in parts])
    wrong = local_parts.replace(b"..", b"\0").translate(None, _DOT_ATOM_OCTETS).split(b"\xff")
    return [
        address if not is_wrong and domain in _settled_domains and len(address) <= _USUAL_LENGTH else None
        for address, is_wrong, (_, _, domain) in zip(addresses, wrong, parts, strict=True)
    ]


def validated(address: str) -> str | None:
    """email-validator's own verdict on a trimmed, lower-case address, in its normalized form."""
    return None if len(address) > LONGEST_JUDGED else _judged(address)[0]


@lru_cache(maxsize=10_000)
def _judged(address: str) -> tuple[str | None, str]:
    """The normalized address, or why there is none. Kept: what is no address (`n/a`, `none`) comes again."""
    try:
        return validate_email(address, check_deliverability=False).normalized, ""
    except EmailNotValidError as error:
        return None, shorten(str(error), _LONGEST_REASON, placeholder=" …")


def reason_invalid(cell: str) -> str:
    """Why the cell is not one address, in a sentence. Only for cells that `normalize` refused."""
    if len(cell) > LONGEST_JUDGED:
        return f"The cell has {len(cell):,} characters, an address at most 254."
    return _reason_invalid(cell)


@lru_cache(maxsize=10_000)
def _reason_invalid(cell: str) -> str:
    found = addresses_in(cell)
    if len(found) > 1:
        return f"The cell holds {len(found)} addresses. A contact has one: keep the right one."
    normalized, reason = _judged(written(cell.strip().lower()).strip())
    if normalized is not None:
        raise ValueError("reason_invalid was asked about a valid address")
    return reason


def addresses_in(cell: str) -> list[str]:
    """The valid addresses among the parts of the cell, in order, each once, normalized.

    None of a cell of more than 5,000 characters: such a one is a text.
    """
    if len(cell) > LONGEST_JUDGED:
        return []
    parts = (normalize(part) for part in _SEPARATORS.split(cell) if "@" in part)
    return list(dict.fromkeys(part for part in parts if part))


@dataclass(frozen=True, slots=True)
class _Domain:
    normalized: str
    longest_form: int
    """Octets in UTF-8 of the domain as written, normalized, or in ASCII (RFC 5891), whichever is longest."""


@lru_cache(maxsize=100_000)
def _domain(domain: str) -> _Domain | None:
    try:
        address = validate_email(f"a@{domain}", check_deliverability=False)
    except EmailNotValidError:
        return None
    forms = domain, address.domain, address.ascii_domain
    longest_form = max(len(form.encode()) for form in forms)
    is_settled = address.domain == domain and longest_form < _USUAL_LENGTH
    if is_settled and len(_settled_domains) < _MOST_SETTLED_DOMAINS:
        _settled_domains.add(domain.encode())
    return _Domain(address.domain, longest_form)

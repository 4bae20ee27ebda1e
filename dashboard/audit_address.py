"""Which entries of the audit log somebody looks for, as the query of an address, and back.

An account is named by its number: addresses stand in the logs of proxies, where e-mail addresses must not.
"""

import datetime as dt
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from ingestion.audit import Group, Wanted
from ingestion.errors import IngestionError

PATH = "/downloads/audit.csv"
_LONGEST_NUMBER = 18
"""Digits that fit the database's numbers."""


class MalformedQuery(IngestionError):
    """An address asks for something that there is not."""


def address_of(wanted: Wanted) -> str:
    """Where these entries are as a file."""
    said: list[tuple[str, object]] = [("group", group) for group in sorted(wanted.groups)]
    said += [
        ("since", wanted.since and wanted.since.isoformat()),
        ("until", wanted.until and wanted.until.isoformat()),
        ("account", wanted.account_id),
        ("upload", wanted.job_id),
    ]
    query = urlencode([(name, value) for name, value in said if value is not None])
    return f"{PATH}?{query}" if query else PATH


def wanted_in(query: QueryParams) -> Wanted:
    """What a query asks for. Raises MalformedQuery."""
    if unknown := set(query) - {"group", "since", "until", "account", "upload"}:
        raise MalformedQuery(f"There is nothing to ask for by “{min(unknown)}”.")
    try:
        groups = frozenset(Group(name) for name in query.getlist("group"))
    except ValueError:
        raise MalformedQuery(f"A group is one of: {', '.join(Group)}.") from None
    return Wanted(
        groups,
        since=_moment(query.get("since")),
        until=_moment(query.get("until")),
        account_id=_number(query.get("account")),
        job_id=_number(query.get("upload")),
    )


def _moment(text: str | None) -> dt.datetime | None:
    if text is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise MalformedQuery("A moment is written with its zone, such as 2026-11-23T00:00:00Z.")
    return moment


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER):
        raise MalformedQuery("Accounts and uploads are named by their numbers.")
    return int(text)

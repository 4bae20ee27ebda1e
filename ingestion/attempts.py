"""Tries to get in, which are counted, and slowed down when too many of them are wrong.

A try is counted as a failure before anything is looked at, and taken back when it was none: so of a thousand
that come at once no more are looked at than of a thousand that come one by one. Whoever has to wait learns
how long, and nothing else: an address that nobody has is counted like one that somebody has.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from db.engine import Sessions
from db.queries import audit, throttles
from db.queries import known_browsers as browsers
from db.queries.throttles import Counted
from ingestion import accounts, known_browsers
from ingestion.audit import AuditAction
from ingestion.errors import SignInPaused
from ingestion.rules import emails
from ingestion.rules.pauses import PAUSES, Kind, Pauses, in_words, network_of
from ingestion.telemetry import metrics
from ingestion.telemetry.logs import get_logger

logger = get_logger(__name__)

_KEPT = dt.timedelta(seconds=max(pauses.forgotten_after for pauses in PAUSES.values()))

_OF_ONE_PERSON = (Kind.ACCOUNT_AND_CLIENT, Kind.BROWSER)
"""A right password clears these. The others are also of people who do not know it, and it takes back its
own try only: else whoever has an account could clear the count of what they try on others'."""


@dataclass(frozen=True)
class Attempt:
    """A try that is counted as a failure until `accept` or `give_back`. `email` is as it was typed."""

    client: str
    email: str | None
    counted: tuple[tuple[Kind, str, Counted], ...]


def begin_sign_in(sessions: Sessions, email: str, client: str, browser: str | None) -> Attempt:
    """Count a try to sign in before its password is looked at. Only then may it be looked at.

    `client` is a network address, `browser` the token of the cookie that known browsers have. Raises
    SignInPaused.
    """
    address = emails.normalize(email)
    whose = address or email.strip().lower()
    network = network_of(client)
    with sessions() as session:
        is_known = known_browsers.is_known(session, address, browser)
    keys: Mapping[Kind, tuple[str, ...]] = {
        Kind.ACCOUNT_AND_CLIENT: (whose, network),
        Kind.CLIENT: (network,),
        Kind.ACCOUNT: (whose,),
    }
    if is_known:
        keys = {Kind.BROWSER: (whose, str(browser))}
    try:
        return _begin(sessions, keys, PAUSES, client, email, "Too many passwords were wrong.")
    except SignInPaused:
        metrics.SIGN_INS.add(of="paused")
        raise


def accept(sessions: Sessions, attempt: Attempt) -> None:
    """The password was right."""
    with sessions.begin() as session:
        for kind, key, counted in attempt.counted:
            if kind in _OF_ONE_PERSON:
                throttles.clear(session, key)
            else:
                throttles.take_back(session, key, counted)
    metrics.SIGN_INS.add(of="accepted")


def refuse(sessions: Sessions, attempt: Attempt) -> None:
    """The password was wrong, or nobody has the address: write down which account, and from where."""
    begun = [kind for kind, _, counted in attempt.counted if counted.failures == PAUSES[kind].free]
    with sessions.begin() as session:
        _confirm(session, attempt)
        user = accounts.by_address(session, attempt.email or "")
        detail: dict[str, Any] = {"client": attempt.client}
        if user is not None:
            detail |= {"account": user.id, "email": user.email}
        audit.add(session, AuditAction.SIGN_IN_REFUSED, user_id=None, detail=detail)
        for kind in begun:
            of_kind = {**detail, "paused": kind.value}
            audit.add(session, AuditAction.SIGN_IN_PAUSED, user_id=None, detail=of_kind)
    user_id = user.id if user else None
    logger.warning("sign_in_refused", user_id=user_id)
    for kind in begun:
        logger.warning("sign_in_paused", user_id=user_id, paused=kind.value)
    metrics.SIGN_INS.add(of="refused")


def begin_registration(sessions: Sessions, client: str, per_hour: int) -> Attempt:
    """Count that somebody asks for an account; `per_hour` may from one client before the next have to wait.

    `give_back` it where it was not looked up whether the address has one. Raises SignInPaused.
    """
    keys = {Kind.REGISTRATION: (network_of(client),)}
    rules = {Kind.REGISTRATION: replace(PAUSES[Kind.REGISTRATION], free=per_hour)}
    why = "Many accounts were asked for from your network lately."
    return _begin(sessions, keys, rules, client, None, why)


def begin_sharing(sessions: Sessions, user_id: int) -> Attempt:
    """Count that somebody would share with an address, before it is looked up.

    `fail` where nobody has it, `give_back` otherwise. Raises SignInPaused.
    """
    why = "Many addresses that you tried to share with have no account."
    return _begin(sessions, {Kind.SHARING: (str(user_id),)}, PAUSES, "", None, why)


def fail(sessions: Sessions, attempt: Attempt) -> None:
    """It was a failure indeed; from now on it is a while until it is forgotten."""
    with sessions.begin() as session:
        _confirm(session, attempt)


def give_back(sessions: Sessions, attempt: Attempt) -> None:
    """It was no failure: count it no more."""
    with sessions.begin() as session:
        for _, key, counted in attempt.counted:
            throttles.take_back(session, key, counted)


def forget_old(sessions: Sessions) -> None:
    """Remove what is forgotten anyway, and browsers in which nobody signed in for long."""
    with sessions.begin() as session:
        throttles.remove_old(session, _KEPT)
        browsers.remove_old(session, known_browsers.LASTS)


def _begin(
    sessions: Sessions,
    parts: Mapping[Kind, tuple[str, ...]],
    rules: Mapping[Kind, Pauses],
    client: str,
    email: str | None,
    why: str,
) -> Attempt:
    keys = {kind: _key(kind, *of) for kind, of in parts.items()}
    with sessions.begin() as session:
        # Looked at first, without a lock: a flood of tries that are refused writes nothing.
        if seconds := throttles.seconds_blocked(session, keys.values()):
            raise _paused(why, seconds)
        counted = []
        for kind, key in keys.items():  # always in one order, so that none waits for one that waits for it
            pauses = rules[kind]
            forgotten_after = dt.timedelta(seconds=pauses.forgotten_after)
            found = throttles.count(session, key, pauses.schedule, forgotten_after)
            if found is None:  # somebody was faster; the keys before it are rolled back
                raise _paused(why, throttles.seconds_blocked(session, keys.values()))
            counted.append((kind, key, found))
    return Attempt(client, email, tuple(counted))


def _paused(why: str, seconds: float) -> SignInPaused:
    return SignInPaused(f"{why} Please try again in {in_words(seconds)}.", seconds)


def _confirm(session: Session, attempt: Attempt) -> None:
    for _, key, _ in attempt.counted:
        throttles.failed(session, key)


def _key(kind: Kind, *parts: str) -> str:
    """Hashed, so that the table does not list who typed what."""
    return hashlib.sha256("\0".join((kind, *parts)).encode()).hexdigest()

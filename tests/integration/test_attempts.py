"""Tries to get in, counted in a real Postgres, many at a time among them.

Waiting is done by moving what is stored into the past: the pauses are the database's own.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select, text

from db.engine import Sessions
from db.models import AuditEntry, KnownBrowser, Throttle, User
from ingestion import attempts, known_browsers
from ingestion.accounts import Account
from ingestion.errors import SignInPaused
from ingestion.rules.pauses import PAUSES, Kind
from ingestion.telemetry import metrics
from tests.accounts import add_account
from tests.recorder import Recorder

HERE = "192.0.2.1"
FREE = PAUSES[Kind.ACCOUNT_AND_CLIENT].free


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first pause is the longest one, so that no test depends on how fast it is."""
    longest = {kind: replace(pauses, first=pauses.longest) for kind, pauses in PAUSES.items()}
    monkeypatch.setattr(attempts, "PAUSES", longest)


def wrong(
    sessions: Sessions, email: str = "ana@example.com", client: str = HERE, browser: str | None = None
) -> None:
    attempts.refuse(sessions, attempts.begin_sign_in(sessions, email, client, browser))


def right(
    sessions: Sessions, email: str = "ana@example.com", client: str = HERE, browser: str | None = None
) -> None:
    attempts.accept(sessions, attempts.begin_sign_in(sessions, email, client, browser))


def seconds_to_wait(
    sessions: Sessions, email: str = "ana@example.com", client: str = HERE, browser: str | None = None
) -> float:
    """0: it would be looked at. Nothing is counted."""
    try:
        attempt = attempts.begin_sign_in(sessions, email, client, browser)
    except SignInPaused as pause:
        return pause.seconds
    attempts.give_back(sessions, attempt)
    return 0


def pass_by(sessions: Sessions, seconds: float) -> None:
    with sessions.begin() as session:
        session.execute(
            text(
                "UPDATE throttles SET failed_at = failed_at - make_interval(secs => :seconds),"
                " blocked_until = blocked_until - make_interval(secs => :seconds)"
            ),
            {"seconds": seconds},
        )


def fail_often(sessions: Sessions, times: int, **whose: Any) -> None:
    """Fail so many times, with all the waiting between."""
    for _ in range(times):
        wrong(sessions, **whose)
        pass_by(sessions, PAUSES[Kind.CLIENT].longest)


def entries(sessions: Sessions) -> list[tuple[str, dict[str, Any]]]:
    with sessions() as session:
        is_own = AuditEntry.action != "make_account"
        found = session.scalars(select(AuditEntry).where(is_own).order_by(AuditEntry.id))
        return [(entry.action, entry.detail_json) for entry in found]


@pytest.mark.parametrize("email", ["ana@example.com", "nobody@example.com", "no address"])
@pytest.mark.usefixtures("ana", "at_once")
def test_some_are_free_then_nothing_is_looked_at_for_a_while_whether_the_account_exists_or_not(
    sessions: Sessions, email: str
) -> None:
    for _ in range(FREE):
        wrong(sessions, email)

    with pytest.raises(SignInPaused, match=r"Too many passwords were wrong\. .* 15 minutes\.") as pause:
        attempts.begin_sign_in(sessions, email, HERE, None)
    assert 840 < pause.value.seconds <= 900


@pytest.mark.usefixtures("at_once")
def test_all_spellings_of_an_address_are_one_account(sessions: Sessions, ana: Account) -> None:
    for spelling in ["ana@example.com", "ANA@example.com", " ana@example.com", "Ana@Example.com", ana.email]:
        wrong(sessions, spelling)

    assert seconds_to_wait(sessions, "aNa@example.com") > 0


def test_a_pause_ends_by_itself_and_the_next_is_longer(sessions: Sessions) -> None:
    for _ in range(FREE + 7):
        pass_by(sessions, 300)
        wrong(sessions)
    assert 64 < seconds_to_wait(sessions) <= 128

    pass_by(sessions, 128)
    wrong(sessions)

    assert 128 < seconds_to_wait(sessions) <= 256


def test_tries_during_a_pause_make_it_no_longer(sessions: Sessions) -> None:
    fail_often(sessions, FREE + 3)
    wrong(sessions)
    told = [seconds_to_wait(sessions) for _ in range(20)]

    assert told == sorted(told, reverse=True)
    assert told[0] <= 16


def test_failures_are_forgotten_after_a_while(sessions: Sessions) -> None:
    for _ in range(FREE + 3):
        pass_by(sessions, 16)
        wrong(sessions)
    pass_by(sessions, PAUSES[Kind.ACCOUNT_AND_CLIENT].forgotten_after)

    for _ in range(FREE - 1):
        wrong(sessions)
        assert seconds_to_wait(sessions) == 0


@pytest.mark.usefixtures("at_once")
def test_a_failure_counts_from_when_it_failed(sessions: Sessions) -> None:
    """Somebody who fails now and then is not forgotten in between."""
    most = PAUSES[Kind.ACCOUNT_AND_CLIENT].forgotten_after
    for _ in range(FREE):
        pass_by(sessions, most - 1)
        wrong(sessions)

    assert seconds_to_wait(sessions) > 0


def test_the_right_password_clears_what_its_owner_mistyped(sessions: Sessions) -> None:
    for _ in range(FREE - 1):
        wrong(sessions)
    right(sessions)

    for _ in range(FREE - 1):
        wrong(sessions)
        assert seconds_to_wait(sessions) == 0


def test_signing_in_is_no_failure_however_often(sessions: Sessions) -> None:
    for _ in range(PAUSES[Kind.CLIENT].free + 10):
        right(sessions)

    with sessions() as session:
        assert set(session.scalars(select(Throttle.failures))) == {0}


@pytest.mark.usefixtures("at_once")
def test_one_account_does_not_clear_what_is_tried_on_others_from_the_same_address(sessions: Sessions) -> None:
    free = PAUSES[Kind.CLIENT].free
    for number in range(free):
        wrong(sessions, f"user{number}@example.com")
        if number < free - 1:
            right(sessions, "mine@example.com")

    assert seconds_to_wait(sessions, "another@example.com") > 0
    assert seconds_to_wait(sessions, "another@example.com", client="192.0.2.2") == 0


@pytest.mark.usefixtures("at_once")
def test_one_ipv6_network_is_one_client(sessions: Sessions) -> None:
    for number in range(FREE):
        wrong(sessions, client=f"2001:db8::{number}")

    assert seconds_to_wait(sessions, client="2001:db8::ffff") > 0
    assert seconds_to_wait(sessions, client="2001:db8:0:1::") == 0


def test_an_account_tried_from_everywhere_waits_for_a_minute_at_most(sessions: Sessions) -> None:
    for number in range(60):
        wrong(sessions, client=f"198.51.100.{number}")
        pass_by(sessions, 60)
    wrong(sessions, client="198.51.100.60")

    assert 0 < seconds_to_wait(sessions, client=HERE) <= 60
    assert seconds_to_wait(sessions, "ben@example.com", client=HERE) == 0


def test_a_known_browser_waits_for_nothing_that_strangers_do_not_even_at_its_own_address(
    sessions: Sessions, ana: Account
) -> None:
    browser = known_browsers.remember(sessions, ana.id, instead_of=None)
    for number in range(60):
        pass_by(sessions, 60)
        wrong(sessions, client=f"198.51.100.{number}")
    for _ in range(15):
        pass_by(sessions, 900)
        wrong(sessions)

    assert seconds_to_wait(sessions) > 60
    assert seconds_to_wait(sessions, browser=browser) == 0
    right(sessions, browser=browser)


@pytest.mark.usefixtures("at_once")
def test_a_known_browser_has_a_count_of_its_own(sessions: Sessions, ana: Account) -> None:
    browser = known_browsers.remember(sessions, ana.id, instead_of=None)
    for _ in range(PAUSES[Kind.BROWSER].free):
        wrong(sessions, browser=browser)

    assert seconds_to_wait(sessions, browser=browser) > 0
    assert seconds_to_wait(sessions) == 0


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("which", ["invented", "of another account", "forgotten", "old", "replaced"])
def test_a_browser_that_is_not_known_for_this_account_waits(
    sessions: Sessions, ana: Account, which: str
) -> None:
    ben = add_account(sessions, "ben@example.com", "Ben", "Li", "a hash")
    browser = known_browsers.remember(
        sessions, ben.id if which == "of another account" else ana.id, instead_of=None
    )
    if which == "invented":
        browser = "invented"
    if which == "replaced":
        known_browsers.remember(sessions, ana.id, instead_of=browser)
    with sessions.begin() as session:
        if which == "forgotten":
            known_browsers.forget(session, ana.id)
        if which == "old":
            session.execute(text("UPDATE known_browsers SET seen_at = seen_at - interval '181 days'"))
    for _ in range(FREE):
        wrong(sessions)

    assert seconds_to_wait(sessions, browser=browser) > 0


def test_an_account_has_so_many_known_browsers_and_the_newest_stay(sessions: Sessions, ana: Account) -> None:
    ben = add_account(sessions, "ben@example.com", "Ben", "Li", "a hash")
    known_browsers.remember(sessions, ben.id, instead_of=None)
    tokens = [known_browsers.remember(sessions, ana.id, instead_of=None) for _ in range(25)]

    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(KnownBrowser)) == 21
        known = [known_browsers.is_known(session, ana.email, token) for token in tokens]
    assert known == [False] * 5 + [True] * 20


def test_no_key_and_no_token_is_stored_as_it_is(sessions: Sessions, ana: Account) -> None:
    token = known_browsers.remember(sessions, ana.id, instead_of=None)
    wrong(sessions)
    wrong(sessions, browser=token)

    with sessions() as session:
        stored = " ".join(session.scalars(select(Throttle.key)))
        stored += " ".join(session.scalars(select(KnownBrowser.token_hash)))
    for secret in ("ana", HERE, token):
        assert secret not in stored


def let_through(sessions: Sessions, tries: int, **changing: Any) -> tuple[int, float]:
    """How many of so many parallel tries may look at their password, and in how many seconds."""

    def attempt(number: int) -> bool:
        client = changing["client"].format(number) if changing else HERE
        try:
            attempts.begin_sign_in(sessions, "ana@example.com", client, None)
        except SignInPaused:
            return False
        return True

    began = time.monotonic()
    with ThreadPoolExecutor(25) as pool:
        looked_at = sum(pool.map(attempt, range(tries)))
    return looked_at, time.monotonic() - began


@pytest.mark.parametrize(
    ("kind", "changing"), [(Kind.ACCOUNT_AND_CLIENT, {}), (Kind.ACCOUNT, {"client": "198.51.100.{}"})]
)
def test_of_200_parallel_tries_no_more_are_looked_at_than_one_by_one(
    sessions: Sessions, kind: Kind, changing: dict[str, str]
) -> None:
    looked_at, seconds = let_through(sessions, 200, **changing)

    assert PAUSES[kind].free <= looked_at <= PAUSES[kind].most_within(seconds)


def test_parallel_failures_of_many_accounts_from_many_addresses_do_not_wait_for_each_other(
    sessions: Sessions,
) -> None:
    def attempt(number: int) -> None:
        attempts.refuse(
            sessions,
            attempts.begin_sign_in(sessions, f"user{number % 7}@example.com", f"192.0.2.{number % 11}", None),
        )

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(attempt, range(77)))

    with sessions() as session:
        assert session.scalar(select(func.sum(Throttle.failures))) == 77 * 3


def test_a_wrong_password_is_written_down_with_the_account_and_the_address(
    sessions: Sessions, ana: Account
) -> None:
    wrong(sessions, " ANA@example.com")
    wrong(sessions, "who+typed@example.com")

    assert entries(sessions) == [
        ("sign_in_refused", {"client": HERE, "account": ana.id, "email": "ana@example.com"}),
        ("sign_in_refused", {"client": HERE}),
    ]


@pytest.mark.usefixtures("at_once")
def test_a_pause_is_written_down_once_and_refused_tries_are_not(sessions: Sessions, ana: Account) -> None:
    for _ in range(FREE):
        wrong(sessions)
    for _ in range(30):
        with pytest.raises(SignInPaused):
            wrong(sessions)
    pass_by(sessions, 900)
    wrong(sessions)

    whose = {"client": HERE, "account": ana.id, "email": ana.email}
    assert entries(sessions) == [
        *[("sign_in_refused", whose)] * FREE,
        ("sign_in_paused", {**whose, "paused": "account_and_client"}),
        ("sign_in_refused", whose),
    ]


@pytest.mark.usefixtures("at_once")
def test_sign_ins_are_counted_by_what_became_of_them(sessions: Sessions, recorder: Recorder) -> None:
    right(sessions)
    for _ in range(FREE):
        wrong(sessions)
    with pytest.raises(SignInPaused):
        wrong(sessions)

    assert [outcome for _, outcome in recorder.of(metrics.SIGN_INS)] == [
        "accepted",
        *["refused"] * FREE,
        "paused",
    ]


@pytest.mark.usefixtures("at_once")
def test_registrations_from_one_address_are_slowed_down(sessions: Sessions) -> None:
    for _ in range(3):
        attempts.begin_registration(sessions, HERE, 3)

    with pytest.raises(SignInPaused, match=r"Many accounts .* again in 60 minutes"):
        attempts.begin_registration(sessions, HERE, 3)
    attempts.begin_registration(sessions, "192.0.2.2", 3)
    assert seconds_to_wait(sessions) == 0


def test_a_registration_that_was_given_back_does_not_count(sessions: Sessions) -> None:
    for _ in range(10):
        attempts.give_back(sessions, attempts.begin_registration(sessions, HERE, 3))

    for _ in range(3):
        attempts.begin_registration(sessions, HERE, 3)


def test_what_is_forgotten_anyway_is_removed(sessions: Sessions, ana: Account) -> None:
    known_browsers.remember(sessions, ana.id, instead_of=None)
    with sessions.begin() as session:
        session.execute(text("UPDATE known_browsers SET seen_at = seen_at - interval '181 days'"))
    known_browsers.remember(sessions, ana.id, instead_of=None)
    wrong(sessions)
    pass_by(sessions, max(pauses.forgotten_after for pauses in PAUSES.values()))
    wrong(sessions, "ben@example.com", client="192.0.2.2")

    attempts.forget_old(sessions)

    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(Throttle)) == 3
        assert session.scalar(select(func.count()).select_from(KnownBrowser)) == 1
        assert session.scalar(select(func.count()).select_from(User)) == 1

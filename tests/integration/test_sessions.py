"""Who is signed in, on a real Postgres."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from db.engine import Sessions
from db.models import UserSession
from ingestion import accounts, administration
from ingestion import sessions as web_sessions
from ingestion.accounts import Account
from ingestion.audit import AuditAction
from ingestion.authority import COMMAND
from ingestion.errors import NotFound, SignInRefused
from ingestion.sessions import Client, Ending, Why
from tests.entries import entries
from tests.locks import wait_for_a_waiting_one
from tests.sign_ins import CLIENT, account_of_ticket, ticket_of, token_of

EMAIL = "ana@example.com"


def pass_time(sessions: Sessions, time: str) -> None:
    """Have all that stands in the sessions have happened so much earlier."""
    columns = ("ticket_expires_at", "created_at", "seen_at", "expires_at")
    earlier = ", ".join(f"{column} = {column} - interval '{time}'" for column in columns)
    with sessions.begin() as session:
        session.execute(text(f"UPDATE sessions SET {earlier}"))


def seen(sessions: Sessions) -> dt.datetime:
    with sessions() as session:
        return session.scalars(select(UserSession.seen_at)).one()


def done(sessions: Sessions) -> list[tuple[AuditAction, dict[str, object]]]:
    """What the audit log has, the oldest first."""
    found = (entry for entry in entries(sessions) if entry.action != AuditAction.MAKE_ACCOUNT)
    return [(AuditAction(entry.action), entry.detail) for entry in found]


def test_a_ticket_opens_its_accounts_session(sessions: Sessions, ana: Account) -> None:
    assert web_sessions.account_of(sessions, token_of(sessions, EMAIL)) == ana


@pytest.mark.usefixtures("ana")
def test_a_ticket_is_exchanged_once(sessions: Sessions) -> None:
    ticket = ticket_of(sessions, EMAIL)

    with ThreadPoolExecutor(8) as pool:
        begun = list(pool.map(lambda _: web_sessions.exchange(sessions, ticket, CLIENT), range(8)))

    assert len([one for one in begun if one]) == 1
    assert [action for action, _ in done(sessions)] == [AuditAction.SIGN_IN]


@pytest.mark.usefixtures("ana")
def test_a_ticket_older_than_30_seconds_is_refused(sessions: Sessions) -> None:
    ticket = ticket_of(sessions, EMAIL)
    pass_time(sessions, "30 s")

    assert web_sessions.exchange(sessions, ticket, CLIENT) is None


@pytest.mark.usefixtures("ana")
@pytest.mark.parametrize("ticket", ["", "guessed", "\0"])
def test_an_unknown_ticket_is_refused(sessions: Sessions, ticket: str) -> None:
    token_of(sessions, EMAIL)

    assert web_sessions.exchange(sessions, ticket, CLIENT) is None


@pytest.mark.usefixtures("ana")
def test_a_ticket_is_no_token(sessions: Sessions) -> None:
    assert web_sessions.account_of(sessions, ticket_of(sessions, EMAIL)) is None


@pytest.mark.parametrize("email", [EMAIL, "", "nobody"])
def test_nobody_without_an_account_gets_a_ticket(sessions: Sessions, email: str) -> None:
    with pytest.raises(SignInRefused):
        ticket_of(sessions, email)


def set_hash(session: Session, password_hash: str) -> None:
    session.execute(text("UPDATE users SET password_hash = :hash"), {"hash": password_hash})


def open_by(sessions: Sessions, password_hash: str) -> str:
    return web_sessions.open_session(sessions, EMAIL, password_hash, hours=12, idle_minutes=30)


@pytest.mark.usefixtures("ana")
def test_a_password_that_was_changed_since_it_was_compared_opens_nothing(sessions: Sessions) -> None:
    known = accounts.credentials_of(sessions, EMAIL)
    assert known is not None
    with sessions.begin() as session:
        set_hash(session, "another hash")

    with pytest.raises(SignInRefused, match="address or the password is wrong"):
        open_by(sessions, known.password_hash)

    assert account_of_ticket(sessions, open_by(sessions, "another hash")) is not None


@pytest.mark.usefixtures("ana")
def test_a_session_waits_for_the_change_of_a_password_that_is_going_on(sessions: Sessions) -> None:
    known = accounts.credentials_of(sessions, EMAIL)
    assert known is not None
    with ThreadPoolExecutor(1) as pool:
        with sessions.begin() as changing:
            set_hash(changing, "another hash")
            opening = pool.submit(open_by, sessions, known.password_hash)
            wait_for_a_waiting_one(sessions)
        with pytest.raises(SignInRefused):
            opening.result()


def test_a_session_ends_after_its_hours_whatever_is_done_in_it(sessions: Sessions, ana: Account) -> None:
    token = token_of(sessions, EMAIL, hours=2)
    for _ in range(6):
        assert web_sessions.account_of(sessions, token) == ana
        pass_time(sessions, "20 min")

    assert web_sessions.account_of(sessions, token) is None


def test_a_session_in_which_nothing_is_done_ends(sessions: Sessions, ana: Account) -> None:
    token = token_of(sessions, EMAIL, idle_minutes=10)
    pass_time(sessions, "9 min 59 s")
    assert web_sessions.account_of(sessions, token) == ana

    pass_time(sessions, "9 min 59 s")
    assert web_sessions.account_of(sessions, token) == ana, "it was used meanwhile"

    pass_time(sessions, "10 min")
    assert web_sessions.account_of(sessions, token) is None
    assert web_sessions.listed(sessions, ana.id, token) == []


def test_what_a_page_asks_by_itself_keeps_no_session_open(sessions: Sessions, ana: Account) -> None:
    token = token_of(sessions, EMAIL, idle_minutes=10)
    for _ in range(2):
        assert web_sessions.account_of(sessions, token, is_activity=False) == ana
        pass_time(sessions, "5 min")

    assert web_sessions.account_of(sessions, token, is_activity=False) is None


@pytest.mark.usefixtures("ana")
def test_a_session_is_marked_as_seen_at_most_once_a_minute(sessions: Sessions) -> None:
    token = token_of(sessions, EMAIL)
    pass_time(sessions, "59 s")
    before = seen(sessions)
    web_sessions.account_of(sessions, token)
    assert seen(sessions) == before

    pass_time(sessions, "2 s")
    web_sessions.account_of(sessions, token, is_activity=False)
    assert seen(sessions) == before - dt.timedelta(seconds=2)
    web_sessions.account_of(sessions, token)
    assert seen(sessions) > before


def test_a_deactivated_account_has_no_session_and_gets_none(sessions: Sessions, ana: Account) -> None:
    token, ticket = token_of(sessions, EMAIL), ticket_of(sessions, EMAIL)
    with sessions.begin() as session:
        session.execute(text("UPDATE users SET deactivated_at = now() WHERE id = :id"), {"id": ana.id})

    assert web_sessions.account_of(sessions, token) is None
    assert web_sessions.exchange(sessions, ticket, CLIENT) is None
    with pytest.raises(SignInRefused):
        ticket_of(sessions, EMAIL)


def deactivate(sessions: Sessions, ana: Account) -> None:
    administration.deactivate(sessions, COMMAND, ana.id)


End = Callable[[Sessions, Account], object]
NOW: list[tuple[End, Why]] = [
    (lambda sessions, ana: web_sessions.end_all(sessions, ana.id), Why.REVOKED),
    (lambda sessions, ana: administration.end_sessions(sessions, COMMAND, ana.id), Why.REVOKED),
    (deactivate, Why.DEACTIVATED),
]


@pytest.mark.usefixtures("ana")
def test_an_open_session_and_an_unknown_one_have_no_ending(sessions: Sessions) -> None:
    token = token_of(sessions, EMAIL)

    assert [web_sessions.ending_of(sessions, asked) for asked in (token, "guessed", "")] == [None] * 3


@pytest.mark.usefixtures("ana")
@pytest.mark.parametrize(
    ("idle_minutes", "passed", "ending"),
    [
        (45, "44 min 59 s", None),
        (45, "45 min", Ending(Why.IDLE, dt.timedelta(minutes=45))),
        (45, "3 hours", Ending(Why.IDLE, dt.timedelta(minutes=45))),
        (300, "2 hours", Ending(Why.EXPIRED, dt.timedelta(hours=2))),
        (300, "6 hours", Ending(Why.EXPIRED, dt.timedelta(hours=2))),
    ],
)
def test_whoever_has_a_sessions_token_learns_which_limit_ended_it(
    sessions: Sessions, idle_minutes: int, passed: str, ending: Ending | None
) -> None:
    token = token_of(sessions, EMAIL, hours=2, idle_minutes=idle_minutes)
    pass_time(sessions, passed)

    assert web_sessions.ending_of(sessions, token) == ending


@pytest.mark.usefixtures("ana", "administrator")  # who administers when Ana is deactivated
@pytest.mark.parametrize(("end", "why"), NOW)
def test_a_session_that_somebody_ended_tells_so_for_ever(
    sessions: Sessions, ana: Account, end: End, why: Why
) -> None:
    token = token_of(sessions, EMAIL)
    end(sessions, ana)
    assert web_sessions.ending_of(sessions, token) == Ending(why)
    with sessions.begin() as session:
        session.execute(text("UPDATE sessions SET expires_at = now(), seen_at = now() - idle_limit"))

    assert web_sessions.ending_of(sessions, token) == Ending(why)


@pytest.mark.usefixtures("ana", "administrator")
@pytest.mark.parametrize("end", [end for end, _ in NOW])
def test_what_happens_after_a_session_ended_is_not_told(sessions: Sessions, ana: Account, end: End) -> None:
    token = token_of(sessions, EMAIL)
    pass_time(sessions, "31 min")
    end(sessions, ana)

    assert web_sessions.ending_of(sessions, token) == Ending(Why.IDLE, dt.timedelta(minutes=30))


def test_an_account_that_is_active_again_has_sessions_that_were_ended(
    sessions: Sessions, ana: Account, ben: Account
) -> None:
    token = token_of(sessions, ben.email)
    administration.deactivate(sessions, ana.id, ben.id)
    administration.activate(sessions, ana.id, ben.id)

    assert web_sessions.ending_of(sessions, token) == Ending(Why.REVOKED)


def test_signing_in_again_gives_another_token_and_ends_what_the_browser_had(
    sessions: Sessions, ana: Account
) -> None:
    first, elsewhere = token_of(sessions, EMAIL), token_of(sessions, EMAIL)

    second = token_of(sessions, EMAIL, replaced=first)

    assert second != first
    assert web_sessions.account_of(sessions, first) is None
    assert web_sessions.account_of(sessions, second) == ana
    assert web_sessions.account_of(sessions, elsewhere) == ana


def test_a_used_ticket_ends_no_session(sessions: Sessions, ana: Account) -> None:
    token = token_of(sessions, EMAIL)

    assert web_sessions.exchange(sessions, "used", CLIENT, replaced=token) is None

    assert web_sessions.account_of(sessions, token) == ana


def test_signing_out_ends_that_session_and_no_other(sessions: Sessions, ana: Account) -> None:
    here, elsewhere = token_of(sessions, EMAIL), token_of(sessions, EMAIL)

    web_sessions.sign_out(sessions, here)
    web_sessions.sign_out(sessions, here)
    web_sessions.sign_out(sessions, "unknown")

    assert web_sessions.account_of(sessions, here) is None
    assert web_sessions.account_of(sessions, elsewhere) == ana
    assert [action for action, _ in done(sessions)].count(AuditAction.SIGN_OUT) == 1


def test_the_list_says_where_each_session_is_and_which_is_the_asking_one(
    sessions: Sessions, ana: Account
) -> None:
    token_of(sessions, EMAIL, client=Client("Evil\r\n" + "x" * 300, "2001:db8::1"))
    pass_time(sessions, "5 min")
    here = token_of(sessions, EMAIL)
    web_sessions.sign_out(sessions, token_of(sessions, EMAIL))
    ticket_of(sessions, EMAIL)

    this, other = web_sessions.listed(sessions, ana.id, here)

    assert (this.browser, this.address, this.is_this) == ("Firefox on Linux", "192.0.2.1", True)
    assert (other.browser, other.address, other.is_this) == ("Unknown browser", "2001:db8::1", False)
    assert this.seen_at - other.seen_at > dt.timedelta(minutes=4)
    with sessions() as session:
        kept = session.scalars(select(UserSession.user_agent).where(UserSession.id == other.id)).one()
    assert kept == "Evil" + "x" * 196


def test_one_session_is_ended_by_its_owner_only(sessions: Sessions, ana: Account, ben: Account) -> None:
    here, elsewhere = token_of(sessions, EMAIL), token_of(sessions, EMAIL)
    (other,) = [found for found in web_sessions.listed(sessions, ana.id, here) if not found.is_this]

    with pytest.raises(NotFound):
        web_sessions.end_one(sessions, ben.id, other.id)
    assert web_sessions.account_of(sessions, elsewhere) == ana

    web_sessions.end_one(sessions, ana.id, other.id)
    assert web_sessions.account_of(sessions, elsewhere) is None
    assert web_sessions.account_of(sessions, here) == ana
    with pytest.raises(NotFound, match="ended already"):
        web_sessions.end_one(sessions, ana.id, other.id)


def test_signing_out_everywhere_ends_all_sessions_and_tickets_of_that_account(
    sessions: Sessions, ana: Account, ben: Account
) -> None:
    tokens = [token_of(sessions, EMAIL) for _ in range(3)]
    ticket = ticket_of(sessions, EMAIL)
    bens = token_of(sessions, ben.email)

    assert web_sessions.end_all(sessions, ana.id) == 3

    assert [web_sessions.account_of(sessions, token) for token in tokens] == [None] * 3
    assert web_sessions.exchange(sessions, ticket, CLIENT) is None
    assert web_sessions.account_of(sessions, bens) == ben
    assert done(sessions)[-1] == (AuditAction.END_SESSIONS, {"ended": 3})


def test_the_audit_log_has_sign_ins_and_sign_outs_with_the_clients_address(
    sessions: Sessions, ana: Account
) -> None:
    token = token_of(sessions, EMAIL)
    (own,) = web_sessions.listed(sessions, ana.id, token)
    web_sessions.sign_out(sessions, token)

    assert done(sessions) == [
        (AuditAction.SIGN_IN, {"session": own.id, "client": "192.0.2.1"}),
        (AuditAction.SIGN_OUT, {"session": own.id}),
    ]
    assert {entry.user_id for entry in entries(sessions)[1:]} == {ana.id}


@pytest.mark.usefixtures("ana")
def test_neither_ticket_nor_token_is_stored(sessions: Sessions) -> None:
    secrets = {ticket_of(sessions, EMAIL), token_of(sessions, EMAIL)}

    with sessions() as session:
        rows = session.execute(
            text("SELECT s::text FROM sessions s UNION ALL SELECT a::text FROM audit_log a")
        )
        stored = " ".join(rows.scalars())

    assert "192.0.2.1" in stored
    assert not [secret for secret in secrets if secret in stored]

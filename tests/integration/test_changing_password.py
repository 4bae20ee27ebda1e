"""A new password in the place of one that is known, on a real Postgres."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from db.engine import Sessions
from db.queries.accounts import lock_accounts
from ingestion import access_links, accounts, changing_password, known_browsers, password_hashes, resets
from ingestion import sessions as web_sessions
from ingestion.accounts import Account
from ingestion.audit import AuditAction
from ingestion.authority import COMMAND
from ingestion.changing_password import Check
from ingestion.errors import NotFound, PasswordRefused, SignInRefused
from tests.accounts import add_account
from tests.entries import entries
from tests.locks import wait_for_a_waiting_one
from tests.sign_ins import token_of

CURRENT = "correct horse battery"
NEW = "seven quiet rivers"


@pytest.fixture
def ana(sessions: Sessions) -> Account:
    hashed = password_hashes.hash_of(CURRENT)
    return add_account(sessions, "ana@example.com", "Ana", "López", hashed)


def is_right(sessions: Sessions, password: str) -> bool:
    found = accounts.credentials_of(sessions, "ana@example.com")
    assert found is not None
    return password_hashes.matches(password, found.password_hash)


def test_the_new_password_is_good_and_the_other_sessions_have_ended(sessions: Sessions, ana: Account) -> None:
    here, elsewhere = token_of(sessions, ana.email), token_of(sessions, ana.email)

    ended = changing_password.change(sessions, ana.id, current=CURRENT, new=NEW, token=here)

    assert ended == 1
    assert is_right(sessions, NEW)
    assert not is_right(sessions, CURRENT)
    assert web_sessions.account_of(sessions, here) == ana
    assert web_sessions.account_of(sessions, elsewhere) is None
    assert entries(sessions)[-1] == (ana.id, AuditAction.CHANGE_PASSWORD, {"ended": 1})


@pytest.mark.parametrize(
    ("current", "new", "said"),
    [
        pytest.param(CURRENT + "!", NEW, "current password is wrong", id="wrong"),
        pytest.param("", NEW, "current password is wrong", id="none"),
        pytest.param(CURRENT, "short", "at least 12", id="short"),
        pytest.param(CURRENT, "ana lopez ana lopez", "made of your name", id="the own name"),
        pytest.param(CURRENT, "ana@example.com", "made of your name", id="the own address"),
        pytest.param(CURRENT, CURRENT, "is the current one", id="the same"),
    ],
)
def test_a_refusal_names_the_reason_and_changes_nothing(
    sessions: Sessions, ana: Account, current: str, new: str, said: str
) -> None:
    here, elsewhere = token_of(sessions, ana.email), token_of(sessions, ana.email)

    with pytest.raises(PasswordRefused, match=said):
        changing_password.change(sessions, ana.id, current=current, new=new, token=here)

    assert is_right(sessions, CURRENT)
    assert web_sessions.account_of(sessions, elsewhere) == ana


def test_the_current_password_is_not_looked_at_where_nobody_may_try(sessions: Sessions, ana: Account) -> None:
    def paused(check: Check) -> bool:  # noqa: ARG001
        raise PasswordRefused("Wait for a minute.")

    with pytest.raises(PasswordRefused, match="Wait"):
        changing_password.change(sessions, ana.id, current=CURRENT, new=NEW, token="", attempt=paused)

    assert is_right(sessions, CURRENT)


def test_whoever_counts_the_tries_is_told_of_each(sessions: Sessions, ana: Account) -> None:
    results: list[bool] = []

    def counted(check: Check) -> bool:
        results.append(check())
        return results[-1]

    with pytest.raises(PasswordRefused):
        changing_password.change(sessions, ana.id, current="wrong", new=NEW, token="", attempt=counted)
    changing_password.change(sessions, ana.id, current=CURRENT, new=NEW, token="", attempt=counted)

    assert results == [False, True]


def test_of_two_changes_at_the_same_time_the_second_is_refused(sessions: Sessions, ana: Account) -> None:
    def overtaken(check: Check) -> bool:
        first = "another long password"
        changing_password.change(sessions, ana.id, current=CURRENT, new=first, token="")
        return check()

    with pytest.raises(PasswordRefused, match="changed elsewhere"):
        changing_password.change(sessions, ana.id, current=CURRENT, new=NEW, token="", attempt=overtaken)

    assert is_right(sessions, "another long password")


def test_links_to_a_new_password_and_known_browsers_are_good_no_more(
    sessions: Sessions, ana: Account
) -> None:
    link = access_links.offer_reset(sessions, COMMAND, ana.id)
    browser = known_browsers.remember(sessions, ana.id, instead_of=None)
    here = token_of(sessions, ana.email)

    changing_password.change(sessions, ana.id, current=CURRENT, new=NEW, token=here)

    with pytest.raises(SignInRefused):
        resets.owner_of(sessions, link.token)
    with sessions() as session:
        assert not known_browsers.is_known(session, ana.email, browser)


def test_a_change_waits_for_administrators_and_they_never_for_it(sessions: Sessions, ana: Account) -> None:
    with ThreadPoolExecutor(1) as pool:
        with sessions.begin() as administering:
            lock_accounts(administering)
            changing = pool.submit(
                changing_password.change, sessions, ana.id, current=CURRENT, new=NEW, token=""
            )
            wait_for_a_waiting_one(sessions)
            administering.execute(text("UPDATE users SET role = 'administrator'"))
        changing.result()

    assert is_right(sessions, NEW)


def test_a_deactivated_account_changes_nothing(sessions: Sessions, ana: Account) -> None:
    with sessions.begin() as session:
        session.execute(text("UPDATE users SET deactivated_at = now()"))

    with pytest.raises(NotFound):
        changing_password.change(sessions, ana.id, current=CURRENT, new=NEW, token="")

"""Looking after accounts, on a real Postgres."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from db.engine import Sessions
from db.queries.accounts import lock_accounts
from ingestion import accounts, administration, known_browsers, viewing
from ingestion import sessions as web_sessions
from ingestion.accounts import Account
from ingestion.authority import COMMAND, By
from ingestion.errors import NotAllowed, NotFound
from ingestion.rules.permissions import Role
from tests.accounts import add_account
from tests.conftest import Submit
from tests.entries import entries
from tests.sign_ins import CLIENT, ticket_of, token_of
from tests.worker import eventually

Change = Callable[[Sessions, By, int], object]


def demote(sessions: Sessions, by: By, account_id: int) -> None:
    administration.change_role(sessions, by, account_id, Role.OPERATOR)


def promote(sessions: Sessions, by: By, account_id: int) -> None:
    administration.change_role(sessions, by, account_id, Role.ADMINISTRATOR)


CHANGES: list[Change] = [
    demote,
    promote,
    administration.deactivate,
    administration.activate,
    administration.end_sessions,
]
LOSES_AN_ADMINISTRATOR = pytest.mark.parametrize("change", [demote, administration.deactivate])


@pytest.fixture
def zoe(sessions: Sessions, ana: Account) -> Account:  # noqa: ARG001
    return add_account(sessions, "zoe@example.com", "Zoë", "King", role=Role.ADMINISTRATOR)


def roles(sessions: Sessions) -> dict[str, str]:
    """Of the accounts that can be used, by address."""
    return {
        person.email: person.role for person in administration.people(sessions, COMMAND) if person.is_active
    }


def test_accounts_are_listed_with_what_they_are_and_do(
    sessions: Sessions, ana: Account, ben: Account, submit: Submit
) -> None:
    submit(b"email\na@x.com\n", owner=ben.id)
    submit(b"email\nb@x.com\n", owner=ben.id)
    with sessions.begin() as session:
        session.execute(text("UPDATE jobs SET deleted_at = now() WHERE id = 1"))
    token_of(sessions, ben.email)
    administration.deactivate(sessions, ana.id, ben.id)

    found = {person.email: person for person in administration.people(sessions, ana.id)}

    assert (found[ana.email].role, found[ana.email].is_active, found[ana.email].last_active_at) == (
        Role.ADMINISTRATOR,
        True,
        None,
    )
    assert (found[ben.email].name, found[ben.email].is_active, found[ben.email].uploads) == (
        "Ben Li",
        False,
        1,
    )
    assert found[ben.email].last_active_at is not None


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", ["ana@example.com", "ben@example.com", "zoe@example.com"]),
        ("BEN", ["ben@example.com"]),
        ("zoë king", ["zoe@example.com"]),
        ("king zoë", ["zoe@example.com"]),
        ("king ben", []),
        (" example.com ", ["ana@example.com", "ben@example.com", "zoe@example.com"]),
        ("%", []),
        ("_", []),
        ("\\", []),
        ("\0ben", ["ben@example.com"]),
    ],
)
@pytest.mark.usefixtures("ben", "zoe")
def test_accounts_are_found_by_a_part_of_name_or_address(
    sessions: Sessions, ana: Account, search: str, found: list[str]
) -> None:
    assert [person.email for person in administration.people(sessions, ana.id, search=search)] == found


@pytest.mark.usefixtures("zoe", "ben")
def test_a_long_list_is_had_in_parts(sessions: Sessions, ana: Account) -> None:
    def part(after: str, search: str = "") -> list[str]:
        found = administration.people(sessions, ana.id, search=search, after=after, limit=2)
        return [person.email for person in found]

    assert part("") == ["ana@example.com", "ben@example.com"]
    assert part("ben@example.com") == ["zoe@example.com"]
    assert part("zoe@example.com") == []
    assert part("ana@example.com", search="zoë") == ["zoe@example.com"]
    assert len(administration.people(sessions, COMMAND, limit=None)) == 3


def test_a_role_counts_at_once(sessions: Sessions, ana: Account, ben: Account) -> None:
    promote(sessions, ana.id, ben.id)
    assert len(administration.people(sessions, ben.id)) == 2

    demote(sessions, ana.id, ben.id)
    with pytest.raises(NotAllowed, match=r"Only administrators|deactivated"):
        administration.people(sessions, ben.id)


def test_deactivating_signs_out_at_once_and_keeps_out(sessions: Sessions, ana: Account, ben: Account) -> None:
    token, ticket = token_of(sessions, ben.email), ticket_of(sessions, ben.email)

    administration.deactivate(sessions, ana.id, ben.id)

    assert web_sessions.account_of(sessions, token) is None
    assert web_sessions.exchange(sessions, ticket, CLIENT) is None
    assert accounts.credentials_of(sessions, ben.email) is None


def test_uploads_of_a_deactivated_account_stay_with_administrators(
    sessions: Sessions, ana: Account, ben: Account, submit: Submit
) -> None:
    job_id = submit(b"email\na@x.com\n", owner=ben.id)

    administration.deactivate(sessions, ana.id, ben.id)

    assert viewing.get(sessions, ana.id, job_id).filename == "contacts.csv"
    with pytest.raises(NotFound):
        viewing.get(sessions, ben.id, job_id)


def test_an_activated_account_is_as_before_but_signed_out(
    sessions: Sessions, ana: Account, ben: Account
) -> None:
    before, token = accounts.credentials_of(sessions, ben.email), token_of(sessions, ben.email)
    administration.deactivate(sessions, ana.id, ben.id)

    administration.activate(sessions, ana.id, ben.id)

    assert accounts.credentials_of(sessions, ben.email) == before
    assert web_sessions.account_of(sessions, token) is None
    assert web_sessions.account_of(sessions, token_of(sessions, ben.email)) == ben


def test_signing_out_everywhere_ends_that_accounts_sessions_only(
    sessions: Sessions, ana: Account, ben: Account
) -> None:
    own, others = token_of(sessions, ana.email), [token_of(sessions, ben.email) for _ in range(2)]

    assert administration.end_sessions(sessions, ana.id, ben.id) == 2
    assert administration.end_sessions(sessions, ana.id, ben.id) == 0

    assert [web_sessions.account_of(sessions, token) for token in others] == [None, None]
    assert web_sessions.account_of(sessions, own) == ana


def test_signing_out_everywhere_forgets_the_browsers_of_that_account_only(
    sessions: Sessions, ana: Account, ben: Account
) -> None:
    own, other = (known_browsers.remember(sessions, of.id, instead_of=None) for of in (ana, ben))

    administration.end_sessions(sessions, ana.id, ben.id)

    with sessions() as session:
        assert known_browsers.is_known(session, ana.email, own)
        assert not known_browsers.is_known(session, ben.email, other)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("role", [Role.OPERATOR, Role.REVIEWER])
def test_only_administrators_change_accounts(
    sessions: Sessions, ana: Account, change: Change, role: Role
) -> None:
    eve = add_account(sessions, "eve@example.com", role=role)

    for account_id in (ana.id, eve.id):
        with pytest.raises(NotAllowed, match=r"Only administrators|deactivated"):
            change(sessions, eve.id, account_id)

    assert roles(sessions) == {"ana@example.com": "administrator", "eve@example.com": role}


@pytest.mark.parametrize("change", CHANGES)
def test_a_deactivated_administrator_changes_nothing(
    sessions: Sessions, ana: Account, zoe: Account, change: Change
) -> None:
    administration.deactivate(sessions, ana.id, zoe.id)

    with pytest.raises(NotAllowed, match=r"Only administrators|deactivated"):
        change(sessions, zoe.id, ana.id)


@LOSES_AN_ADMINISTRATOR
@pytest.mark.usefixtures("zoe")
def test_nobody_demotes_or_deactivates_themselves(sessions: Sessions, ana: Account, change: Change) -> None:
    with pytest.raises(NotAllowed, match="own"):
        change(sessions, ana.id, ana.id)

    assert roles(sessions)[ana.email] == "administrator"


@LOSES_AN_ADMINISTRATOR
@pytest.mark.usefixtures("ben")
def test_the_last_active_administrator_stays_one_even_for_the_command(
    sessions: Sessions, ana: Account, zoe: Account, change: Change
) -> None:
    administration.deactivate(sessions, COMMAND, zoe.id)

    with pytest.raises(NotAllowed, match="last administrator"):
        change(sessions, COMMAND, ana.id)

    assert roles(sessions)[ana.email] == "administrator"


@LOSES_AN_ADMINISTRATOR
@pytest.mark.parametrize("others", [0, 1])
def test_of_two_administrators_who_do_it_to_each_other_at_once_one_is_refused(
    sessions: Sessions, ana: Account, zoe: Account, change: Change, others: int
) -> None:
    for number in range(others):
        add_account(sessions, f"more{number}@example.com", role=Role.ADMINISTRATOR)

    def attempt(pair: tuple[int, int]) -> bool:
        try:
            change(sessions, *pair)
        except NotAllowed:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        with sessions.begin() as session:
            lock_accounts(session)
            both = [pool.submit(attempt, pair) for pair in [(ana.id, zoe.id), (zoe.id, ana.id)]]
            eventually(lambda: waiting(sessions) == 2, "both wait for the lock")
        assert sorted(one.result() for one in both) == [False, True]

    assert list(roles(sessions).values()).count("administrator") == 1 + others


def waiting(sessions: Sessions) -> int:
    """How many wait for the lock on accounts."""
    with sessions() as session:
        query = "SELECT count(*) FROM pg_locks WHERE relation = 'users'::regclass AND NOT granted"
        return int(session.execute(text(query)).scalar_one())


def test_the_command_helps_where_the_only_administrator_is_lost(
    sessions: Sessions, ana: Account, ben: Account
) -> None:
    promote(sessions, COMMAND, ben.id)
    administration.deactivate(sessions, COMMAND, ana.id)

    assert roles(sessions) == {ben.email: "administrator"}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_done_to_an_account_that_never_was_is_refused(
    sessions: Sessions, ana: Account, change: Change
) -> None:
    with pytest.raises(NotFound, match="no such account"):
        change(sessions, ana.id, 4_711)


def test_an_account_is_found_by_any_spelling_of_its_address(sessions: Sessions, ana: Account) -> None:
    assert administration.id_of(sessions, COMMAND, " ANA@example.com") == ana.id
    for unknown in ("", "ana", "eve@example.com"):
        with pytest.raises(NotFound, match="no account"):
            administration.id_of(sessions, COMMAND, unknown)


def test_every_change_leaves_an_entry_and_what_changes_nothing_none(
    sessions: Sessions, ana: Account, ben: Account
) -> None:
    token_of(sessions, ben.email)
    of_ben = {"account": ben.id, "email": ben.email}
    for by in (ana.id, COMMAND):
        administration.change_role(sessions, by, ben.id, Role.REVIEWER)
        administration.deactivate(sessions, by, ben.id)
    for by in (COMMAND, ana.id):
        administration.activate(sessions, by, ben.id)
    administration.end_sessions(sessions, ana.id, ben.id)

    assert entries(sessions)[3:] == [
        (ana.id, "change_role", {**of_ben, "before": "operator", "role": "reviewer", "withdrawn": 0}),
        (ana.id, "deactivate_account", {**of_ben, "sessions": 1, "withdrawn": 0}),
        (None, "activate_account", {"by": "command", **of_ben, "role": "reviewer"}),
        (ana.id, "end_sessions", {**of_ben, "sessions": 0}),
    ]

"""Who gets an account, by the mode of registration and by invitation, on a real Postgres."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from db.engine import Sessions
from ingestion import access_links, registration
from ingestion.accounts import Account
from ingestion.authority import COMMAND
from ingestion.errors import NotAllowed, SignInRefused
from ingestion.registration import Applicant
from ingestion.rules.permissions import Role
from ingestion.settings import Registration
from tests.accounts import add_account
from tests.entries import entries


def applicant(email: str = "ben@example.com", first: str = "Ben", last: str = "Li") -> Applicant:
    return Applicant(email, first, last, "a hash")


def invited(sessions: Sessions, email: str = "ben@example.com", role: Role = Role.REVIEWER) -> str:
    return access_links.invite(sessions, "invite", COMMAND, email, role).token


def emails(sessions: Sessions) -> list[str]:
    with sessions() as session:
        return list(session.scalars(text("SELECT email FROM users ORDER BY id")))


def test_the_first_account_is_an_administrators_and_the_next_an_operators(sessions: Sessions) -> None:
    assert registration.register(sessions, "open", applicant("ana@example.com")).role == "administrator"
    assert registration.register(sessions, "open", applicant()).role == "operator"


def test_of_accounts_registered_at_the_same_time_one_is_an_administrators(sessions: Sessions) -> None:
    def register(number: int) -> Account:
        return registration.register(sessions, "open", applicant(f"user{number}@example.com"))

    with ThreadPoolExecutor(8) as pool:
        roles = sorted(account.role for account in pool.map(register, range(8)))

    assert roles == ["administrator"] + ["operator"] * 7


def test_an_address_has_one_account_whatever_its_spelling(sessions: Sessions) -> None:
    made = registration.register(sessions, "open", applicant(" Ana@Example.COM "))
    assert made.email == "ana@example.com"

    with pytest.raises(SignInRefused, match="already an account"):
        registration.register(sessions, "open", applicant("ANA@example.com"))


def test_one_address_registered_twice_at_the_same_time_is_refused_once(sessions: Sessions) -> None:
    def attempt(_: int) -> str:
        try:
            return registration.register(sessions, "open", applicant("ana@example.com")).email
        except SignInRefused:
            return "refused"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, range(4))) == ["ana@example.com", *["refused"] * 3]


@pytest.mark.parametrize("email", ["", "ana", "ana@", "a@b", "ana@example.com\0"])
def test_what_is_no_address_gets_no_account(sessions: Sessions, email: str) -> None:
    with pytest.raises(SignInRefused, match="complete e-mail address"):
        registration.register(sessions, "open", applicant(email))


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "A\0", "a\nb"])
def test_what_is_no_name_gets_no_account(sessions: Sessions, name: str) -> None:
    for refused in (applicant(first=name), applicant(last=name)):
        with pytest.raises(SignInRefused, match="1 to 100 characters"):
            registration.register(sessions, "open", refused)


@pytest.mark.parametrize(("mode", "said"), [("invite", "by invitation"), ("closed", "Nobody can make")])
def test_without_an_invitation_only_open_registration_lets_anybody_in(
    sessions: Sessions, mode: Registration, said: str
) -> None:
    add_account(sessions)

    with pytest.raises(SignInRefused, match=said):
        registration.register(sessions, mode, applicant())

    assert emails(sessions) == ["ana@example.com"]


@pytest.mark.parametrize("mode", ["invite", "closed"])
def test_the_first_account_is_made_by_the_command_unless_registration_is_open(
    sessions: Sessions, mode: Registration
) -> None:
    with pytest.raises(SignInRefused):
        registration.register(sessions, mode, applicant())

    assert registration.add(sessions, applicant()).role == "administrator"


def test_no_token_makes_the_first_account_where_registration_is_by_invitation(sessions: Sessions) -> None:
    with pytest.raises(SignInRefused, match="made with a command"):
        registration.register(sessions, "invite", applicant(), "guessed")


def test_the_commands_first_account_cannot_be_of_another_role(sessions: Sessions) -> None:
    with pytest.raises(NotAllowed, match="administrator"):
        registration.add(sessions, applicant(), Role.OPERATOR)

    assert (
        registration.add(sessions, applicant("ana@example.com"), Role.ADMINISTRATOR).role == "administrator"
    )
    assert registration.add(sessions, applicant(), Role.REVIEWER).role == "reviewer"
    assert registration.add(sessions, applicant("eve@example.com")).role == "operator"


@pytest.mark.parametrize("mode", ["open", "invite"])
def test_an_invitation_gives_its_role_once(sessions: Sessions, mode: Registration) -> None:
    add_account(sessions)
    token = invited(sessions)
    assert access_links.invitation(sessions, mode, token).role is Role.REVIEWER

    assert registration.register(sessions, mode, applicant(" BEN@example.com"), token).role == "reviewer"

    with pytest.raises(SignInRefused, match="not good any more"):
        access_links.invitation(sessions, mode, token)
    with pytest.raises(SignInRefused, match="not good any more"):
        registration.register(sessions, mode, applicant(), token)


def test_an_invitation_used_twice_at_the_same_time_makes_one_account(sessions: Sessions) -> None:
    add_account(sessions)
    token = invited(sessions)

    def attempt(_: int) -> str:
        try:
            return registration.register(sessions, "invite", applicant(), token).role
        except SignInRefused:
            return "refused"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, range(4))) == [*["refused"] * 3, "reviewer"]


@pytest.mark.parametrize("mode", ["open", "invite"])
def test_an_invitation_is_for_its_address_only_and_stays_good(sessions: Sessions, mode: Registration) -> None:
    add_account(sessions)
    token = invited(sessions)

    with pytest.raises(SignInRefused, match="another e-mail address"):
        registration.register(sessions, mode, applicant("eve@example.com"), token)

    assert registration.register(sessions, mode, applicant(), token).email == "ben@example.com"


def test_where_registration_is_closed_an_invitation_of_before_opens_nothing(sessions: Sessions) -> None:
    add_account(sessions)
    token = invited(sessions)

    with pytest.raises(SignInRefused, match="Nobody can make an account"):
        access_links.invitation(sessions, "closed", token)
    with pytest.raises(SignInRefused, match="Nobody can make an account"):
        registration.register(sessions, "closed", applicant(), token)


def test_a_bad_invitation_does_not_become_an_open_registration(sessions: Sessions) -> None:
    add_account(sessions)

    with pytest.raises(SignInRefused, match="not good any more"):
        registration.register(sessions, "open", applicant(), "guessed")

    assert emails(sessions) == ["ana@example.com"]


def test_who_registers_without_their_invitation_uses_it_up(sessions: Sessions) -> None:
    add_account(sessions)
    invited(sessions, role=Role.ADMINISTRATOR)

    assert registration.register(sessions, "open", applicant()).role == "operator"

    assert access_links.listed(sessions, COMMAND) == []


def test_each_account_leaves_an_entry_that_says_who_made_it(sessions: Sessions) -> None:
    ana = add_account(sessions)
    ben = registration.register(sessions, "open", applicant(), invited(sessions))

    assert [entry for entry in entries(sessions) if entry.action == "make_account"] == [
        (None, "make_account", {"by": "command", "account": ana.id, "email": ana.email, "role": ana.role}),
        (
            ben.id,
            "make_account",
            {"account": ben.id, "email": ben.email, "role": "reviewer", "invited": True},
        ),
    ]

"""Invitations and ways to a new password, on a real Postgres."""

from concurrent.futures import ThreadPoolExecutor

import bcrypt
import pytest
from sqlalchemy import text

from db.engine import Sessions
from ingestion import access_links, accounts, administration, registration, resets
from ingestion import sessions as web_sessions
from ingestion.access_links import LinkKind, NewLink
from ingestion.accounts import Account
from ingestion.authority import COMMAND
from ingestion.errors import NotAllowed, NotFound, PasswordRefused, SignInRefused
from ingestion.registration import Applicant
from ingestion.rules.permissions import Role
from tests.accounts import add_account
from tests.entries import entries
from tests.sign_ins import CLIENT, ticket_of, token_of

PASSWORD = "a new one for the door"


def invite(
    sessions: Sessions, by: int, email: str = "eve@example.com", role: Role = Role.OPERATOR
) -> NewLink:
    return access_links.invite(sessions, "invite", by, email, role)


def run(sessions: Sessions, statement: str) -> None:
    with sessions.begin() as session:
        session.execute(text(statement))


def is_good(sessions: Sessions, link: NewLink) -> bool:
    try:
        if link.kind is LinkKind.INVITATION:
            access_links.invitation(sessions, "invite", link.token)
        else:
            resets.owner_of(sessions, link.token)
    except SignInRefused:
        return False
    return True


def test_an_address_names_kind_and_token_below_the_base(sessions: Sessions, ana: Account) -> None:
    link = invite(sessions, ana.id)

    assert (
        link.at("https://contacts.example.com/") == f"https://contacts.example.com/?invitation={link.token}"
    )
    assert len(link.token) == 43


def test_a_token_is_stored_hashed_and_audited_never(sessions: Sessions, ana: Account, ben: Account) -> None:
    tokens = [invite(sessions, ana.id).token, access_links.offer_reset(sessions, ana.id, ben.id).token]

    with sessions() as session:
        stored = session.scalar(text("SELECT string_agg(access_links::text, ' ') FROM access_links"))
        audited = session.scalar(text("SELECT string_agg(audit_log::text, ' ') FROM audit_log"))

    for token in tokens:
        assert token not in f"{stored} {audited}"


def test_an_invitation_lasts_7_days_and_a_reset_24_hours(
    sessions: Sessions, ana: Account, ben: Account
) -> None:
    invitation, reset = invite(sessions, ana.id), access_links.offer_reset(sessions, ana.id, ben.id)
    age = "UPDATE access_links SET expires_at = expires_at - interval '{}'"

    run(sessions, age.format("23 h 59 min"))
    assert is_good(sessions, invitation)
    assert is_good(sessions, reset)
    run(sessions, age.format("2 min"))
    assert is_good(sessions, invitation)
    assert not is_good(sessions, reset)
    run(sessions, age.format("6 days"))
    assert not is_good(sessions, invitation)


@pytest.mark.parametrize("token", ["", "guessed", "\0", "\ud800", "x" * 100_000])
def test_an_unknown_token_gets_the_same_words(sessions: Sessions, ana: Account, token: str) -> None:
    invite(sessions, ana.id)

    with pytest.raises(SignInRefused, match="not good any more"):
        access_links.invitation(sessions, "open", token)
    with pytest.raises(SignInRefused, match="not good any more"):
        resets.owner_of(sessions, token)


def test_a_link_of_one_kind_is_none_of_the_other(sessions: Sessions, ana: Account, ben: Account) -> None:
    with pytest.raises(SignInRefused, match="not good any more"):
        resets.set_password(sessions, invite(sessions, ana.id).token, PASSWORD)
    with pytest.raises(SignInRefused, match="not good any more"):
        access_links.invitation(sessions, "open", access_links.offer_reset(sessions, ana.id, ben.id).token)


def test_inviting_an_address_anew_withdraws_the_former_link(sessions: Sessions, ana: Account) -> None:
    former, other = invite(sessions, ana.id), invite(sessions, ana.id, "zoe@example.com")
    new = invite(sessions, ana.id, " EVE@example.com", Role.REVIEWER)

    assert [is_good(sessions, link) for link in (former, other, new)] == [False, True, True]


def test_an_address_invited_twice_at_the_same_time_has_one_link(sessions: Sessions, ana: Account) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: invite(sessions, ana.id), range(4)))

    assert [is_good(sessions, link) for link in made].count(True) == 1


def test_who_has_an_account_is_not_invited(sessions: Sessions, ana: Account, ben: Account) -> None:
    with pytest.raises(SignInRefused, match="already an account"):
        invite(sessions, ana.id, ben.email)
    administration.deactivate(sessions, ana.id, ben.id)
    with pytest.raises(SignInRefused, match="activate it"):
        invite(sessions, ana.id, ben.email)


def test_what_is_no_address_is_not_invited(sessions: Sessions, ana: Account) -> None:
    with pytest.raises(SignInRefused, match="complete e-mail address"):
        invite(sessions, ana.id, "eve@")


def test_nobody_is_invited_where_nobody_could_use_it(sessions: Sessions, ana: Account) -> None:
    with pytest.raises(NotAllowed, match="REGISTRATION is closed"):
        access_links.invite(sessions, "closed", ana.id, "eve@example.com", Role.OPERATOR)


def test_nobody_is_invited_before_there_is_an_account(sessions: Sessions) -> None:
    with pytest.raises(NotAllowed, match="no account yet"):
        access_links.invite(sessions, "invite", COMMAND, "eve@example.com", Role.ADMINISTRATOR)


def test_a_withdrawn_link_opens_nothing_and_is_withdrawn_once(
    sessions: Sessions, ana: Account, ben: Account
) -> None:
    made = [invite(sessions, ana.id), access_links.offer_reset(sessions, ana.id, ben.id)]
    for link in access_links.listed(sessions, ana.id):
        access_links.withdraw(sessions, ana.id, link.id)
        with pytest.raises(NotFound, match="not open any more"):
            access_links.withdraw(sessions, ana.id, link.id)

    assert [is_good(sessions, link) for link in made] == [False, False]
    assert access_links.listed(sessions, ana.id) == []


def test_open_links_say_for_whom_by_whom_and_until_when(
    sessions: Sessions, ana: Account, ben: Account
) -> None:
    invitation = invite(sessions, ana.id, role=Role.REVIEWER)
    reset = access_links.offer_reset(sessions, COMMAND, ben.id)

    found = [
        (link.kind, link.email, link.role, link.made_by, link.expires_at)
        for link in access_links.listed(sessions, ana.id)
    ]
    assert found == [
        (LinkKind.RESET, ben.email, None, None, reset.expires_at),
        (LinkKind.INVITATION, "eve@example.com", Role.REVIEWER, "Ana López", invitation.expires_at),
    ]


def test_a_reset_sets_the_password_once(sessions: Sessions, ana: Account, ben: Account) -> None:
    link = access_links.offer_reset(sessions, ana.id, ben.id)
    assert resets.owner_of(sessions, link.token) == ben.email

    resets.set_password(sessions, link.token, f" {PASSWORD} ")

    stored = accounts.credentials_of(sessions, ben.email)
    assert stored is not None
    assert bcrypt.checkpw(PASSWORD.encode(), stored.password_hash.encode())
    with pytest.raises(SignInRefused, match="not good any more"):
        resets.set_password(sessions, link.token, "another one for the door")


def test_a_reset_used_twice_at_the_same_time_sets_one_password(
    sessions: Sessions, ana: Account, ben: Account
) -> None:
    token = access_links.offer_reset(sessions, ana.id, ben.id).token

    def attempt(number: int) -> bool:
        try:
            resets.set_password(sessions, token, f"{PASSWORD} {number}")
        except SignInRefused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, range(4))) == [False, False, False, True]


def test_a_bad_password_is_refused_and_the_link_stays_good(
    sessions: Sessions, ana: Account, ben: Account
) -> None:
    token = token_of(sessions, ben.email)
    link = access_links.offer_reset(sessions, ana.id, ben.id)

    with pytest.raises(PasswordRefused, match="at least 12"):
        resets.set_password(sessions, link.token, "short")

    assert is_good(sessions, link)
    assert web_sessions.account_of(sessions, token) is not None


def test_a_new_password_ends_all_that_the_old_one_opened(
    sessions: Sessions, ana: Account, ben: Account
) -> None:
    others, own = token_of(sessions, ana.email), [token_of(sessions, ben.email) for _ in range(2)]
    ticket = ticket_of(sessions, ben.email)
    run(
        sessions,
        f"INSERT INTO known_browsers (user_id, token_hash) VALUES ({ben.id}, 'b'), ({ana.id}, 'a')",
    )
    link = access_links.offer_reset(sessions, ana.id, ben.id)

    resets.set_password(sessions, link.token, PASSWORD)

    assert [web_sessions.account_of(sessions, token) for token in own] == [None, None]
    assert web_sessions.exchange(sessions, ticket, CLIENT) is None
    assert web_sessions.account_of(sessions, others) == ana
    with sessions() as session:
        assert session.scalars(text("SELECT token_hash FROM known_browsers")).all() == ["a"]
    assert entries(sessions)[-1] == (
        ben.id,
        "change_password",
        {"account": ben.id, "email": ben.email, "by_link": True, "sessions": 2},
    )


def test_a_new_reset_withdraws_the_former(sessions: Sessions, ana: Account, ben: Account) -> None:
    former = access_links.offer_reset(sessions, ana.id, ben.id)
    new = access_links.offer_reset(sessions, COMMAND, ben.id)

    assert [is_good(sessions, link) for link in (former, new)] == [False, True]


def test_nobody_resets_their_own_password_by_a_link(sessions: Sessions, ana: Account) -> None:
    with pytest.raises(NotAllowed, match="Account page"):
        access_links.offer_reset(sessions, ana.id, ana.id)

    assert access_links.offer_reset(sessions, COMMAND, ana.id).email == ana.email


def test_a_deactivated_account_gets_no_reset(sessions: Sessions, ana: Account, ben: Account) -> None:
    of_before = access_links.offer_reset(sessions, ana.id, ben.id)
    administration.deactivate(sessions, ana.id, ben.id)

    assert not is_good(sessions, of_before)
    with pytest.raises(NotAllowed, match="deactivated"):
        access_links.offer_reset(sessions, ana.id, ben.id)


def test_what_a_former_administrator_made_is_good_no_more(sessions: Sessions, ana: Account) -> None:
    zoe = add_account(sessions, "zoe@example.com", role=Role.ADMINISTRATOR)
    made = [invite(sessions, zoe.id), access_links.offer_reset(sessions, zoe.id, ana.id)]

    administration.change_role(sessions, ana.id, zoe.id, Role.OPERATOR)

    assert [is_good(sessions, link) for link in made] == [False, False]


def test_each_link_leaves_entries(sessions: Sessions, ana: Account, ben: Account) -> None:
    invite(sessions, ana.id)
    access_links.offer_reset(sessions, COMMAND, ben.id)
    for link in access_links.listed(sessions, ana.id):
        access_links.withdraw(sessions, ana.id, link.id)

    of_ben, of_eve = {"account": ben.id, "email": ben.email}, {"email": "eve@example.com"}
    assert entries(sessions)[2:] == [
        (ana.id, "invite", {**of_eve, "role": "operator", "link": 1, "withdrawn": 0}),
        (None, "offer_reset", {"by": "command", **of_ben, "link": 2, "withdrawn": 0}),
        (ana.id, "withdraw_link", {"kind": "reset", "link": 2, **of_ben}),
        (ana.id, "withdraw_link", {"kind": "invitation", "link": 1, **of_eve}),
    ]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.REVIEWER])
def test_links_are_for_administrators_only(sessions: Sessions, ana: Account, role: Role) -> None:
    eve = add_account(sessions, "mallory@example.com", role=role)
    invite(sessions, ana.id)
    [link] = access_links.listed(sessions, ana.id)

    for forbidden in (
        lambda: invite(sessions, eve.id, "friend@example.com", Role.ADMINISTRATOR),
        lambda: access_links.offer_reset(sessions, eve.id, ana.id),
        lambda: access_links.withdraw(sessions, eve.id, link.id),
        lambda: access_links.listed(sessions, eve.id),
    ):
        with pytest.raises(NotAllowed, match="Only administrators"):
            forbidden()

    assert access_links.listed(sessions, ana.id) == [link]


def test_an_invited_administrator_may_administer(sessions: Sessions, ana: Account) -> None:
    token = invite(sessions, ana.id, role=Role.ADMINISTRATOR).token

    eve = registration.register(sessions, "invite", Applicant("eve@example.com", "Eve", "X", "hash"), token)

    assert len(administration.people(sessions, eve.id)) == 2

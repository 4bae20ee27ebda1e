"""How long those wait who were wrong too often, and who counts as one of them."""

import pytest

from ingestion.rules.pauses import PAUSES, Kind, Pauses, in_words, network_of

FIVE_FREE = Pauses(free=5, first=1, longest=900, forgotten_after=7200)


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (1, 0), (4, 0), (5, 1), (6, 2), (7, 4), (14, 512), (15, 900), (16, 900), (10**30, 900)],
)
def test_pauses_begin_after_some_failures_and_double_up_to_the_longest(failures: int, seconds: float) -> None:
    assert FIVE_FREE.after(failures) == seconds


def test_the_schedule_is_every_pause_until_they_grow_no_more() -> None:
    assert FIVE_FREE.schedule == (0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900)


@pytest.mark.parametrize("kind", Kind)
def test_a_schedule_says_what_the_rule_says(kind: Kind) -> None:
    pauses = PAUSES[kind]
    assert list(pauses.schedule) == [pauses.after(number + 1) for number in range(len(pauses.schedule))]
    assert pauses.after(len(pauses.schedule)) == pauses.after(10_000) == pauses.longest


@pytest.mark.parametrize(
    ("seconds", "tries"), [(0, 5), (0.9, 5), (1, 6), (2.9, 6), (3, 7), (1023, 15), (1923, 16)]
)
def test_how_often_one_can_fail_within_a_time(seconds: float, tries: int) -> None:
    assert FIVE_FREE.most_within(seconds) == tries


def test_at_most_100_passwords_an_hour_are_looked_at_for_one_account() -> None:
    """OWASP ASVS 4.0.3, 2.2.1. From anywhere, and from one browser that is known."""
    assert PAUSES[Kind.ACCOUNT].most_within(3600) + PAUSES[Kind.BROWSER].most_within(3600) <= 105
    assert PAUSES[Kind.ACCOUNT].most_within(3600) <= 100


@pytest.mark.parametrize("kind", Kind)
def test_failures_are_not_forgotten_while_somebody_waits(kind: Kind) -> None:
    assert PAUSES[kind].forgotten_after > PAUSES[kind].longest


def test_nobody_can_be_kept_out_for_longer_than_a_minute_after_the_last_wrong_password_of_others() -> None:
    assert PAUSES[Kind.ACCOUNT].longest <= 60


def test_an_office_has_more_tries_than_one_person() -> None:
    assert PAUSES[Kind.CLIENT].free >= 10 * PAUSES[Kind.ACCOUNT_AND_CLIENT].free


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2::7", "2001:db8:1:2::/64"),
        ("2001:0DB8:0001:0002:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::7", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::1", "::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_a_client_is_an_ipv4_address_or_the_64_of_an_ipv6_one(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 second"),
        (0.2, "1 second"),
        (1, "1 second"),
        (1.1, "2 seconds"),
        (60, "60 seconds"),
        (120, "120 seconds"),
        (120.5, "3 minutes"),
        (900, "15 minutes"),
    ],
)
def test_a_time_to_wait_is_rounded_up(seconds: float, words: str) -> None:
    assert in_words(seconds) == words

"""The trial of guessing, small: that it measures what it says, over the product as it is."""

from db.engine import Sessions
from trials import guessing


def test_an_attack_from_one_address_has_consequences_for_that_address_only(sessions: Sessions) -> None:
    elsewhere, there = guessing.afterwards(sessions, lambda _: "192.0.2.1", tries=40, threads=4)

    assert elsewhere == "a new browser elsewhere may try 0 s after the end, 5 times in a row after 0 s"
    assert there.endswith("5 times in a row after 7200 s")

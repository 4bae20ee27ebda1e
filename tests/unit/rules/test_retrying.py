import pytest

from ingestion.rules.retrying import LONGEST_PAUSE, pause_after


@pytest.mark.parametrize(
    ("attempt", "chance", "seconds"),
    [(1, 0, 10), (1, 1, 5), (2, 0, 40), (2, 0.5, 30), (3, 0, 160), (4, 0, 640), (5, 0, 900), (5, 1, 450)],
)
def test_pauses_grow_to_what_the_queue_can_delay_and_are_spread(
    attempt: int, chance: float, seconds: float
) -> None:
    assert pause_after(attempt, 10, chance) == seconds


def test_a_pause_is_longer_than_any_before_it_and_never_too_long() -> None:
    longest = [pause_after(attempt, 10, chance=0) for attempt in range(1, 5)]
    shortest = [pause_after(attempt, 10, chance=1) for attempt in range(1, 5)]
    assert all(before < after for before, after in zip(longest, shortest[1:], strict=False))
    assert pause_after(1_000_000, 900, chance=0) == LONGEST_PAUSE

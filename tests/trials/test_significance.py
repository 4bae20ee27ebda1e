"""The tests of significance that trials use."""

import numpy as np
import pytest

from trials.significance import compare, rank_test


def test_the_rank_test_gives_the_p_value_of_a_worked_example() -> None:
    # U = 3 of 25 without ties: |3 - 12.5| - 0.5 = 9, deviation sqrt(25 * 11 / 12) = 4.787, z = 1.880.
    first, second = np.array([1.0, 2, 3, 5, 7]), np.array([4.0, 6, 8, 9, 10])

    assert rank_test(first, second) == pytest.approx(0.0601, abs=0.0001)
    assert rank_test(second, first) == pytest.approx(0.0601, abs=0.0001)


def test_ties_share_their_ranks() -> None:
    assert rank_test(np.array([1.0, 1, 2, 2]), np.array([1.0, 1, 2, 2])) == pytest.approx(1.0)
    assert rank_test(np.ones(5), np.ones(7)) == 1.0


def test_samples_of_one_kind_are_not_told_apart_and_their_difference_may_be_none() -> None:
    random = np.random.default_rng(1)

    found = compare(random.lognormal(0, 0.2, 200), random.lognormal(0, 0.2, 200), seed=1)

    assert found.rank_p > 0.05
    assert found.median_p > 0.05
    assert found.interval[0] < 0 < found.interval[1]


def test_a_difference_of_the_medians_is_found() -> None:
    random = np.random.default_rng(1)

    found = compare(1 + random.lognormal(0, 0.2, 200), random.lognormal(0, 0.2, 200), seed=1)

    assert found.rank_p < 0.001
    assert found.median_p < 0.001
    assert found.interval[0] < 1 < found.interval[1]
    assert found.difference == pytest.approx(1, abs=0.1)


def test_chance_finds_a_difference_about_as_often_as_it_may() -> None:
    random = np.random.default_rng(2)
    found = [rank_test(random.exponential(1, 30), random.exponential(1, 30)) < 0.05 for _ in range(1000)]

    assert 20 < sum(found) < 80

"""Whether two samples of times differ by more than chance: tests that assume no kind of distribution."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.float64]

_ROUNDS = 10_000


@dataclass(frozen=True)
class Comparison:
    """Two samples of seconds, and how they differ: the first less the second."""

    medians: tuple[float, float]
    difference: float
    """Of the medians."""
    interval: tuple[float, float]
    """In which the difference of the medians is, with a confidence of 95%."""
    rank_p: float
    """Of Mann and Whitney's test, two-sided: how often samples of one kind differ so much in their ranks."""
    median_p: float
    """Of a permutation test: how often samples of one kind differ so much in their medians."""


def compare(first: Times, second: Times, seed: int) -> Comparison:
    """Compare samples of at least 20 values each: for smaller ones the rank test's curve is too rough."""
    random = np.random.default_rng(seed)
    difference = float(np.median(first) - np.median(second))
    return Comparison(
        medians=(float(np.median(first)), float(np.median(second))),
        difference=difference,
        interval=_interval(first, second, random),
        rank_p=rank_test(first, second),
        median_p=_permutation_test(first, second, abs(difference), random),
    )


def rank_test(first: Times, second: Times) -> float:
    """The two-sided p-value of Mann and Whitney's U by the normal curve, corrected for ties and continuity.

    H. B. Mann, D. R. Whitney, "On a test of whether one of two random variables is stochastically larger than
    the other", 1947.
    """
    n, m = len(first), len(second)
    together = np.concatenate([first, second])
    _, place, counts = np.unique(together, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    u = ranks[:n].sum() - n * (n + 1) / 2
    ties = float((counts**3 - counts).sum()) / ((n + m) * (n + m - 1))
    deviation = (n * m / 12 * (n + m + 1 - ties)) ** 0.5
    if deviation == 0:
        return 1.0
    z = max(0.0, abs(u - n * m / 2) - 0.5) / deviation
    return 2 * NormalDist().cdf(-z)


def _permutation_test(first: Times, second: Times, seen: float, random: np.random.Generator) -> float:
    together = np.concatenate([first, second])
    shuffled = random.permuted(np.tile(together, (_ROUNDS, 1)), axis=1)
    medians = np.median(shuffled[:, : len(first)], axis=1), np.median(shuffled[:, len(first) :], axis=1)
    as_far = np.abs(medians[0] - medians[1]) >= seen
    return float((as_far.sum() + 1) / (_ROUNDS + 1))  # the samples themselves are one arrangement


def _interval(first: Times, second: Times, random: np.random.Generator) -> tuple[float, float]:
    """By the bootstrap's percentiles: B. Efron, "Bootstrap methods: another look at the jackknife", 1979."""
    drawn = [
        np.median(random.choice(sample, size=(_ROUNDS, len(sample))), axis=1) for sample in (first, second)
    ]
    low, high = np.percentile(drawn[0] - drawn[1], [2.5, 97.5])
    return float(low), float(high)

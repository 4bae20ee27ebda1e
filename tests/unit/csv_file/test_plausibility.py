"""How much of a text is judged."""

import random

import pytest

from ingestion.csv_file import legacy, plausibility

HIGH = range(0xA1, 0x100)


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The words whose cost is worked out."""
    words: list[str] = []

    def costs(word: str) -> dict[str, float]:
        words.append(word)
        return {"": 1.0}

    monkeypatch.setattr(plausibility, "_costs", costs)
    return words


def test_a_word_without_end_is_judged_by_its_beginning(judged: list[str]) -> None:
    plausibility.likelihood(["é" * 900, "Ana Müller"])

    assert judged == ["é" * 40, "Müller"]


def test_of_bytes_that_are_no_words_so_many_are_judged(judged: list[str]) -> None:
    chosen = random.Random(7)  # noqa: S311
    cells = [bytes(chosen.choices(HIGH, k=40)) for _ in range(2_000)]

    found = legacy.candidates(b"\n".join(cells))

    assert sum(map(len, judged)) <= len(found) * 33_000

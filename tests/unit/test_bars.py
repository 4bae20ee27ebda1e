"""Bars as HTML: their heights, their scale, and that nothing in them is markup."""

import re

import pytest

from dashboard.components.bars import Series, short, stacked


def heights(html: str) -> list[str]:
    """Of the bars as they stand in the page, in percent of the scale."""
    rules = dict(re.findall(r"[.]bars [.](\S+)\{height:([\d.]+)%\}", html))
    return [rules[name] for name in re.findall(r"<b class='\w+ (\S+)'>", html)]


def scale(html: str) -> list[str]:
    found = re.search(r"<div class='scale'>(.*?)</div>", html)
    assert found
    return re.findall(r"<span>(.*?)</span>", found[1])


def test_bars_are_as_high_as_their_part_of_the_scale() -> None:
    html = stacked(
        "Files", ["14:00", "14:05"], [Series("done", "files", [10, 0]), Series("bad", "failed", [5, 1])]
    )
    assert scale(html) == ["20", "10", "0"]
    assert heights(html) == ["25.0", "50.0", "5.0"]
    assert "title='14:00\ndone: 10\nbad: 5'" in html


@pytest.mark.parametrize(
    ("number", "top"),
    [(0, "2"), (1, "2"), (2, "2"), (3, "4"), (5, "10"), (11, "20"), (41, "100"), (101, "200")],
)
def test_the_scale_ends_at_a_round_number_above_the_highest_bar(number: int, top: str) -> None:
    assert scale(stacked("Files", ["14:00"], [Series("done", "files", [number])]))[0] == top


def test_no_more_intervals_are_named_than_there_is_room_for() -> None:
    labels = [f"{number:02}:00" for number in range(36)]
    html = stacked("Files", labels, [Series("done", "files", [1] * 36)])
    assert html.count("<small>") == 6
    assert html.count("<li") == 36


def test_no_style_is_in_an_attribute() -> None:
    assert "style=" not in stacked("Files", ["14:00"], [Series("done", "files", [1])])


def test_words_are_text() -> None:
    html = stacked("<b>", ["<i>"], [Series("<u>", "files", [1])])
    assert not re.search(r"<(b|i|u)>", html)


def test_an_empty_plot_has_a_scale() -> None:
    assert scale(stacked("Files", [], [Series("done", "files", [])])) == ["2", "1", "0"]


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0"), (950, "950"), (1000, "1k"), (38_400, "38.4k"), (1_200_000, "1.2M")]
)
def test_large_numbers_are_short(number: int, words: str) -> None:
    assert short(number) == words

"""Rows side by side as HTML that holds people's text and nothing of it as HTML."""

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from dashboard.components import comparison
from dashboard.components.comparison import Column

HOSTILE = "<img src=x onerror=alert(1)>&lt;b&gt;</td></table><script>"


class Reader(HTMLParser):
    """Which tags a text has, and what is shown of it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.shown = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.shown += data


def test_what_differs_is_marked_and_what_is_merged_is_not() -> None:
    html = comparison.side_by_side(
        ["name", "city"],
        [0, 1],
        [
            Column("Row 2", ["Jon", ""], "1"),
            Column("Row 3", ["John", ""], "2"),
            Column("Merged", ["Jon", " "]),
        ],
    )
    assert "<th scope=col><kbd>1</kbd> Row 2</th>" in html
    assert "<tr class=differs><th scope=row>name</th><td dir=auto>Jon</td>" in html
    assert "<td dir=auto>Jo<mark>h</mark>n</td>" in html
    assert "<tr><th scope=row>city</th><td dir=auto><em>blank</em></td>" in html


def test_what_turns_the_direction_of_writing_is_shown_where_rows_are_compared_and_alone() -> None:
    name, cell = "na\u202eme", "user\u202egnp\u200b.exe"

    html = comparison.side_by_side([name], [0], [Column("a", [cell]), Column("b", [cell])])
    html += comparison.fields([name], [cell], [0])

    assert Reader(html).shown.count("user⍽gnp⍽.exe") == 3
    assert Reader(html).shown.count("na⍽me") == 2


def test_spaces_that_cannot_break_are_shown_only_where_they_make_the_difference() -> None:
    assert "⍽" not in comparison.fields(["name"], ["Ann\u00a0Li"], [0])


def test_a_difference_that_nobody_sees_is_shown() -> None:
    html = comparison.side_by_side(["name"], [0], [Column("a", ["Ann Li"]), Column("b", ["Ann\u00a0Li"])])
    assert "Ann<mark>⍽</mark>Li" in html


def test_one_field_of_a_row_is_marked() -> None:
    html = comparison.fields(["name", "city"], ["Ann", ""], [0, 1], marked=1)
    assert "<div><dt>name</dt><dd dir=auto>Ann</dd></div>" in html
    assert "<div class=asked><dt>city</dt><dd dir=auto><em>blank</em></dd></div>" in html


@given(st.lists(st.text(alphabet="<>&\"'ab /=", max_size=20), min_size=2, max_size=3))
def test_no_value_and_no_name_becomes_html(values: list[str]) -> None:
    cells = [[value, HOSTILE] for value in values]
    table = comparison.side_by_side(
        [HOSTILE, "other"], [0, 1], [Column(HOSTILE, row, is_result=row == cells[0]) for row in cells]
    )
    row = comparison.fields([HOSTILE, "other"], cells[0], [0, 1], marked=0)
    allowed = {"div", "table", "thead", "tbody", "tr", "th", "td", "mark", "em", "dl", "dt", "dd"}
    assert Reader(table + row).tags <= allowed
    assert Reader(table).shown.count(HOSTILE) >= 1 + len(values)

"""The summary of an upload as a page of its own: to look at, to print, to save. It loads nothing else."""

import base64
import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ingestion import words
from ingestion.csv_file import reading_words
from ingestion.rules.issues import KINDS, Action
from ingestion.summary import Kind, Person, Summary

_TEMPLATES = Path(__file__).parent / "templates"
_STYLE = (_TEMPLATES / "summary.css").read_text(encoding="utf-8")
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        f"style-src 'sha256-{_STYLE_HASH}'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "sandbox",
    ]
)
"""Its one style sheet, and nothing else: no script, no image, no address that it might call."""

# What fits one sheet of paper.
_MOST_PEOPLE = 4
_MOST_VERSIONS = 3
_MOST_NAMES = 2

_HOW = {
    Action.CHOOSE: "chosen",
    Action.MERGE: "merged",
    Action.EDIT: "corrected",
    Action.ACCEPT: "accepted",
    Action.SKIP: "left out",
}


@dataclass(frozen=True)
class _Share:
    """One part of all rows, as a part of a bar that is 1000 long."""

    label: str
    rows: int
    percent: str
    note: str
    color: str
    begin: float
    width: float


@dataclass(frozen=True)
class _Bar:
    """The issues of one kind; widths in percent of the largest kind."""

    label: str
    settled: int
    open: int
    settled_width: float
    open_width: float
    how: str


@dataclass(frozen=True)
class _Line:
    """What one person settled."""

    name: str
    settled: int
    how: str


def render(summary: Summary) -> str:
    """The page as HTML."""
    upload, largest = summary.upload, max((kind.total for kind in summary.kinds), default=1)
    return _PAGE.render(
        style=_STYLE,
        now=dt.datetime.now(dt.UTC),
        upload=upload,
        status=words.status(upload),
        size=words.size(upload.file_size),
        uploaded_by=summary.uploaded_by,
        read_as=reading_words.as_read(summary.options, upload.columns),
        balance=summary.balance,
        shares=list(_shares(summary)),
        bars=[_bar(kind, largest) for kind in summary.kinds],
        people=[_line(person) for person in summary.people[:_MOST_PEOPLE]],
        more_people=len(summary.people[_MOST_PEOPLE:]),
        versions=summary.versions[:_MOST_VERSIONS],
        more_versions=len(summary.versions[_MOST_VERSIONS:]),
    )


def _shares(summary: Summary) -> Iterator[_Share]:
    balance, begin = summary.balance, 0.0
    differ = f"{summary.differing:,} of them with other values in other columns" if summary.differing else ""
    for label, rows, note, color in (
        ("Contacts", balance.contacts, "one for each e-mail address", "#0f6e78"),
        ("Still to decide", balance.waiting, "what they become is open", "#d97706"),
        ("Left out", balance.left_out, "", "#9aa8ad"),
        ("Settled duplicates", balance.duplicates, "lost to a chosen row, or merged", "#5aa9b0"),
        ("Repeats", balance.collapsed, differ, "#b7d9dc"),
    ):
        if rows or label == "Contacts":
            part = rows / max(balance.total_rows, 1)
            yield _Share(label, rows, f"{part:.1%}", note, color, round(begin, 2), round(1000 * part, 2))
            begin += 1000 * part


def _bar(kind: Kind, largest: int) -> _Bar:
    settled = kind.total - kind.open
    return _Bar(
        KINDS[kind.type].title,
        settled,
        kind.open,
        round(100 * settled / largest, 2),
        round(100 * kind.open / largest, 2),
        _how(kind.settled, kind.elsewhere, "with another decision"),
    )


def _line(person: Person) -> _Line:
    settled = person.settled.total() + person.elsewhere
    return _Line(person.name, settled, _how(person.settled, person.elsewhere, "along with these"))


def _names(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more:,} more" if more > 0 else "")


def _how(settled: Counter[Action], elsewhere: int, along: str) -> str:
    found = [f"{number:,} {_HOW[action]}" for action, number in settled.most_common()]
    return ", ".join([*found, *([f"{elsewhere:,} {along}"] if elsewhere else [])])


def _moment(time: dt.datetime) -> str:
    return f"{time.day} {time:%b %Y, %H:%M}"


def _page_template() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters |= {"moment": _moment, "names": _names}
    environment.globals |= {"count": words.count}
    return environment


_PAGE = _page_template().get_template("summary.html")

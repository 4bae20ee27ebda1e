"""What a file's records should read, where its suite says so: in JSON beside it, or in a plainer twin."""

import csv
import json
from itertools import zip_longest
from pathlib import Path
from typing import Any

from trials.torture_packages import TRUTH

Records = list[list[str]]
"""A header and what follows it, or, where a suite knows of no header, all records."""

_TABLE = [["id", "name"], ["1", "english"], ["2", "中国人"]]
_TABLE_OF_FRICTIONLESS = (
    *("table.csv", "table.csv.gz", "table.csv.bz2", "table.csv.xz", "table.csv.zip", "table.csv2k"),
    *("table.xlsx", "table.xls", "table.ods", "bom.csv", "delimiter.csv", "table-delimiter.csv"),
    *("Таблица.csv", "[table].csv", "skip-rows-before-headers.csv"),
)
_ACCENTED = [["a", "b", "c"], ["1", "2", "3"], ["4", "5", "©"]]
_UTF16 = [["a", "b", "c"], ["1", "2", "3"], ["4", "5", "ʤ"]]

_STATED: dict[str, Records] = {
    **{f"frictionless/data/{name}": _TABLE for name in _TABLE_OF_FRICTIONLESS},
    "frictionless/data/latin1.csv": [["id", "name"], ["1", "english"], ["2", "©"]],
    "csvkit/examples/test_latin1.csv": _ACCENTED,
    "agate/examples/test_latin1.csv": _ACCENTED,
    **{
        f"{suite}/examples/test_utf16_{order}.csv": _UTF16
        for suite in ("agate", "csvkit")
        for order in ("big", "little")
    },
    "csvkit/examples/mac_newlines.csv": [["a", "b", "c"], ["1", "2", "3"], ["Once upon\ra time", "5", "6"]],
    "csvkit/examples/test_skip_lines.csv": [["a", "b", "c"], ["1", "2", "3"]],
    "csvkit/examples/null_byte.csv": [["a", "b", "c"], ["\0", "2", "3"]],
}
"""What the suites' own tests expect of a file, or its name promises."""

_TWINS = {
    **{f"csvkit/examples/dummy.{kind}": "dummy.csv" for kind in ("tsv", "csv.gz", "csv.bz2", "xls", "xlsx")},
    "csvkit/examples/test_utf8_bom.csv": "test_utf8.csv",
    "csvkit/examples/test.xlsx": "testxlsx_noinference_converted.csv",
    "csvkit/examples/test.xls": "testxls_converted.csv",
    "csvkit/examples/sheets.xlsx": "testxlsx_noinference_converted.csv",
    "csvkit/examples/sheets.xls": "testxls_converted.csv",
    "csvkit/examples/test_skip_lines.xlsx": "testxlsx_noinference_converted.csv",
    "csvkit/examples/test_skip_lines.xls": "testxls_converted.csv",
    **{
        f"agate/examples/test_{kind}.csv": "test.csv"
        for kind in ("cr", "crlf", "csv_sniff", "quote_nonnumeric")
    },
}
"""Files that hold the records of another one, in UTF-8 with commas: its path, seen from their folder."""


def truth_of(suites: Path, file: Path) -> Records | None:
    """The records that `file` should read, as text; None where nobody says."""
    name = file.relative_to(suites).as_posix()
    beside = [
        file.with_name(f"{file.name}{TRUTH}"),
        file.with_suffix(".json"),  # agate's
        file.parent.parent / "json" / f"{file.stem}.json",  # csv-spectrum's
    ]
    if name in _STATED:
        return _STATED[name]
    if name in _TWINS:
        with (file.parent / _TWINS[name]).open(encoding="utf-8", newline="") as text:
            return list(csv.reader(text))
    if not name.startswith(("csvkit/", "frictionless/")):  # their JSON files are input, not what is expected
        for path in beside:
            if path.exists():
                return _as_records(json.loads(path.read_text(encoding="utf-8")))
    return None


def _as_records(truth: Any) -> Records:
    if isinstance(truth, dict):  # of a single record
        truth = [truth]
    if truth and isinstance(truth[0], dict):
        return [list(truth[0]), *([_as_text(value) for value in row.values()] for row in truth)]
    return [[_as_text(value) for value in row] for row in truth]


def _as_text(value: object) -> str:
    return "" if value is None else str(value)


def difference(expected: Records, found: Records) -> str:
    """Where the two part, in a few words; nothing where they agree. Blank lines are not compared."""
    pairs = zip_longest(filter(any, expected), filter(any, found))
    for number, (wanted, got) in enumerate(pairs, start=1):
        if wanted is None or got is None:
            fewer = "more" if wanted is None else "fewer"
            return f"{fewer} records than expected from record {number} on: {_short(wanted or got)}"
        if len(wanted) != len(got) or not all(map(_same, wanted, got)):
            return f"record {number}: {_short(got)} where {_short(wanted)} is expected"
    return ""


def _same(wanted: str, got: str) -> bool:
    """Whether the cells read the same; 1 and 1.0 do, as a JSON of typed values is no witness of either."""
    if wanted == got:
        return True
    try:
        return float(wanted) == float(got)
    except ValueError:
        return False


def _short(cells: list[str] | None) -> str:
    text = json.dumps(cells, ensure_ascii=False)
    return text if len(text) <= 90 else f"{text[:90]} …"

"""Why our reader and a suite disagree about a file, where that is as it should be.

What is not here and disagrees is open: it makes the trial fail.
"""

_STRAY_QUOTE = (
    "The quotes cannot be meant. Ours gives back the line as a row of its own, marked, and reads on below; "
    "the suite takes all that follows into one cell."
)
_BLANKS_AFTER_QUOTE = (
    "Blanks stand between a closing quote and what ends its cell. The suite drops them; ours keeps them and "
    "marks the row, as it does with any text there."
)
_NOT_TAKEN = "This kind of file is not taken, and the message says what to do."
_TOLD = "The suite's parser is told so by an option; nothing in the text says it."
_EMPTY = "The suite expects no records, which is what an empty file has; an upload of it is refused."


def _of(folder: str, explained: dict[str, str]) -> dict[str, str]:
    return {f"{folder}/{name}": why for names, why in explained.items() for name in names.split()}


EXPLANATIONS: dict[str, str] = {
    **_of(
        "papaparse/cases",
        {
            "core-020.csv core-021.csv core-022.csv core-023.csv core-024.csv": _STRAY_QUOTE,
            "parse-006.csv parse-007.csv parse-008.csv parse-092.csv parse-093.csv": _BLANKS_AFTER_QUOTE,
            "core-036.csv parse-050.csv": _EMPTY,
            "parse-073.csv parse-086.csv parse-087.csv": _TOLD,
            "parse-023.csv parse-024.csv": "Control characters are not among the delimiters that are tried.",
            "parse-026.csv": f"{_TOLD} The rules trim a cell wherever they compare it.",
            "parse-010.csv": (
                "The suite takes the first line end that it meets for the only one; to ours CR, LF and CRLF "
                "each end a line, wherever they stand."
            ),
            "core-004.csv": "A single line: a tab delimits it as well as commas do, and is rarer in words.",
        },
    ),
    **_of("clevercsv/cases", {"line-059.csv line-060.csv": _STRAY_QUOTE}),
    **_of(
        "csv-spectrum/csvs",
        {"location_coordinates.csv": "The suite's JSON has another telephone number than its own CSV."},
    ),
    **_of(
        "csvkit/examples",
        {
            "dummy.csv.bz2 dummy.xls sheets.xls test.xls": _NOT_TAKEN,
            "test.xlsx": "Its last column has no name; csvkit names such a column by its letter.",
        },
    ),
    **_of(
        "frictionless/data",
        {"table.csv.bz2 table.csv.xz table.csv.zip table.ods table.xls": _NOT_TAKEN},
    ),
}
"""A sentence or two for each file."""

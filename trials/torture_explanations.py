"""Why our reader and a suite disagree about a file: where that is as it should be, and where ours is wrong.

What is not here and disagrees is open: it makes the trial fail.
"""

_STRAY_QUOTE = (
    "The quotes cannot be meant. Ours gives back the line as a row of its own, marked, and reads on below; "
    "the suite takes all that follows into one cell."
)
_NOT_TAKEN = "This kind of file is not taken, and the message says what to do."
_TOLD = "The suite's parser is told so by an option; nothing in the text says it."
_EMPTY = "The suite expects no records, which is what an empty file has; an upload of it is refused."
_CSVKITS_NAMES = (
    "The last column has no name; csvkit names such a column by its letter, and writes TRUE as `True`."
)


def _of(folder: str, explained: dict[str, str]) -> dict[str, str]:
    return {f"{folder}/{name}": why for names, why in explained.items() for name in names.split()}


EXPLANATIONS: dict[str, str] = {
    **_of(
        "papaparse/cases",
        {
            "core-020.csv core-022.csv core-023.csv core-024.csv": _STRAY_QUOTE,
            "core-021.csv": (
                "A quote stands inside a quoted cell. The suite takes it for text where no delimiter follows "
                "it; ours parts the line at its delimiters and marks the row."
            ),
            "core-036.csv parse-050.csv": _EMPTY,
            "parse-073.csv parse-086.csv parse-087.csv": _TOLD,
            "parse-023.csv parse-024.csv": "Control characters are not among the delimiters that are tried.",
            "parse-026.csv": f"{_TOLD} The rules trim a cell wherever they compare it.",
            "parse-010.csv": (
                "The suite takes the first line end that it meets for the only one; to ours CR, LF and CRLF "
                "each end a line, wherever they stand."
            ),
            "core-018.csv": (
                "Blanks stand before and after a quoted cell. The suite keeps blanks and quotes as text; "
                "ours leaves out both, as no cell of this file opens a quote next to its delimiter."
            ),
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
            "dummy.csv.bz2 dummy.xls sheets.xls test.xls test_skip_lines.xls": _NOT_TAKEN,
            "sheets.xlsx test.xlsx test_skip_lines.xlsx": _CSVKITS_NAMES,
        },
    ),
    **_of(
        "frictionless/data",
        {"table.csv.bz2 table.csv.xz table.csv.zip table.ods table.xls": _NOT_TAKEN},
    ),
}
"""A sentence or two for each file."""

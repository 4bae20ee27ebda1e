"""One installation, database and uploaded files, in one file: made, checked, restored.

The database and the bucket are those that DATABASE_URL, S3_BUCKET_NAME and the AWS variables name.
PostgreSQL's client programs must be on PATH. The file holds contacts and password hashes: keep it as safe as
the database.
"""

import argparse
import errno
import signal
import sys
from pathlib import Path
from types import FrameType

from sqlalchemy.exc import DBAPIError

from ingestion.backup.dumping import dump, missing_unexpectedly
from ingestion.backup.manifest import Manifest
from ingestion.backup.restoring import check, check_room, restore
from ingestion.errors import IngestionError
from ingestion.settings import MEGABYTE, load_settings


def main(arguments: list[str]) -> int:
    """Do what the command line asks for; 0 when that went well."""
    options = _parser().parse_args(arguments)
    try:
        manifest = _done(options)
    except KeyboardInterrupt:
        message = "Interrupted. What was unfinished is removed; run it again."
    except IngestionError as error:
        message = str(error)
    except DBAPIError as error:
        message = f"The database does not answer as it should: {' '.join(str(error.orig).split())}"
    except OSError as error:
        message = _explained(error)
    else:
        print(_summary(manifest), flush=True)
        return 0
    print(message, file=sys.stderr, flush=True)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ingestion.backup", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    dumping = commands.add_parser("dump", help="write the installation to FILE, while it works or not")
    dumping.add_argument("--force", action="store_true", help="replace FILE if it exists")
    checking = commands.add_parser("check", help="read all of FILE and say what it holds")
    checking.add_argument("--into", type=Path, metavar="FOLDER", help="also ask for room on this disk")
    restoring = commands.add_parser("restore", help="fill an unused database and bucket from FILE")
    for command in (dumping, checking, restoring):
        command.add_argument("file", type=Path, metavar="FILE")
    return parser


def _done(options: argparse.Namespace) -> Manifest:
    if options.command == "dump":
        return dump(load_settings(), options.file, _tell, replace=options.force)
    if options.command == "restore":
        return restore(load_settings(), options.file, _tell)
    manifest = check(options.file, _tell)
    if options.into:
        check_room(manifest, options.into)
    return manifest


def _tell(text: str) -> None:
    print(text, flush=True)


def _summary(manifest: Manifest) -> str:
    missing = missing_unexpectedly(manifest.missing)
    size = (manifest.dump.size + manifest.object_bytes) / MEGABYTE
    return (
        f"{manifest.made_at:%Y-%m-%d %H:%M} UTC: {manifest.counts['uploads']:,} uploads of "
        f"{manifest.counts['accounts']:,} accounts, {len(manifest.objects):,} files, {size:,.1f} MB"
        + (f"; {missing:,} files were not in the store" if missing else "")
    )


def _explained(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "The disk is full. Nothing unfinished was left; make room, or name a file on another disk."
    return f"{error.strerror}: {error.filename}" if error.filename else str(error)


def _end(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)
    sys.exit(main(sys.argv[1:]))

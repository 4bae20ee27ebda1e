"""Whether a job's stored file and decision log alone give what is stored, and exports as they once were.

`python -m ingestion.replay [--all | JOB …]` checks jobs and says what differs. It touches nothing.
"""

import argparse
import sys
from typing import TYPE_CHECKING

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from db.engine import make_engine
from db.queries import jobs
from ingestion.errors import UnreadableFile
from ingestion.rebuilding import NotReplayable, Report, rebuilding
from ingestion.settings import Settings
from ingestion.storage import Bucket, make_bucket

if TYPE_CHECKING:
    from _typeshed import SupportsWrite


def check(engine: Engine, bucket: Bucket, job_id: int) -> Report:
    """Make a processed job anew and compare. Raises NotFound."""
    report = Report(job_id)
    with rebuilding(engine, job_id) as replay:
        try:
            replay.run(bucket, report)
        except (UnreadableFile, NotReplayable) as error:
            report.findings.append(str(error))
    return report


def write_version(
    engine: Engine, bucket: Bucket, job_id: int, version: int, sink: "SupportsWrite[bytes]"
) -> None:
    """Write the export of an earlier finalization, byte for byte as it was.

    Raises NotFound; UnreadableFile or NotReplayable where the stored file or the log does not allow it.
    """
    with rebuilding(engine, job_id) as replay:
        replay.write_version(bucket, version, sink)


def main(arguments: list[str]) -> int:
    """Check jobs by their ids, or all; 0 when nothing differs."""
    parser = argparse.ArgumentParser(prog="python -m ingestion.replay", description=__doc__)
    parser.add_argument("jobs", nargs="*", type=int, metavar="JOB")
    parser.add_argument("--all", action="store_true", help="every processed upload")
    options = parser.parse_args(arguments)
    settings = Settings()
    engine, bucket = make_engine(settings.database_url), make_bucket(settings)
    with Session(engine) as session:
        wanted = jobs.processed_ids(session) if options.all else options.jobs
    reports = [_told(check(engine, bucket, job_id)) for job_id in wanted]
    return 0 if all(report.is_identical for report in reports) else 1


def _told(report: Report) -> Report:
    verdict = "identical" if report.is_identical else "differs"
    print(
        f"upload {report.job_id}: {verdict} ({report.decisions:,} decisions, "
        f"{len(report.versions)} versions of its contacts)",
        *(f"  {finding}" for finding in report.findings),
        sep="\n",
        flush=True,
    )
    return report


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

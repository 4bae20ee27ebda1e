"""A large file that comes to the store in parts: how large each is, which are there, and the file of them."""

from db.models import Job
from ingestion.errors import Conflict, NotFound
from ingestion.settings import MEGABYTE
from ingestion.storage import Bucket
from ingestion.telemetry.logs import get_logger

logger = get_logger(__name__)

PART_BYTES = 8 * MEGABYTE
"""Of every part but the last. S3 takes 5 MiB and more, and at most 10,000 parts: these make 80 GB."""


def sizes(size: int) -> dict[int, int]:
    """The bytes of every part of a file of `size` bytes, by number, from 1."""
    starts = range(0, size, PART_BYTES)
    return {number: min(PART_BYTES, size - start) for number, start in enumerate(starts, start=1)}


def present(bucket: Bucket, job: Job) -> tuple[int, ...]:
    """Numbers of the parts that are there whole. Raises NotFound where the store knows of none any more."""
    expected = sizes(job.file_size)
    stored = bucket.parts(job.file_key, str(job.upload_id))
    return tuple(part.number for part in stored if expected.get(part.number) == part.size)


def join(bucket: Bucket, job: Job) -> None:
    """Make the file of its parts, unless an earlier call whose answer was lost did. Raises Conflict."""
    try:
        stored = bucket.parts(job.file_key, str(job.upload_id))
        if {part.number: part.size for part in stored} != sizes(job.file_size):
            raise Conflict("Parts of the file have not arrived. Choose the same file again to send them.")
        bucket.complete_parts(job.file_key, str(job.upload_id), stored)
    except NotFound:
        # Its file may have been made of them.
        logger.info("parts_unknown", job_id=job.id)
    if not are_joined(bucket, job):
        raise Conflict("The file has not arrived whole. Choose the same file again to send it.")


def are_joined(bucket: Bucket, job: Job) -> bool:
    """Whether the file has been made of its parts."""
    try:
        return bucket.size(job.file_key) == job.file_size
    except NotFound:
        return False

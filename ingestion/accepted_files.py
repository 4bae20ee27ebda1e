"""Which files are taken, and what they are called in the store."""

from ingestion.errors import RefusedUpload
from ingestion.settings import MEGABYTE

EXTENSIONS = (".csv", ".tsv", ".txt", ".xlsx", ".gz")
"""Of the names of files that are taken. What a file is, its content says."""
MAX_WORKBOOK_BYTES = 50 * MEGABYTE

_CONTENT_TYPES = {
    ".csv": "text/csv",
    ".csv.gz": "application/gzip",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_MAX_NAME_LENGTH = 255


def check(filename: str, size: int, max_bytes: int, max_workbook_bytes: int = MAX_WORKBOOK_BYTES) -> None:
    """Raise RefusedUpload unless a file of this name and size (bytes) is taken."""
    name = filename.lower()
    if not name.endswith(EXTENSIONS):
        raise RefusedUpload(
            f"{filename} is none of the files that are taken ({', '.join(EXTENSIONS)}). "
            "Export the contacts as CSV and upload that."
        )
    if size == 0:
        raise RefusedUpload(f"{filename} is empty. Export the contacts again and upload the new file.")
    if size > max_bytes:
        raise RefusedUpload(
            f"{filename} has {size / MEGABYTE:,.2f} MB; at most {max_bytes // MEGABYTE:,} MB are taken. "
            "Split the file and upload the parts."
        )
    if name.endswith(".xlsx"):
        check_workbook(filename, size, max_workbook_bytes)


def check_workbook(filename: str, size: int, max_bytes: int) -> None:
    """Raise RefusedUpload unless a workbook of this size (bytes) is taken."""
    if size > max_bytes:
        raise RefusedUpload(
            f"{filename} has {size / MEGABYTE:,.2f} MB; of a workbook, which cannot be read piece by piece, "
            f"at most {max_bytes // MEGABYTE:,} MB are taken. Save the sheet as CSV and upload that."
        )


def file_key_of(user_id: int, job_id: int, filename: str) -> str:
    """Where a job's file is in the bucket. A workbook or a compressed file keeps its own extension."""
    return f"uploads/u{user_id}/job-{job_id}{_extension(filename)}"


def content_type_of(filename: str) -> str:
    """The media type of a file that is taken."""
    return _CONTENT_TYPES[_extension(filename)]


def _extension(filename: str) -> str:
    kept = [extension for extension in (".xlsx", ".gz") if filename.lower().endswith(extension)]
    return ".csv.gz" if kept == [".gz"] else (kept or [".csv"])[0]


def safe_name(filename: str) -> str:
    """The name without folders and NUL, and no longer than file systems take."""
    name = filename.replace("\0", "").replace("\\", "/").rsplit("/", 1)[-1]
    extension = _extension(name)
    return name if len(name) <= _MAX_NAME_LENGTH else name[: _MAX_NAME_LENGTH - len(extension)] + extension

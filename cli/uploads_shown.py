"""Uploads as commands show them: in tables, in JSON, and what to do with one next."""

from collections.abc import Iterable
from typing import Any

from cli.exits import Code
from cli.showing import moment, table
from ingestion import words
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.permissions import Permission, Relation
from ingestion.viewing import Upload


def as_data(upload: Upload) -> dict[str, Any]:
    """What programs are told of an upload."""
    return {
        "id": upload.id,
        "file": upload.filename,
        "status": upload.status,
        "awaits_columns": upload.awaits_columns,
        "owner": upload.owner,
        "relation": upload.relation,
        "size": upload.file_size,
        "rows": upload.total_rows or upload.processed_rows,
        "usable_rows": upload.valid_rows,
        "open_issues": upload.open_issues,
        "progress": round(upload.progress, 4),
        "error": upload.error_message,
        "attempt": upload.attempt,
        "created_at": upload.created_at,
        "completed_at": upload.completed_at,
        "columns": upload.columns,
        "permissions": upload.permissions,
    }


def listed(uploads: Iterable[Upload]) -> None:
    """A table of uploads."""
    table(
        ("Id", "File", "Status", "Rows", "Open issues", "Size", "Owner", "Uploaded (UTC)"),
        [
            (
                str(upload.id),
                upload.filename,
                words.status(upload),
                upload.total_rows or upload.processed_rows or "",
                upload.open_issues if upload.processed_at else "",
                words.size(upload.file_size),
                upload.owner,
                moment(upload.created_at),
            )
            for upload in uploads
        ],
        numbers=("Id", "Rows", "Open issues", "Size"),
    )


def line_of(upload: Upload) -> str:
    """Where an upload stands, in a line: `Upload 12, contacts.csv: needs review, 34 open issues.`"""
    said = f"Upload {upload.id}, {upload.filename}: {words.status(upload).lower()}"
    if upload.status is JobStatus.NEEDS_REVIEW:
        said += f", {words.count(upload.open_issues, 'open issue')}"
    ending = f". {upload.error_message}" if upload.error_message else "."
    step = next_step(upload)
    return f"{said}{ending}" + (f" Next: {step}" if step else "")


def awaits_file(upload: Upload) -> bool:
    """Whether not all of its file has arrived: it is being sent, or that was interrupted."""
    return upload.status is JobStatus.UPLOADING and upload.arrived_at is None


def next_step(upload: Upload) -> str | None:
    """The command that goes on with it, where whoever looks may do that."""
    if awaits_file(upload) and upload.relation is Relation.OWN:
        return f"ingest upload FILE with the same file again, or ingest delete {upload.id}"
    name, permission = _next(upload)
    return f"ingest {name} {upload.id}" if upload.may(permission) else None


def _next(upload: Upload) -> tuple[str, Permission]:
    if upload.awaits_columns:
        return "read", Permission.MANAGE
    if upload.in_flight:
        return "watch", Permission.VIEW
    if upload.status is JobStatus.FAILED:
        return "retry" if upload.can_be_retried else "read", Permission.MANAGE
    if upload.status is JobStatus.COMPLETED:
        return "export", Permission.EXPORT
    return ("issues", Permission.VIEW) if upload.open_issues else ("finalize", Permission.FINALIZE)


def code_of(upload: Upload) -> Code:
    """How a command ends that waited for this upload, once it does not change by itself any more."""
    if upload.status is JobStatus.COMPLETED:
        return Code.DONE
    is_failed = upload.status is JobStatus.FAILED or bool(upload.error_message)
    return Code.FAILED if is_failed else Code.WAITS

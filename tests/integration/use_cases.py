"""How each use-case of the table is called, and about an upload at which stage."""

import io
from collections.abc import Callable

from ingestion import (
    access_links,
    administration,
    audit,
    audit_export,
    bulk,
    cases,
    column_mappings,
    dead_letters,
    deciding,
    deletion,
    direct_uploads,
    error_report,
    export,
    finalization,
    history,
    intake,
    operations,
    outcome,
    provenance,
    review,
    sharing,
    summary,
    throughput,
    undoing,
    uploads,
    versions,
    viewing,
)
from ingestion.audit import Wanted
from ingestion.bulk import Request
from ingestion.csv_file.mapping import Mapping
from ingestion.csv_file.proposal import propose
from ingestion.csv_file.source import examine
from ingestion.deciding import Seen
from ingestion.export import Download
from ingestion.outcome import Outcome
from ingestion.rules.bulk import BulkAnswer
from ingestion.rules.issues import IssueType
from ingestion.rules.permissions import Role
from ingestion.senders import Senders
from ingestion.throughput import Span
from ingestion.viewing import Whose
from tests.conftest import as_found
from tests.integration.scenes import CLEAN, GUEST, Somebody, Stage, World

KEEP_LAST, FILL = Request(BulkAnswer.KEEP_LAST), Request(BulkAnswer.FILL_REPEATS)
SENDERS = Senders(lambda _job, _key: None, lambda _job: None)
PROPOSAL = propose(examine(CLEAN, is_complete=True, max_bytes=5_000_000))

Call = Callable[[World, Somebody, int], object]
Simple = Callable[..., object]


def _plain(use_case: Simple, *arguments: object, **named: object) -> Call:
    """Of those that take who asks and the upload, and then what does not depend on either."""
    return lambda _, by, job_id: use_case(by.sessions, by.id, job_id, *arguments, **named)


def _stored(use_case: Simple, **named: object) -> Call:
    """Of those that look at the store."""
    return lambda at, by, job_id: use_case(by.sessions, at.bucket, user_id=by.id, job_id=job_id, **named)


def _sent(use_case: Simple) -> Call:
    """Of those that ask the workers."""
    return lambda _, by, job_id: use_case(by.sessions, lambda *_: None, by.id, job_id)


def _taken(use_case: Callable[..., Download], *arguments: object) -> Call:
    """Of those that give a file: to its end."""
    return lambda _, by, job_id: b"".join(use_case(by.sessions, by.id, job_id, *arguments).chunks)


def _about(use_case: Simple, kind: IssueType, **named: object) -> Call:
    """Of those that settle an issue."""
    return lambda at, by, job_id: use_case(by.sessions, Seen(by.id, job_id, at.issues[kind], 1), **named)


def _confirm(_: World, by: Somebody, job_id: int) -> None:
    intake.confirm(by.sessions, lambda *_: None, user_id=by.id, job_id=job_id, options=as_found(CLEAN))


def _taken_over(use_case: Simple) -> Call:
    return lambda at, by, job_id: use_case(
        by.sessions, at.bucket, lambda *_: None, user_id=by.id, job_id=job_id
    )


ABOUT_AN_UPLOAD: dict[str, tuple[Stage, Call]] = {
    "viewing.get": (Stage.FAILED, _plain(viewing.get)),
    "review.listed": (Stage.IN_REVIEW, _plain(review.listed)),
    "review.counts": (Stage.IN_REVIEW, _plain(review.counts)),
    "review.settled": (Stage.IN_REVIEW, _plain(review.settled)),
    "cases.get": (
        Stage.IN_REVIEW,
        lambda at, by, job_id: cases.get(
            by.sessions, by.id, job_id, at.issues[IssueType.INVALID_EMAIL_FORMAT]
        ),
    ),
    "review.issue_of": (
        Stage.IN_REVIEW,
        lambda at, by, job_id: review.issue_of(by.sessions, by.id, job_id, at.decisions[Stage.IN_REVIEW]),
    ),
    "history.listed": (Stage.IN_REVIEW, _plain(history.listed)),
    "history.last_of": (Stage.IN_REVIEW, _plain(history.last_of)),
    "history.people": (Stage.IN_REVIEW, _plain(history.people)),
    "outcome.listed": (Stage.COMPLETED, _plain(outcome.listed, Outcome.REPEAT, limit=9)),
    "outcome.differing": (Stage.COMPLETED, _plain(outcome.differing)),
    "finalization.preview": (Stage.SETTLED, _plain(finalization.preview)),
    "finalization.result": (Stage.COMPLETED, _plain(finalization.result)),
    "finalization.progress": (Stage.SETTLED, _plain(finalization.progress)),
    "export.page": (Stage.COMPLETED, _plain(export.page, limit=9)),
    "provenance.of_contact": (Stage.COMPLETED, _plain(provenance.of_contact, "ana@x.com")),
    "versions.listed": (Stage.COMPLETED, _plain(versions.listed)),
    "error_report.is_any_to_correct": (Stage.IN_REVIEW, _plain(error_report.is_any_to_correct)),
    "error_report.is_any_left_out": (Stage.IN_REVIEW, _plain(error_report.is_any_left_out)),
    "export.open_contacts": (Stage.COMPLETED, _taken(export.open_contacts)),
    "versions.open_version": (
        Stage.COMPLETED,
        lambda at, by, job_id: b"".join(
            versions.open_version(by.sessions, at.bucket, by.id, job_id, 1).chunks
        ),
    ),
    "error_report.open_report": (Stage.IN_REVIEW, _taken(error_report.open_report)),
    "error_report.open_left_out": (Stage.IN_REVIEW, _taken(error_report.open_left_out)),
    "summary.of_upload": (Stage.COMPLETED, _plain(summary.of_upload)),
    "export.note": (Stage.COMPLETED, _plain(export.note, io.BytesIO(), format="csv")),
    "deciding.choose": (
        Stage.IN_REVIEW,
        _about(deciding.choose, IssueType.DUPLICATE_EMAIL, row_number=2),
    ),
    "deciding.merge": (
        Stage.IN_REVIEW,
        _about(deciding.merge, IssueType.DUPLICATE_EMAIL, cells=["ana@x.com", "Ana", "Silva", "Acme", "1"]),
    ),
    "deciding.edit": (
        Stage.IN_REVIEW,
        _about(deciding.edit, IssueType.INVALID_EMAIL_FORMAT, cells=["bo@x.com", "Bo", "Li", "Hooli", "3"]),
    ),
    "deciding.accept": (Stage.IN_REVIEW, _about(deciding.accept, IssueType.MISSING_COMPANY)),
    "deciding.skip": (Stage.IN_REVIEW, _about(deciding.skip, IssueType.INVALID_EMAIL_FORMAT)),
    "bulk.preview": (Stage.IN_REVIEW, _plain(bulk.preview, KEEP_LAST)),
    "bulk.carry_out": (Stage.IN_REVIEW, _plain(bulk.carry_out, KEEP_LAST)),
    "undoing.undo": (
        Stage.IN_REVIEW,
        lambda at, by, job_id: undoing.undo(by.sessions, by.id, job_id, at.decisions[Stage.IN_REVIEW]),
    ),
    "bulk.preview/completed": (Stage.COMPLETED, _plain(bulk.preview, FILL)),
    "bulk.carry_out/completed": (Stage.COMPLETED, _plain(bulk.carry_out, FILL)),
    "undoing.undo/completed": (
        Stage.COMPLETED,
        lambda at, by, job_id: undoing.undo(by.sessions, by.id, job_id, at.decisions[Stage.COMPLETED]),
    ),
    "finalization.request": (Stage.SETTLED, _sent(finalization.request)),
    "uploads.retry": (Stage.FAILED, _sent(uploads.retry)),
    "intake.look": (Stage.ARRIVED, _stored(intake.look)),
    "intake.confirm": (Stage.FAILED, _confirm),
    "intake.arrived": (Stage.ARRIVED, _taken_over(intake.arrived)),
    "direct_uploads.sign": (Stage.SENDING, _stored(direct_uploads.sign, numbers=[1], sent_bytes=0)),
    "direct_uploads.put": (
        Stage.SENDING,
        _stored(direct_uploads.put, number=1, content=CLEAN, sent_bytes=0),
    ),
    "direct_uploads.complete": (Stage.SENDING, _taken_over(direct_uploads.complete)),
    "direct_uploads.cancel": (Stage.SENDING, _stored(direct_uploads.cancel)),
    "deletion.extent": (Stage.COMPLETED, _plain(deletion.extent)),
    "deletion.request": (Stage.COMPLETED, _plain(deletion.request)),
    "sharing.listed": (Stage.COMPLETED, _plain(sharing.listed)),
    "sharing.share": (Stage.COMPLETED, _plain(sharing.share, GUEST)),
    "sharing.unshare": (
        Stage.COMPLETED,
        lambda at, by, job_id: sharing.unshare(by.sessions, by.id, job_id, at.helper),
    ),
}

WITHOUT_AN_UPLOAD: dict[str, Callable[[World, Somebody], object]] = {
    "viewing.listed": lambda _, by: viewing.listed(by.sessions, by.id),
    "viewing.listed/everybody's": lambda _, by: viewing.listed(by.sessions, by.id, Whose.EVERYBODYS),
    "viewing.choices": lambda _, by: viewing.choices(by.sessions, by.id),
    "uploads.submit": lambda at, by: uploads.submit(
        by.sessions,
        at.bucket,
        lambda _job, _key: None,
        user_id=by.id,
        filename="contacts.csv",
        content=CLEAN,
        options=as_found(CLEAN),
        max_bytes=len(CLEAN),
    ),
    "uploads.earlier_with_content": lambda _, by: uploads.earlier_with_content(by.sessions, by.id, "0" * 64),
    "direct_uploads.begin": lambda at, by: direct_uploads.begin(
        by.sessions,
        at.bucket,
        user_id=by.id,
        filename="contacts.csv",
        size=len(CLEAN),
        fingerprint="fedcba9876543210",
        modified_ms=1,
        max_bytes=len(CLEAN),
        max_workbook_bytes=len(CLEAN),
    ),
    "direct_uploads.unfinished": lambda _, by: direct_uploads.unfinished(by.sessions, by.id),
    "column_mappings.recalled": lambda _, by: column_mappings.recalled(by.sessions, by.id, PROPOSAL),
    "column_mappings.remember": lambda _, by: column_mappings.remember(
        by.sessions, by.id, ["email"], Mapping(email=0, doubts=())
    ),
    "dead_letters.send_back": lambda at, by: dead_letters.send_back(
        by.sessions, at.queue, SENDERS, by.id, [at.letter]
    ),
    "dead_letters.discard": lambda at, by: dead_letters.discard(
        by.sessions, at.queue, by.id, [at.letter], "of no use"
    ),
    "dead_letters.received": lambda at, by: dead_letters.received(by.sessions, at.queue, by.id),
    "dead_letters.listed": lambda at, by: dead_letters.listed(by.sessions, by.id, [at.letter]),
    "operations.overview": lambda at, by: operations.overview(by.sessions, by.id, at.settings),
    "operations.depths": lambda at, by: operations.depths(by.sessions, at.queue, by.id),
    "throughput.throughput": lambda _, by: throughput.throughput(by.sessions, by.id, Span.DAY),
    "administration.people": lambda _, by: administration.people(by.sessions, by.id),
    "administration.id_of": lambda _, by: administration.id_of(by.sessions, by.id, GUEST),
    "administration.change_role": lambda at, by: administration.change_role(
        by.sessions, by.id, at.helper, Role.REVIEWER
    ),
    "administration.deactivate": lambda at, by: administration.deactivate(by.sessions, by.id, at.helper),
    "administration.activate": lambda at, by: administration.activate(by.sessions, by.id, at.helper),
    "administration.end_sessions": lambda at, by: administration.end_sessions(by.sessions, by.id, at.helper),
    "access_links.listed": lambda _, by: access_links.listed(by.sessions, by.id),
    "access_links.invite": lambda _, by: access_links.invite(
        by.sessions, "invite", by.id, "other@example.com", Role.REVIEWER
    ),
    "access_links.offer_reset": lambda at, by: access_links.offer_reset(by.sessions, by.id, at.helper),
    "access_links.withdraw": lambda at, by: access_links.withdraw(by.sessions, by.id, at.link),
    "audit.page": lambda _, by: audit.page(by.sessions, by.id),
    "audit.account_id": lambda _, by: audit.account_id(by.sessions, by.id, GUEST),
    "audit_export.open_export": lambda _, by: b"".join(
        audit_export.open_export(by.sessions, by.id, Wanted()).chunks
    ),
}

"""Who may do what, in one table for the tests: written by hand, so that it checks the rule and not itself."""

from ingestion.rules.permissions import Relation, Role

DONE, NOT_ALLOWED, NOT_FOUND = "+", "-", "0"

ABOUT_AN_UPLOAD = """
                               operator              reviewer              administrator
                               own  shared  foreign  own  shared  foreign  own  shared  foreign
viewing.get                    +    +       0        +    +       0        +    +       +
review.listed                  +    +       0        +    +       0        +    +       +
review.counts                  +    +       0        +    +       0        +    +       +
review.settled                 +    +       0        +    +       0        +    +       +
cases.get                      +    +       0        +    +       0        +    +       +
review.issue_of                +    +       0        +    +       0        +    +       +
history.listed                 +    +       0        +    +       0        +    +       +
history.last_of                +    +       0        +    +       0        +    +       +
history.people                 +    +       0        +    +       0        +    +       +
outcome.listed                 +    +       0        +    +       0        +    +       +
outcome.differing              +    +       0        +    +       0        +    +       +
finalization.preview           +    +       0        +    +       0        +    +       +
finalization.result            +    +       0        +    +       0        +    +       +
finalization.progress          +    +       0        +    +       0        +    +       +
export.page                    +    +       0        +    +       0        +    +       +
provenance.of_contact          +    +       0        +    +       0        +    +       +
versions.listed                +    +       0        +    +       0        +    +       +
error_report.is_any_to_correct +    +       0        +    +       0        +    +       +
error_report.is_any_left_out   +    +       0        +    +       0        +    +       +

export.open_contacts           +    +       0        +    +       0        +    +       +
versions.open_version          +    +       0        +    +       0        +    +       +
error_report.open_report       +    +       0        +    +       0        +    +       +
error_report.open_left_out     +    +       0        +    +       0        +    +       +
summary.of_upload              +    +       0        +    +       0        +    +       +
export.note                    +    +       0        +    +       0        +    +       +

deciding.choose                +    +       0        +    +       0        +    +       +
deciding.merge                 +    +       0        +    +       0        +    +       +
deciding.edit                  +    +       0        +    +       0        +    +       +
deciding.accept                +    +       0        +    +       0        +    +       +
deciding.skip                  +    +       0        +    +       0        +    +       +
bulk.preview                   +    +       0        +    +       0        +    +       +
bulk.carry_out                 +    +       0        +    +       0        +    +       +
undoing.undo                   +    +       0        +    +       0        +    +       +

bulk.preview/completed         +    +       0        -    -       0        +    +       +
bulk.carry_out/completed       +    +       0        -    -       0        +    +       +
undoing.undo/completed         +    +       0        -    -       0        +    +       +
finalization.request           +    +       0        -    -       0        +    +       +

uploads.retry                  +    +       0        -    -       0        +    +       +
intake.look                    +    +       0        -    -       0        +    +       +
intake.confirm                 +    +       0        -    -       0        +    +       +
intake.arrived                 +    +       0        -    -       0        +    +       +
direct_uploads.sign            +    +       0        -    -       0        +    +       +
direct_uploads.put             +    +       0        -    -       0        +    +       +
direct_uploads.complete        +    +       0        -    -       0        +    +       +

direct_uploads.cancel          +    -       0        -    -       0        +    +       +
deletion.extent                +    -       0        -    -       0        +    +       +
deletion.request               +    -       0        -    -       0        +    +       +
sharing.listed                 +    -       0        -    -       0        +    +       +
sharing.share                  +    -       0        -    -       0        +    +       +
sharing.unshare                +    -       0        -    -       0        +    +       +
"""
"""Deleted uploads are found by nobody, and none by a deactivated account. Behind the slash: the status."""

WITHOUT_AN_UPLOAD = """
                               operator  reviewer  administrator  deactivated
viewing.listed                 +         +         +              -
viewing.listed/everybody's     -         -         +              -
viewing.choices                +         +         +              -

uploads.submit                 +         -         +              -
uploads.earlier_with_content   +         -         +              -
direct_uploads.begin           +         -         +              -
direct_uploads.unfinished      +         -         +              -
column_mappings.recalled       +         -         +              -
column_mappings.remember       +         -         +              -

dead_letters.send_back         -         -         +              -
dead_letters.discard           -         -         +              -
dead_letters.received          -         -         +              -
dead_letters.listed            -         -         +              -
operations.overview            -         -         +              -
operations.depths              -         -         +              -
throughput.throughput          -         -         +              -

administration.people          -         -         +              -
administration.id_of           -         -         +              -
administration.change_role     -         -         +              -
administration.deactivate      -         -         +              -
administration.activate        -         -         +              -
administration.end_sessions    -         -         +              -
access_links.listed            -         -         +              -
access_links.invite            -         -         +              -
access_links.offer_reset       -         -         +              -
access_links.withdraw          -         -         +              -

audit.page                     -         -         +              -
audit.account_id               -         -         +              -
audit_export.open_export       -         -         +              -
"""

OF_ONESELF = {
    "sessions.listed",
    "sessions.end_one",
    "sessions.end_all",
    "changing_password.change",
    "known_browsers.remember",
    "attempts.begin_sharing",
}
"""About the account that asks, whatever its role: there is no other in question."""

Expected = list[tuple[str, Role, Relation, str]]


def about_an_upload() -> Expected:
    """Use-case, role, relation and what is expected."""
    columns = [(role, relation) for role in Role for relation in Relation]
    return [
        (name, role, relation, mark)
        for name, marks in _lines(ABOUT_AN_UPLOAD)
        for (role, relation), mark in zip(columns, marks, strict=True)
    ]


def without_an_upload() -> list[tuple[str, Role | None, str]]:
    """Use-case, role (None: deactivated) and what is expected."""
    return [
        (name, role, mark)
        for name, marks in _lines(WITHOUT_AN_UPLOAD)
        for role, mark in zip([*Role, None], marks, strict=True)
    ]


def use_cases() -> set[str]:
    """All that are in a table."""
    names = [name for name, _ in _lines(ABOUT_AN_UPLOAD) + _lines(WITHOUT_AN_UPLOAD)]
    return {name.partition("/")[0] for name in names}


def _lines(table: str) -> list[tuple[str, list[str]]]:
    """The lines that begin with the name of a use-case, and what stands behind it."""
    words = [line.split() for line in table.splitlines() if line and not line.startswith(" ")]
    return [(name, marks) for name, *marks in words]

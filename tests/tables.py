"""A job's tables as values, to be compared: without ids, which differ from one run to the next."""

from sqlalchemy import text

from db.engine import Sessions

Tables = dict[str, list[tuple[object, ...]]]

_QUERIES = {
    "raw_rows": "SELECT row_number, data_json, normalized_email, is_valid FROM raw_rows",
    "issues": "SELECT type, key, row_number, payload_json, status FROM issues",
    "row_edits": "SELECT row_number, data_json, normalized_email, is_valid, is_skipped FROM row_edits",
    "issue_rows": "SELECT email, row_number FROM issue_rows",
    "repeated_rows": "SELECT email, row_number FROM repeated_rows",
    "final_contacts": "SELECT email, first_name, last_name, company, other_json, row_number"
    " FROM final_contacts",
    "jobs": "SELECT status, columns, parse_options, total_rows, processed_rows, valid_rows, conflict_count"
    " FROM (SELECT *, id AS job_id FROM jobs) jobs",
}


def tables_of(sessions: Sessions, job_id: int) -> Tables:
    """Every row that the job has in the tables that processing and finalizing write."""
    with sessions() as session:
        return {
            table: sorted(
                (
                    tuple(row)
                    for row in session.execute(text(f"{query} WHERE job_id = :job"), {"job": job_id})
                ),
                key=repr,
            )
            for table, query in _QUERIES.items()
        }

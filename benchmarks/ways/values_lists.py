"""psycopg2's execute_values: INSERT with 1,000 rows of values at a time."""

from collections.abc import Callable, Iterator

import psycopg2
from psycopg2.extras import Json, execute_values

from benchmarks.ways import Task
from benchmarks.ways.rows import Seen, read
from ingestion.rules.issues import IssueType

_PAGE = 1000

Values = tuple[object, ...]


def prepared(task: Task) -> Callable[[], None]:
    """Rows as they are read, then issues, then groups, in one transaction."""
    connection = psycopg2.connect(task.settings.database_url)

    def run() -> None:
        seen = Seen()
        issues: list[Values] = []
        members: list[Values] = []
        with connection, connection.cursor() as cursor:

            def insert(table: str, columns: str, rows: Iterator[Values] | list[Values]) -> None:
                statement = f"INSERT INTO {table} ({columns}) VALUES %s"  # noqa: S608  (our own names)
                execute_values(cursor, statement, rows, page_size=_PAGE)

            insert(
                "raw_rows",
                "job_id, row_number, data_json, normalized_email, is_valid",
                _raw_rows(task, seen, issues),
            )
            for email, numbers, is_conflict in seen.shared():
                if is_conflict:
                    detail = Json({"detail": f"{len(numbers)} rows"})
                    issues.append((task.job_id, IssueType.DUPLICATE_EMAIL.value, email, numbers[0], detail))
                members.extend((task.job_id, email, number) for number in numbers)
            insert("issues", "job_id, type, key, row_number, payload_json", issues)
            insert("issue_rows", "job_id, email, row_number", members)

    return run


def _raw_rows(task: Task, seen: Seen, issues: list[Values]) -> Iterator[Values]:
    for row in read(task.file):
        seen.add(row)
        for type_, detail in row.problems:
            issues.append((task.job_id, type_.value, str(row.number), row.number, Json({"detail": detail})))
        yield task.job_id, row.number, Json(row.cells), row.email, row.email is not None

"""How long jobs wait for a worker, as the product's database tells."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg2
import psycopg2.extensions

from benchmarks.load.measuring import Summary, summed_up

# Those that no worker has taken yet.
_NOW = """
SELECT coalesce(extract(epoch FROM clock_timestamp() - min(coalesce(enqueued_at, created_at))), 0), count(*)
  FROM jobs WHERE status = 'PENDING'
"""
# Of those that came since: how long they waited, and how long it took from the first byte to the last row.
_SINCE = """
SELECT extract(epoch FROM started_at - created_at),
       extract(epoch FROM coalesce(completed_at, processed_at) - created_at)
  FROM jobs WHERE created_at >= %s AND processed_at IS NOT NULL
"""


@dataclass
class Queue:
    """Jobs that wait, while somebody looks from time to time; and what became of them."""

    oldest: float = 0.0
    """Seconds that the oldest job waited, at the most."""
    most: int = 0
    """Jobs that waited at once, as far as it was seen."""
    waited: list[float] = field(default_factory=list)
    """Seconds from the creation of each job to its worker."""
    read: list[float] = field(default_factory=list)
    """Seconds from the creation of each job until it needed review or was completed."""

    @property
    def waits(self) -> Summary | None:
        """Of all jobs that came meanwhile."""
        return summed_up(self.waited)

    @property
    def reads(self) -> Summary | None:
        """Of all jobs that came meanwhile."""
        return summed_up(self.read)

    def look(self, connection: psycopg2.extensions.connection) -> None:
        """See who waits now."""
        with connection.cursor() as cursor:
            cursor.execute(_NOW)
            oldest, count = cursor.fetchone() or (0, 0)
        self.oldest, self.most = max(self.oldest, float(oldest)), max(self.most, int(count))


@contextmanager
def watched(database_url: str, queue: Queue) -> Iterator[psycopg2.extensions.connection]:
    """A connection to look with; in the end `queue` learns of the jobs that came meanwhile."""
    connection = psycopg2.connect(database_url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            began = cursor.fetchone()
            yield connection
            cursor.execute(_SINCE, began)
            for waited, read in cursor.fetchall():
                queue.waited.append(float(waited))
                queue.read.append(float(read))
        queue.oldest = max([queue.oldest, *queue.waited])
    finally:
        connection.close()
